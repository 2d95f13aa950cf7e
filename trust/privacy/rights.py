"""Rights of the applicant (UU 27/2022): the stored data (Data saya), correction and deletion.

Also the public notice on personal data, and retaining a case (legal hold).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_safe

from consultations.audit.models import Act
from consultations.audit.services import list_readings_by_day, record
from consultations.complaints import explain_deletion
from consultations.deadlines import DELETION_TIME
from consultations.enums import Identity, Party
from consultations.forms import StepForm
from consultations.intake.drafts import HELD_LIFETIME, LIFETIME
from consultations.intake.requirements import list_asked, list_files
from consultations.models import Case, HiddenIdentity
from consultations.parties import OFFICE_WIDE, Applicant
from consultations.personal_fields import PERSONAL, OwnData, PersonalField
from consultations.secret_link import behind_secret, get_holder, get_reader
from consultations.workflow import VERBS, list_open_steps, transition
from documents.files import PrintedForm
from kit.forms import PhoneField
from kit.limits import Use, consume
from kit.phones import readable
from kit.refusal import Refused
from notices.models import Message
from office.models import Office, Role, StandardPublication
from office.models.retention import Fate, find_retention, list_retention
from trust.privacy.breach import list_breaches_of
from trust.privacy.deletion import get_deletion_due
from trust.privacy.schedule import KIND_OF_CASES


def correct_contact(case: Case, *, by: Applicant, applicant_name: str, phone: str) -> None:
    """Correct name and number. Documents that were issued before stay as they are.

    The history says what changed, without the content. Raise Refused if nothing changes.
    """
    note = "Nama dan nomor kontak diperbaiki pemohon"
    with transition("correct_contact", case, by=by, note=note) as taken:
        if case.identity == Identity.OPEN:
            if (applicant_name, phone) == (case.applicant_name, case.phone):
                raise Refused(_("Belum ada yang berubah. Perbaiki nama atau nomornya."))
            taken.change(applicant_name=applicant_name, phone=phone, by_post=False)
        else:
            hidden = HiddenIdentity.objects.get(case=case)
            hidden.name, hidden.phone = applicant_name, phone
            hidden.save(update_fields=["name", "phone"])
            taken.change(by_post=False)


class CorrectContactForm(StepForm):
    """Name and number of the applicant. A hidden name is not shown: others may know the link."""

    notice = _("Naskah yang sudah terbit tidak berubah. Naskah berikutnya memakai nama dan nomor yang baru.")
    applicant_name = forms.CharField(
        label=_("Nama lengkap"), max_length=150, error_messages={"required": _("Tulis nama Anda.")}
    )
    phone = PhoneField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.identity == Identity.OPEN:
            for name in self.fields:
                self.fields[name].initial = getattr(self.case, name)


DECIDED = ("decide_deletion", "decide_deletion_for", "confirm_deletion")

MAX_ROWS = 200
"""Rows of one part. Later ones are left out."""

OWN_DATA_STEPS = ("correct_contact", "ask_deletion", "stop_deletion")
"""Steps of the applicant that are shown with the stored data."""


@dataclass(frozen=True)
class Fact:
    """One stored value. `value` is a text, or the moment or day that it is."""

    label: str
    value: Any

    @property
    def text(self) -> str:
        if isinstance(self.value, dt.datetime):
            return date_format(timezone.localtime(self.value), "DATETIME_FORMAT")
        return date_format(self.value) if isinstance(self.value, dt.date) else str(self.value)


@dataclass(frozen=True)
class Part:
    title: str
    facts: Sequence[Fact]

    @property
    def is_log(self) -> bool:
        """Whether the facts are what happened, each with its moment. Their labels are long."""
        return bool(self.facts) and isinstance(self.facts[0].value, dt.datetime)


def list_parts(case: Case) -> list[Part]:
    """Return the stored data of a case by part, in the language of the reader. Empty values are left out."""
    parts = (
        (gettext("Nama dan kontak"), _list_contact(case)),
        (str(case.wording.name).capitalize(), _list_request(case)),
        (gettext("Berkas yang Anda kirim"), _list_files(case)),
        (gettext("Naskah untuk Anda"), _list_documents(case)),
        (gettext("Langkah"), _list_steps(case)),
        (gettext("Pesan kepada Anda"), _list_messages(case)),
        (gettext("Siapa yang melihat"), _list_readings(case)),
    )
    return [Part(title, [fact for fact in facts if fact.value not in ("", None)]) for title, facts in parts]


def _list_contact(case: Case) -> Iterator[Fact]:
    yield Fact(gettext("Identitas"), case.get_identity_display())
    if case.identity == Identity.CONFIDENTIAL:
        yield Fact(gettext("Nama dan kontak"), gettext("Disimpan terpisah dan tidak ditampilkan di sini."))
        return
    yield from _list_declared(case, OwnData.CONTACT)


def _list_request(case: Case) -> Iterator[Fact]:
    yield Fact(gettext("Kode lacak"), case.code)
    yield Fact(gettext("Jenis"), case.get_kind_display())
    yield Fact(gettext("Cara masuk"), case.get_channel_display())
    yield Fact(gettext("Disampaikan"), case.submitted_at)
    yield Fact(gettext("Status"), case.get_state_display())
    yield Fact(gettext("Nomor agenda"), str(case.agenda or ""))
    yield from _list_declared(case, OwnData.REQUEST)
    for enquiry in case.enquiries.order_by("pk")[:MAX_ROWS]:
        yield Fact(gettext("Pertanyaan lanjutan"), enquiry.question)
        yield Fact(gettext("Jawaban"), enquiry.answer)


def _list_declared(case: Case, part: OwnData) -> Iterator[Fact]:
    declared = (field for field in PERSONAL if field.own_data == part)
    for label, fields in groupby(declared, key=_get_label):
        values = [value for field in fields if (value := _get_value(case, field.name))]
        yield Fact(label, "; ".join(values) if len(values) > 1 else next(iter(values), ""))


def _get_label(field: PersonalField) -> str:
    column: Any = Case._meta.get_field(field.name)
    return capfirst(str(field.label or column.verbose_name))


def _get_value(case: Case, name: str) -> Any:
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
        by = event.name_actor(str(case.wording.applicant))
        yield Fact(f"{case.wording.speak(VERBS[event.verb].done)} ({by})", event.happened_at)


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
    """Return the day from which the office may propose the destruction, or None for an open case.

    Return None for a case that is permanent, or will be reviewed.
    """
    kind = next(kind for kind, of_case in KIND_OF_CASES.items() if of_case == case.kind)
    rule = find_retention(kind, case.classification)
    if case.is_open or rule.fate != Fate.DESTROY:
        return None
    ended = timezone.localdate(case.since)
    day = 28 if (ended.month, ended.day) == (2, 29) else ended.day
    return ended.replace(year=ended.year + rule.total, day=day)


EXTRACT = PrintedForm("Data Pribadi yang Disimpan", "data-pribadi")


@behind_secret(opens_by_code=False)
def own_data(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what is stored, until when, and the rights. A logged-in user gets no steps."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="data saya")
    is_applicant = not request.user.is_authenticated
    steps = list_open_steps(get_holder(case), case) if is_applicant else []
    context = {
        "case": case,
        "parts": list_parts(case),
        "stored_until": get_stored_until(case),
        "steps": [step for step in steps if step.verb in OWN_DATA_STEPS],
        "deletion_due": get_deletion_due(case),
        "independent": explain_deletion() if case.is_independent else "",
        "breaches": list_breaches_of(case),
        "decision": case.history.filter(verb__in=(*DECIDED, "stop_deletion")).order_by("pk").last(),
    }
    return render(request, "privacy/own_data.html", context)


@behind_secret(opens_by_code=False)
def own_data_file(request: HttpRequest, case: Case, kind: str) -> HttpResponse:
    """Return the stored data as JSON or PDF, always in Indonesian. Answer 429 after too many files."""
    if not consume(request, Use("own_data")):
        sentence = gettext("Terlalu banyak unduhan dari jaringan ini. Tunggu beberapa menit, lalu coba lagi.")
        context = {"case": case, "title": gettext("Data saya"), "refusal": sentence}
        return render(request, "ui/refused_public.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    record(Act.EXPORT, by=get_reader(request, case), case=case, target=f"data saya ({kind})")
    with translation.override("id"):
        parts = list_parts(case)
        if kind == "json":
            answer: HttpResponse = JsonResponse(to_json(case, parts), json_dumps_params={"indent": 2})
        else:
            answer = HttpResponse(EXTRACT.render(case=case, parts=parts), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="data-saya-{case.code}.{kind}"'
    return answer


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show purpose, basis, readers, periods, rights and contact."""
    context = {
        "readers": [*dict.fromkeys(str(Party(role).label) for role in Role if role in OFFICE_WIDE)],
        "retention": list_retention(),
        "draft_days": LIFETIME.days,
        "held_days": HELD_LIFETIME.days,
        "answer_hours": int(DELETION_TIME.total_seconds() // 3600),
        "publication": StandardPublication.load(),
        "asks_files": bool(list_files(list_asked())),
    }
    return render(request, "privacy/notice.html", context)
