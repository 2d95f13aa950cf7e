"""Let a worker compute the deadlines of running complaints again: calendar days (UU 25/2009) count from now on."""

from django.conf import settings
from django.db import migrations, models


def recount(apps, schema_editor):
    cases = apps.get_model("consultations", "Case").objects
    if cases.filter(kind="COMPLAINT").exclude(state__in=["CLOSED", "DECLINED", "WITHDRAWN"]).exists():
        from consultations.scheduling.receivers import move_deadlines  # the task itself runs after the upgrade

        move_deadlines.enqueue("Hari kalender UU 25/2009")


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
        ('consultations', '0004_first_ends_of_earlier_cases'),
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='audit_of_a_known_act',
        ),
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='audit_says_which_case',
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='act',
            field=models.CharField(choices=[('LOGIN', 'Masuk'), ('LOGIN_FAILED', 'Gagal masuk'), ('LOGOUT', 'Keluar'), ('SESSION_ENDED', 'Sesi diakhiri'), ('SECOND_FACTOR', 'Verifikasi dua langkah'), ('PASSWORD', 'Kata sandi diubah'), ('ACCESS', 'Akun atau jabatan diubah'), ('SETTING', 'Pengaturan diubah'), ('LINK', 'Tautan pemohon diperoleh'), ('IDENTITY', 'Identitas pelapor dibuka'), ('DRAFT', 'Kiriman yang ditahan dibuka'), ('CASE', 'Permohonan dibuka'), ('FILE', 'Berkas dibuka'), ('DOCUMENT', 'Naskah dibuka'), ('EXPORT', 'Daftar diunduh'), ('AUDIT_LOG', 'Catatan akses dibaca'), ('DEADLINES', 'Batas waktu dihitung ulang')], max_length=20, verbose_name='perbuatan'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['LOGIN', 'LOGIN_FAILED', 'LOGOUT', 'SESSION_ENDED', 'SECOND_FACTOR', 'PASSWORD', 'ACCESS', 'SETTING', 'LINK', 'IDENTITY', 'DRAFT', 'CASE', 'FILE', 'DOCUMENT', 'EXPORT', 'AUDIT_LOG', 'DEADLINES'])), name='audit_of_a_known_act'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act__in', ('LINK', 'IDENTITY', 'CASE', 'DEADLINES')), _negated=True), ('case__isnull', False), _connector='OR'), name='audit_says_which_case'),
        ),
        # Added again, so that it is the last one: on SQLite, Django cannot read the columns of a table whose
        # definition continues after a backslash (ESCAPE).
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='audit_address_is_shortened',
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('address', ''), ('address__endswith', '/24'), ('address__endswith', '/48'), _connector='OR'), name='audit_address_is_shortened'),
        ),
        migrations.RunPython(recount, migrations.RunPython.noop),
    ]
