"""Fill what cases from before 0003 lack, then require it."""

import datetime as dt

from django.db import migrations, models
from django.utils import timezone

DAYS = 31
"""Calendar days from a refusal that hold 21 working days, rounded in favour of the applicant."""


def make_copies_again(apps, schema_editor):
    """Delete copies without a hash (create_inert_copy makes them again)."""
    apps.get_model("consultations", "Attachment").objects.exclude(inert_copy="").update(inert_copy="")


def fill_first_ends(apps, schema_editor):
    """Store the moment at which a case was first answered or refused."""
    cases = apps.get_model("consultations", "Case").objects
    cases.filter(first_closed_at__isnull=False).update(first_ended_at=models.F("first_closed_at"))
    cases.filter(state="DECLINED", first_ended_at=None).update(first_ended_at=models.F("since"))


def open_refusals(apps, schema_editor):
    """Let the refusals of the last weeks be objected to, as their letters say."""
    first = timezone.now() - dt.timedelta(days=DAYS)
    refused = apps.get_model("consultations", "Case").objects.filter(
        state="DECLINED", is_independent=False, anonymised_at=None, since__gte=first
    )
    for case in refused.iterator():
        case.object_until = timezone.localdate(case.since) + dt.timedelta(days=DAYS)
        case.save(update_fields=["object_until"])


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0003_objections_and_ways_back'),
    ]

    # On PostgreSQL, a table whose row was updated twice cannot be altered in the same transaction.
    operations = [
        migrations.RunPython(make_copies_again, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('inert_copy', ''), models.Q(('inert_sha256', ''), _negated=True), _connector='OR'), name='inert_copy_has_its_hash'),
        ),
        migrations.RunPython(fill_first_ends, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_closed_at__isnull', True), models.Q(('state', 'DECLINED'), _negated=True)), ('first_ended_at__isnull', False), _connector='OR'), name='ended_knows_its_first_end'),
        ),
        migrations.RunPython(open_refusals, migrations.RunPython.noop),
    ]
