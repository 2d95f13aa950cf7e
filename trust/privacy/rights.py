"""Rights of the applicant (UU 27/2022): the stored data (Data saya), correction and deletion.

Also the public notice on personal data, and retaining a case (legal hold).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import groupby
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_safe

from consultations.audit.models import Act
from consultations.audit.services import list_readings_by_day, record
from consultations.complaints import explain_deletion
from consultations.enums import Identity, Party
from consultations.forms import StepForm
from consultations.intake.drafts import HELD_LIFETIME, LIFETIME
from consultations.intake.requirements import list_asked, list_files
from consultations.models import Case, Event, HiddenIdentity
from consultations.parties import OFFICE_WIDE, Applicant
from consultations.personal_fields import PERSONAL, OwnData, PersonalField
from consultations.secret_link import behind_secret, get_reader
from consultations.workflow import VERBS, list_open_steps, transition
from kit import clock
from kit.forms import PhoneField, TextField, reason_field
from kit.limits import Use, consume
from kit.phones import readable
from kit.refusal import Refused
from notices.models import Message
from office.models import Office, Role, StandardPublication, User
from office.models.retention import Fate, find_retention, list_retention
from office.words import with_words_lazy
from reports.documents.files import PrintedForm
from trust.ledger.models import Disposal
from trust.privacy.breach import list_breaches_of
from trust.privacy.erasure import erase_approved
from trust.privacy.schedule import KIND_OF_CASES

ANSWER_WITHIN = dt.timedelta(hours=72)
"""Time for the answer to a request for deletion, by the clock (UU 27/2022: 3 x 24 hours)."""


RETAINED = _(
    "Pemusnahan permohonan ini ditangguhkan. Tolak permintaannya, atau akhiri dahulu penangguhannya."
)


class Decision(TextChoices):
    GRANTED = "GRANTED", _("Dikabulkan: data pribadi dihapus")
    REFUSED = "REFUSED", _("Ditolak: data wajib disimpan")


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


def get_deletion_due(case: Case) -> dt.datetime | None:
    """Return until when the head of the office answers the request for deletion, or None without one."""
    return case.deletion_asked_at + ANSWER_WITHIN if case.deletion_asked_at else None


def ask_deletion(case: Case, *, by: Applicant, reason: str) -> None:
    """Ask for the deletion of the personal data. The head of the office answers within ANSWER_WITHIN."""
    with transition("ask_deletion", case, by=by, note=reason) as taken:
        taken.change(deletion_asked_at=clock.now())


def decide_deletion(case: Case, *, by: User, decision: str, reason: str) -> None:
    """Grant or refuse the deletion; the applicant reads the reason.

    A granted request is an approval of its own, and a background task erases the data after the commit. Raise
    Refused if a retained case would be erased.
    """
    with translation.override("id"):  # the note goes on record
        note = f"{Decision(decision).label}. {reason}"
    with transition("decide_deletion", case, by=by, note=note) as taken:
        taken.change(deletion_asked_at=None)
        if decision == Decision.REFUSED:
            return
        merged = list(case.merged.order_by("pk"))
        if any(one.retained_because for one in (case, *merged)):
            raise Refused(RETAINED, field="decision")
        now = clock.now()
        disposal = Disposal.objects.create(
            rule=Disposal.REQUESTED,
            before=clock.today(),
            codes=[one.code for one in (case, *merged)],
            rows=1 + len(merged),
            proposed_title="Pemohon",
            proposed_at=now,
            decided_by=by,
            decided_title=taken.title,
            decided_at=now,
            is_approved=True,
            reason=reason,
        )
        transaction.on_commit(partial(erase_approved.enqueue, disposal.pk), robust=True)


def retain(case: Case, *, by: User, reason: str) -> None:
    """Exclude the case from erasure, for example because of a dispute or an audit."""
    with transition("retain", case, by=by, note=reason) as taken:
        taken.change(retained_because=reason)


def release(case: Case, *, by: User, reason: str) -> None:
    """Let the retention schedule apply again."""
    with transition("release", case, by=by, note=reason) as taken:
        taken.change(retained_because="")


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


class AskDeletionForm(StepForm):
    notice = with_words_lazy(
        _(
            "Bila dikabulkan, nama, kontak, isi, berkas, dan naskah Anda dihapus dan tidak dapat "
            "dikembalikan. Nomor, tanggal, dan angka statistik tetap disimpan tanpa nama. %(head)s "
            "menjawab paling lambat 3 x 24 jam."
        )
    )
    reason = reason_field(_("Tulis alasan Anda, contoh: urusan saya sudah selesai."))


class DecideDeletionForm(StepForm):
    """Granted or refused, with the reason that the applicant reads."""

    is_final = True
    notice = _("Bila dikabulkan, data dihapus sesudah pemohon diberi tahu. Ini tidak dapat dibatalkan.")
    decision = forms.ChoiceField(
        label=_("Keputusan"),
        choices=Decision,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih keputusannya.")},
    )
    reason = TextField(
        label=_("Alasan untuk pemohon"),
        help_text=_("Bila ditolak, sebut dasarnya, contoh: wajib disimpan menurut jadwal retensi arsip."),
        error_messages={"required": _("Tulis alasan yang dibaca pemohon.")},
    )

    @cached_property
    def request(self) -> Event | None:
        """The request of the applicant, with the reason."""
        return self.case.history.filter(verb="ask_deletion").order_by("pk").last()


class RetainForm(StepForm):
    notice = _("Selama ditangguhkan, data permohonan ini tidak dihapus, juga bila masa simpannya habis.")
    reason = reason_field(_("Tulis alasan penangguhan, contoh: sengketa atau pemeriksaan Inspektorat."))


class ReleaseForm(StepForm):
    reason = reason_field(_("Tulis mengapa penangguhan berakhir."))


MAX_ROWS = 200
"""Rows of one part. Later ones are left out."""

OWN_DATA_STEPS = ("correct_contact", "ask_deletion")
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
    for objection in case.objections.order_by("pk")[:MAX_ROWS]:
        yield Fact(gettext("Alasan keberatan"), objection.reason)
        yield Fact(gettext("Pertimbangan"), objection.decision)


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
        by = event.acted_as if event.by_id else case.wording.applicant
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


@behind_secret
def own_data(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what is stored, until when, and the rights. A logged-in user gets no steps."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="data saya")
    is_applicant = not request.user.is_authenticated
    steps = list_open_steps(Applicant(case.secret), case) if is_applicant else []
    context = {
        "case": case,
        "parts": list_parts(case),
        "stored_until": get_stored_until(case),
        "steps": [step for step in steps if step.verb in OWN_DATA_STEPS],
        "deletion_due": get_deletion_due(case),
        "independent": explain_deletion() if case.is_independent else "",
        "breaches": list_breaches_of(case),
        "decision": case.history.filter(verb="decide_deletion").order_by("pk").last(),
    }
    return render(request, "privacy/own_data.html", context)


@behind_secret
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
        "answer_hours": int(ANSWER_WITHIN.total_seconds() // 3600),
        "publication": StandardPublication.load(),
        "asks_files": bool(list_files(list_asked())),
    }
    return render(request, "privacy/notice.html", context)
