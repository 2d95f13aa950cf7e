"""Machine-readable data (JSON) embedded in issued documents."""

import json
from typing import Any

from django.utils import timezone, translation

from reports.documents import TYPES_BY_KIND, get_source_row
from reports.models import Document
from reports.pdf import EmbeddedFile

NAME = "rekaman.json"


def embedded_data(document: Document) -> EmbeddedFile:
    """Return the data of a document as JSON with Indonesian names. All of it is printed on the document."""
    with translation.override("id"):
        content = json.dumps(_data(document), ensure_ascii=False, indent=2).encode()
    description = "Rekaman naskah untuk dibaca mesin"
    return EmbeddedFile(NAME, content, description, "application/json", document.issued_at)


def _data(document: Document) -> dict[str, Any]:
    head: dict[str, Any] = {
        "jenis": document.get_kind_display(),
        "nomor": document.number,
        "versi": document.version,
        "menggantikan": _replaced(document.replaces),
        "penerbit": " ".join(document.issuer.splitlines()),
        "nama_penerbit": document.issued_by.name if document.issued_by else "",
        "diterbitkan": _issued_at(document),
        "verifikasi": document.verification_url,
    }
    row = get_source_row(document)
    return head | TYPES_BY_KIND[document.kind].get_data(document.case or row, row)


def _replaced(document: Document | None) -> dict[str, Any] | None:
    if document is None:
        return None
    return {"nomor": document.number, "versi": document.version, "diterbitkan": _issued_at(document)}


def _issued_at(document: Document) -> str:
    return timezone.localtime(document.issued_at).isoformat(timespec="seconds")
