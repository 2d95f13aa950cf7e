"""The papers of the demo: a letter as PDF, a photo as PNG, the report and the staff review in words."""

import datetime as dt
from io import BytesIO
from textwrap import wrap
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from consultations.models import Case
from intake.uploads import CheckedFile, check_file
from office import clock
from reports.items import Item

from .matters import Matter


def letter(case_details: dict[str, str], number: str) -> CheckedFile:
    """A scanned letter to the head of the office: one page of PDF."""
    lines = [
        f"Nomor: {number}",
        f"Hal: {case_details['subject']}",
        "",
        "Yth. Kepala Dinas Sosial dan Pemberdayaan Masyarakat Desa",
        "di Pangkalpinang",
        "",
        "Dengan hormat, kami memohon waktu konsultasi mengenai hal tersebut di atas.",
        "",
        f"Hormat kami, {case_details['applicant_name']}",
    ]
    return _page("surat permohonan.pdf", lines)


def answer(agency: str, number: str, text: str) -> CheckedFile:
    """The letter in which another agency answers: one page of PDF."""
    lines = [
        agency,
        f"Nomor: {number}",
        "Hal: Pendapat atas materi konsultasi",
        "",
        *wrap(text, 80),
    ]
    return _page("surat jawaban.pdf", lines)


def _page(name: str, lines: list[str]) -> CheckedFile:
    shown = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page = pdf.add_blank_page(page_size=(595, 842))
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.obj.Contents = pdf.make_stream(f"BT /F1 11 Tf 18 TL 71 740 Td {shown} ET".encode("latin-1"))
    content = BytesIO()
    pdf.save(content)
    return check_file(SimpleUploadedFile(name, content.getvalue()))


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def photo(caption: str) -> CheckedFile:
    """Material of an applicant: a small PNG."""
    image = Image.new("RGB", (480, 300), "#dfe8e4")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 70, 420, 240), fill="#7aa294", outline="#2f5d50", width=4)
    pen.text((60, 255), caption, fill="#1d2b27")
    content = BytesIO()
    image.save(content, "PNG")
    return check_file(SimpleUploadedFile("foto bahan.png", content.getvalue()))


def report_sections(case: Case, matter: Matter, version: int) -> dict[str, Any]:
    """The sections and items of the report of a consultation on this matter."""
    asker = case.organisation or case.applicant_name
    better = "" if version == 1 else " Laporan ini telah diperbaiki sesuai arahan pimpinan."
    kind = Item.Kind
    due = clock.today() + dt.timedelta(days=14 + case.pk * 5 % 30)
    further = [Item(kind.RECOMMENDATION, "Laporkan perkembangannya kepada dinas.")] if case.pk % 3 else []
    return {
        "general": f"{asker} memohon konsultasi mengenai {_inline(case.subject)}.",
        "purpose": "Memberikan saran, masukan, pertimbangan, solusi, dan rekomendasi kepada pemohon.",
        "scope": "Materi yang disampaikan pemohon serta ketentuan yang berlaku.",
        "basis": "SK Standar Layanan Konsultasi Nomor 188.4/47/DINSOSPMD/2023.",
        "activities": f"Konsultasi dengan {case.applicant_name}; materi: {case.material}",
        "results": matter.result,
        "conclusion": "Materi konsultasi telah dibahas dan dipahami pemohon.",
        "closing": "Demikian laporan ini disampaikan untuk menjadi bahan pertimbangan.",
        "items": [
            Item(kind.ADVICE, matter.advice),
            Item(kind.SUGGESTION, "Pemohon disarankan menjaga komunikasi dengan pendamping setempat."),
            Item(
                kind.CONSIDERATION,
                "Kewenangan provinsi, anggaran, dan keadaan pemohon." + better,
            ),
            Item(kind.SOLUTION, matter.solution),
            Item(kind.RECOMMENDATION, matter.recommendation, asker, due),
            *further,
        ],
    }


def review_sections(case: Case, matter: Matter) -> dict[str, str]:
    """The six parts of the staff review (telaahan staf)."""
    return {
        "problem": f"{case.material}",
        "assumptions": "Pemohon memiliki data yang benar.\nPemerintah kabupaten bersedia bekerja sama.",
        "facts": "Anggaran tahun berjalan terbatas.\nKewenangan terbagi antara provinsi dan kabupaten.",
        "analysis": f"{matter.result} Pembahasan memerlukan keterangan instansi terkait.",
        "conclusion": matter.solution,
        "advice": matter.recommendation,
    }


def _inline(subject: str) -> str:
    """The subject within a sentence; abbreviations keep their capitals."""
    return subject if subject[1:2].isupper() else subject[0].lower() + subject[1:]
