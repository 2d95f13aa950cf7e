"""Documents and registers: as PDF, their rows, numbers of letters, receivers, attendance lists to print."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.models import Case, LinkAccess
from consultations.parties import may_share_link
from consultations.queries import get_visible_case, of_visible_case
from consultations.scheduling.queries import current_session
from consultations.secret_link import behind_secret, get_reader, log_access
from documents import files
from documents.files import DocumentUnavailable, read_document
from documents.issuing import (
    HandoverForm,
    draft_document,
    get_document,
    record_handover,
)
from documents.life import may_be_read_by, name_kind
from documents.models import Document, Register
from documents.numbering import (
    LetterNumberForm,
    enter_number,
    enter_report_number,
    list_reports_to_number,
    list_unnumbered,
)
from documents.registers import printing
from documents.registers.book import BOOKS, Book, register_source
from documents.registers.printing import RegisterForm, openable_registers, usual_periods
from documents.types import CASE_DOCUMENT_TYPES, TYPES_BY_KIND, TYPES_BY_SLUG, DocumentType
from kit import clock
from kit.form_view import handle_form
from kit.middleware import keeps_unsent
from kit.pagination import PAGE_SIZE, Page, link, newest_first, only, parse_key
from kit.pdf import TooLong
from kit.refusal import Refused
from kit.table import Place
from office import rights
from office.models import User
from office.rights import StaffRequest, requires

MAX_LETTERS = 100
LETTER_FIELDS = (
    *("kind", "version", "issued_at", "issuer", "signed_title", "number", "case__code", "case__subject"),
    *("case__agenda__year", "case__agenda__number"),
)
REGISTER_FIELDS = ("kind", "since", "until", "title", "at", "division__name", "by__name", "by__username")


@require_safe
def case_document(request: StaffRequest, code: str, slug: str) -> HttpResponse:
    """Return the newest document of a type of a visible case: as issued, or as a draft."""
    document_type, case = _get_case_document_type(slug), get_visible_case(request.user, code)
    try:
        document = get_document(document_type, case)
    except DocumentUnavailable as sentence:
        return _unavailable(request, document_type, sentence)
    return _answer_unless_secret(request, document, case)


@require_safe
def document(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Return any version of an issued document: of a visible case, a register or the survey."""
    registers = openable_registers(request.user).values("pk")
    of_register = Q(kind__in=Register.Kind.values, source_pk__in=registers)
    visible = may_be_read_by(request.user) | of_register | Q(kind=Document.Kind.SURVEY)
    issued = Document.objects.filter(visible).select_related("case", "issued_by", "replaces")
    found = get_object_or_404(issued, pk=pk)
    return _answer_unless_secret(request, found, found.case) if found.case else answer(request, found)


@behind_secret(opens_by_code=True)
def applicant_document(request: HttpRequest, case: Case, slug: str) -> HttpResponse:
    """Return the document in force of a type for the applicant."""
    kind = _get_case_document_type(slug).kind
    return answer(request, get_object_or_404(case.documents.for_holder(case.holder), kind=kind))


def _get_case_document_type(slug: str) -> DocumentType:
    document_type = TYPES_BY_SLUG.get(slug)
    if document_type in CASE_DOCUMENT_TYPES:
        return document_type
    raise Http404


def _answer_unless_secret(request: StaffRequest, document: Document, case: Case) -> HttpResponse:
    """Return the document. If the secret link is printed on it, log the access.

    Raise Http404 if the user may not share the link.
    """
    if document.has_secret_link:
        if not may_share_link(request.user, case):
            raise Http404
        log_access(case, by=request.user, place=LinkAccess.Place.RECEIPT)
    return answer(request, document)


def answer(request: HttpRequest, document: Document) -> HttpResponse:
    """Return the PDF of a document and record it, or a page that says why there is none."""
    document_type = TYPES_BY_KIND[document.kind]
    try:
        content = read_document(document)
    except (DocumentUnavailable, TooLong) as sentence:
        return _unavailable(request, document_type, sentence)
    if document.kind != Document.Kind.SURVEY:  # published for everybody
        reader = get_reader(request, document.case) if document.case else cast(User, request.user)
        target = f"{document_type.slug} versi {document.version}"
        record(Act.DOCUMENT, by=reader, case=document.case, target=target)
    code = document.case.code if document.case else timezone.localdate(document.issued_at)
    return send_pdf(content, f"{document_type.slug}-{code}.pdf")


