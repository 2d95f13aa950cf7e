import functools

import consultations.models.case
import consultations.storage_paths
import office.encrypted_fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0015_desk_order'),
    ]

    operations = [
        migrations.RenameField(model_name='case', old_name='submission_token', new_name='submission_hash'),
        migrations.AddField(
            model_name='case',
            name='secret_hash',
            field=office.encrypted_fields.HashField(default='', editable=False, max_length=64, of='secret'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='case',
            name='secret',
            field=office.encrypted_fields.EncryptedField(
                default=consultations.models.case.new_secret, editable=False
            ),
        ),
        migrations.AlterField(
            model_name='hiddenidentity',
            name='name',
            field=office.encrypted_fields.EncryptedField(verbose_name='nama'),
        ),
        migrations.AlterField(
            model_name='hiddenidentity',
            name='organisation',
            field=office.encrypted_fields.EncryptedField(blank=True, verbose_name='lembaga atau desa'),
        ),
        migrations.AlterField(
            model_name='hiddenidentity',
            name='address',
            field=office.encrypted_fields.EncryptedField(blank=True, verbose_name='alamat'),
        ),
        migrations.AlterField(
            model_name='hiddenidentity',
            name='phone',
            field=office.encrypted_fields.EncryptedPhoneField(verbose_name='no. kontak / WhatsApp'),
        ),
        migrations.AlterField(
            model_name='hiddenidentity',
            name='email',
            field=office.encrypted_fields.EncryptedField(blank=True, verbose_name='surel'),
        ),
        migrations.AlterField(
            model_name='hiddenidentity',
            name='letter_number',
            field=office.encrypted_fields.EncryptedField(blank=True, verbose_name='nomor surat'),
        ),
        # The column stays as it is, so SQLite need not build the table anew.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='attachment',
                    name='file',
                    field=office.encrypted_fields.EncryptedFileField(
                        encrypted_if='is_sealed',
                        upload_to=functools.partial(
                            consultations.storage_paths.random_path, *(), **{'folder': 'attachments'}
                        ),
                        verbose_name='berkas',
                    ),
                ),
                migrations.AlterField(
                    model_name='attachment',
                    name='inert_copy',
                    field=office.encrypted_fields.EncryptedFileField(
                        blank=True,
                        encrypted_if='is_sealed',
                        help_text=(
                            'PDF tanpa skrip, tindakan, dan berkas di dalamnya; berkas asli bila tidak ada '
                            'yang aktif'
                        ),
                        upload_to='',
                        verbose_name='salinan untuk dilihat',
                    ),
                ),
            ]
        ),
    ]
