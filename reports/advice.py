"""The bank of reusable advice (Bank saran), and similar cases (Kasus serupa) with their advice.

Officers propose advice, the head of the division reviews it.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case as Choice, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.models.search import count_common, list_terms
from consultations.parties import serves
from kit import clock
from kit.forms import LocalDateField, OfficeForm, TextField, line_field
from kit.pagination import parse_key
from kit.refusal import Refused
from office.models import User
from office.words import with_words_lazy
from reports.models import Report, ReusableAdvice
from reports.models.report import Item


def may_propose(user: User, case: Case) -> bool:
    """Return whether the user serves the case, and its report is accepted. A complaint gives no advice."""
    return case.kind == Kind.CONSULTATION and case.state == State.CLOSED and serves(user, case)


def list_items(case: Case) -> list[Item]:
    """Return the items of the accepted report that are not in the bank yet."""
    accepted = Report.objects.in_force().filter(case=case).first()
    proposed = set(ReusableAdvice.objects.filter(case=case).values_list("text", flat=True))
    items = [Item.from_json(row) for row in accepted.items] if accepted else []
    return [item for item in items if item.text not in proposed]


def propose(case: Case, *, by: User, items: Iterable[Item], topic: str) -> None:
    """Propose items of the case's report for reuse. Raise PermissionDenied for other users."""
    if not may_propose(by, case):
        raise PermissionDenied
    proposed = [
        ReusableAdvice(
            case=case, division=case.division, kind=item.kind, text=item.text, topic=topic, proposed_by=by
        )
        for item in items
    ]
    for advice in proposed:
        advice.index()
    ReusableAdvice.objects.bulk_create(proposed, ignore_conflicts=True)


def review(
    advice: ReusableAdvice, *, by: User, text: str, topic: str, expires_on: dt.date | None = None
) -> None:
    """Offer the advice until a day, with the text as the head of the division wants it, or reject it.

    A later review extends or ends the time. Raise PermissionDenied for other users, and Refused if another
    item of the same case has this text.
    """
    if not heads(by, advice):
        raise PermissionDenied
    if ReusableAdvice.objects.filter(case=advice.case_id, text=text).exclude(pk=advice.pk).exists():
        raise Refused(_("Saran dengan kalimat ini sudah ada di bank. Ubah kalimatnya."), field="text")
    advice.text, advice.topic, advice.expires_on = text, topic, expires_on
    advice.reviewed_by, advice.reviewed_at = by, clock.now()
    advice.index()
    advice.save()


def heads(user: User, advice: ReusableAdvice) -> bool:
    """Return whether the user heads the division of the advice today."""
    return advice.division in user.headed_divisions


def get_offered() -> QuerySet[ReusableAdvice]:
    """Return the advice that is offered today."""
    return ReusableAdvice.objects.filter(expires_on__gte=clock.today()).select_related("division")


def get_awaiting_review(user: User) -> QuerySet[ReusableAdvice]:
    """Return the advice that waits for the review of this head, oldest first."""
    waiting = ReusableAdvice.objects.filter(division__in=user.headed_divisions, reviewed_at=None)
    return waiting.select_related("division", "proposed_by").order_by("pk")


def rank(advice: QuerySet[ReusableAdvice], text: str, *, least: int = 1) -> QuerySet[ReusableAdvice]:
    """Keep the advice that has at least `least` words in common with `text`; most common words first."""
    return (
        advice.annotate(common=count_common(list_terms(text), "words"))
        .filter(common__gte=least)
        .order_by("-common", "-pk")
    )


BANK = "bank"
SHOWN = 5
MIN_COMMON = 2
"""Words that a similar case, or advice of the bank, has in common, at least."""

WINDOW = 3_000
"""Cases before this one among which similar ones are looked for."""

CANDIDATES = 300
"""Closed cases with a common word that are compared, the newest ones."""


@dataclass(frozen=True)
class Advice:
    """One item of advice to take over. `key` names it in a form, `source` where it comes from."""

    key: str
    kind: Item.Kind
    text: str
    source: str

    @property
    def named(self) -> str:
        """The source in words: the code of its case, or the bank."""
        return gettext("bank saran") if self.source.startswith(f"{BANK}-") else self.source


@dataclass(frozen=True)
class SimilarCase:
    """A closed case with the items of its report."""

    case: Case
    advice: list[Advice]


def list_similar(case: Case, *, by: User) -> list[SimilarCase]:
    """Return the SHOWN closed cases that are most similar to `case`, among those that `by` may see.

    Two queries: the words of the newest candidates among the WINDOW cases before this one, then the reports.
    A word counts more, the fewer candidates have it.
    """
    terms = list_terms(f"{case.subject} {case.material}")
    scores = _score(case, terms, by=by)
    best = sorted(scores, key=lambda key: (-scores[key], -key))[:SHOWN]
    reports = Report.objects.in_force().filter(case__in=best)
    found = [SimilarCase(report.case, _list_advice(report)) for report in reports.select_related("case")]
    return sorted(found, key=lambda similar: best.index(similar.case.pk))