def send_pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def refuse(
    request: HttpRequest, case: Case, refusal: object, title: str | Promise, status: int = HTTPStatus.CONFLICT
) -> HttpResponse:
    """Return a page about a case that says why something is refused."""
    context = {"case": case, "title": title, "refusal": refusal}
    return render(request, "ui/refused.html", context, status=status)


def _unavailable(request: HttpRequest, document_type: DocumentType, sentence: Exception) -> HttpResponse:
    context = {"title": document_type.title, "sentence": sentence}
    return render(request, "print/unavailable.html", context, status=HTTPStatus.NOT_FOUND)


@requires(rights.NUMBER_LETTERS)
@require_safe
def letters(request: StaffRequest) -> HttpResponse:
    """List the first MAX_LETTERS letters without a number, the oldest first."""
    rows = only(list_unnumbered(request.user), LETTER_FIELDS).order_by("issued_at", "pk")[:MAX_LETTERS]
    reports = list_reports_to_number(request.user)[:MAX_LETTERS]
    return render(request, "documents/letters.html", {"page": Page(list(rows)), "reports": reports})


@requires(rights.NUMBER_LETTERS)
def report_number(request: StaffRequest, code: str) -> HttpResponse:
    """Enter the number of a report. 404 if it does not wait for a number of this user."""
    case = get_object_or_404(list_reports_to_number(request.user), code=code)

    def act(number: str) -> HttpResponse:
        enter_report_number(case, by=request.user, number=number)
        messages.success(request, _("Laporan mendapat nomor %(number)s.") % {"number": number})
        return redirect("letters")

    return handle_form(request, LetterNumberForm, act, "documents/report_number.html", {"case": case})


