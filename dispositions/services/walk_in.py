"""Step 8: an urgent visitor is served at once, without a letter."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel, Kind, Urgency
from consultations.models import AgendaEntry, Attachment, Case
from consultations.workflow import transition
from dispositions.eligibility import OUTSIDE_CHOSEN_DIVISION, check_divisions, check_headed, check_officer
from dispositions.models import Disposition
from intake.attachments import attach
from intake.uploads import CheckedFile
from office import clock
from office.models import Division, User


@transaction.atomic
def walk_in(
    *,
    by: User,
    division: Division,
    officer: User,
    classification: str,
    kind: str = Kind.CONSULTATION,
    at: dt.datetime | None = None,
    materials: CheckedFile | None = None,
    **details: Any,
) -> Case:
    """Step 8: create the case with agenda number, division and officer, and return it.

    The Kepala Dinas ratifies the disposition afterwards. `details` are the applicant's columns of `Case`.
    Raise Refused if the officer is of another division or away, if the division has no head, or if the
    official complained about is the officer or the only head of the division.
    """
    official = details.get("complained_about")
    check_officer(officer, division, official, outside=OUTSIDE_CHOSEN_DIVISION, field="served_by")
    check_headed(division)
    check_divisions(official, division)
    case = Case(
        kind=kind,
        channel=Channel.WALK_IN,
        urgency=Urgency.VERY_URGENT,
        submitted_at=at or clock.now(),
        agenda=AgendaEntry.take(at),
        classification=classification,
        division=division,
        officer=officer,
        awaits_ratification=True,
        **details,
    )
    with translation.override("id"):  # the note goes on record
        note = str(_("Datang langsung karena mendesak."))
    with transition("walk_in", case, by=by, at=at) as taken:
        Disposition.objects.create(
            case=case, by=by, title=taken.title, at=at or clock.now(), division=division, note=note
        )
        if materials:
            attach(case, materials, purpose=Attachment.Purpose.MATERIAL, by=by)
    return case
