"""Services of steps 3, 4, 5 and 8: disposition, assignment, walk-ins, preparation, opinions."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel, Kind, State, Urgency
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import AgendaEntry, Attachment, Case, Event
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from consultations.scheduling.services import reassign_session
from consultations.services import check_anonymous
from consultations.step_row import served
from consultations.workflow import TAKE_BACK, Transition, transition
from dispositions import queries, serving
from dispositions.models import MEETING, Assignment, Disposition, Opinion
from kit import clock
from kit.refusal import Refused
from office.models import Division, User
from office.words import with_words_lazy


def endorse(case: Case, *, by: User, division: Division | None = None, note: str = "") -> None:
    """Step 3: the Sekretaris initials the request, and may propose a division to the Kepala Dinas.

    Raise Refused if the official complained about is the only head of the division.
    """
    with transition("endorse", case, by=by, note=note) as taken:
        if division:
            serving.check_divisions(case.complained_about, division)
        case.endorsements.create(by=by, title=taken.title, division=division, note=note)


def withdraw_endorsement(case: Case, event: Event, record: Model | None, **more: Any) -> None:
    """Withdraw the initials of a step `endorse` that is taken back (one of STEP_RECEIVERS)."""
    if event.verb == TAKE_BACK and isinstance(record, Event) and record.verb == "endorse":
        case.endorsements.filter(withdrawn_at=None).update(withdrawn_at=clock.now())


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
    official complained about is the only head of one of these divisions, or if the instructions exclude each
    other.
    """
    with transition("dispose", case, by=by, note=note) as taken:
        store_disposition(taken, division, instructions, deadline, copies, note, by=by)


def store_disposition(
    taken: Transition,
    division: Division,
    instructions: Iterable[str] = (),
    deadline: dt.date | None = None,
    copies: Iterable[Division] = (),
    note: str = "",
    *,
    by: User,
) -> Disposition:
    """Within a transition: store the sheet that `by` wrote, and give the case to the division."""
    case, texts = taken.case, [str(text) for text in instructions]
    copied = [other for other in copies if other != division]
    serving.check_divisions(case.complained_about, division, copied)
    serving.check_instructions(texts)
    taken.record = sheet = case.dispositions.create(
        by=by,
        title=taken.title,
        division=division,
        instructions=texts,
        deadline=deadline,
        copies=[other.name for other in copied],
        note=note,
    )
    case.copied_to.add(*copied)  # none is left of an earlier disposition (hand_back)
    taken.change(division=division, deadline=deadline, needs_review=MEETING in texts)
    return sheet


def decline(case: Case, *, by: User, reason: str, missing: str = "", is_no_letter: bool = False) -> None:
    """Step 3: the Kepala Dinas declines the request. The applicant reads the reason.

    Raise Refused if a complaint does not say what is `missing`: one of another institution is passed on.
    Raise Refused as `check_anonymous` does too.
    """
    whole = "\n".join([reason, *([f"Yang perlu dilengkapi: {missing}"] if missing else [])])
    with transition("decline", case, by=by, note=whole) as taken:
        if case.kind == Kind.COMPLAINT and not missing:
            sentence = _(
                "Tulis apa yang perlu dilengkapi. Pengaduan yang bukan wewenang kantor ini diteruskan "
                "(langkah “Teruskan ke instansi lain”)."
            )
            raise Refused(sentence, field="missing")
        check_anonymous(case, is_no_letter=is_no_letter)
        taken.change(end_reason=whole)


def hand_back(case: Case, *, by: User, reason: str) -> None:
    """Step 4: the Kepala Bidang returns a wrong disposition to the Kepala Dinas, with the reason."""
    _undo_disposition("hand_back", case, by=by, reason=reason)


def recall(case: Case, *, by: User, reason: str) -> None:
    """Step 3: the Kepala Dinas takes a wrong disposition back, until somebody is assigned."""
    _undo_disposition("recall", case, by=by, reason=reason)


def _undo_disposition(verb: str, case: Case, *, by: User, reason: str) -> None:
    with transition(verb, case, by=by, note=reason) as taken:
        case.copied_to.clear()
        taken.change(division=None, deadline=None, awaits_ratification=False)


STAY = _(
    "Anda ikut melayani konsultasi ini. Tetaplah sebagai petugas atau pendamping, supaya orang lain yang "
    "memeriksa laporannya."
)


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
    """Step 4: name the officer who serves the case, and who accompanies. `officer` may be `by`."""
    with transition("assign", case, by=by, note=note) as taken:
        store_assignment(taken, officer, companions, preparation, needs_review, by=by)