@keeps_unsent
def letter(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Enter the number of a letter. 404 if the letter does not wait for a number of this user."""
    found = get_object_or_404(list_unnumbered(request.user).select_related("case__agenda"), pk=pk)

    def act(number: str) -> HttpResponse:
        enter_number(found, by=request.user, number=number)
        words = {"letter": name_kind(found), "number": number}
        messages.success(request, _("%(letter)s mendapat nomor %(number)s.") % words)
        return redirect("letters")

    context = {"letter": found, "case": found.case}
    return handle_form(request, LetterNumberForm, act, "documents/letter.html", context)


@keeps_unsent
def handover(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show who received a document (ekspedisi), and record one more receiver.

    404 if its case is not visible, 403 if the user does not keep the dispatch book.
    """
    visible = Document.objects.filter(of_visible_case(request.user)).select_related("case__agenda")
    found = get_object_or_404(visible, pk=pk)
    rights.KEEP_DISPATCH_BOOK.check(request.user)

    def act(receiver: str, received_at: datetime) -> HttpResponse:
        record_handover(found, by=request.user, receiver=receiver, received_at=received_at)
        messages.success(request, _("Penerima dicatat di buku ekspedisi."))
        return redirect("handover", pk=pk)

    handovers = found.handovers.order_by("pk")
    context = {"document": found, "case": found.case, "handovers": handovers}
    initial = {"received_at": clock.now()}
    return handle_form(request, HandoverForm, act, "documents/handover.html", context, initial=initial)


@require_safe
def attendance_sheet(request: StaffRequest, code: str) -> HttpResponse:
    """Return the attendance list of a visible case; 409 if no meeting is planned or was held."""
    case = get_visible_case(request.user, code)
    session = current_session(case)
    if session is None or session.is_written:
        refusal = _("Daftar hadir dapat dicetak sesudah konsultasi dijadwalkan.")
        return refuse(request, case, refusal, _("Daftar hadir"))
    return _send_sheet(request, case, files.attendance_sheet(case, session))


@require_safe
def meeting_sheet(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Return the attendance list of a meeting (forum rapat) of a visible case."""
    case = get_visible_case(request.user, code)
    meeting = get_object_or_404(case.meetings.select_related("by"), pk=pk)
    return _send_sheet(request, case, files.meeting_sheet(case, meeting))


def _send_sheet(request: StaffRequest, case: Case, content: bytes) -> HttpResponse:
    record(Act.DOCUMENT, by=request.user, case=case, target="daftar-hadir")
    return send_pdf(content, f"daftar-hadir-{case.code}.pdf")


@require_safe
def register_list(request: StaffRequest) -> HttpResponse:
    """List the registers that the user may print."""
    mine = [
        (TYPES_BY_KIND[kind], book) for kind, book in BOOKS.items() if printing.scopes(kind, request.user)
    ]
    if not mine:
        raise PermissionDenied
    return render(request, "documents/registers.html", {"document_types": mine})


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: StaffRequest, slug: str) -> HttpResponse:
    """Show the rows of a period, open its draft (`?draf`) or issue it (POST); list what was issued before.

    The rows of a book with a `page` of its own are shown there.

    Return 403 if the user may print no register of this kind, 422 if the form is invalid and 409 if the
    period cannot be printed.
    """
    document_type = TYPES_BY_SLUG.get(slug)
    if document_type is None or document_type.model is not Register:
        raise Http404
    scopes = printing.scopes(document_type.kind, request.user)
    if not scopes:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else request.GET
    form = RegisterForm(data if "since" in data or "until" in data else None, scopes=scopes)
    if request.method != "POST" and "draf" not in data:
        return _page(request, document_type, form)
    if not form.is_valid():
        return _page(request, document_type, form, status=422)
    handle = _issue if request.method == "POST" else _draft
    try:
        return handle(request, document_type, form)
    except Refused as refusal:
        form.add_error("until", str(refusal))
        return _page(request, document_type, form, status=409)


def _draft(request: StaffRequest, document_type: DocumentType, form: RegisterForm) -> HttpResponse:
    planned = printing.plan_register(document_type.kind, by=request.user, **form.period)
    return answer(request, draft_document(document_type, planned, register_source(planned)))


def _issue(request: StaffRequest, document_type: DocumentType, form: RegisterForm) -> HttpResponse:
    kind, newest = document_type.kind, form.cleaned_data["newest"]
    issued = printing.print_register(kind, by=request.user, newest=newest, **form.period)
    words = {"paper": document_type.title, "version": issued.version}
    done = _("%(paper)s versi %(version)s sudah diterbitkan.") % words
    link_to_pdf = '{} <a href="{}" target="_blank" rel="noopener">{}</a>'
    address = reverse("document", args=[issued.pk])
    messages.success(request, format_html(link_to_pdf, done, address, _("Buka PDF")))
    days = {name: form.cleaned_data[name].isoformat() for name in ("since", "until")}
    return redirect(f"{request.path}?{urlencode(days)}")


def _page(
    request: StaffRequest, document_type: DocumentType, form: RegisterForm, status: int = 200
) -> HttpResponse:
    """Render the form, the rows of the chosen period, and one page of the issued registers, newest first."""
    kind = document_type.kind
    openable = openable_registers(request.user).filter(kind=kind)
    page = newest_first(openable, request.GET, shown=REGISTER_FIELDS)
    documents = Document.objects.filter(kind=kind, source_pk__in=[row.pk for row in page.rows])
    by_register = {document.source_pk: document for document in documents.select_related("replaced_by")}
    context: dict[str, Any] = {
        "document_type": document_type,
        "book": BOOKS[kind],
        "form": form,
        "periods": usual_periods(),
        **(_get_rows(request, BOOKS[kind], form) if status == HTTPStatus.OK and not BOOKS[kind].page else {}),
        "page": page,
        "issued": [(row, by_register[row.pk]) for row in page.rows],
        "newest": printing.newest(kind),
    }
    return render(request, "documents/register.html", context, status=status)


def _get_rows(request: StaffRequest, book: Book, form: RegisterForm) -> dict[str, Any]:
    """Return the table and the links of one page of the period, in the order of the register.

    Return nothing if the period is not valid.
    """
    if form.is_bound and not form.is_valid():
        return {}
    try:
        chosen = printing.scoped_register(book.kind, by=request.user, **form.period)
    except Refused:
        return {}
    start = parse_key(request.GET.get("start", "")) or 0
    found = list(book.list_rows(chosen)[start : start + PAGE_SIZE + 1])
    rows = Page(
        found[:PAGE_SIZE],
        older=link(request.GET, start=start + PAGE_SIZE) if len(found) > PAGE_SIZE else "",
        newest=link(request.GET) if start else "",
    )
    return {"rows": rows, "table": book.show(book.get_lines(rows.rows, chosen), Place.PAGE)}
