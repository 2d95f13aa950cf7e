"""Let a worker compute the deadlines of running complaints again: calendar days (UU 25/2009) count from now on."""

from typing import Any

from django.db import migrations


def recount(apps: Any, schema_editor: Any) -> None:
    cases = apps.get_model("consultations", "Case").objects
    if cases.filter(kind="COMPLAINT").exclude(state__in=["CLOSED", "DECLINED", "WITHDRAWN"]).exists():
        from consultations.scheduling.receivers import move_deadlines  # the task itself runs after the upgrade

        move_deadlines.enqueue("Hari kalender UU 25/2009")


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0009_calendar_days"),
        ("audit", "0002_deadlines_computed_again"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [migrations.RunPython(recount, migrations.RunPython.noop)]
