from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='overrun_reason',
            field=models.TextField(blank=True, help_text='Standar: waktu pelayanan dalam SK.', verbose_name='alasan lebih lama dari standar'),
        ),
        migrations.CreateModel(
            name='SchedulingPace',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='tanggal')),
                ('cases', models.PositiveIntegerField(verbose_name='permohonan')),
                ('working_days', models.PositiveSmallIntegerField(help_text='Kosong: belum ada jadwal', null=True, verbose_name='hari kerja sampai jadwal (median)')),
            ],
            options={
                'verbose_name': 'laju penjadwalan',
                'verbose_name_plural': 'laju penjadwalan',
            },
        ),
    ]
