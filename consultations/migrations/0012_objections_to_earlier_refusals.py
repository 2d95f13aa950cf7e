import datetime as dt

from django.db import migrations
from django.utils import timezone

DAYS = 31
"""Calendar days from a refusal that hold 21 working days, rounded in favour of the applicant."""


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
    dependencies = [("consultations", "0011_objections")]

    operations = [migrations.RunPython(open_refusals, migrations.RunPython.noop)]
