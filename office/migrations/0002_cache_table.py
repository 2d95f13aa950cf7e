"""Create the table of the database cache, so that an installation needs `migrate` alone."""

from django.core.management import call_command
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("office", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: call_command(
                "createcachetable", database=schema_editor.connection.alias, verbosity=0
            ),
            migrations.RunPython.noop,
        )
    ]
