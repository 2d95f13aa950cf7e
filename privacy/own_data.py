"""What is stored about the applicant of a case, for the page *Data saya* and its files."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.queries import list_readings_by_day
from consultations.enums import Identity
from consultations.models import Case
from consultations.personal_fields import PERSONAL, OwnData, PersonalField
from consultations.workflow import VERBS
from notices.models import Message
from office.models import Office
from office.models.retention import list_retention
from office.phones import readable
from privacy.due import KIND_OF_CASES

MAX_ROWS = 200
"""Rows of one part. Later ones are left out."""

STEPS = ("correct_contact", "ask_deletion")
"""Steps of the applicant that are shown with the stored data."""


@dataclass(frozen=True)
class Fact:
    """One stored value. `value` is a text, or the moment or day that it is."""

    label: str
    value: Any

    @property
    def text(self) -> str:
        """The value as people read it."""
        if isinstance(self.value, dt.datetime):
            return date_format(timezone.localtime(self.value), "DATETIME_FORMAT")
        return date_format(self.value) if isinstance(self.value, dt.date) else str(self.value)


@dataclass(frozen=True)
class Part:
    """A part of the stored data."""

    title: str
    facts: Sequence[Fact]

    @property
    def is_log(self) -> bool:
        """Whether the facts are what happened, each with its moment. Their labels are long."""
        return bool(self.facts) and isinstance(self.facts[0].value, dt.datetime)


def list_parts(case: Case) -> list[Part]:
    """Return the stored data of a case by part, in the language of the reader. Empty values are left out."""
    parts = (
        (_("Nama dan kontak"), _list_contact(case)),
        (str(case.wording.name).capitalize(), _list_request(case)),
        (_("Berkas yang Anda kirim"), _list_files(case)),
        (_("Naskah untuk Anda"), _list_documents(case)),
        (_("Langkah"), _list_steps(case)),
        (_("Pesan kepada Anda"), _list_messages(case)),
        (_("Siapa yang melihat"), _list_readings(case)),
    )
    return [Part(title, [fact for fact in facts if fact.value not in ("", None)]) for title, facts in parts]


def _list_contact(case: Case) -> Iterator[Fact]:
    yield Fact(_("Identitas"), case.get_identity_display())
    if case.identity == Identity.CONFIDENTIAL:
        yield Fact(_("Nama dan kontak"), _("Disimpan terpisah dan tidak ditampilkan di sini."))
        return
    yield from _list_declared(case, OwnData.CONTACT)


def _list_request(case: Case) -> Iterator[Fact]:
    yield Fact(_("Kode lacak"), case.code)
    yield Fact(_("Jenis"), case.get_kind_display())
    yield Fact(_("Cara masuk"), case.get_channel_display())
    yield Fact(_("Disampaikan"), case.submitted_at)
    yield Fact(_("Status"), case.get_state_display())
    yield Fact(_("Nomor agenda"), str(case.agenda or ""))
    yield from _list_declared(case, OwnData.REQUEST)


def _list_declared(case: Case, part: OwnData) -> Iterator[Fact]:
    """Yield the personal fields of a part. Adjacent fields with the same label are one fact."""
    declared = (field for field in PERSONAL if field.own_data == part)
    for label, fields in groupby(declared, key=_get_label):
        values = [value for field in fields if (value := _get_value(case, field.name))]
        yield Fact(label, "; ".join(values) if len(values) > 1 else next(iter(values), ""))


def _get_label(field: PersonalField) -> str:
    column: Any = Case._meta.get_field(field.name)
    return capfirst(str(field.label or column.verbose_name))


def _get_value(case: Case, name: str) -> Any:
    """Return a value as people read it; for a box that is ticked, its label."""
    value, column = getattr(case, name), cast("Any", Case._meta.get_field(name))
    if isinstance(value, bool):
        return str(column.verbose_name) if value else ""
    return readable(value) if name == "phone" else value


def _list_files(case: Case) -> Iterator[Fact]:
    for file in case.attachments.filter(added_by=None).order_by("pk")[:MAX_ROWS]:
        yield Fact(file.get_purpose_display(), f"{file.name} · SHA-256 {file.sha256}")


def _list_documents(case: Case) -> Iterator[Fact]:
    for document in case.documents.for_applicant()[:MAX_ROWS]:
        yield Fact(f"{document.get_kind_display()} {document.number}".strip(), document.issued_at)


def _list_steps(case: Case) -> Iterator[Fact]:
    for event in case.history.order_by("pk")[:MAX_ROWS]:
        yield Fact(f"{VERBS[event.verb].done} ({event.acted_as})", event.happened_at)


def _list_messages(case: Case) -> Iterator[Fact]:
    sent_to = Message.objects.filter(notice__case=case, notice__recipient=None).select_related("notice")
    for message in sent_to.order_by("pk")[:MAX_ROWS]:
        sent = message.sent_at or message.get_status_display()
        yield Fact(f"{message.notice.get_kind_display()} ({message.get_channel_display()})", sent)


def _list_readings(case: Case) -> Iterator[Fact]:
    for _day, readings in list_readings_by_day(case):
        for reading in readings:
            yield Fact(f"{reading.title}: {reading.what}", reading.last_at)


def to_json(case: Case, parts: Sequence[Part]) -> dict[str, Any]:
    """Return the stored data for programs. Moments are in ISO 8601."""
    return {
        "office": Office.load().name,
        "code": case.code,
        "parts": [
            {
                "title": part.title,
                "facts": [{"label": f.label, "value": _to_iso(f.value)} for f in part.facts],
            }
            for part in parts
        ],
    }


def _to_iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def get_stored_until(case: Case) -> dt.date | None:
    """Return the day from which the office may propose the erasure, or None for an open case."""
    if case.is_open:
        return None
    kind = next(kind for kind, of_case in KIND_OF_CASES.items() if of_case == case.kind)
    ended = timezone.localdate(case.since)
    day = 28 if (ended.month, ended.day) == (2, 29) else ended.day
    return ended.replace(year=ended.year + list_retention()[kind].total, day=day)
