"""Create the table of the database cache also for an office that began with Valkey, which it replaces."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def create_table(apps: Any, schema_editor: Any) -> None:
    """Create the table unless it exists."""
    call_command("createcachetable", "rembuk_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("office", "0006_terms_and_formats")]

    operations = [migrations.RunPython(create_table, migrations.RunPython.noop)]
