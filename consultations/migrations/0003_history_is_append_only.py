"""The database refuses to change or delete the history, also through plain SQL."""

from django.db import migrations

from consultations import history_guard


class Migration(migrations.Migration):
    dependencies = [("consultations", "0002_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: history_guard.install(schema_editor.connection, "consultations_event"),
            lambda apps, schema_editor: history_guard.remove(schema_editor.connection, "consultations_event"),
        )
    ]
