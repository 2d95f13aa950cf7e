"""A case keeps the moment at which it was closed first; of cases until now the history knows it."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, OuterRef, Q, Subquery


def look_it_up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    cases = apps.get_model("consultations", "Case").objects
    events = apps.get_model("consultations", "Event").objects
    accepted = events.filter(case=OuterRef("pk"), verb="accept").order_by("pk").values("happened_at")
    corrected = Q(pk__in=events.filter(verb="correct").values("case"))
    # Each row once: PostgreSQL checks a row again that is written twice, and makes no index before that.
    cases.filter(~corrected, closed_at__isnull=False).update(first_closed_at=F("closed_at"))
    cases.filter(corrected).update(first_closed_at=Subquery(accepted[:1]))


class Migration(migrations.Migration):
    dependencies = [("consultations", "0015_held_drafts")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="first_closed_at",
            field=models.DateTimeField(
                help_text="Tetap, juga bila laporannya diralat", null=True, verbose_name="pertama kali ditutup"
            ),
        ),
        migrations.RunPython(look_it_up, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(first_closed_at__isnull=False),
                fields=["first_closed_at"],
                name="case_first_closed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(first_closed_at__isnull=False, first_closed_at__lte=F("closed_at")),
                name="closed_knows_its_first_closing",
            ),
        ),
    ]
