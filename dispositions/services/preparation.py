"""Step 5: the officer prepares the consultation, and asks other agencies for their opinion."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from consultations.models import Attachment, Case
from consultations.workflow import Refused, transition
from dispositions.models import Opinion, Preparation, StaffReview
from intake.uploads import CheckedFile, attach
from office import clock
from office.models import User

MOST_AWAITED = 10
"""How many opinions a case may wait for at the same time."""


def prepare(
    case: Case,
    *,
    by: User,
    administration: str,
    materials: str,
    equipment: str = "",
    review: Mapping[str, str] | None = None,
) -> None:
    """Step 5: record what is ready, with the staff review (telaahan staf) where one was asked for.

    `review` holds the texts of `StaffReview`. Raises Refused where it is needed and not given.
    """
    with transition("prepare", case, by=by) as taken:
        if case.needs_review and not review:
            raise Refused(_("Kepala Bidang meminta telaahan staf. Isi keenam bagiannya."))
        Preparation.objects.create(
            case=case, by=by, administration=administration, materials=materials, equipment=equipment
        )
        if review:
            StaffReview.objects.create(case=case, by=by, title=taken.title, at=clock.now(), **review)


def ask_opinion(
    case: Case, *, by: User, agency: str, question: str, due: dt.date, phone: str = "", email: str = ""
) -> None:
    """Step 5: ask another agency (instansi terkait) for its opinion, to be answered by a day.

    Raises Refused where that day has passed, or where ten opinions are awaited already.
    """
    with transition("ask_opinion", case, by=by, note=f"{agency}: {question}") as taken:
        if due < clock.today():
            raise Refused(_("Batas waktu jawaban sudah lewat. Pilih hari ini atau sesudahnya."))
        if case.opinions_awaited >= MOST_AWAITED:
            raise Refused(_("Sudah ada 10 pendapat yang ditunggu. Catat dahulu jawaban yang sudah masuk."))
        Opinion.objects.create(
            case=case,
            agency=agency,
            question=question,
            phone=phone,
            email=email,
            due=due,
            asked_by=by,
            asked_at=clock.now(),
        )
        taken.change(opinions_awaited=case.opinions_awaited + 1)


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
    """Step 5: record what an agency answered, with its letter where there is one.

    Raises Refused where this opinion was not asked for this case or has been recorded already, and where
    the day of the answer is still to come or lies before the day of the question.
    """
    with transition("record_opinion", case, by=by, note=opinion.agency) as taken:
        if not opinion.can_be_answered_on(answered_on):
            raise Refused(_("Tanggal jawaban harus antara hari pendapat diminta dan hari ini."))
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
