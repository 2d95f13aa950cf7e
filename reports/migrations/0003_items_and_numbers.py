"""What reports brought becomes items; accepted reports and frozen papers get what new ones have."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = {
    "advice": "ADVICE",
    "suggestions": "SUGGESTION",
    "considerations": "CONSIDERATION",
    "solutions": "SOLUTION",
    "recommendations": "RECOMMENDATION",
}


def texts_into_items(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One item for each line that was typed."""
    for report in apps.get_model("reports", "Report").objects.iterator():
        report.items = [
            {"kind": kind, "text": line.strip()}
            for column, kind in KINDS.items()
            for line in getattr(report, column).splitlines()
            if line.strip()
        ]
        report.save(update_fields=["items"])


def reserve_numbers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    reports = apps.get_model("reports", "Report").objects.filter(accepted_at__isnull=False)
    number = apps.get_model("reports", "ReportNumber")
    number.objects.bulk_create(
        number(case_id=report.case_id, number=report.number, taken_at=report.accepted_at)
        for report in reports.iterator()
    )


def name_records(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Each frozen report names the version of the report that it shows."""
    accepted = apps.get_model("reports", "Report").objects.filter(accepted_at__isnull=False)
    for document in apps.get_model("reports", "Document").objects.iterator():
        report = accepted.get(case_id=document.case_id)
        document.record, document.issued_by_id = report.pk, report.accepted_by_id
        document.save(update_fields=["record", "issued_by"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_papers")]
    operations = [
        migrations.RunPython(step, migrations.RunPython.noop)
        for step in (texts_into_items, reserve_numbers, name_records)
    ]
