"""Uploaded files of the demo: letters as PDF and a photo as PNG."""

from io import BytesIO
from textwrap import wrap

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from consultations.intake.uploads import CheckedFile, check_file


def request_letter(case_details: dict[str, str], number: str) -> CheckedFile:
    """Return a letter to the head of the office: one page of PDF."""
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


def answer_letter(agency: str, number: str, text: str) -> CheckedFile:
    """Return the answer of another agency: one page of PDF."""
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
    """Return a small PNG with a caption."""
    image = Image.new("RGB", (480, 300), "#dfe8e4")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 70, 420, 240), fill="#7aa294", outline="#2f5d50", width=4)
    pen.text((60, 255), caption, fill="#1d2b27")
    content = BytesIO()
    image.save(content, "PNG")
    return check_file(SimpleUploadedFile("foto bahan.png", content.getvalue()))
