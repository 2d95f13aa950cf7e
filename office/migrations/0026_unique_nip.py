from django.db import migrations, models
from django.db.models import Count, F

import office.one_line


def leave_nip_with_one_account(apps, schema_editor):
    """Empty a NIP that several accounts have, except with the only open one. If all are closed, the last used keeps it.

    An identity provider opens the open account with the NIP. Nothing may guess whose it is.
    """
    users = apps.get_model("office", "User").objects.using(schema_editor.connection.alias)
    shared = users.exclude(nip="").values("nip").annotate(n=Count("pk")).filter(n__gt=1)
    for nip in shared.values_list("nip", flat=True):
        best_first = users.filter(nip=nip).order_by("-is_active", F("last_login").desc(nulls_last=True), "pk")
        first, *others = best_first
        losing = [first, *others] if others[0].is_active else others
        for one in losing:
            users.filter(pk=one.pk).update(nip="")
            same = ", ".join(other.username for other in [first, *others] if other != one)
            print(
                f"\n  The account {one.username} loses its NIP, because others have the same: {same}. "
                "Propose whose it is at perubahan-akses/.",
                end="",
            )


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0025_practice'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='awaits_staff_check',
            field=models.BooleanField(default=False, editable=False, verbose_name='daftar orang menunggu diperiksa'),
        ),
        migrations.AlterField(
            model_name='office',
            name='city',
            field=models.CharField(help_text='Tempat yang tertulis pada surat.', max_length=80, validators=[office.one_line.validate_one_line], verbose_name='kota'),
        ),
        migrations.AlterField(
            model_name='office',
            name='government',
            field=models.CharField(max_length=150, validators=[office.one_line.validate_one_line], verbose_name='pemerintah'),
        ),
        migrations.AlterField(
            model_name='office',
            name='name',
            field=models.CharField(max_length=150, validators=[office.one_line.validate_one_line], verbose_name='nama kantor'),
        ),
        migrations.AlterField(
            model_name='office',
            name='unit_code',
            field=models.CharField(help_text='Dipakai dalam nomor surat.', max_length=30, validators=[office.one_line.validate_one_line], verbose_name='kode unit'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_agenda_team',
            field=models.CharField(default='Tim PKD', help_text='Sama dengan sebutan loket bila loket sendiri yang mengagendakan.', max_length=40, validators=[office.one_line.validate_one_line], verbose_name='sebutan tim yang mengagendakan'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_division_head',
            field=models.CharField(default='Kepala Bidang', max_length=40, validators=[office.one_line.validate_one_line], verbose_name='sebutan kepala unit kerja'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_division_name',
            field=models.CharField(default='Bidang', max_length=40, validators=[office.one_line.validate_one_line], verbose_name='sebutan unit kerja'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_head',
            field=models.CharField(default='Kepala Dinas', max_length=40, validators=[office.one_line.validate_one_line], verbose_name='sebutan pimpinan kantor'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_matters',
            field=models.CharField(default='persoalan sosial atau urusan desa', help_text='Halaman depan bertanya: “Ada … ?” Huruf kecil.', max_length=80, validators=[office.one_line.validate_one_line], verbose_name='hal yang dikonsultasikan'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_secretariat',
            field=models.CharField(default='Sekretariat', max_length=40, validators=[office.one_line.validate_one_line], verbose_name='sebutan loket'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_secretary',
            field=models.CharField(default='Sekretaris', max_length=40, validators=[office.one_line.validate_one_line], verbose_name='sebutan sekretaris'),
        ),
        migrations.AlterField(
            model_name='office',
            name='word_village',
            field=models.CharField(default='desa', help_text='Huruf kecil, contoh: kampung.', max_length=40, validators=[office.one_line.validate_one_line], verbose_name='sebutan wilayah terkecil'),
        ),
        migrations.RunPython(leave_nip_with_one_account, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('nip', ''), _negated=True), fields=('nip',), name='one_account_for_each_nip', violation_error_code='unique', violation_error_message='NIP ini sudah dipakai akun lain.'),
        ),
    ]
