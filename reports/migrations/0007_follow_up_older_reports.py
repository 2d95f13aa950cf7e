"""What older reports recommended is followed up like that of new ones."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def follow_up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("reports", "FollowUp")
    accepted = apps.get_model("reports", "Report").objects.filter(accepted_at__isnull=False, corrected_at=None)
    for report in accepted.filter(follow_ups=None).iterator():
        recommended = [item["text"] for item in report.items if item["kind"] == "RECOMMENDATION"]
        model.objects.bulk_create(
            model(case_id=report.case_id, report=report, position=position, text=text)
            for position, text in enumerate(recommended, start=1)
        )


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_registers_that_hide")]
    operations = [migrations.RunPython(follow_up, migrations.RunPython.noop)]
