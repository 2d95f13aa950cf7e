"""After the letter: further questions of the applicant about the answer (Tanya Lagi), and its dates."""

import datetime as dt
from functools import partial
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from consultations.forms import StepForm
from consultations.models import Case
from consultations.parties import Actor
from consultations.workflow import transition
from documents.models import Document
from documents.models.document import UNSIGNED
from kit import clock
from kit.forms import TextField
from office.models import Office, Role, User
from office.words import get_words
from reports.models import Enquiry


def ask_again(case: Case, *, by: Actor, question: str) -> None:
    """Store a further question of the applicant. It waits for the officer of the case."""
    with transition("ask_again", case, by=by) as taken:
        taken.record = Enquiry.objects.create(case=case, question=question, asked_at=clock.now())
        taken.change(asked_again_at=taken.record.asked_at)


def answer_again(case: Case, *, by: User, answer: str, verb: str = "answer_again") -> None:
    """Answer the question that waits. The applicant reads the answer on the page of the case."""
    with transition(verb, case, by=by) as taken:
        taken.record = enquiry = get_waiting(case)
        enquiry.answer, enquiry.answered_by = answer, by
        enquiry.answered_title, enquiry.answered_at = taken.title, clock.now()
        enquiry.save(update_fields=["answer", "answered_by", "answered_title", "answered_at"])
        taken.change(asked_again_at=None)


answer_for = partial(answer_again, verb="answer_for")
"""Answer in place of an officer who has left the division."""


def get_waiting(case: Case) -> Enquiry:
    return Enquiry.objects.get(case=case, answered_at=None)


def list_dates(case: Case, *, office: Office) -> list[tuple[dt.date, str]]:
    """Return the days of the letter from today on: due recommendations, and the last day to ask again.

    Recommendations that somebody of the office carries out are left out.
    """
    words = get_words()
    of_office = [office.name, words.head, words.division_head, words.secretariat, str(Role.OFFICER.label)]
    dates = [
        (row.due, gettext("Batas waktu rekomendasi ke-%(n)s") % {"n": row.position})
        for row in case.follow_ups.filter(done_at=None, due__isnull=False).order_by("due", "position")
        if row.due and not any(name.casefold() in row.responsible.casefold() for name in of_office if name)
    ]
    if case.ask_until:
        dates.append((case.ask_until, gettext("Hari terakhir untuk bertanya lagi")))
    return sorted((day, title) for day, title in dates if day >= clock.today())


def awaits_answer(case: Case) -> bool:
    """Return whether nobody has signed the letter with the result, so there is no answer to ask about."""
    unsigned = case.documents.in_force().filter(kind=Document.Kind.RESULT, state__in=UNSIGNED)
    return case.first_closed_at is not None and unsigned.exists()


class AskAgainForm(StepForm):
    question = TextField(
        _("Pertanyaan Anda"),
        missing=_("Tulis apa yang belum jelas."),
        rows=5,
        max_length=2_000,
        help_text=_("Tentang jawaban yang sudah Anda terima. Hal lain diajukan sebagai permohonan baru."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.ask_until:
            until = date_format(self.case.ask_until, "l, j F Y")
            self.notice = _("Dijawab tertulis di halaman ini. Anda dapat bertanya lagi sampai %(day)s.") % {
                "day": until
            }


class AnswerAgainForm(StepForm):
    notice = _("Jawaban ini langsung tampil di halaman pemohon dan tidak dapat diubah.")
    is_final = True
    answer = TextField(
        _("Jawaban"), missing=_("Tulis jawabannya."), rows=8, help_text=_("Pakai kalimat sederhana.")
    )

    @property
    def enquiry(self) -> Enquiry:
        return get_waiting(self.case)
