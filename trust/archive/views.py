"""The pages of the archive: what is due, lists for destruction with their acts, moves and hand-overs."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consultations.audit.models import Act as AuditAct
from consultations.audit.services import record
from consultations.intake.uploads import MAX_BYTES, MAX_FILES, CheckedFile, CheckedFilesField, FilesForm
from consultations.models import Case
from consultations.views import serve
from documents.files import PrintedForm
from kit.form_view import handle_form
from kit.forms import LocalDateField, OfficeForm, TextField, line_field, reason_field, side_by_side
from kit.limits import body_limit
from kit.middleware import keeps_unsent
from kit.pagination import newest_first
from kit.refusal import Refused
from kit.table import Column, Place, Table
from office import rights
from office.models import RetentionRule
from office.models.retention import list_retention
from office.rights import StaffRequest, requires
from trust.archive import destruction, transfers as transfer_services
from trust.archive.contents import print_form, send_pdf
from trust.archive.destruction import ACTS, OWN_PROPOSAL, Act, Verb, find_next, get_approver, list_lines
from trust.privacy.models import ArchiveTransfer, Disposal, DisposalAct
from trust.privacy.schedule import get_due


class DisposalForm(OfficeForm):
    """The decision on a list of messages or of the audit log. A rejection needs a reason."""

    is_approved = forms.TypedChoiceField(
        label=_("Keputusan"),
        choices=[("yes", _("Setujui pemusnahan")), ("no", _("Tolak"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih keputusannya.")},
    )
    reason = TextField(label=_("Alasan atau catatan"), required=False, rows=3)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_approved") is False and not data.get("reason"):
            self.add_error("reason", ValidationError(_("Tulis alasan penolakan.")))
        return data


class RejectForm(OfficeForm):
    """The end of a list of archives before its execution."""

    reason = reason_field(_("Tulis alasan penolakan."))


NUMBER_MISSING = _("Tulis nomor suratnya.")
TEXTS = {
    Verb.APPOINT: (_("Susunan panitia"), _("Satu baris satu orang: nama, jabatan.")),
    Verb.CONSIDER: (_("Pertimbangan"), _("Yang perlu disimpan: tangguhkan dahulu di halaman permohonannya.")),
}
"""Label of the text of an act, and the sentence below it."""


class ActForm(FilesForm, OfficeForm):
    """The fields that an act asks for (`Act.asks`)."""

    letter = line_field(_("Nomor surat"), 80, missing=NUMBER_MISSING)
    dated = LocalDateField(label=_("Tanggal surat"))
    text = TextField(missing=_("Tulis isinya."))
    law_witness = line_field(_("Saksi unit hukum"), 150, missing=_("Tulis nama saksi."))
    law_title = line_field(_("Jabatan saksi unit hukum"), 150, missing=_("Tulis jabatannya."))
    supervision_witness = line_field(_("Saksi unit pengawasan"), 150, missing=_("Tulis nama saksi."))
    supervision_title = line_field(_("Jabatan saksi unit pengawasan"), 150, missing=_("Tulis jabatannya."))
    scan = CheckedFilesField(label=_("Foto atau pindaian surat bertanda tangan"))

    def __init__(self, act: Act, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: field for name, field in self.fields.items() if name in act.asks}
        if "text" in self.fields:
            self.fields["text"].label, self.fields["text"].help_text = TEXTS[act.verb]
        if act.verb in (Verb.EXECUTE, Verb.CONCLUDE):
            self.fields["dated"].label = _("Tanggal Berita Acara")
        if act.verb == Verb.EXECUTE:
            self.fields["letter"].label = _("Nomor Berita Acara")

    def clean_scan(self) -> list[CheckedFile]:
        return self.accepted_files("scan")

    def rows(self) -> list[Any]:
        pairs = {"letter": "dated", "law_witness": "law_title", "supervision_witness": "supervision_title"}
        first = {name: other for name, other in pairs.items() if name in self.fields}
        rest = [name for name in self.fields if name not in first.values()]
        return [side_by_side(name, first[name]) if name in first else name for name in rest]


class ReceiptForm(FilesForm, OfficeForm):
    """The signed minutes of a move or a hand-over."""

    letter = line_field(_("Nomor Berita Acara"), 80, missing=NUMBER_MISSING)
    dated = LocalDateField(label=_("Tanggal Berita Acara"))
    received_by = line_field(_("Nama penerima"), 150, missing=_("Tulis nama penerima."))
    received_title = line_field(_("Jabatan penerima"), 150, missing=_("Tulis jabatannya."))
    scan = CheckedFilesField(label=_("Foto atau pindaian Berita Acara bertanda tangan"))

    def clean_scan(self) -> list[CheckedFile]:
        return self.accepted_files("scan")

    def rows(self) -> list[Any]:
        return [side_by_side("letter", "dated"), side_by_side("received_by", "received_title"), "scan"]


@requires(rights.READ_ARCHIVE)
@require_safe
def archive(request: StaffRequest) -> HttpResponse:
    """Show what is due by rule and fate, and the lists for destruction, newest first."""
    page = newest_first(Disposal.objects.all(), request.GET, shown=SHOWN)
    prefetch_related_objects(page.rows, "acts")
    under_way = Disposal.objects.filter(decided_at=None).values_list("rule", "classification")
    waiting = set(under_way)
    context = {
        "due": [
            (due, (due.rule.kind, due.rule.classification) in waiting)
            for due in map(get_due, list_retention())
        ],
        "page": page,
        "lists": [(row, find_next(row)) for row in page.rows],
        "keeps": rights.KEEP_ARCHIVE.is_held_by(request.user),
    }
    return render(request, "archive/archive.html", context)


SHOWN = (
    *("rule", "classification", "is_of_old_rule", "rows", "before"),
    *("proposed_at", "proposed_title", "decided_at", "is_approved", "done_at"),
)


@requires(rights.READ_ARCHIVE)
@require_POST
def propose_destruction(request: StaffRequest, kind: str) -> HttpResponse:
    if kind not in RetentionRule.Kind.values:
        raise Http404
    try:
        found = destruction.propose(kind, request.POST.get("classification", ""), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("archive")
    messages.success(request, gettext("Daftar usul musnah tersimpan."))
    return redirect("disposal", found.pk)


def _get_disposal(pk: int) -> Disposal:
    people = Disposal.objects.select_related("proposed_by", "decided_by").prefetch_related("acts__by")
    return get_object_or_404(people, pk=pk)


@keeps_unsent
@requires(rights.READ_ARCHIVE)
def disposal(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a list with its acts and the next one; the Kepala Dinas may reject it, or decides on it."""
    found = _get_disposal(pk)
    is_own = found.proposed_by_id == request.user.pk
    is_request = found.rule == Disposal.REQUESTED
    decides = rights.DECIDE_DESTRUCTION.is_held_by(request.user) and not (found.decided_at or is_request)

    def act(reason: str, *, is_approved: bool = False) -> HttpResponse:
        destruction.decide(found, by=request.user, is_approved=is_approved, reason=reason)
        messages.success(request, gettext("Keputusan Anda tercatat."))
        return redirect("disposal", pk)

    visible = Case.objects.visible_to(request.user).filter(code__in=found.codes)
    codes, following = set(visible.values_list("code", flat=True)), find_next(found)
    context = {
        "disposal": found,
        "acts": found.acts.all(),
        "next": following,
        "takes_next": following and following.right.is_held_by(request.user),
        "is_executed": any(one.verb == Verb.EXECUTE for one in found.acts.all()),
        "approver": get_approver(found),
        "codes": [(code, code in codes) for code in found.codes if code in codes or not is_request],
        "may_decide": decides and not is_own,
        "obstacle": OWN_PROPOSAL if decides and is_own else "",
    }
    form = RejectForm if found.is_of_archives else DisposalForm
    return handle_form(request, form, act, "archive/disposal.html", context)