def list_fitting(text: str) -> list[Advice]:
    """Return the SHOWN items of the bank that fit `text` best."""
    fitting = rank(get_offered(), text, least=MIN_COMMON)
    return [_from_bank(advice) for advice in fitting[:SHOWN]]


def find_advice(key: str, *, by: User) -> Advice | None:
    """Return the advice that a form names, if it is of a closed case that `by` may see, or of the bank."""
    source, _colon, number = key.partition(":")
    if source == BANK:
        pk = parse_key(number)
        advice = get_offered().filter(pk=pk).first() if pk else None
        return _from_bank(advice) if advice else None
    visible = Case.objects.visible_to(by).filter(state=State.CLOSED, code=source.replace("\0", ""))
    reports = Report.objects.in_force().filter(case__in=visible)
    items = [item for report in reports.select_related("case") for item in _list_advice(report)]
    return next((item for item in items if item.key == key), None)


def _from_bank(advice: ReusableAdvice) -> Advice:
    return Advice(f"{BANK}:{advice.pk}", Item.Kind(advice.kind), advice.text, f"{BANK}-{advice.pk}")


def _score(case: Case, terms: Sequence[str], *, by: User) -> dict[int, float]:
    if len(terms) < MIN_COMMON:
        return {}
    closed = Case.objects.visible_to(by).filter(state=State.CLOSED).exclude(pk=case.pk)
    closed = closed.filter(pk__gte=case.pk - WINDOW, search_text__names__matching_row=(tuple(terms),))
    hits = [
        Choice(
            When(search_text__names__matching_row=((term,),), then=1),
            default=Value(0),
            output_field=IntegerField(),
        )
        for term in terms
    ]
    rows = closed.order_by("-pk").values_list("pk", *hits)[:CANDIDATES]
    found = {pk: flags for pk, *flags in rows if sum(flags) >= MIN_COMMON}
    spread = [sum(column) for column in zip(*found.values(), strict=True)]
    weights = [math.log((len(found) + 1) / count) if count else 0 for count in spread]
    return {
        pk: sum(flag * weight for flag, weight in zip(flags, weights, strict=True))
        for pk, flags in found.items()
    }


def _list_advice(report: Report) -> list[Advice]:
    code = report.case.code
    items = enumerate((Item.from_json(row) for row in report.items), start=1)
    return [Advice(f"{code}:{number}", item.kind, item.text, code) for number, item in items]


YEAR = dt.timedelta(days=365)


class ProposeAdviceForm(OfficeForm):
    """Items of the report to be marked as reusable, under one topic."""

    items = forms.TypedMultipleChoiceField(
        label=_("Butir yang dapat dipakai lagi"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pilih butir yang berlaku juga untuk pemohon lain."),
        error_messages={"required": _("Pilih sekurangnya satu butir.")},
    )
    topic = line_field(
        _("Topik"),
        80,
        missing=_("Tulis topiknya, supaya mudah ditemukan."),
        help_text=with_words_lazy(_("Contoh: BPJS nonaktif, dana %(village)s, data penerima bantuan.")),
    )

    def __init__(self, *args: Any, listed: list[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = listed
        choices: Any = self.fields["items"]
        choices.choices = [(n, f"{item.kind.label}: {item.text}") for n, item in enumerate(listed)]

    def clean_items(self) -> list[Item]:
        return [self.listed[number] for number in self.cleaned_data["items"]]


class ReviewAdviceForm(OfficeForm):
    """The text to be offered, and until when. Without a day the advice is not offered."""

    text = TextField(
        label=_("Saran"),
        help_text=_("Hapus nama orang, nomor, dan hal lain yang hanya berlaku untuk satu pemohon."),
        error_messages={"required": _("Tulis sarannya.")},
    )
    topic = line_field(_("Topik"), 80, missing=_("Tulis topiknya."))
    expires_on = LocalDateField(
        label=_("Berlaku sampai"), required=False, help_text=_("Sesudah hari ini saran perlu ditinjau lagi.")
    )

    def clean_expires_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["expires_on"]
        if day and not clock.today() <= day <= clock.today() + 3 * YEAR:
            raise ValidationError(_("Pilih hari antara hari ini dan tiga tahun lagi."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "tolak" in self.data:
            data["expires_on"] = None
        elif not data.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", _("Pilih sampai kapan saran ini ditawarkan."))
        return data
