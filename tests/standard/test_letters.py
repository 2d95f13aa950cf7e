"""Photographs of a letter become one PDF, upright, on A4, and without what the camera tells."""

import io

import pikepdf
import pytest
from PIL import Image

from consultations.intake.uploads import CheckedFile, merge_to_pdf
from kit.upload_sandbox import LONGEST_SIDE
from tests.submitting import image, pdf

pytestmark = pytest.mark.same_on_every_database

ORIENTATION, GPS, CAMERA = 0x0112, 0x8825, 0x0110


def photo(size: tuple[int, int] = (300, 200), orientation: int = 1) -> bytes:
    """A photograph whose upper left quarter is red, with place and camera in it."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = orientation, "Kamera Rahasia"
    exif[GPS] = {1: "S", 2: (2.0, 7.0, 45.0)}
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif, quality=95)
    return stream.getvalue()


def jpeg(content: bytes, name: str = "surat.jpg") -> CheckedFile:
    return CheckedFile(content, "image/jpeg", name)


def pictures(letter: CheckedFile) -> list[Image.Image]:
    with pikepdf.open(io.BytesIO(letter.content)) as document:
        return [
            pikepdf.PdfImage(picture).as_pil_image()
            for page in document.pages
            for picture in page.get_images().values()
            if isinstance(picture, pikepdf.Stream)
        ]


def test_no_file_is_no_letter_and_a_single_pdf_stays_as_it_is() -> None:
    assert merge_to_pdf([]) is None
    letter = CheckedFile(pdf(2), "application/pdf", "surat.pdf")
    assert merge_to_pdf([letter]) is letter


def test_photographs_and_pdfs_are_joined_in_their_order() -> None:
    png = CheckedFile(image("PNG"), "image/png", "halaman.png")
    letter = merge_to_pdf([jpeg(photo()), CheckedFile(pdf(2), "application/pdf", "lampiran.pdf"), png])
    assert letter
    assert (letter.content_type, letter.name) == ("application/pdf", "surat.pdf")
    with pikepdf.open(io.BytesIO(letter.content)) as document:
        assert [len(page.get_images()) for page in document.pages] == [1, 0, 0, 1]


def test_no_camera_data_is_stored() -> None:
    original = photo()
    assert b"Kamera Rahasia" in original
    letter = merge_to_pdf([jpeg(original)])
    assert letter
    assert b"Exif" not in letter.content
    assert b"Kamera" not in letter.content
    assert not pictures(letter)[0].getexif()


@pytest.mark.parametrize(
    ("orientation", "x", "y"), [(1, 0.1, 0.1), (3, 0.9, 0.9), (6, 0.9, 0.1), (8, 0.1, 0.9)]
)
def test_a_photograph_is_turned_upright(orientation: int, x: float, y: float) -> None:
    letter = merge_to_pdf([jpeg(photo(orientation=orientation))])
    assert letter
    (picture,) = pictures(letter)
    assert picture.size == ((200, 300) if orientation in (6, 8) else (300, 200))
    pixel = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > 100 > pixel[1]


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (90, 60), (5000, 100)])
def test_a_page_fits_a4_and_a_photograph_its_bounds(size: tuple[int, int]) -> None:
    letter = merge_to_pdf([jpeg(photo(size))])
    assert letter
    assert max(pictures(letter)[0].size) <= LONGEST_SIDE
    with pikepdf.open(io.BytesIO(letter.content)) as document:
        _x, _y, width, height = (float(side) for side in document.pages[0].mediabox)
    assert max(width, height) <= 843
    assert min(width, height) <= 596
    assert (width > height) == (size[0] > size[1])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_every_kind_of_picture_has_a_page(mode: str) -> None:
    stream = io.BytesIO()
    Image.new(mode, (30, 20)).save(stream, "JPEG" if mode == "CMYK" else "PNG")
    letter = merge_to_pdf([CheckedFile(stream.getvalue(), "image/png", "surat.png")])
    assert letter
    (page,) = pictures(letter)
    if mode in ("RGBA", "LA"):
        assert page.convert("RGB").getpixel((5, 5)) == (255, 255, 255), "what is clear is paper, not black"