@body_limit(files=MAX_FILES * MAX_BYTES)
@requires(rights.READ_ARCHIVE)
def disposal_act(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Show the form of an act, and record it. Answer 403 if the act is not for the user."""
    found = _get_disposal(pk)
    if verb not in Verb.values or not found.is_of_archives:
        raise Http404
    row = ACTS[Verb(verb)]
    row.right.check(request.user)

    def act(**entered: Any) -> HttpResponse:
        destruction.act(verb, found, by=request.user, **entered)
        messages.success(request, gettext("Tindakan tersimpan."))
        return redirect("disposal", pk)

    context = {"disposal": found, "act": row, "approver": get_approver(found)}
    return handle_form(request, partial(ActForm, row), act, "archive/act.html", context)


PROPOSED = PrintedForm("Daftar Arsip Usul Musnah", "berita-acara-arsip")
DESTROYED = PrintedForm("Berita Acara Pemusnahan Arsip", "berita-acara-arsip")


@requires(rights.READ_ARCHIVE)
@require_safe
def disposal_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """Return the list as the panel reads it, or the minutes of its destruction."""
    found = _get_disposal(pk)
    if not found.is_of_archives:
        raise Http404
    acts = {act.verb: act for act in found.acts.all()}
    form, name = (DESTROYED, "berita-acara") if Verb.EXECUTE in acts else (PROPOSED, "daftar-usul-musnah")
    record(AuditAct.EXPORT, by=request.user, target=f"{name} {pk}")
    context = {"number": pk, "disposal": found, "acts": acts, "transfer": None}
    context["lines"] = list_lines(found.codes, found.rule)
    return send_pdf(print_form(form, **context), f"{name}-{pk}")


@dataclass(frozen=True)
class Scan:
    """A scanned letter, as `serve()` shows it. It was made inert when it was stored."""

    file: FieldFile
    name: str
    content_type: str = "application/pdf"

    @property
    def inert_copy(self) -> FieldFile:
        return self.file


@requires(rights.READ_ARCHIVE)
@require_safe
def act_scan(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = get_object_or_404(DisposalAct.objects.exclude(file=""), pk=pk)
    return serve(Scan(found.file, f"{found.verb}-{pk}.pdf"), sha256=found.sha256)


TRANSFERS = Table(
    title=_("Pemindahan dan penyerahan"),
    columns=(
        Column(_("Jenis"), lambda row: row.get_kind_display(), is_link=True),
        Column(_("Disiapkan"), lambda row: row.at),
        Column(_("Jumlah"), lambda row: row.rows),
        Column(_("Kepada"), lambda row: row.receiver),
        Column(_("Keadaan"), lambda row: row.state),
    ),
    get_url=lambda row: reverse("transfer", args=[row.pk]),
    get_data=lambda row: {"transfer": str(row.pk)},
)


@requires(rights.READ_ARCHIVE)
@require_safe
def transfers(request: StaffRequest) -> HttpResponse:
    """Show how many cases are to be moved or handed over, and the lists, newest first."""
    shown = ("kind", "rows", "receiver", "at", "package_sha256", "done_at", "is_done", "dated")
    page = newest_first(ArchiveTransfer.objects.all(), request.GET, shown=shown)
    most = transfer_services.MAX_CASES
    due = [
        (kind, transfer_services.list_due_cases(kind)[: most + 1].count()) for kind in ArchiveTransfer.Kind
    ]
    context = {
        "due": [(kind, f"{most}+" if number > most else number) for kind, number in due],
        "open": set(ArchiveTransfer.objects.filter(done_at=None).values_list("kind", flat=True)),
        "page": page,
        "table": TRANSFERS.show(page.rows, Place.PAGE),
        "keeps": rights.KEEP_ARCHIVE.is_held_by(request.user),
    }
    return render(request, "archive/transfers.html", context)


@requires(rights.READ_ARCHIVE)
@require_POST
def prepare_transfer(request: StaffRequest, kind: str) -> HttpResponse:
    if kind not in ArchiveTransfer.Kind.values:
        raise Http404
    try:
        found = transfer_services.prepare(kind, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("transfers")
    messages.success(request, gettext("Daftarnya tersimpan."))
    return redirect("transfer", found.pk)


def _get_transfer(pk: int) -> ArchiveTransfer:
    return get_object_or_404(ArchiveTransfer.objects.select_related("by", "done_by"), pk=pk)


@body_limit(files=MAX_FILES * MAX_BYTES)
@requires(rights.READ_ARCHIVE)
def transfer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a list. A keeper of the archive records the signed minutes."""
    found = _get_transfer(pk)

    def act(**entered: Any) -> HttpResponse:
        transfer_services.finish(found, by=request.user, **entered)
        messages.success(request, gettext("Berita Acara tersimpan."))
        return redirect("transfer", pk)

    visible = Case.objects.visible_to(request.user).filter(code__in=found.codes)
    codes = set(visible.values_list("code", flat=True))
    context = {
        "transfer": found,
        "codes": [(code, code in codes) for code in found.codes],
        "sees_all": len(codes) == len(found.codes),
        "may_finish": not found.done_at and rights.KEEP_ARCHIVE.is_held_by(request.user),
    }
    return handle_form(request, ReceiptForm, act, "archive/transfer.html", context)


class CancelForm(OfficeForm):
    reason = reason_field(_("Tulis mengapa daftar ini dibatalkan."))


@requires(rights.KEEP_ARCHIVE)
def cancel_transfer(request: StaffRequest, pk: int) -> HttpResponse:
    found = _get_transfer(pk)

    def act(reason: str) -> HttpResponse:
        transfer_services.cancel(found, by=request.user, reason=reason)
        messages.success(request, gettext("Daftar ini dibatalkan."))
        return redirect("transfer", pk)

    return handle_form(request, CancelForm, act, "archive/cancel.html", {"transfer": found})


@requires(rights.READ_ARCHIVE)
@require_safe
def transfer_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    found = _get_transfer(pk)
    record(AuditAct.EXPORT, by=request.user, target=f"berita acara {pk}")
    return send_pdf(transfer_services.print_minutes(found), f"berita-acara-{pk}")


@requires(rights.READ_ARCHIVE)
@require_safe
def transfer_scan(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = get_object_or_404(ArchiveTransfer.objects.exclude(file=""), pk=pk)
    return serve(Scan(found.file, f"berita-acara-{pk}.pdf"), sha256=found.sha256)


@requires(rights.KEEP_ARCHIVE)
@require_safe
def transfer_package(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Return the package to a user who sees all its cases, and record it. Answer 404 to others."""
    found = get_object_or_404(ArchiveTransfer.objects.exclude(package=""), pk=pk)
    if Case.objects.visible_to(request.user).filter(code__in=found.codes).count() != len(found.codes):
        raise Http404
    record(AuditAct.EXPORT, by=request.user, target=f"paket penyerahan {pk}")
    return FileResponse(found.package.open("rb"), as_attachment=True, filename=f"penyerahan-{pk}.zip")
