"""A separate program that opens uploaded files, so that a malicious file cannot harm the server.

`kit/closed_room.py` starts it with a TASK through `kit/confinement.py`, which limits memory, time and system
calls. It imports nothing of this project. It reads files from standard input, each after its length (8
bytes), and writes the content type, a line feed and the bytes of the result.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import takewhile
from typing import Any, BinaryIO
from zipfile import ZipFile

import pikepdf
from pikepdf.settings import set_qpdf_limits
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

MAX_PIXELS = 60_000_000
MAX_UNPACKED = 20_000_000
"""Colour pixels in memory. A larger JPEG is read at half its size; a larger PNG is not accepted."""

MAX_HEIC = 25_000_000
"""Pixels of a HEIC photograph. The usual photographs of iPhones have 12 or 24 million."""

GREY = ("1", "L")
LENGTH = 8
LONGEST_SIDE = 2000
"""Pixels of a photograph's longer side: about 170 dpi on A4, easy to read."""

SCALE_OF_CODES = 2.5
"""Pixels to a point (1/72 inch) of a scanned PDF: 180 dpi."""

MAX_SCANNED = 10
"""Pages of a scan whose codes are read."""

MAX_DRAWN = 20
"""Pages of a file that are drawn."""

MAX_DRAWN_BYTES = 4 * 1024 * 1024
"""Bytes of the pictures of a file after which no further page is drawn. A page may take over a megabyte."""

DRAWN_SIDE, THUMBNAIL_SIDE = 1600, 320
"""Pixels of the longer side of a drawn page, and of a thumbnail."""

QUALITY = 80
A4 = (595.28, 841.89)
"""Width and height in points (1/72 inch)."""

ORIENTATION = 0x0112
PERSONAL = ("/Metadata", "/PieceInfo", "/LastModified")
"""Keys with the author and the program of a PDF, besides its document information."""

PERSONAL_IN_ROOT = ("/Perms", "/DSS", "/AF")
"""Keys with certificates of the signers and with embedded files."""

ACTIVE = (
    *("/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/AF", "/EF", "/EmbeddedFiles", "/Collection"),
    *("/Renditions", "/AlternatePresentations", "/PresSteps", "/SpiderInfo"),
)
"""Keys with scripts, actions that start by themselves, embedded files, films and sounds."""

ACTIONS = ("/A", "/PA", "/NA")
"""Keys whose value may be an action: of an annotation or bookmark, or before or after a navigation step."""

ACTIVE_IN_STREAM = ("/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI")
"""Keys of a stream whose content is in another file or at another address."""

