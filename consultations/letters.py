"""Several files or photographs of a letter become one PDF, without what a camera tells of its owner."""

from collections.abc import Sequence
from io import BytesIO

import pikepdf
from PIL import Image, ImageOps

from consultations.files import CheckedFile

LONGEST_SIDE = 2000
"""Pixels of a photograph's longer side: a letter on A4 is easy to read with them (about 170 to the inch)."""

QUALITY = 80
A4 = (595.28, 841.89)
"""Width and height in points (1/72 inch)."""


def as_one_pdf(files: Sequence[CheckedFile]) -> CheckedFile | None:
    """One PDF of all the files, in order, named like the first; a single PDF stays as it is, byte by byte."""
    if not files:
        return None
    first = files[0]
    if len(files) == 1 and first.content_type == "application/pdf":
        return first
    joined = BytesIO()
    with pikepdf.new() as letter:
        for file in files:
            content = file.content if file.content_type == "application/pdf" else _page(file.content)
            with pikepdf.open(BytesIO(content)) as pdf:
                letter.pages.extend(pdf.pages)
        letter.save(joined)
    return CheckedFile(joined.getvalue(), "application/pdf", first.name.rsplit(".", 1)[0] + ".pdf")


def _page(photo: bytes) -> bytes:
    """A photograph as a PDF page that fits A4: upright, of bounded size, nothing but its pixels kept."""
    page = BytesIO()
    with Image.open(BytesIO(photo)) as image:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read at a fraction of its size at once
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        paper = Image.new("RGB", upright.size, "white")
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            paper.paste(upright, mask=upright)
        else:
            paper.paste(upright.convert("RGB"))
    across, down = sorted(A4) if paper.width <= paper.height else sorted(A4, reverse=True)
    per_inch = max(paper.width / across, paper.height / down) * 72
    paper.save(page, "PDF", resolution=per_inch, quality=QUALITY)
    return page.getvalue()
