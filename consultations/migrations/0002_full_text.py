"""Create the full-text index of the database."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from consultations import search


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(
            lambda apps, schema_editor: search.install(schema_editor.connection),
            lambda apps, schema_editor: search.remove(schema_editor.connection),
        ),
    ]
