"""Steps 3 and 4 about the disposition: endorse, dispose, decline, hand back, and ratify (step 8)."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from consultations.models import Case
from consultations.workflow import Transition, transition
from dispositions.eligibility import check_divisions
from dispositions.models import MEETING, Disposition, Endorsement
from kit.refusal import Refused
from office import clock
from office.models import Division, User


def endorse(case: Case, *, by: User, division: Division | None = None, note: str = "") -> None:
    """Step 3: the Sekretaris initials the request, and may propose a division to the Kepala Dinas.

    Raise Refused if the official complained about is the only head of the division.
    """
    with transition("endorse", case, by=by, note=note) as taken:
        if division:
            check_divisions(case.complained_about, division)
        Endorsement.objects.create(
            case=case, by=by, title=taken.title, at=clock.now(), division=division, note=note
        )


def dispose(
    case: Case,
    *,
    by: User,
    division: Division,
    instructions: Iterable[str] = (),
    deadline: dt.date | None = None,
    copies: Iterable[Division] = (),
    note: str = "",
) -> None:
    """Step 3: the Kepala Dinas gives the case to a division, with instructions and a deadline.

    The heads of the divisions in `copies` (tembusan) can read the case from now on. The instruction MEETING
    requires a staff review, as the Kepala Bidang may do too. Raise Refused if the
    official complained about is the only head of one of these divisions.
    """
    with transition("dispose", case, by=by, note=note) as taken:
        copied = [other for other in copies if other != division]
        texts = [str(text) for text in instructions]
        check_divisions(case.complained_about, division, copied)
        taken.record = Disposition.objects.create(
            case=case,
            by=by,
            title=taken.title,
            at=clock.now(),
            division=division,
            instructions=texts,
            deadline=deadline,
            copies=[other.name for other in copied],
            note=note,
        )
        case.copied_to.add(*copied)  # none is left of an earlier disposition (hand_back)
        taken.change(division=division, deadline=deadline, needs_review=MEETING in texts)


def decline(case: Case, *, by: User, reason: str, passed_to: str = "", missing: str = "") -> None:
    """Step 3: the Kepala Dinas declines the request. The applicant reads the reason.

    Raise Refused if a complaint has neither the agency that it is passed on to (`passed_to`), nor what is
    `missing`.
    """
    further = [f"Pengaduan ini diteruskan kepada {passed_to}."] if passed_to else []
    further += [f"Yang perlu dilengkapi: {missing}"] if missing else []
    whole = "\n".join([reason, *further])
    with transition("decline", case, by=by, note=whole) as taken:
        if case.kind == Kind.COMPLAINT and not further:
            sentence = _("Tulis kepada siapa pengaduan ini diteruskan, atau apa yang perlu dilengkapi.")
            raise Refused(sentence, field="passed_to")
        taken.change(end_reason=whole)


def hand_back(case: Case, *, by: User, reason: str) -> None:
    """Step 4: the Kepala Bidang returns a wrong disposition to the Kepala Dinas, with the reason."""
    with transition("hand_back", case, by=by, note=reason) as taken:
        case.copied_to.clear()
        taken.change(division=None, deadline=None)


def ratify(case: Case, *, by: User, note: str = "") -> None:
    """Step 8: the Kepala Dinas ratifies the disposition of an urgent walk-in afterwards."""
    with transition("ratify", case, by=by, note=note) as taken:
        record_ratification(taken, by=by)
        taken.change(awaits_ratification=False)


def record_ratification(taken: Transition, *, by: User) -> None:
    """Within a transition: sign the disposition that the secretariat wrote, as the Kepala Dinas."""
    sheet = taken.case.dispositions.latest("pk")
    sheet.ratified_by, sheet.ratified_at, sheet.ratified_title = by, clock.now(), taken.title
    sheet.save(update_fields=["ratified_by", "ratified_at", "ratified_title"])
    taken.record = sheet
