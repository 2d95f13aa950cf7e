"""The head of a division publishes, changes and withdraws frequent questions."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind, State
from consultations.faq.models import Question
from consultations.models import Case
from consultations.models.search import as_indexed, split_words
from consultations.search_index import national_number, with_national_numbers
from kit import clock
from kit.refusal import Refused
from office import rights
from office.models import User


def may_publish_from(case: Case, user: User) -> bool:
    """Return whether the case is a closed consultation of the division that the user heads."""
    is_closed = case.kind == Kind.CONSULTATION and case.state == State.CLOSED
    return is_closed and case.division in user.headed_divisions


@transaction.atomic
def publish(
    *, by: User, question: str, answer: str, cases: Iterable[Case], published: Question | None = None
) -> Question:
    """Publish a question with its answer, or change one that is published. A withdrawn one is public again.

    It belongs to the first division of the cases that the user heads, or else to the user's first one.
    Raise Refused for a case that is no closed consultation, and for a text that names an applicant.
    """
    rights.PUBLISH_QUESTIONS.check(by)
    headed, cases = by.headed_divisions, list(cases)
    if published and published.division not in headed:
        raise PermissionDenied
    for case in cases:
        if case.state != State.CLOSED or case.kind != Kind.CONSULTATION:
            sentence = _("%(code)s bukan konsultasi yang sudah selesai. Pilih permohonan lain.")
            raise Refused(sentence % {"code": case.code}, field="cases")
    for field, text in (("question", question), ("answer", answer)):
        _check_names_nobody(field, text, cases)
    of_cases = (case.division for case in cases if case.division in headed)
    published = published or Question(division=next(of_cases, headed[0]))
    published.question, published.answer = question, answer
    published.published_by, published.published_at, published.withdrawn_at = by, clock.now(), None
    published.words = as_indexed(question, answer)
    published.save()
    published.cases.set(cases)
    return published


def withdraw(published: Question, *, by: User) -> None:
    """Take the question off the public page. It can be published again."""
    if published.division not in by.headed_divisions:
        raise PermissionDenied
    published.withdrawn_at = clock.now()
    published.save(update_fields=["withdrawn_at"])


def _check_names_nobody(field: str, text: str, cases: list[Case]) -> None:
    """Raise Refused if the text has name, organisation, telephone or code of an applicant."""
    words = f" {' '.join(_all_words(with_national_numbers(text)))} "
    for case in cases:
        for secret in (case.applicant_name, case.organisation, national_number(case.phone), case.code):
            found = " ".join(_all_words(secret))
            if found and f" {found} " in words:
                sentence = _("Hapus “%(text)s”: jawaban untuk umum tidak menyebut pemohon.")
                raise Refused(sentence % {"text": secret}, field=field)


def _all_words(text: str) -> list[str]:
    """Return the words of a text in their order, in the form of `split_words()`, repeated ones too."""
    return [word for part in text.split() for word in split_words(part)]
