"""Step 5: the officer asks other agencies (instansi terkait) for an opinion, and records the answers."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.models import Attachment, Case
from consultations.workflow import transition
from dispositions.models import Opinion
from dispositions.services.preparation import renew_review
from intake.attachments import attach
from intake.uploads import CheckedFile
from kit.refusal import Refused
from office import clock
from office.models import User

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
