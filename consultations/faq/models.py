"""Frequent questions with their answers (Pertanyaan umum), made from closed cases."""

from collections.abc import Iterable, Sequence

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.models.search import count_common, list_terms
from kit import clock
from kit.cache import remembered
from kit.records import constraint
from office.models import Division
from office.models.people import user_field
from office.words import word

POPULAR = 4
"""Questions on the home page."""

NEAREST = 3
MIN_COMMON = 2
"""Words that a question has in common with a matter, at least, to be shown beside it."""


class QuestionQuerySet(models.QuerySet["Question"]):
    def published(self) -> "QuestionQuerySet":
        """Return the questions that the public can read."""
        return self.filter(withdrawn_at=None)

    def matching(self, text: str) -> "QuestionQuerySet":
        """Return the questions with a word of `text`, those with the most words first."""
        found = self.annotate(common=count_common(list_terms(text), "words")).filter(common__gte=1)
        return found.order_by("-common", "-helped", "-pk")


class Question(models.Model):
    """A question and its answer, without names. The head of the division publishes it."""

    is_own_subject = True  # published; it names no case
    not_recorded = ("helped",)

    question = models.CharField(_("pertanyaan"), max_length=200)
    answer = models.TextField(_("jawaban"))
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name=word("division"), related_name="frequent_questions"
    )
    cases = models.ManyToManyField(Case, verbose_name=_("dari permohonan"), related_name="frequent_questions")
    published_by = user_field(_("diterbitkan oleh"))
    published_at = models.DateTimeField(_("diterbitkan"), default=clock.now)
    withdrawn_at = models.DateTimeField(_("ditarik"), null=True)
    helped = models.PositiveIntegerField(_("membantu"), default=0)
    words = models.TextField(editable=False, help_text=_("Kata-kata pertanyaan dan jawaban, untuk pencarian"))

    objects = QuestionQuerySet.as_manager()
    is_remembered = True
    not_remembered = ("helped",)

    class Meta:
        verbose_name = verbose_name_plural = _("pertanyaan umum")
        constraints = [constraint("frequent_question_is_answered", ~Q(question="") & ~Q(answer=""))]

    def __str__(self) -> str:
        return self.question

    def count_common(self, terms: Iterable[str]) -> int:
        """Count the terms that begin one of its words."""
        return sum(f" {term}" in self.words for term in terms)

    def asks_about(self, terms: Sequence[str]) -> bool:
        """Return whether at least half of the words of the question occur among the terms of a matter."""
        own = list_terms(self.question)
        common = [
            word for word in own if any(term.startswith(word) or word.startswith(term) for term in terms)
        ]
        return 2 * len(common) >= len(own)

    def count_help(self) -> None:
        """Count that it has answered somebody's question."""
        Question.objects.filter(pk=self.pk).update(helped=F("helped") + 1)


def list_popular() -> list[Question]:
    """Return the POPULAR published questions that have helped most. Makes no query."""
    return sorted(_list_published(), key=lambda question: (-question.helped, -question.pk))[:POPULAR]


def list_nearest(matter: str) -> list[Question]:
    """Return the NEAREST published questions that may answer a matter. Makes no query."""
    terms = list_terms(matter)
    fitting = [question for question in _list_published() if question.asks_about(terms)]
    found = [(question.count_common(terms), question) for question in fitting]
    found = [(count, question) for count, question in found if count >= MIN_COMMON]
    found.sort(key=lambda pair: (pair[0], pair[1].helped, pair[1].pk), reverse=True)
    return [question for _count, question in found[:NEAREST]]


@remembered
def _list_published() -> list[Question]:
    return list(Question.objects.published())
