"""Machine-readable data (JSON) embedded in issued documents."""

import json
from typing import Any

from django.utils import timezone, translation

from reports.documents import get_source_row
from reports.items import Item
from reports.models import TO_AGENCY, Document, Report
from reports.pdf import EmbeddedFile
from surveys.models import Publication

NAME = "rekaman.json"


def embedded_data(document: Document) -> EmbeddedFile:
    """Return the data of a document as JSON with Indonesian names. All of it is printed on the document."""
    with translation.override("id"):
        content = json.dumps(_data(document), ensure_ascii=False, indent=2).encode()
    description = "Rekaman naskah untuk dibaca mesin"
    return EmbeddedFile(NAME, content, description, "application/json", document.issued_at)


def _data(document: Document) -> dict[str, Any]:
    data: dict[str, Any] = {
        "jenis": document.get_kind_display(),
        "nomor": document.number,
        "versi": document.version,
        "menggantikan": _replaced(document.replaces),
        "penerbit": " ".join(document.issuer.splitlines()),
        "nama_penerbit": document.issued_by.name if document.issued_by else "",
        "diterbitkan": _issued_at(document),
        "verifikasi": document.verification_url,
    }
    if document.case and document.kind not in TO_AGENCY:
        data["perihal"] = document.case.subject
    row = get_source_row(document)
    if isinstance(row, Report):
        data["laporan"] = _report(row)
    if isinstance(row, Publication):
        data["hasil_survei"] = _survey_result(row)
    return data


def _replaced(document: Document | None) -> dict[str, Any] | None:
    if document is None:
        return None
    return {"nomor": document.number, "versi": document.version, "diterbitkan": _issued_at(document)}


def _issued_at(document: Document) -> str:
    return timezone.localtime(document.issued_at).isoformat(timespec="seconds")


def _report(report: Report) -> dict[str, Any]:
    return {
        "umum": report.general,
        "maksud_dan_tujuan": report.purpose,
        "ruang_lingkup": report.scope,
        "dasar": report.basis,
        "kegiatan": report.activities,
        "hasil": report.results,
        "simpulan": report.conclusion,
        "butir": [_item(item) for _kind, items in report.product for item in items],
        "penutup": report.closing,
    }


def _item(item: Item) -> dict[str, str]:
    return {
        "jenis": str(item.kind.label),
        "isi": item.text,
        "penanggung_jawab": item.responsible,
        "batas_waktu": item.due.isoformat() if item.due else "",
    }


def _survey_result(publication: Publication) -> dict[str, Any]:
    figures = publication.figures
    return {
        "sejak": publication.since.isoformat(),
        "sampai": publication.until.isoformat(),
        "ikm": figures["index"],
        "mutu": figures["letter"],
        "responden": figures["n"],
        "populasi": figures["population"],
        "sampel": figures["sample"],
        "nrr": figures["means"],
        "terendah": figures["lowest"],
        "rencana_tindak_lanjut": publication.plan,
    }
