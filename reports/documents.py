"""The papers of the service: one row and one template each, from the record to HTML and PDF.

A new kind is a row in `KINDS` and a template `print/<slug>.html` on `print/base.html`.
"""

import base64
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.workflow import State
from office.models import Instruction, Office
from reports.models import Document
from reports.rendering import to_pdf


class NotAvailable(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A paper does not exist for this case, or not yet. The message is a sentence for the user."""


class Paper(StrEnum):
    """The size of a sheet, width by height, as CSS writes it."""

    A4 = "210mm 297mm"
    F4 = "215mm 330mm"
    HALF_F4 = "215mm 165mm"


@dataclass(frozen=True)
class Kind:
    """One kind of paper.

    `gather` reads what the paper shows beside the case and the office: `as_of` (the moment of the record,
    which the PDF bears as its date) and what its template names. It raises NotAvailable.
    `applicant_in` are the states in which the applicant may have the paper; staff may whenever it exists.
    `issued_as` names the frozen document that takes its place once the case is closed.
    """

    slug: str
    title: Promise
    paper: Paper
    gather: Callable[[Case], dict[str, Any]]
    applicant_in: frozenset[State] = frozenset()
    issued_as: Document.Kind | None = None

    @property
    def template(self) -> str:
        return f"print/{self.slug}.html"


def report_facts(case: Case) -> dict[str, Any]:
    """The Laporan Hasil Konsultasi: its latest version, a draft until the Kepala Dinas has accepted it."""
    people = ("by", "forwarded_by", "accepted_by")
    report = case.reports.select_related(*people).order_by("-version").first()
    if report is None:
        raise NotAvailable(_("Laporan Hasil Konsultasi untuk permohonan ini belum ditulis."))
    return {
        "as_of": report.accepted_at or report.at,
        "report": report,
        "is_draft": report.accepted_at is None,
        "session": case.session,
        "companions": case.companions.order_by("name"),
        "introduction": [
            (heading, text)
            for heading, text in (
                ("Umum", report.general),
                ("Maksud dan Tujuan", report.purpose),
                ("Ruang Lingkup", report.scope),
                ("Dasar", report.basis),
            )
            if text.strip()
        ],
        "product": [
            (heading, items)
            for heading, text in (
                ("Simpulan", report.conclusion),
                ("Saran", report.advice),
                ("Masukan", report.suggestions),
                ("Pertimbangan", report.considerations),
                ("Solusi", report.solutions),
                ("Rekomendasi", report.recommendations),
            )
            if (items := items_of(text))
        ],
    }


BULLET = re.compile(r"\s*(?:[-•*–]|\d{1,2}[.)]|[a-z][.)])\s+")
"""A mark or number that people type before an item; the paper numbers items itself."""


def items_of(text: str) -> list[str]:
    """The items of a text, one a line, without empty lines and typed numbers."""
    return [BULLET.sub("", line, count=1).strip() for line in text.splitlines() if line.strip()]


def disposition_facts(case: Case) -> dict[str, Any]:
    """The Lembar Disposisi: the latest disposition, signed by the head or, for a walk-in, ratified.

    One that a division handed back says so.
    """
    people = ("by", "division", "ratified_by")
    disposition = case.dispositions.select_related(*people).order_by("-at", "-pk").first()
    if disposition is None:
        raise NotAvailable(_("Permohonan ini belum didisposisikan."))
    signed = (disposition.ratified_by, disposition.ratified_title, disposition.ratified_at)
    if not case.is_walk_in:
        signed = (disposition.by, disposition.title, disposition.at)
    chosen = disposition.instructions
    presets = list(Instruction.objects.filter(is_active=True).values_list("text", flat=True))
    return {
        "as_of": disposition.ratified_at or disposition.at,
        "disposition": disposition,
        "is_handed_back": case.division_id is None,
        "signer": signed[0],
        "signer_title": signed[1],
        "signed_at": signed[2],
        "urgencies": ticked(Case.Urgency.choices, [case.urgency]),
        "confidentialities": ticked(Case.Confidentiality.choices, [case.confidentiality]),
        "instructions": ticked([(text, text) for text in dict.fromkeys([*presets, *chosen])], chosen),
    }


def ticked(choices: list[tuple[str, Any]], chosen: list[str]) -> list[tuple[str, bool]]:
    """Each choice's label and whether its box is ticked."""
    return [(str(label), value in chosen) for value, label in choices]


def receipt_facts(case: Case) -> dict[str, Any]:
    """The Tanda Terima: what was handed in, when, where, and who received it (nobody: online)."""
    taken_in = case.history.filter(source="").select_related("by").order_by("pk").first()
    return {"as_of": case.submitted_at, "taken_in": taken_in}


def letter_facts(case: Case) -> dict[str, Any]:
    """The Surat Permohonan to the Kepala Dinas, made from what the applicant typed."""
    return {"as_of": case.submitted_at, "attachments": case.attachments.count()}


ALWAYS = frozenset(State)

KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(
            "laporan",
            _("Laporan Hasil Konsultasi"),
            Paper.A4,
            report_facts,
            applicant_in=frozenset({State.CLOSED}),
            issued_as=Document.Kind.REPORT,
        ),
        Kind("lembar-disposisi", _("Lembar Disposisi"), Paper.HALF_F4, disposition_facts),
        Kind("tanda-terima", _("Tanda Terima"), Paper.HALF_F4, receipt_facts, applicant_in=ALWAYS),
        Kind("surat-permohonan", _("Surat Permohonan"), Paper.F4, letter_facts, applicant_in=ALWAYS),
    )
}


def to_html(kind: Kind, case: Case, *, link: str = "") -> str:
    """The paper as one HTML page. `link` (absolute) is where its QR code leads, on a paper that has one.

    The text of official papers is Indonesian, whatever the reader's language. Raises NotAvailable.
    """
    with translation.override("id"):
        facts = kind.gather(case)
        office = Office.load()
        return render_to_string(
            kind.template,
            {
                "kind": kind,
                "case": case,
                "office": office,
                "coat_of_arms": coat_of_arms(office),
                "qr_code": qr_code(link) if link else "",
                "link": link,
                "created": facts["as_of"].isoformat(timespec="seconds"),
                **facts,
            },
        )


def render(kind: Kind, case: Case, *, link: str = "") -> bytes:
    """The paper as PDF: the same record gives the same bytes. Raises NotAvailable or TooLong."""
    return to_pdf(to_html(kind, case, link=link))


def coat_of_arms(office: Office) -> str:
    """The office's coat of arms (lambang daerah) as `data:` URL; empty where none can be read."""
    picture = office.coat_of_arms
    if not picture:
        return ""
    try:
        with picture.open() as file:
            content = file.read()
    except OSError:
        return ""
    content_type = mimetypes.guess_type(str(picture.name))[0]
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def qr_code(link: str) -> str:
    """A QR code as inline SVG, with the title that PDF/UA asks of a figure."""
    return segno.make(link, error="m", micro=False).svg_inline(border=0, title=f"Kode QR: {link}")
