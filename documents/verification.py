"""Verification of documents: by their identifier, or by the hash of an uploaded PDF.

Uploads are hashed while they arrive and are stored neither in memory nor on disk.
"""

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from documents.contexts import Seal, get_seal_of
from documents.contexts.letters import name_result
from documents.files import DocumentUnavailable, create_file, read_document
from documents.life import is_withdrawn_print
from documents.models import Document
from documents.signing import list_signatures
from kit.limits import Use, body_limit, consume
from kit.pagination import parse_key
from kit.pdf import TooLong
from office.models import Office


@dataclass(frozen=True)
class Verification:
    """An issued document as shown to anyone: nothing of its content, its case or its applicant.

    `later` is the version that replaced it. `status` is a style name, `verdict` a sentence. If the document
    cannot be rendered, `document.has_file` is false. `seal` is the first one that covers it.
    """

    document: Document
    later: Document | None
    status: str
    verdict: str
    issuer: str
    seal: Seal | None

    @property
    def name(self) -> str:
        """Return what the document is called on paper."""
        if self.document.kind == Document.Kind.RESULT and self.document.case:
            return name_result(self.document.case)
        return self.document.get_kind_display()


def verify_document(*, pk: UUID | None = None, sha256: str = "", printing: int = 0) -> Verification | None:
    """Return the document with this primary key, or with this SHA-256 (hexadecimal), or None.

    Its file is created if nobody has done so yet. `printing` is that of the QR code on a paper to be signed
    by hand.
    """
    key = {"pk": pk} if pk else {"sha256": sha256}
    document = Document.objects.select_related("replaces", "replaced_by").filter(**key).first()
    if document is None or (document.awaits_number and not document.is_unsigned):
        return None
    with suppress(TooLong):  # the page says that there is no file
        document = create_file(document)
    later = getattr(document, "replaced_by", None)
    status, verdict = _verdict(document, later)
    if printing and status in ("draft", "in_force", "unconfirmed") and is_withdrawn_print(document, printing):
        status = "replaced"
        verdict = str(_("Cetakan ini sudah ditarik. Jangan dipakai: isinya mungkin berbeda."))
    return Verification(document, later, status, verdict, _issuer(document), get_seal_of(document))


def is_as_issued(document: Document) -> bool:
    """Return whether the stored file has the document's hash and, if it is signed, a valid signature."""
    try:
        content = read_document(document)
    except DocumentUnavailable:
        return False
    if not document.signature:
        return True
    return any(found.intact and found.covers_all for found in list_signatures(content))


def _verdict(document: Document, later: Document | None) -> tuple[str, str]:
    words = {"office": Office.load().name or _("kantor kami")}
    if document.kind == Document.Kind.APPLICATION:
        opening = _("Naskah ini asli disampaikan pemohon kepada %(office)s") % words
    elif document.denied_at:
        denied = _("Penanda tangan menyatakan tidak menandatangani naskah ini. Jangan dipakai.")
        return "revoked", str(denied)
    elif document.is_unconfirmed:
        opening = _("Naskah ini tercatat pada %(office)s: %(known)s") % {
            **words,
            "known": document.signature_words,
        }
    else:
        opening = _("Naskah ini asli diterbitkan oleh %(office)s") % words
    if document.is_unsigned and not document.revoked_at:
        return "draft", _(
            "Konsep, menunggu tanda tangan. Naskah ini belum diterbitkan oleh %(office)s."
        ) % words
    if document.is_unsigned:
        return "revoked", _(
            "Konsep ini dicabut sebelum ditandatangani. Naskah ini tidak pernah diterbitkan oleh %(office)s."
        ) % words
    if document.erased_at:
        words = {"opening": opening, "day": date_format(timezone.localdate(document.erased_at))}
        return "revoked", _(
            "%(opening)s. Berkasnya dimusnahkan menurut jadwal retensi atau atas permintaan pemohon pada "
            "%(day)s; sidiknya tetap tersimpan."
        ) % words
    if document.has_file and not is_as_issued(document):
        return "damaged", _("%(opening)s, tetapi berkas yang kami simpan sudah berubah atau hilang.") % {
            "opening": opening
        }
    if document.revoked_at:
        return "revoked", _("%(opening)s, tetapi sudah dicabut.") % {"opening": opening}
    if later:
        words = {"opening": opening, "version": str(later.version)}
        return "replaced", _("%(opening)s, tetapi sudah digantikan oleh versi %(version)s.") % words
    if document.is_unconfirmed:
        return "unconfirmed", f"{opening}."
    return "in_force", _("%(opening)s dan masih berlaku.") % {"opening": opening}


def _issuer(document: Document) -> str:
    """Return the issuer's position, never the name."""
    if document.kind == Document.Kind.APPLICATION:
        return str(_("Pemohon"))
    if document.kind == Document.Kind.RECEIPT and document.issued_by_id is None:
        return str(_("Sistem layanan, secara otomatis"))
    return document.signatory_title