NOTES = (
    *("/Text", "/Link", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight"),
    *("/Underline", "/Squiggly", "/StrikeOut", "/Caret", "/Stamp", "/Ink", "/Popup", "/Widget"),
    *("/PrinterMark", "/TrapNet", "/Watermark", "/Redact", "/Projection"),
)
"""Annotations that are harmless without an action. Other annotations keep only the entries in SHOWN."""

SHOWN = ("/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/P", "/Contents")
PHOTO = ("/DCTDecode", "/DCT")
UNPACKING = (
    *("/Crypt", "/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"),
    *("/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"),
)
"""Filters of a stream that only unpack bytes and decode no picture."""

MAX_STREAM = 110_000_000
"""Unpacked bytes of a part of a PDF. A scan of A4 in colour with 600 dpi has 104 million."""

NOT_ACCEPTED, LOCKED, TOO_LARGE, NOT_HEARD, TOO_PACKED = 10, 11, 12, 13, 14
"""Exit codes for a file that is not accepted."""


class NotAccepted(Exception):  # noqa: N818 -- an answer, not a fault
    """A file is not accepted. `status` is the exit code."""

    def __init__(self, status: int) -> None:
        self.status = status


def check(files: Sequence[bytes]) -> tuple[str, bytes]:
    """Read a whole file; return its type (PDF, JPEG or PNG) and the bytes to store.

    A PDF is returned unchanged, because it may be signed. A picture loses the metadata of the camera (place,
    owner, embedded video). A HEIC photograph becomes a JPEG, which every browser shows.
    """
    (content,) = files
    if content.startswith(b"%PDF-"):
        with pikepdf.open(BytesIO(content)) as pdf:
            if not len(pdf.pages):
                raise NotAccepted(NOT_ACCEPTED)
            for part in pdf.objects:
                if isinstance(part, pikepdf.Stream):
                    _check_unpacked(part)
            _to_bytes(pdf)  # a PDF that can be written again can be merged later
        return "application/pdf", content
    if content.startswith(b"\x89PNG"):
        return "image/png", _png(content)
    if content[4:8] == b"ftyp":
        return "image/jpeg", _heic(content)
    return "image/jpeg", _jpeg(content)


def _check_unpacked(part: pikepdf.Stream) -> None:
    """Raise NotAccepted if a stream unpacks to more than MAX_STREAM bytes. A damaged stream is accepted."""
    filters = list(takewhile(lambda name: name in UNPACKING, _as_list(part.get("/Filter"))))
    try:
        _keep_filters(part, len(filters)).get_stream_buffer(pikepdf.StreamDecodeLevel.specialized)
    except pikepdf.PdfError as error:
        if "limit exceeded" in str(error):
            raise NotAccepted(TOO_PACKED) from error


def check_or_hear(files: Sequence[bytes]) -> tuple[str, bytes]:
    """Return a sound recording with its type, unchanged, or what `check()` returns."""
    (content,) = files
    if kind := _sound(content):
        return kind, content
    try:
        return check(files)
    except (NotAccepted, pikepdf.PasswordError):
        raise
    except Exception as error:
        raise NotAccepted(NOT_HEARD) from error


def _sound(content: bytes) -> str:
    """Return the type of a recording by its first bytes and its tracks; empty for anything with pictures."""
    start = content[:4096]
    if content[4:8] == b"ftyp" and b"soun" in content and b"vide" not in content:
        return "audio/mp4"
    if start.startswith(b"OggS") and (b"OpusHead" in start or b"\x01vorbis" in start):
        return "audio/ogg"
    if start.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in start and b"A_" in start and b"V_" not in start:
        return "audio/webm"
    if start.startswith(b"RIFF") and content[8:12] == b"WAVE" and b"fmt " in start:
        return "audio/wav"
    if start.startswith(b"ID3"):  # a tag, whose size has seven bits in each byte
        size = sum(byte << 7 * place for place, byte in enumerate(reversed(content[6:10])))
        start = content[10 + size :]
    is_frame = len(start) > 1 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2  # MPEG, layer III
    return "audio/mpeg" if is_frame else ""


def merge(files: Sequence[bytes]) -> tuple[str, bytes]:
    """Return one PDF of checked files in their order. Each picture becomes a page."""
    with pikepdf.new() as merged:
        for content in files:
            page = content if content.startswith(b"%PDF-") else _page(content)
            with pikepdf.open(BytesIO(page)) as pdf:
                merged.pages.extend(pdf.pages)
        return "application/pdf", _to_bytes(merged)


def anonymise(files: Sequence[bytes]) -> tuple[str, bytes]:
    """Return a checked PDF without metadata of its author. Signatures are lost."""
    (content,) = files
    with pikepdf.open(BytesIO(content)) as pdf:
        _delete(pdf.trailer, "/Info")
        _delete(pdf.Root, *PERSONAL_IN_ROOT)
        _delete(pdf.Root.get("/Names", {}), "/EmbeddedFiles")
        for part in pdf.objects:
            if isinstance(part, pikepdf.Stream | pikepdf.Dictionary):
                _remove_personal(part)
        return "application/pdf", _to_bytes(pdf)


def disarm(files: Sequence[bytes]) -> tuple[str, bytes]:
    """Return a checked PDF without scripts, actions, XFA forms, media, embedded and external files.

    Links within the document stay. A PDF with nothing to remove is returned unchanged.
    """
    (content,) = files
    with pikepdf.open(BytesIO(content)) as pdf:
        removed = sum(_remove_active(part) for part in (pdf.trailer, *pdf.objects))
        return "application/pdf", _to_bytes(pdf) if removed else content


def _remove_active(part: pikepdf.Object) -> int:
    """Remove active content from an object and its direct objects; return the number of removed entries."""
    if isinstance(part, pikepdf.Array):
        inner = list(part)
    elif isinstance(part, pikepdf.Stream | pikepdf.Dictionary):
        inner = [value for _key, value in part.items()]
    else:
        return 0
    removed = 0
    if not isinstance(part, pikepdf.Array):
        active = ACTIVE + ACTIVE_IN_STREAM if isinstance(part, pikepdf.Stream) else ACTIVE
        doomed = {key for key in active if key in part} | {
            key for key in ACTIONS if _is_active(part.get(key))
        }
        if isinstance(part.get("/URI"), pikepdf.Dictionary):  # the base of all links
            doomed.add("/URI")
        if "/Subtype" in part and "/Rect" in part and part["/Subtype"] not in NOTES:
            doomed |= set(part.keys()).difference(SHOWN)
        _delete(part, *doomed)
        removed = len(doomed)
    return removed + sum(_remove_active(value) for value in inner if not getattr(value, "is_indirect", True))


def _is_active(action: Any) -> bool:
    """Return whether a value is an action, and not just one jump within the document."""
    # An action has /S. Without it, /A may be the name of a font, which the text of a page needs.
    if not isinstance(action, pikepdf.Dictionary) or action.get("/S") is None:
        return False
    return action["/S"] != "/GoTo" or "/Next" in action


def _remove_personal(part: pikepdf.Object) -> None:
    _delete(part, *PERSONAL)
    if part.get("/FT") == "/Sig":
        _delete(part, "/V")
    if part.get("/Type") == "/Annot" and part.get("/Subtype") != "/Widget":
        _delete(part, "/T", "/FS")
    if isinstance(part, pikepdf.Stream):
        _clean_photo(part)


def _clean_photo(part: pikepdf.Stream) -> None:
    """Remove camera metadata from a photograph, which may be compressed several times."""
    filters, options = _as_list(part.get("/Filter")), _as_list(part.get("/DecodeParms"))
    packings = next((place for place, name in enumerate(filters) if name in PHOTO), None)
    if packings is None:
        return
    options += [None] * (len(filters) - len(options))
    photo = _keep_filters(part, packings).read_bytes()
    if b"Exif\0" in photo or b"http://ns.adobe.com/" in photo or b"Photoshop" in photo:
        photo = _jpeg(photo)
    part.write(
        photo, filter=pikepdf.Array(filters[packings:]), decode_parms=pikepdf.Array(options[packings:])
    )


def _keep_filters(part: pikepdf.Stream, number: int) -> pikepdf.Stream:
    """Remove all filters of a stream but the first `number`, so that the others are not decoded."""
    for key in ("/Filter", "/DecodeParms"):
        if key in part:
            part[key] = pikepdf.Array(_as_list(part[key])[:number])
    return part


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, pikepdf.Array):
        return list(value)
    return [] if value is None else [value]


