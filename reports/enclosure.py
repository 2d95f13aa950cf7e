"""The record that lies inside an issued paper, for machines: what the paper is, and what a report says."""

import json
from typing import Any

from django.db.models import Model
from django.utils import timezone, translation

from reports.documents import KIND_OF
from reports.items import Item
from reports.models import Document, Report
from reports.rendering import Attached
from surveys.models import Publication

NAME = "rekaman.json"


def record_of(document: Document, row: Model | None = None) -> Attached:
    """The record of a paper as JSON, with Indonesian names; it says nothing that the paper does not say.

    `row` is what the paper is made from, where that is not stored yet.
    """
    with translation.override("id"):
        content = json.dumps(_record(document, row), ensure_ascii=False, indent=2).encode()
    description = "Rekaman naskah untuk dibaca mesin"
    return Attached(NAME, content, description, "application/json", document.issued_at)


def _record(document: Document, row: Model | None) -> dict[str, Any]:
    record: dict[str, Any] = {
        "jenis": KIND_OF[document.kind].title,
        "nomor": document.number,
        "versi": document.version,
        "menggantikan": _before(document.replaces),
        "penerbit": document.issuer,
        "nama_penerbit": document.issued_by.name if document.issued_by else "",
        "diterbitkan": _moment(document),
        "verifikasi": document.verification_url,
    }
    if document.case:
        record["perihal"] = document.case.subject
    if document.kind == Document.Kind.REPORT:
        report = row if isinstance(row, Report) else Report.objects.get(pk=document.record)
        record["laporan"] = _content(report)
    if document.kind == Document.Kind.SURVEY:
        publication = row if isinstance(row, Publication) else Publication.objects.get(pk=document.record)
        record["hasil_survei"] = _result(publication)
    return record


def _before(replaced: Document | None) -> dict[str, Any] | None:
    if replaced is None:
        return None
    return {"nomor": replaced.number, "versi": replaced.version, "diterbitkan": _moment(replaced)}


def _moment(document: Document) -> str:
    return timezone.localtime(document.issued_at).isoformat(timespec="seconds")


def _content(report: Report) -> dict[str, Any]:
    """The sections of the report, and its items with who is responsible and by when."""
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


def _result(publication: Publication) -> dict[str, Any]:
    """Return the published figures of the survey, with their period and the follow-up plan."""
    result = publication.figures
    return {
        "sejak": publication.since.isoformat(),
        "sampai": publication.until.isoformat(),
        "ikm": result["index"],
        "mutu": result["letter"],
        "responden": result["n"],
        "populasi": result["population"],
        "sampel": result["sample"],
        "nrr": result["means"],
        "terendah": result["lowest"],
        "rencana_tindak_lanjut": publication.plan,
    }
