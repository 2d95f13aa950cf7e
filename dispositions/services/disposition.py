"""Steps 3, 4 and 8: dispose, decline, assign, hand back, reassign; an urgent walk-in and its ratification."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel, Kind, Urgency
from consultations.models import AgendaEntry, Case, SearchWord
from consultations.search_index import index_case
from consultations.workflow import Refused, transition
from dispositions.models import Assignment, Disposition
from office import clock
from office.models import Appointment, Division, Role, User


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

    Heads of the divisions in `copies` (tembusan) may see the case from now on. Raises Refused where the
    official complained about is the only head of one of these divisions.
    """
    with transition("dispose", case, by=by, note=note) as taken:
        copied = [other for other in copies if other != division]
        _refuse_heads(case, division, copied)
        Disposition.objects.create(
            case=case,
            by=by,
            title=taken.title,
            at=clock.now(),
            division=division,
            instructions=[str(text) for text in instructions],
            deadline=deadline,
            copies=[other.name for other in copied],
            note=note,
        )
        case.copied_to.set(copied)
        taken.change(division=division, deadline=deadline)


def _refuse_heads(case: Case, division: Division, copied: Iterable[Division]) -> None:
    """Raises Refused where one of the divisions has no other head than the official complained about."""
    official = case.complained_about
    if official is None:
        return
    if official.heads_alone(division):
        sentence = _("Kepala Bidang ini adalah pejabat yang diadukan. Pilih bidang lain.")
        raise Refused(sentence, field="division")
    if mine := next((other for other in copied if official.heads_alone(other)), None):
        sentence = _("Kepala Bidang %(division)s adalah pejabat yang diadukan. Hapus dari tembusan.")
        raise Refused(sentence % {"division": mine}, field="copies")


def decline(case: Case, *, by: User, reason: str) -> None:
    """Step 3: the Kepala Dinas declines the request; the applicant reads the reason."""
    with transition("decline", case, by=by, note=reason) as taken:
        taken.change(end_reason=reason)


def hand_back(case: Case, *, by: User, reason: str) -> None:
    """Step 4: the Kepala Bidang gives a wrong disposition back to the Kepala Dinas and says why."""
    with transition("hand_back", case, by=by, note=reason) as taken:
        case.copied_to.clear()
        taken.change(division=None, deadline=None)


def assign(
    case: Case,
    *,
    by: User,
    officer: User,
    companions: Iterable[User] = (),
    preparation: str = "",
    needs_review: bool = False,
    note: str = "",
) -> None:
    """Step 4: the Kepala Bidang names who serves the case (also himself or herself) and who accompanies."""
    with transition("assign", case, by=by, note=note) as taken:
        _name(case, officer, companions, by=by, title=taken.title, preparation=preparation)
        taken.change(officer=officer, needs_review=needs_review)


def reassign(
    case: Case,
    *,
    by: User,
    officer: User,
    reason: str,
    companions: Iterable[User] = (),
) -> None:
    """Step 4: another officer takes the case over; a session ahead moves to his or her calendar.

    Raises Refused where the new officer or a companion has another session then.
    """
    with transition("reassign", case, by=by, note=reason) as taken:
        people = _name(case, officer, companions, by=by, title=taken.title, reason=reason)
        if case.session:
            case.session.officer = officer
            case.session.save(update_fields=["officer"])
            case.session.book(people)
        taken.change(officer=officer)


def _name(
    case: Case,
    officer: User,
    companions: Iterable[User],
    *,
    by: User,
    title: str,
    preparation: str = "",
    reason: str = "",
) -> list[User]:
    """Record who serves the case; returns the officer and the companions.

    Raises Refused where one of them may not serve it, or a companion is the Kepala Dinas.
    """
    if case.division is None or officer not in User.objects.of_division(case.division):
        raise Refused(_("Petugas harus berasal dari bidang yang menerima disposisi."))
    others = [person for person in companions if person != officer]
    if case.complained_about in [officer, *others]:
        raise Refused(_("Pejabat yang diadukan tidak boleh menangani pengaduan ini."))
    if Appointment.objects.current().filter(position__role=Role.HEAD, user__in=others).exists():
        raise Refused(_("Kepala Dinas tidak dapat menjadi pendamping. Pilih orang lain."))
    assignment = Assignment.objects.create(
        case=case,
        by=by,
        title=title,
        at=clock.now(),
        officer=officer,
        preparation=preparation,
        reason=reason,
    )
    assignment.companions.set(others)
    case.companions.set(others)
    return [officer, *others]


@transaction.atomic
def walk_in(
    *,
    by: User,
    division: Division,
    officer: User,
    classification: str,
    kind: str = Kind.CONSULTATION,
    at: dt.datetime | None = None,
    **details: Any,
) -> Case:
    """Step 8: an urgent visitor is served at once, without a letter.

    Agenda number, division and officer are given by the secretariat; the Kepala Dinas ratifies afterwards.
    Raises Refused where the officer does not belong to the division, and where he or she or the only head of
    the division is complained about.
    """
    if officer not in User.objects.of_division(division):
        raise Refused(_("Petugas harus berasal dari bidang yang dipilih."))
    if details.get("complained_about") == officer:
        raise Refused(_("Pejabat yang diadukan tidak boleh menangani pengaduan ini."))
    entry = AgendaEntry.take(at)
    case = Case(
        kind=kind,
        channel=Channel.WALK_IN,
        urgency=Urgency.VERY_URGENT,
        submitted_at=at or clock.now(),
        agenda=entry,
        classification=classification,
        division=division,
        officer=officer,
        awaits_ratification=True,
        **details,
    )
    _refuse_heads(case, division, copied=())
    with translation.override("id"):  # the note goes on record
        note = str(_("Datang langsung karena mendesak."))
    with transition("walk_in", case, by=by, at=at) as taken:
        Disposition.objects.create(
            case=case,
            by=by,
            title=taken.title,
            at=at or clock.now(),
            division=division,
            note=note,
        )
        index_case(case)
        SearchWord.add(case, str(entry.number))
    return case


def ratify(case: Case, *, by: User, note: str = "") -> None:
    """Step 8: the Kepala Dinas ratifies the disposition of an urgent walk-in afterwards."""
    with transition("ratify", case, by=by, note=note) as taken:
        record_ratification(case, by=by, title=taken.title)
        taken.change(awaits_ratification=False)


def record_ratification(case: Case, *, by: User, title: str) -> None:
    """Put the head's name under the disposition that the secretariat wrote for a walk-in."""
    case.dispositions.filter(ratified_at__isnull=True).update(
        ratified_by=by, ratified_at=clock.now(), ratified_title=title
    )
