from django.db import migrations

from consultations.append_only import remove


def restore(apps, schema_editor):
    """Let the accepted version of each report that is being corrected stay in force until it is replaced."""
    accepted = apps.get_model("reports", "Report").objects.filter(
        accepted_at__isnull=False, case__first_closed_at__isnull=False, case__closed_at=None
    )
    latest = {report.case_id: report for report in accepted.order_by("version")}
    if latest:
        # The triggers keep `corrected_at` once it is set. They are created again after all migrations.
        remove(schema_editor.connection, "reports_report")
    for case, report in latest.items():
        accepted.model.objects.filter(pk=report.pk).update(corrected_at=None)
        apps.get_model("consultations", "Case").objects.filter(pk=case).update(
            report_number=report.number, closed_at=report.accepted_at
        )


class Migration(migrations.Migration):

    dependencies = [
        ("consultations", "0006_while_corrected"),
        ("reports", "0002_drafts_of_steps"),
    ]

    operations = [migrations.RunPython(restore, migrations.RunPython.noop)]
