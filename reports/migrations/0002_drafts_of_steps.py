from django.db import migrations


def move_drafts(apps, schema_editor):
    """Turn the drafts of reports into drafts of the step that submits a report."""
    StepDraft = apps.get_model("consultations", "StepDraft")
    for old in apps.get_model("reports", "ReportDraft").objects.iterator():
        StepDraft.objects.create(
            case_id=old.case_id, verb="report", by_id=old.by_id, saved_at=old.saved_at, content=old.content
        )


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("consultations", "0004_step_drafts"),
    ]

    operations = [
        migrations.RunPython(move_drafts, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel(name="ReportDraft"),
    ]
