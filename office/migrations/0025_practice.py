from django.db import migrations, models
from django.db.models import F


def skip_for_those_who_know(apps, schema_editor):
    """Show the introduction to nobody who has worked with Rembuk before this version."""
    users = apps.get_model("office", "User").objects.using(schema_editor.connection.alias)
    users.exclude(last_login=None).update(introduced_at=F("last_login"))


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0019_retention'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='is_practice',
            field=models.BooleanField(default=False, editable=False, verbose_name='kantor latihan'),
        ),
        migrations.AddField(
            model_name='user',
            name='introduced_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='selesai membaca perkenalan'),
        ),
        migrations.RunPython(skip_for_those_who_know, migrations.RunPython.noop, elidable=True),
    ]
