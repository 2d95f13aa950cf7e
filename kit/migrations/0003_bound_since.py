from django.contrib.auth import get_user_model
from django.db import migrations, models

import kit.clock


def mark_a_new_database(apps, schema_editor):
    """A database without accounts has no values of earlier versions."""
    connection, table = schema_editor.connection, get_user_model()._meta.db_table
    with connection.cursor() as cursor:
        if table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return
    apps.get_model("kit", "BoundSince").objects.create()


class Migration(migrations.Migration):
    dependencies = [
        ("kit", "0002_the_place_that_may_send"),
    ]

    operations = [
        migrations.CreateModel(
            name="BoundSince",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=kit.clock.now, verbose_name="sejak")),
            ],
            options={
                "verbose_name": "rahasia terikat pada barisnya",
                "verbose_name_plural": "rahasia terikat pada barisnya",
            },
        ),
        migrations.RunPython(mark_a_new_database, migrations.RunPython.noop),
    ]