def _delete(part: Any, *keys: str) -> None:
    for key in keys:
        if key in part:
            del part[key]


def _to_bytes(pdf: pikepdf.Pdf) -> bytes:
    content = BytesIO()
    pdf.save(content, stream_decode_level=pikepdf.StreamDecodeLevel.none, deterministic_id=True)
    return content.getvalue()


def _jpeg(content: bytes) -> bytes:
    """Return a JPEG with the same quality and without metadata: the first picture of an MPO file."""
    stripped = BytesIO()
    with JpegImageFile(BytesIO(content)) as image:
        if _pixels(image) > MAX_UNPACKED:
            image.draft(None, (image.width // 2, image.height // 2))
        turned, exif = image.getexif().get(ORIENTATION), Image.Exif()
        if turned in range(2, 9):
            exif[ORIENTATION] = turned
        profile = image.info.get("icc_profile")
        image.save(stripped, "JPEG", quality="keep", exif=exif, comment=b"", icc_profile=profile)
    return stripped.getvalue()


def _heic(content: bytes) -> bytes:
    """Return a HEIC photograph of an iPhone as an upright JPEG without metadata."""
    import pi_heif

    pi_heif.options.DECODE_THREADS = 1  # each thread reserves memory
    photo = pi_heif.open_heif(BytesIO(content))
    if photo.size[0] * photo.size[1] > MAX_HEIC:
        raise NotAccepted(TOO_LARGE)
    image, converted = photo.to_pillow(), BytesIO()
    del photo  # it holds a second copy of the pixels
    profile = image.info.get("icc_profile")
    image = image if image.mode == "RGB" else image.convert("RGB")
    image.save(converted, "JPEG", quality=QUALITY, exif=b"", icc_profile=profile)
    return converted.getvalue()


def _png(content: bytes) -> bytes:
    stripped = BytesIO()
    with PngImageFile(BytesIO(content)) as image:
        if _pixels(image) > MAX_UNPACKED and image.mode not in GREY:
            raise NotAccepted(TOO_LARGE)
        image.save(stripped, "PNG")
    return stripped.getvalue()


def _pixels(image: Image.Image) -> int:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise NotAccepted(TOO_LARGE)
    return pixels


def _page(photo: bytes) -> bytes:
    """Return a photograph as an upright A4 page (PDF), scaled to at most LONGEST_SIDE pixels."""
    page, paper = BytesIO(), _paper(photo, LONGEST_SIDE)
    across, down = sorted(A4) if paper.width <= paper.height else sorted(A4, reverse=True)
    per_inch = max(paper.width / across, paper.height / down) * 72
    paper.save(page, "PDF", resolution=per_inch, quality=QUALITY)
    return page.getvalue()


def _paper(photo: bytes, longest: int) -> Image.Image:
    """Return a photograph, upright, on white, and at most `longest` pixels on its longer side."""
    with Image.open(BytesIO(photo), formats=["JPEG", "PNG"]) as image:
        _pixels(image)
        image.draft("RGB", (longest, longest))  # decodes a JPEG at reduced size
        smooth = _to_smooth_mode(image)
        smooth.thumbnail((longest, longest))
        upright = ImageOps.exif_transpose(smooth)
        paper = Image.new("RGB", upright.size, "white")
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            paper.paste(upright, mask=upright)
        else:
            paper.paste(upright.convert("RGB"))
    return paper


def _to_smooth_mode(image: Image.Image) -> Image.Image:
    """Return the picture in a mode with mixed colours, so that thin lines survive scaling."""
    if image.mode.startswith("I"):  # 16-bit grey
        return image.convert("I").point(lambda level: level / 256).convert("L")
    return image.convert({"1": "L", "P": "RGBA"}[image.mode]) if image.mode in ("1", "P") else image


def draw(files: Sequence[bytes]) -> tuple[str, bytes]:
    """Return a ZIP file with pictures of a file: a thumbnail (0.jpg) and the first pages (1.jpg, ...).

    Pages after MAX_DRAWN pages or MAX_DRAWN_BYTES are left out; the comment of the ZIP file is then `more`.
    """
    (content,) = files
    drawn = BytesIO()
    with ZipFile(drawn, "w") as pictures:
        for number, page in enumerate(_list_pages(content, DRAWN_SIDE), start=1):
            if number > MAX_DRAWN or drawn.tell() > MAX_DRAWN_BYTES:
                pictures.comment = b"more"
                break
            pictures.writestr(f"{number}.jpg", _to_jpeg(page))
            if number == 1:
                page.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
                pictures.writestr("0.jpg", _to_jpeg(page))
    return "application/zip", drawn.getvalue()


def _list_pages(content: bytes, longest: int, mode: str = "RGB") -> Iterator[Image.Image]:
    """Draw each page of a PDF, or the photograph, with at most `longest` pixels on its longer side."""
    import pypdfium2

    if not content.startswith(b"%PDF-"):
        yield _paper(content, longest).convert(mode)
        return
    with pypdfium2.PdfDocument(content) as pdf:
        for page in pdf:
            scale = min(longest / max(page.get_size()), SCALE_OF_CODES)
            yield page.render(scale=scale, grayscale=mode == "L").to_pil().convert(mode)


def _to_jpeg(image: Image.Image) -> bytes:
    content = BytesIO()
    image.save(content, "JPEG", quality=QUALITY)
    return content.getvalue()


def read_codes(files: Sequence[bytes]) -> tuple[str, bytes]:
    """Return the texts of the QR codes on all pages of a scan, each in a line.

    A file with more than MAX_SCANNED pages is not accepted.
    """
    import zxingcpp

    (content,), texts = files, list[str]()
    for number, page in enumerate(_list_pages(content, LONGEST_SIDE, "L"), start=1):
        if number > MAX_SCANNED:
            raise NotAccepted(TOO_LARGE)
        texts += (found.text for found in zxingcpp.read_barcodes(page))
    return "text/plain", "\n".join(texts).encode()


TASKS: dict[str, Callable[[Sequence[bytes]], tuple[str, bytes]]] = {
    "check": check,
    "check_or_hear": check_or_hear,
    "merge": merge,
    "anonymise": anonymise,
    "disarm": disarm,
    "draw": draw,
    "read_codes": read_codes,
}


def frame(content: bytes) -> tuple[bytes, bytes]:
    """Return a file as this program reads it from standard input: length and content."""
    return len(content).to_bytes(LENGTH), content


def _files(source: BinaryIO) -> Iterator[bytes]:
    while length := source.read(LENGTH):
        yield source.read(int.from_bytes(length))


def main(task: str) -> int:
    """Run one task and return the exit code."""
    set_qpdf_limits(flate_max_memory=MAX_STREAM, run_length_max_memory=MAX_STREAM)
    try:
        content_type, content = TASKS[task](list(_files(sys.stdin.buffer)))
    except NotAccepted as answer:
        return answer.status
    except pikepdf.PasswordError:
        return LOCKED
    except Exception:  # the libraries raise many different errors for broken files
        return NOT_ACCEPTED
    sys.stdout.buffer.write(content_type.encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
