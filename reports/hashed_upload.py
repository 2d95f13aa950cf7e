"""Uploads that are hashed while they arrive and stored neither in memory nor on disk."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

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