def store_assignment(
    taken: Transition,
    officer: User,
    companions: Iterable[User] = (),
    preparation: str = "",
    needs_review: bool = False,
    *,
    by: User,
) -> Assignment:
    """Within a transition: store the first assignment that `by` wrote, and give the case to the officer."""
    assignment, others = _store(taken, officer, companions, by=by, preparation=preparation)
    taken.case.companions.add(*others)  # there are none yet
    taken.change(officer=officer, needs_review=needs_review, review_awaited=needs_review)
    return assignment


def reassign(case: Case, *, by: User, officer: User, reason: str, companions: Iterable[User] = ()) -> None:
    """Step 4: give the case to another officer, also during the consultation or before its report.

    A planned or running session moves to the new calendars. An assignment that still waits for ratification
    ends with this one. Raise Refused if nobody changes, or if the new officer or a companion is away or has
    another session then. Also raise it if `by` has served the consultation and would leave the case: nobody
    reviews an own report.
    """
    with transition("reassign", case, by=by, note=reason) as taken:
        companions = list(companions)
        if officer == case.officer and {*companions} - {officer} == {*case.companions.all()}:
            raise Refused(_("Petugas dan pendampingnya masih sama. Pilih petugas lain."), field="officer")
        has_served = case.state in (State.IN_SESSION, State.HELD) and served(by, case)
        if has_served and by not in (officer, *companions):
            raise Refused(STAY, field="companions")
        _assignment, others = _store(taken, officer, companions, by=by, reason=reason)
        case.companions.clear()
        case.companions.add(*others)
        reassign_session(case, officer=officer, companions=others)
        taken.change(officer=officer, assignment_unratified=False)


def _store(
    taken: Transition,
    officer: User,
    companions: Iterable[User],
    *,
    by: User,
    preparation: str = "",
    reason: str = "",
) -> tuple[Assignment, list[User]]:
    """Store who serves the case. Return it, and the companions without the officer. Raise Refused."""
    case, others = taken.case, [person for person in companions if person != officer]
    serving.check_officer(officer, case.division, case.complained_about, outside=serving.OUTSIDE_DISPOSITION)
    serving.check_companions(others, case.complained_about)
    session = current_session(case)
    taken.record = assignment = case.assignments.create(
        by=by,
        title=taken.title,
        officer=officer,
        preparation=preparation,
        reason=reason,
        session=session if session and session.starts_at and not session.finished_at else None,
    )
    assignment.companions.add(*others)
    return assignment, others


def renew_assignment(case: Case, event: Event, record: Model | None, **more: Any) -> None:
    """Assign the people of a case again for a session that was set or moved (one of STEP_RECEIVERS).

    The letter of assignment (Surat Tugas) is issued from this row.
    """
    if isinstance(record, Session) and event.by and case.officer:
        latest = case.assignments.order_by("pk").last()
        assignment = case.assignments.create(
            by=event.by,
            title=event.title,
            at=event.entered_at,
            officer=case.officer,
            preparation=latest.preparation if latest else "",
            session=record,
        )
        assignment.companions.add(*case.list_companions())


@transaction.atomic
def walk_in(
    *,
    by: User,
    division: Division,
    officer: User,
    kind: str = Kind.CONSULTATION,
    at: dt.datetime | None = None,
    materials: CheckedFile | None = None,
    **details: Any,
) -> Case:
    """Step 8: create the case with agenda number, division and officer, and return it.

    Afterwards Tim PKD adds the classification code, and the Kepala Dinas ratifies the disposition. `details`
    are the applicant's columns of `Case`.

    Raise Refused if the officer is of another division or away, if the division has no head, or if the
    official complained about is the officer or the only head of the division.
    """
    official = details.get("complained_about")
    serving.check_officer(
        officer, division, official, outside=serving.OUTSIDE_CHOSEN_DIVISION, field="served_by"
    )
    serving.check_headed(division)
    serving.check_divisions(official, division)
    case = Case(
        kind=kind,
        channel=Channel.WALK_IN,
        urgency=Urgency.VERY_URGENT,
        submitted_at=at or clock.now(),
        agenda=AgendaEntry.take(at),
        division=division,
        officer=officer,
        awaits_ratification=True,
        **details,
    )
    with translation.override("id"):  # the note goes on record
        note = str(_("Datang langsung karena mendesak."))
    with transition("walk_in", case, by=by, at=at) as taken:
        case.dispositions.create(by=by, title=taken.title, at=at or clock.now(), division=division, note=note)
        if materials:
            attach(case, materials, purpose=Attachment.Purpose.MATERIAL, by=by)
    return case


REVIEW_REQUIRED = with_words_lazy(
    _(
        "Telaahan staf wajib bila diminta %(division_head)s, bila pendapat instansi diminta, atau bila rapat "
        "diundang. Isi keenam bagiannya."
    )
)


