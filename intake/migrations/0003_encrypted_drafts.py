import functools

import consultations.storage_paths
import office.encrypted_fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_files_cascade'),
    ]

    operations = [
        migrations.RenameField(model_name='requestdraft', old_name='token', new_name='token_hash'),
        migrations.AlterField(
            model_name='requestdraft',
            name='typed',
            field=office.encrypted_fields.EncryptedJSONField(default=dict, verbose_name='isian'),
        ),
        migrations.AlterField(
            model_name='draftfile',
            name='name',
            field=office.encrypted_fields.EncryptedField(verbose_name='nama berkas'),
        ),
        # The column stays as it is, so SQLite need not build the table anew.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='draftfile',
                    name='file',
                    field=office.encrypted_fields.EncryptedFileField(
                        encrypted_if='',
                        upload_to=functools.partial(
                            consultations.storage_paths.random_path, *(), **{'folder': 'drafts'}
                        ),
                        verbose_name='berkas',
                    ),
                ),
            ]
        ),
    ]
