"""Step 5: preparation, opinions of agencies, meetings.

Step 5: the officer records what is prepared, and amends it.

Step 5: the officer asks other agencies (instansi terkait) for an opinion, and records the answers.

Step 5: the officer calls a meeting (forum rapat) with leaders or agencies, and records its minutes.
"""

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from consultations.workflow import Transition, transition
from dispositions.models import Meeting, Minutes, Opinion, Preparation, StaffReview
from dispositions.queries import current_meeting, current_review
from kit import clock
from kit.refusal import Refused
from office.models import User
from office.words import with_words_lazy


def prepare(
    case: Case,
    *,
    by: User,
    administration: str,
    materials: str,
    equipment: str = "",
    review: Mapping[str, str] | None = None,
) -> None:
    """Step 5: store the checklist, and the staff review (telaahan staf) if one is required.

    `review` contains the text columns of `StaffReview`. Raise Refused if it is required and missing.
    """
    with transition("prepare", case, by=by) as taken:
        checklist = Preparation(administration=administration, materials=materials, equipment=equipment)
        _store(taken, checklist, review, by=by)


def amend(
    case: Case,
    *,
    by: User,
    administration: str,
    materials: str,
    equipment: str = "",
    review: Mapping[str, str] | None = None,
) -> None:
    """Step 5: store a new checklist, and a new version of the staff review if its text has changed.

    Raise Refused if the staff review is required and missing.
    """
    with transition("amend", case, by=by) as taken:
        checklist = Preparation(administration=administration, materials=materials, equipment=equipment)
        _store(taken, checklist, review, by=by)


def _store(taken: Transition, checklist: Preparation, review: Mapping[str, str] | None, *, by: User) -> None:
    case = taken.case
    if case.needs_review and not review:
        raise Refused(with_words_lazy(_("%(division_head)s meminta telaahan staf. Isi keenam bagiannya.")))
    checklist.case, checklist.by = case, by
    checklist.save()
    if review:
        latest = current_review(case)
        if latest is None or latest.parts != review:
            _store_review(taken, review, by=by)


def renew_review(taken: Transition, *, by: User) -> None:
    """Within a transition: store the staff review again, if the case has one, with the answers until now."""
    if latest := current_review(taken.case):
        _store_review(taken, latest.parts, by=by)


def _store_review(taken: Transition, review: Mapping[str, str], *, by: User) -> None:
    taken.record = StaffReview.objects.create(
        case=taken.case, by=by, title=taken.title, at=clock.now(), **review
    )


MAX_AWAITED = 10
"""Opinions that a case may wait for at the same time."""


def ask_opinion(
    case: Case, *, by: User, agency: str, question: str, due: dt.date, phone: str = "", email: str = ""
) -> None:
    """Step 5: store the question to an agency and the day when the answer is due.

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
            asked_at=clock.now(),
        )
        taken.change(opinions_awaited=case.opinions_awaited + 1)


def remind_agency(case: Case, *, by: User, opinion: Opinion, due: dt.date) -> None:
    """Step 5: remind an agency with a letter that names a new day for the answer.

    Raise Refused if the opinion belongs to another case or is recorded already, or if that day has passed.
    """
    with transition("remind_agency", case, by=by, note=opinion.agency) as taken:
        _check_due(due)
        if not case.opinions.filter(pk=opinion.pk, recorded_at=None).exists():
            raise Refused(_("Jawaban instansi ini sudah dicatat."))
        taken.record = opinion.reminders.create(due=due, by=by, at=clock.now())


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


def call_meeting(
    case: Case, *, by: User, starts_at: dt.datetime, place: str, agenda: str, invited: str
) -> None:
    """Step 5: call a meeting. While its minutes are missing, this replaces the earlier call.

    `invited` has one official or agency on each line. Raise Refused if the time has passed.
    """
    with transition("call_meeting", case, by=by, note=agenda) as taken:
        if starts_at < clock.now():
            raise Refused(_("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="starts_at")
        taken.record = Meeting.objects.create(
            case=case,
            by=by,
            title=taken.title,
            at=clock.now(),
            starts_at=starts_at,
            place=place,
            agenda=agenda,
            invited=invited,
            replaces=current_meeting(case) if case.minutes_awaited else None,
        )
        taken.change(meeting_at=starts_at, minutes_awaited=True)


def record_minutes(
    case: Case,
    *,
    by: User,
    attendees: str,
    discussion: str,
    conclusion: str,
    file: CheckedFile | None = None,
) -> None:
    """Step 5: store the minutes (Notula) of the latest meeting, or a new version of them.

    `file` is the signed attendance list.
    """
    with transition("record_minutes", case, by=by) as taken:
        taken.record = Minutes.objects.create(
            meeting=case.meetings.latest("pk"),
            by=by,
            title=taken.title,
            at=clock.now(),
            attendees=attendees,
            discussion=discussion,
            conclusion=conclusion,
        )
        if file:
            attach(case, file, purpose=Attachment.Purpose.MEETING, by=by)
        taken.change(minutes_awaited=False)
