"""The moment at which a case was first answered or refused."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    cases = apps.get_model("consultations", "Case").objects
    cases.filter(first_closed_at__isnull=False).update(first_ended_at=models.F("first_closed_at"))
    cases.filter(state="DECLINED", first_ended_at=None).update(first_ended_at=models.F("since"))


class Migration(migrations.Migration):
    dependencies = [("consultations", "0006_ask_again")]

    operations = [
        migrations.AddField(
            "Case",
            "first_ended_at",
            models.DateTimeField(
                help_text="Triwulannya menentukan surveinya",
                null=True,
                verbose_name="pertama kali dijawab atau ditolak",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
