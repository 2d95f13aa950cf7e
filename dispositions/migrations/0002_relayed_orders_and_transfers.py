import django.db.models.deletion
import kit.clock
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0003_objections_and_ways_back'),
        ('dispositions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('scheduling', '0002_pace_and_overrun'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.session', verbose_name='jadwal konsultasi'),
        ),
        migrations.CreateModel(
            name='RelayedOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_title', models.CharField(max_length=210, verbose_name='selaku')),
                ('given_at', models.DateTimeField(verbose_name='diberikan')),
                ('way', models.CharField(choices=[('WORD', 'Lisan, bertatap muka'), ('TELEPHONE', 'Telepon'), ('PAPER', 'Lembar kertas')], max_length=9, verbose_name='dengan cara')),
                ('entered_title', models.CharField(max_length=210, verbose_name='dicatat selaku')),
                ('entered_at', models.DateTimeField(default=kit.clock.now, verbose_name='dicatat')),
                ('answered_title', models.CharField(blank=True, max_length=210, verbose_name='dijawab selaku')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='dijawab')),
                ('is_ratified', models.BooleanField(null=True, verbose_name='disahkan')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dijawab oleh')),
                ('assignment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispositions.assignment', verbose_name='penugasan')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='relayed_orders', to='consultations.case', verbose_name='permohonan')),
                ('disposition', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispositions.disposition', verbose_name='disposisi')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diberikan oleh')),
                ('proof', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.attachment', verbose_name='bukti')),
            ],
            options={
                'verbose_name': 'perintah yang dicatat',
                'verbose_name_plural': 'perintah yang dicatat',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('assignment__isnull', True), ('disposition__isnull', False)), models.Q(('assignment__isnull', False), ('disposition__isnull', True)), _connector='OR'), name='relayed_one_decision'), models.CheckConstraint(condition=models.Q(models.Q(('way', 'PAPER'), _negated=True), ('proof__isnull', False), _connector='OR'), name='relayed_paper_has_its_sheet'), models.CheckConstraint(condition=models.Q(('entered_at__gte', models.F('given_at'))), name='relayed_after_it_was_given'), models.CheckConstraint(condition=models.Q(('entered_by', models.F('given_by')), _negated=True), name='relayed_by_another'), models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('entered_by')), _negated=True), _connector='OR'), name='answered_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_ratified__isnull', True), ('answered_title', '')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_ratified__isnull', False), models.Q(('answered_title', ''), _negated=True)), _connector='OR'), name='answered_by_whom_when_and_how')],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('institution', models.CharField(max_length=150, verbose_name='diteruskan kepada')),
                ('address', models.CharField(blank=True, max_length=250, verbose_name='alamat instansi')),
                ('reason', models.TextField(verbose_name='alasan penerusan')),
                ('title', models.CharField(max_length=210, verbose_name='selaku')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='diteruskan')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('received_on', models.DateField(null=True, verbose_name='tanggal diterima instansi')),
                ('receipt_number', models.CharField(blank=True, max_length=100, verbose_name='nomor penerimaan')),
                ('receiver_name', models.CharField(blank=True, max_length=150, verbose_name='nama penerima')),
                ('receiver_position', models.CharField(blank=True, max_length=150, verbose_name='jabatan penerima')),
                ('receipt_note', models.TextField(blank=True, verbose_name='catatan instansi')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='dinyatakan diterima')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='transfer', to='consultations.case', verbose_name='permohonan')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh')),
            ],
            options={
                'verbose_name': 'penerusan pengaduan',
                'verbose_name_plural': 'penerusan pengaduan',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('receipt_note', ''), ('receipt_number', ''), ('received_on__isnull', True), ('receiver_name', ''), ('receiver_position', ''), ('recorded_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('received_on__isnull', False), models.Q(('receiver_name', ''), _negated=True), models.Q(('receiver_position', ''), _negated=True)), _connector='OR'), name='receipt_says_who_when_and_as_what')],
            },
        ),
    ]
