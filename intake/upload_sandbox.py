"""A program of its own that opens files of strangers: what is wrong with one harms nobody else.

Run by `consultations.files` as `python -I foreign_files.py TASK`; it imports nothing of Rembuk. It reads
files from standard input, each after its length (8 bytes), and writes content type, line feed and bytes of
the result. A file that unpacks to more memory or costs more time than is allowed ends it.
"""

import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO

import pikepdf
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

MEMORY = 320 * 1024 * 1024
"""Bytes that the whole program may take; the largest pictures that are accepted need 250 million."""

SECONDS = 5
"""Time of the processor; a photograph of 12 million pixels takes half a second."""

MOST_PIXELS = 60_000_000
MOST_UNPACKED = 20_000_000
"""Pixels in colour that are held in memory. A larger JPEG is read at half its size; no other can be."""

GREY = ("1", "L")
LENGTH = 8
LONGEST_SIDE = 2000
"""Pixels of a photograph's longer side: a letter on A4 is easy to read with them (about 170 to the inch)."""

QUALITY = 80
A4 = (595.28, 841.89)
"""Width and height in points (1/72 inch)."""

ORIENTATION = 0x0112
OWNER = ("/Metadata", "/PieceInfo", "/LastModified")
"""Where a PDF tells who made it and with what, besides its document information."""

OWNER_IN_ROOT = ("/Perms", "/DSS", "/AF")
"""Who certified a PDF, the certificates of its signers, and files that lie in it."""

PHOTO = ("/DCTDecode", "/DCT")

NOT_ACCEPTED, LOCKED, TOO_LARGE = 10, 11, 12
"""How the program ends where it refuses a file."""


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    """A file is not accepted; `status` is how the program ends."""

    def __init__(self, status: int) -> None:
        self.status = status


def check(files: Sequence[bytes]) -> tuple[str, bytes]:
    """What a file is (PDF, JPEG or PNG), found by reading it whole, and its bytes as they may be kept.

    A PDF stays as it is, byte by byte: it may be signed. Of a picture the pixels are kept, and not what a
    camera or telephone adds (place, owner, a film behind the photograph).
    """
    (content,) = files
    if content.startswith(b"%PDF-"):
        with pikepdf.open(BytesIO(content)) as pdf:
            if not len(pdf.pages):
                raise Refused(NOT_ACCEPTED)
            _written(pdf)  # what can be written again can be joined with others later
        return "application/pdf", content
    if content.startswith(b"\x89PNG"):
        return "image/png", _png(content)
    return "image/jpeg", _jpeg(content)


def join(files: Sequence[bytes]) -> tuple[str, bytes]:
    """One PDF of files that were found good, in their order; each picture becomes a page."""
    with pikepdf.new() as letter:
        for content in files:
            page = content if content.startswith(b"%PDF-") else _page(content)
            with pikepdf.open(BytesIO(page)) as pdf:
                letter.pages.extend(pdf.pages)
        return "application/pdf", _written(letter)


def clean(files: Sequence[bytes]) -> tuple[str, bytes]:
    """A PDF that was found good, without what tells who made it; its signatures are lost by that."""
    (content,) = files
    with pikepdf.open(BytesIO(content)) as pdf:
        _delete(pdf.trailer, "/Info")
        _delete(pdf.Root, *OWNER_IN_ROOT)
        _delete(pdf.Root.get("/Names", {}), "/EmbeddedFiles")
        for part in pdf.objects:
            if isinstance(part, pikepdf.Stream | pikepdf.Dictionary):
                _forget_owner(part)
        return "application/pdf", _written(pdf)


def _forget_owner(part: pikepdf.Object) -> None:
    _delete(part, *OWNER)
    if part.get("/FT") == "/Sig":
        _delete(part, "/V")
    if part.get("/Type") == "/Annot" and part.get("/Subtype") != "/Widget":
        _delete(part, "/T", "/FS")
    if isinstance(part, pikepdf.Stream):
        _forget_photographer(part)


