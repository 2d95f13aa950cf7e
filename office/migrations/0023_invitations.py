"""People set their own passwords through an invitation. No proposal holds a password any more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("office", "0022_office_opens"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="invited_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="diundang"),
        ),
        migrations.RemoveConstraint(
            model_name="accesschange",
            name="password_waits_for_a_decision",
        ),
        migrations.RemoveField(
            model_name="accesschange",
            name="password",
        ),
        migrations.AlterField(
            model_name="accesschange",
            name="kind",
            field=models.CharField(choices=[("APPOINT", "Angkat ke jabatan"), ("LAST_DAY", "Akhiri atau perpanjang jabatan"), ("GRANT_ADMIN", "Jadikan administrator"), ("REVOKE_ADMIN", "Cabut tugas administrator"), ("OPEN_ACCOUNT", "Buka kembali akun"), ("CLOSE_ACCOUNT", "Tutup akun"), ("PASSWORD", "Atur ulang kata sandi dengan undangan"), ("EMAIL", "Ganti alamat surel"), ("NIP", "Ganti NIP"), ("FACTOR", "Pulihkan verifikasi dua langkah")], max_length=16, verbose_name="perubahan"),
        ),
    ]
