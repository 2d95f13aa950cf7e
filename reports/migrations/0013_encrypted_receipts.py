import office.encrypted_fields
import reports.models.document
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0012_done_follow_ups'),
    ]

    operations = [
        # The column stays as it is, so SQLite need not build the table anew.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='document',
                    name='file',
                    field=office.encrypted_fields.EncryptedFileField(
                        blank=True,
                        encrypted_if='has_secret_link',
                        upload_to=reports.models.document.document_path,
                        verbose_name='berkas',
                    ),
                ),
            ]
        ),
    ]
