"""Let the database refuse to change or delete rows that may only be added."""

from django.db import migrations

from consultations import append_only

TABLES = ("consultations_event", "consultations_identityreveal",)


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: append_only.install(schema_editor.connection, *TABLES),
            lambda apps, schema_editor: append_only.remove(schema_editor.connection, *TABLES),
        )
    ]
