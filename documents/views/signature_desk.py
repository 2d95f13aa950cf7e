"""The signature desk (`tanda-tangan/`): papers to initial, sign, print and scan; standing orders."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import PaperTurn, Task
from consultations.intake.uploads import CheckedFile, CheckedFilesField, FilesForm, draw_pages
from consultations.queries import of_visible_case
from documents import life, signing, signing_desk
from documents.files import DocumentUnavailable, read_document, read_original
from documents.life import TURNS, list_papers
from documents.models import Document, StandingOrder
from documents.models.document import DocumentQuerySet
from documents.models.paper import BY_HAND, list_deputies, list_letters
from documents.types import TYPES_BY_KIND
from documents.views.documents import send_pdf
from documents.views.paper_rows import MAX_ROWS, ON_PAPER, list_rows, to_row
from kit.form_view import handle_button, handle_form
from kit.forms import LocalDateField, OfficeForm, TextField, line_field, note_field, radio_field, reason_field
from kit.pdf import TooLong, render_pages
from kit.refusal import Refused
from office import rights
from office.rights import StaffRequest, requires
from office.words import with_words

MAX_PAGES = 12
"""Pages of a paper that are shown as pictures."""


@requires(rights.USE_SIGNATURE_DESK)
@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    """List the user's drafts to submit, what to sign, what is signed and not sent, and what to initial.

    Papers whose time has passed come after the others that wait for the user.
    """
    user = request.user
    own = [list_papers(user, *TURNS, is_over=is_over) for is_over in (False, True)]
    own.append(list_papers(user, PaperTurn.REWORK, is_over=False))
    # The reader knows the own title.
    waiting, passed, to_submit = ([replace(row, turn="") for row in list_rows(papers)] for papers in own)
    to_sign = [row for row in waiting if row.paper.state == Document.State.SIGNATURE]
    shown = {row.paper.pk for row in (*waiting, *passed, *to_submit)}
    drafted = signing_desk.list_drafted(user)
    context = {
        "to_submit": to_submit,
        "to_sign": to_sign,
        "on_paper": next((with_words(ON_PAPER) for row in to_sign if row.on_paper), ""),
        "routine": sum(row.is_routine for row in to_sign) if signing.adapter() else 0,
        "to_confirm": list_rows(list_papers(user, PaperTurn.CONFIRM)),
        "to_initial": [row for row in waiting if row.paper.state == Document.State.INITIALS],
        "unsent": list_rows(list_papers(user, Task.SEND)),
        "to_print": list_rows(list_papers(user, Task.PRINT, is_over=False)),
        "passed": [*passed, *list_rows(list_papers(user, Task.PRINT, is_over=True))],
        "drafted": list_rows(drafted.exclude(pk__in=shown)),
        "may_order": rights.GIVE_ORDERS.is_held_by(user),
    }
    return render(request, "documents/signature_desk.html", context)


@requires(rights.USE_SIGNATURE_DESK)
@require_safe
def next_paper(request: StaffRequest) -> HttpResponse:
    """Open the first paper of a case (`?case=`) that waits for the user, or else the desk."""
    of_case = {"case__code": request.GET.get("case", "").replace("\0", "")}
    turns = (list_papers(request.user, *kinds) for kinds in (TURNS, [PaperTurn.CONFIRM], [PaperTurn.REWORK]))
    for papers in (*turns, signing_desk.list_drafted(request.user)):
        if found := papers.filter(**of_case).first():
            return redirect("paper", found.pk)
    return redirect("signature_desk")


class PassphraseForm(OfficeForm):
    """The passphrase of the certificate. It is used at once and stored nowhere."""

    passphrase = forms.CharField(
        label=gettext_lazy("Frasa sandi sertifikat"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Isi frasa sandi sertifikat elektronik Anda.")},
        help_text=gettext_lazy("Dipakai sekali sekarang, tidak disimpan."),
    )


class InitialForm(OfficeForm):
    note = note_field()


class SendForm(OfficeForm):
    dispatch = radio_field(gettext_lazy("Cara kirim"), BY_HAND, missing=gettext_lazy("Pilih cara kirimnya."))
    note = note_field()


class ReasonForm(OfficeForm):
    reason = reason_field(gettext_lazy("Tulis apa yang perlu diperbaiki."), gettext_lazy("Catatan"))


class TextForm(OfficeForm):
    text = TextField(
        gettext_lazy("Isi tambahan surat"),
        required=False,
        rows=8,
        help_text=gettext_lazy("Tercetak sebelum penutup surat. Boleh kosong."),
    )


class LetterForm(TextForm):
    """The whole text of a letter that its drafter writes."""

    text = TextField(
        gettext_lazy("Isi surat"),
        missing=gettext_lazy("Tulis isi suratnya."),
        rows=16,
        help_text=gettext_lazy(
            "Pakai kalimat sederhana. Baris kosong memulai paragraf baru; baris yang berawalan angka menjadi "
            "butir daftar."
        ),
    )


class ScansForm(FilesForm, OfficeForm):
    """Photographs or PDFs of signed papers. A refused file refuses all: it may be a page."""

    pages = CheckedFilesField(label=gettext_lazy("Foto atau pindaian surat"))

    def clean_pages(self) -> list[CheckedFile]:
        return self.accepted_files("pages")


class ScanForm(ScansForm):
    """Photographs or a PDF of one signed paper without a number in Rembuk."""

    number = line_field(
        gettext_lazy("Nomor pada surat"),
        100,
        help_text=gettext_lazy("Surat ini belum bernomor di Rembuk."),
    )


class NoForm(OfficeForm):
    """A button without fields."""


FORMS: dict[str, tuple[type[OfficeForm], Callable[..., None]]] = {
    "submit": (TextForm, signing_desk.submit),
    "initial": (InitialForm, signing_desk.initial),
    "sign": (PassphraseForm, signing_desk.sign),
    "send": (SendForm, signing_desk.send),
    "give_back": (ReasonForm, signing_desk.give_back),
    "confirm": (NoForm, signing_desk.confirm),
    "deny": (NoForm, signing_desk.deny),
}
"""The form and the service of each act that has one. A paper opens with the first that takes it further."""


def _get_paper(request: StaffRequest, pk: UUID) -> Document:
    visible = Document.objects.exclude(signer_role="").filter(life.may_be_read_by(request.user))
    people = (
        "case__agenda",
        "case__division",
        "case__officer",
        "issued_by",
        "drafted_by",
        "signed_by",
        "replaces",
        "replaced_by",
    )
    found = visible.select_related(*people).annotate(is_over=signing_desk.is_over())
    return get_object_or_404(found, pk=pk)


@requires(rights.USE_SIGNATURE_DESK)
@sensitive_post_parameters("passphrase")
def paper(request: StaffRequest, pk: UUID, verb: str = "") -> HttpResponse:
    """Show the pages of a paper and its way, and take an act on it. Then open the next one that waits."""
    found = _get_paper(request, pk)
    verbs = [name for name in FORMS if life.can(name, found, by=request.user) and _is_offered(name, found)]
    if verb and verb not in FORMS:
        raise Http404
    chosen = verb or next((name for name in verbs if name != "give_back"), "")
    form_class, service = FORMS.get(chosen, (NoForm, None))
    if form_class is TextForm and TYPES_BY_KIND[found.kind].is_drafted:
        form_class = LetterForm

    def act(**typed: Any) -> HttpResponse:
        if service is None:
            raise Refused(life.GONE)
        service(found, by=request.user, **typed)
        messages.success(request, life.say_done(chosen, found))
        return _open_next(request, found)

    def context(form: forms.BaseForm) -> dict[str, Any]:
        return _paper_context(request, found, chosen, verbs)

    record(Act.DOCUMENT, by=request.user, case=found.case, target=f"{found.slug} versi {found.version}")
    initial = {"text": found.text}
    return handle_form(request, form_class, act, "documents/paper.html", context, initial=initial)


def _is_offered(verb: str, found: Document) -> bool:
    return verb != "sign" or signing_desk.signs_electronically(found)


def _paper_context(request: StaffRequest, found: Document, chosen: str, verbs: list[str]) -> dict[str, Any]:
    turns = list_papers(request.user, *TURNS)
    waiting = list(turns.values_list("pk", flat=True)[:MAX_ROWS])
    acts, events = life.ACTS, found.events.select_related("by").order_by("pk")
    return {
        "paper": found,
        "case": found.case,
        "row": to_row(found),
        "events": [(event, acts[event.verb].done) for event in events],
        "order": life.get_standing_order(found.kind),
        "pages": _render(found),
        "act": acts.get(chosen),
        "others": [acts[name] for name in verbs if name != chosen],
        "may_print": life.can("print", found, by=request.user) and signing_desk.signs_by_hand(found),
        "place": waiting.index(found.pk) + 1 if found.pk in waiting else 0,
        "waiting": len(waiting),
        "following": _following(turns, found).select_related("case").first(),
    }


def _render(found: Document) -> list[str]:
    """Return pictures of the pages. A scan is a file from outside, which a process without rights opens."""
    try:
        content = read_document(found)
        if found.signed_by_hand:
            return draw_pages(content)
        return render_pages(content, max_pages=MAX_PAGES)
    except (TooLong, DocumentUnavailable, ValidationError):
        return []


def _following(turns: DocumentQuerySet, found: Document) -> DocumentQuerySet:
    return turns.exclude(pk=found.pk)


def _open_next(request: StaffRequest, done: Document) -> HttpResponse:
    following = _following(list_papers(request.user, *TURNS), done).first()
    return redirect("paper", following.pk) if following else redirect("signature_desk")


class BatchForm(PassphraseForm):
    """The routine papers to sign with one passphrase, all of them chosen."""

    papers = forms.ModelMultipleChoiceField(
        queryset=Document.objects.none(),
        label=gettext_lazy("Surat yang ditandatangani"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Pilih surat yang ditandatangani.")},
    )
    field_order = ("papers", "passphrase")

    def __init__(self, *args: Any, papers: DocumentQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["papers"]
        field.queryset = papers  # type: ignore[attr-defined]
        field.label_from_instance = _name_paper  # type: ignore[attr-defined]
        field.initial = list(papers)


def _name_paper(found: Document) -> str:
    return f"{life.name_kind(found)}: {found.case.subject if found.case else ''}"


@requires(rights.USE_SIGNATURE_DESK)
@sensitive_post_parameters("passphrase")
def batch(request: StaffRequest) -> HttpResponse:
    """Sign the routine papers at once; show which are signed, and why others are not."""
    routine = [kind for kind, _label in list_letters() if life.get_rule(kind).is_routine]
    turns = list_papers(request.user, PaperTurn.SIGN, is_over=False).filter(kind__in=routine)
    papers = turns.select_related("case").filter(
        pk__in=list(turns.values_list("pk", flat=True)[: signing_desk.MAX_BATCH])
    )

    def make(*args: Any, **kwargs: Any) -> BatchForm:
        return BatchForm(*args, papers=papers, **kwargs)

    def act(papers: Iterable[Document], passphrase: str) -> HttpResponse:
        results = list(signing_desk.sign_all(list(papers), by=request.user, passphrase=passphrase))
        context = {
            "signed": [found for found, refusal in results if refusal is None],
            "failed": [(found, refusal) for found, refusal in results if refusal],
        }
        return render(request, "documents/batch_done.html", context)

    return handle_form(request, make, act, "documents/batch.html", {"papers": papers})


@requires(rights.USE_SIGNATURE_DESK)
@require_safe
def batch_progress(request: StaffRequest) -> HttpResponse:
    """Return how many of the papers in `?papers=` are signed, as a fragment."""
    chosen = request.GET.getlist("papers")[: signing_desk.MAX_BATCH]
    visible = Document.objects.exclude(signed_at=None).filter(of_visible_case(request.user))
    try:
        signed = visible.filter(pk__in=chosen).count()
    except ValidationError:
        raise Http404 from None
    return render(request, "documents/signing/progress.html", {"chosen": len(chosen), "signed": signed})


@requires(rights.NUMBER_LETTERS)
@require_POST
def print_paper(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Return the PDF to be signed by hand."""
    found = _get_paper(request, pk)
    try:
        content = signing_desk.print_original(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("paper", pk)
    record(Act.DOCUMENT, by=request.user, case=found.case, target=f"{found.slug} cetakan")
    return send_pdf(content, f"{found.slug}-{found.pk}.pdf")


@requires(rights.USE_SIGNATURE_DESK)
@require_safe
def original(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Return what was printed to be signed by hand."""
    found = _get_paper(request, pk)
    try:
        content = read_original(found)
    except DocumentUnavailable as sentence:
        raise Http404 from sentence
    record(Act.DOCUMENT, by=request.user, case=found.case, target=f"{found.slug} cetakan")
    return send_pdf(content, f"{found.slug}-{found.pk}-cetakan.pdf")


@requires(rights.NUMBER_LETTERS)
def scan(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Store the scan of one paper that was signed by hand."""
    found = _get_paper(request, pk)
    if not life.can("scan", found, by=request.user):
        raise Http404

    def act(pages: list[CheckedFile], number: str = "") -> HttpResponse:
        signing_desk.record_scan(found, by=request.user, pages=pages, number=number)
        name = f"{life.name_kind(found)} {found.number}"
        messages.success(request, _("%(paper)s terbit dengan pindaiannya.") % {"paper": name})
        return redirect("signature_desk")

    context = {"paper": found, "case": found.case}
    form_class = ScansForm if found.number else ScanForm
    return handle_form(request, form_class, act, "documents/scan.html", context)


@requires(rights.NUMBER_LETTERS)
def scans(request: StaffRequest) -> HttpResponse:
    """Store scans of several papers, found by their QR codes. What is not found is listed with its reason."""

    def act(pages: list[CheckedFile]) -> HttpResponse:
        stored, doubtful = signing_desk.record_scans(pages, by=request.user)
        context = {"stored": stored, "doubtful": doubtful, "papers": list_papers(request.user, Task.PRINT)}
        return render(request, "documents/scans_done.html", context)

    return handle_form(request, ScansForm, act, "documents/scans.html")


class OrderForm(OfficeForm):
    """A standing order of the Kepala Dinas."""

    kind = radio_field(
        gettext_lazy("Jenis surat"), list_letters, missing=gettext_lazy("Pilih jenis suratnya.")
    )
    signer = radio_field(
        gettext_lazy("Ditandatangani atas nama Anda oleh"),
        list_deputies,
        missing=gettext_lazy("Pilih siapa yang menandatangani."),
    )
    number = line_field(
        gettext_lazy("Nomor surat perintah"), 100, missing=gettext_lazy("Tulis nomor surat perintahnya.")
    )
    dated = LocalDateField(label=gettext_lazy("Tanggal surat perintah"))


@requires(rights.GIVE_ORDERS)
def orders(request: StaffRequest) -> HttpResponse:
    """List the standing orders, and give one."""

    def act(**typed: Any) -> HttpResponse:
        order = signing_desk.give_order(by=request.user, **typed)
        messages.success(
            request, _("%(kind)s kini ditandatangani atas nama Anda.") % {"kind": order.get_kind_display()}
        )
        return redirect("orders")

    given = StandingOrder.objects.select_related("by", "ended_by").order_by("ended_at", "-pk")[:MAX_ROWS]
    return handle_form(request, OrderForm, act, "documents/orders.html", {"orders": given})


@requires(rights.GIVE_ORDERS)
@require_POST
def end_order(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(StandingOrder, pk=pk)
    return handle_button(
        request, lambda: signing_desk.end_order(found, by=request.user), _("Perintah ini diakhiri."), "orders"
    )