def prepare(
    case: Case, *, by: User, review: Mapping[str, str] | None = None, verb: str = "prepare", **checklist: str
) -> None:
    """Step 5: store the checklist, and the staff review (telaahan staf) if one is required.

    `checklist` contains the text columns of `Preparation`, `review` those of `StaffReview`. Raise Refused if
    the review is required and missing.
    """
    with transition(verb, case, by=by) as taken:
        if case.needs_review and not review:
            raise Refused(REVIEW_REQUIRED)
        case.preparations.create(by=by, **checklist)
        latest = queries.current_review(case)
        if review and (latest is None or latest.parts != review):
            _store_review(taken, review, by=by)
        taken.change(review_awaited=False)


def amend(case: Case, *, by: User, review: Mapping[str, str] | None = None, **checklist: str) -> None:
    """Step 5: store a new checklist, and a new version of the staff review if its text has changed."""
    prepare(case, by=by, review=review, verb="amend", **checklist)


def renew_review(taken: Transition, *, by: User) -> None:
    """Within a transition: store the staff review again, if the case has one, with the answers until now."""
    if latest := queries.current_review(taken.case):
        _store_review(taken, latest.parts, by=by)


def require_review(taken: Transition) -> None:
    """Require the staff review (SK, step 5) for a meeting, or for the opinion of an agency."""
    is_written = queries.current_review(taken.case) is not None
    taken.change(needs_review=True, review_awaited=not is_written)


def _store_review(taken: Transition, review: Mapping[str, str], *, by: User) -> None:
    taken.record = taken.case.staff_reviews.create(by=by, title=taken.title, **review)


MAX_AWAITED = 10
"""Opinions that a case may wait for at the same time."""


def ask_opinion(
    case: Case, *, by: User, agency: str, question: str, due: dt.date, phone: str = "", email: str = ""
) -> None:
    """Step 5: store the question to an agency and the day when the answer is due. It requires a staff review.

    Raise Refused if that day has passed or if MAX_AWAITED opinions are awaited already.
    """
    with transition("ask_opinion", case, by=by, note=f"{agency}: {question}") as taken:
        _check_due(due)
        if case.opinions_awaited >= MAX_AWAITED:
            raise Refused(_("Sudah ada 10 pendapat yang ditunggu. Catat dahulu jawaban yang sudah masuk."))
        taken.record = case.opinions.create(
            agency=agency,
            question=question,
            phone=phone,
            email=email,
            due=due,
            asked_by=by,
        )
        require_review(taken)
        taken.change(opinions_awaited=case.opinions_awaited + 1)


def remind_agency(case: Case, *, by: User, opinion: Opinion, due: dt.date) -> None:
    """Step 5: remind an agency with a letter that names a new day for the answer.

    Raise Refused if the opinion belongs to another case or is recorded already, or if that day has passed.
    """
    with transition("remind_agency", case, by=by, note=opinion.agency) as taken:
        _check_due(due)
        if not case.opinions.filter(pk=opinion.pk, recorded_at=None).exists():
            raise Refused(_("Jawaban instansi ini sudah dicatat."))
        taken.record = opinion.reminders.create(due=due, by=by)


def record_opinion(
    case: Case,
    *,
    by: User,
    opinion: Opinion,
    answer: str,
    answered_on: dt.date,
    letter_number: str = "",
    file: CheckedFile | None = None,
) -> None:
    """Step 5: store the answer of an agency, with its letter if there is one.

    If the case has a staff review (telaahan staf), a new version with the answer is issued.

    Raise Refused if the opinion belongs to another case or is recorded already. Also raise it if the answer
    is dated in the future or before the question.
    """
    with transition("record_opinion", case, by=by, note=opinion.agency) as taken:
        _check_answered_on(opinion, answered_on)
        awaited = case.opinions.filter(pk=opinion.pk, recorded_at=None)
        recorded = awaited.update(
            answer=answer,
            answered_on=answered_on,
            letter_number=letter_number,
            recorded_by=by,
            recorded_at=clock.now(),
        )
        if not recorded:
            raise Refused(_("Jawaban instansi ini sudah dicatat."))
        if file:
            letter = attach(case, file, purpose=Attachment.Purpose.OPINION, by=by)
            case.opinions.filter(pk=opinion.pk).update(letter=letter)
        taken.change(opinions_awaited=case.opinions_awaited - 1)
        renew_review(taken, by=by)


def _check_due(due: dt.date) -> None:
    if due < clock.today():
        raise Refused(_("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya."), field="due")


def _check_answered_on(opinion: Opinion, day: dt.date) -> None:
    if day > clock.today():
        raise Refused(_("Tanggal ini belum tiba."), field="answered_on")
    if day < (asked := timezone.localdate(opinion.asked_at)):
        sentence = _("Pendapat ini baru diminta pada %(day)s. Periksa tanggalnya.")
        raise Refused(sentence % {"day": date_format(asked)}, field="answered_on")