def _forget_photographer(part: pikepdf.Stream) -> None:
    """Unpack a photograph, which may be packed once more, and keep it without what a camera adds."""
    filters, options = _listed(part.get("/Filter")), _listed(part.get("/DecodeParms"))
    packings = next((place for place, name in enumerate(filters) if name in PHOTO), None)
    if packings is None:
        return
    options += [None] * (len(filters) - len(options))
    part.Filter, part.DecodeParms = pikepdf.Array(filters[:packings]), pikepdf.Array(options[:packings])
    photo = part.read_bytes()
    if b"Exif\0" in photo or b"http://ns.adobe.com/" in photo or b"Photoshop" in photo:
        photo = _jpeg(photo)
    part.write(
        photo, filter=pikepdf.Array(filters[packings:]), decode_parms=pikepdf.Array(options[packings:])
    )


def _listed(value: Any) -> list[Any]:
    """What stands in a PDF either once or as an array."""
    if isinstance(value, pikepdf.Array):
        return list(value)
    return [] if value is None else [value]


def _delete(part: Any, *keys: str) -> None:
    for key in keys:
        if key in part:
            del part[key]


def _written(pdf: pikepdf.Pdf) -> bytes:
    content = BytesIO()
    pdf.save(content, stream_decode_level=pikepdf.StreamDecodeLevel.none, deterministic_id=True)
    return content.getvalue()


def _jpeg(content: bytes) -> bytes:
    """A JPEG as clear as before; of several in one file (MPO) the first, which is what programs show."""
    kept = BytesIO()
    with JpegImageFile(BytesIO(content)) as image:
        if _pixels(image) > MOST_UNPACKED:
            image.draft(None, (image.width // 2, image.height // 2))
        turned, exif = image.getexif().get(ORIENTATION), Image.Exif()
        if turned in range(2, 9):
            exif[ORIENTATION] = turned
        profile = image.info.get("icc_profile")
        image.save(kept, "JPEG", quality="keep", exif=exif, comment=b"", icc_profile=profile)
    return kept.getvalue()


def _png(content: bytes) -> bytes:
    kept = BytesIO()
    with PngImageFile(BytesIO(content)) as image:
        if _pixels(image) > MOST_UNPACKED and image.mode not in GREY:
            raise Refused(TOO_LARGE)
        image.save(kept, "PNG")
    return kept.getvalue()


def _pixels(image: Image.Image) -> int:
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        raise Refused(TOO_LARGE)
    return pixels


def _page(photo: bytes) -> bytes:
    """A photograph as a PDF page that fits A4: upright, of bounded size, nothing but its pixels kept."""
    page = BytesIO()
    with Image.open(BytesIO(photo), formats=["JPEG", "PNG"]) as image:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read at a fraction of its size at once
        smooth = _smooth(image)
        smooth.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(smooth)
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


def _smooth(image: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be mixed, so that thin lines survive when it is made smaller."""
    if image.mode.startswith("I"):  # grey in 16 bits
        return image.convert("I").point(lambda level: level / 256).convert("L")
    return image.convert({"1": "L", "P": "RGBA"}[image.mode]) if image.mode in ("1", "P") else image


TASKS: dict[str, Callable[[Sequence[bytes]], tuple[str, bytes]]] = {
    "check": check,
    "join": join,
    "clean": clean,
}


def framed(content: bytes) -> tuple[bytes, bytes]:
    """A file as this program reads it."""
    return len(content).to_bytes(LENGTH), content


def _files(source: BinaryIO) -> Iterator[bytes]:
    while length := source.read(LENGTH):
        yield source.read(int.from_bytes(length))


def main(task: str) -> int:
    """Do one task with bounded memory and time; returns how the program ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        content_type, content = TASKS[task](list(_files(sys.stdin.buffer)))
    except Refused as answer:
        return answer.status
    except pikepdf.PasswordError:
        return LOCKED
    # Each library raises a different error for each way in which a file is broken.
    except Exception:
        return NOT_ACCEPTED
    sys.stdout.buffer.write(content_type.encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
