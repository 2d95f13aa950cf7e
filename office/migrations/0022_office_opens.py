"""An office opens its service after the set-up. Offices that exist are open."""

from django.db import migrations, models
from django.utils import timezone


def open_existing(apps, schema_editor):
    offices = apps.get_model("office", "Office").objects.using(schema_editor.connection.alias)
    offices.update(opened_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ("office", "0021_usual_classifications"),
    ]

    operations = [
        migrations.AddField(
            model_name="office",
            name="opened_at",
            field=models.DateTimeField(editable=False, help_text="Kosong: kantor sedang disiapkan, dan belum ada permohonan yang diterima.", null=True, verbose_name="layanan dibuka"),
        ),
        migrations.RunPython(open_existing, migrations.RunPython.noop, elidable=True),
    ]