MAX_BYTES = 25 * 1024 * 1024
"""Larger than any document. Later bytes of an upload are not hashed."""

HEAD = 1024
"""Bytes that must contain the PDF header."""

SHA256 = re.compile("[0-9a-f]{64}")

NO_FILE = _("Pilih berkas PDF yang ingin diperiksa.")
EMPTY = _("Berkas ini kosong. Pilih berkas lain.")
TOO_BIG = _("Berkas lebih besar dari 25 MB. Naskah kami tidak pernah sebesar itu; pilih berkas lain.")
NOT_PDF = _("Berkas ini bukan PDF. Pilih berkas PDF; foto dan hasil pindai tidak dapat diperiksa.")


class HashedFile(UploadedFile):
    """Name, size in bytes and SHA-256 (hexadecimal) of an upload, and whether it is a PDF."""

    def __init__(self, *, name: str, size: int, sha256: str, is_pdf: bool) -> None:
        super().__init__(name=name, size=size)
        self.sha256, self.is_pdf = sha256, is_pdf

    def close(self) -> None:
        """Do nothing: there is no file to close."""


class HashingHandler(FileUploadHandler):
    """Hashes each chunk of an upload and discards it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.hash, self.head = hashlib.sha256(), b""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= MAX_BYTES:
            self.hash.update(raw_data)
            self.head = (self.head + raw_data)[:HEAD]

    def file_complete(self, file_size: int) -> HashedFile:
        name = self.file_name or "berkas"
        return HashedFile(
            name=name, size=file_size, sha256=self.hash.hexdigest(), is_pdf=b"%PDF-" in self.head
        )


def hash_uploads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view so that its uploads are `HashedFile`s.

    Upload handlers must be set before the CSRF check reads the form, so the check runs after them, here.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def with_handler(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [HashingHandler(request)]
        return protected(request, **kwargs)

    return with_handler


class FileCheckForm(forms.Form):
    """A PDF to check, or its SHA-256 computed by the browser. The cleaned data contain `sha256` alone."""

    max_bytes = MAX_BYTES

    file = forms.FileField(
        label=_("Berkas PDF"),
        required=False,
        error_messages={"empty": EMPTY, "invalid": NO_FILE, "missing": NO_FILE},
        help_text=_("PDF, paling besar 25 MB"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    sha256 = forms.Field(required=False, widget=forms.HiddenInput)

    def clean_file(self) -> HashedFile | None:
        file: HashedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(TOO_BIG)
        if file and not file.is_pdf:
            raise forms.ValidationError(NOT_PDF)
        return file

    def clean(self) -> dict[str, Any]:
        file = self.cleaned_data.get("file")
        typed = file.sha256 if file else self.cleaned_data.get("sha256") or ""
        if "file" not in self.errors and not SHA256.fullmatch(typed):
            self.add_error("file", NO_FILE)
        return {"sha256": typed}


TOO_MANY_FILES = _(
    "Terlalu banyak berkas diperiksa dari jaringan ini. Tunggu beberapa menit, lalu coba lagi."
)


@body_limit(files=MAX_BYTES)
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@hash_uploads
def verify(request: HttpRequest) -> HttpResponse:
    """Find the issued document with the SHA-256 of an uploaded PDF: `verifikasi/`."""
    form, status = _bind_form(request)
    answer = ""
    if form.is_valid():
        if found := verify_document(sha256=form.cleaned_data["sha256"]):
            return _result(request, found, FileCheckForm(), "matches")
        answer = "unknown"
    return _page(request, "verify", {"form": form, "answer": answer}, status)


@body_limit(files=MAX_BYTES)
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@hash_uploads
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a document is, its issuer, its date and whether it is in force; compare an uploaded PDF."""
    printing = parse_key(request.GET.get("cetakan", "")) or 0  # the QR code of a paper signed by hand
    found = verify_document(pk=pk, printing=printing)
    if found is None:
        return _page(request, "verification_unknown", {}, 404)
    form, status = _bind_form(request)
    answer = ""
    if form.is_valid():
        answer = "matches" if form.cleaned_data["sha256"] == found.document.sha256 else "differs"
    return _result(request, found, form, answer, status)


def _bind_form(request: HttpRequest) -> tuple[FileCheckForm, int]:
    """Return the form and the status of the page. Uploads are rate limited."""
    if request.method != "POST":
        return FileCheckForm(), 200
    form = FileCheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return form, 422
    if consume(request, Use("verify")):
        return form, 200
    form.add_error(None, TOO_MANY_FILES)
    return form, 429


def _result(
    request: HttpRequest, found: Verification, form: FileCheckForm, answer: str, status: int = 200
) -> HttpResponse:
    context = {"found": found, "document": found.document, "form": form, "answer": answer}
    return _page(request, "verification", context, status)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, f"documents/{name}.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
