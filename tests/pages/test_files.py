"""Uploads: metadata is removed, bombs are refused, good files survive errors, no file is left behind."""

import datetime as dt
import io
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pillow_heif
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client, TestCase
from pikepdf import Dictionary, Name, PdfImage
from PIL import Image
from pytest_django.asserts import assertContains

from consultations.intake.models import DraftFile, RequestDraft
from consultations.intake.uploads import (
    create_inert_copy,
    enqueue_missing_copies,
    quarantine_daily,
    quarantine_orphaned_files,
)
from consultations.models import Attachment, Case
from kit import clock, upload_sandbox
from kit.encryption import encrypt_content, name_place
from tests.factories import Staff, client_of
from tests.plans import Plans
from tests.shared_data import each
from tests.submitting import image, pdf, send, stored_files, typed, upload

pytestmark = [pytest.mark.usefixtures("staff"), pytest.mark.same_on_every_database]

ORIENTATION, ARTIST, GPS = 0x0112, 0x013B, 0x8825
OWNER = b"Wulandari Rahasiawati"


def photo_data() -> Image.Exif:
    """Return metadata of a photograph with its owner and place."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = 6, OWNER.decode()
    exif[GPS] = {1: "S", 2: (2.0, 7.0, 45.0)}
    return exif


def photo() -> bytes:
    return image("JPEG", (60, 40), exif=photo_data(), comment=OWNER)


def several_in_one() -> bytes:
    """Return a photograph with a second picture in the file (MPO), as many phones take it."""
    stream = io.BytesIO()
    second = Image.new("RGB", (30, 20), "blue")
    Image.new("RGB", (60, 40), "red").save(stream, "MPO", save_all=True, append_images=[second])
    return stream.getvalue()


PACKED: tuple[Any, ...] = (
    (["DCTDecode"], lambda content: content),
    (["FlateDecode", "DCTDecode"], zlib.compress),
    (["ASCIIHexDecode", "FlateDecode", "DCTDecode"], lambda content: zlib.compress(content).hex().encode()),
)
"""Filters of a photograph in a PDF, each with a function that encodes the content."""


def pictures_in(document: pikepdf.Pdf) -> dict[str, Any]:
    """Return one photograph, encoded in each way, and once with a filter outside of a list."""
    pictures: dict[str, Any] = {"/Im": document.make_stream(photo(), Filter=Name.DCTDecode)}
    for number, (filters, pack) in enumerate(PACKED):
        names = pikepdf.Array([Name(f"/{name}") for name in filters])
        pictures[f"/Im{number}"] = document.make_stream(pack(photo()), Filter=names)
    for picture in pictures.values():
        picture.Type, picture.Subtype, picture.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
        picture.Width, picture.Height, picture.BitsPerComponent = 60, 40, 8
    return pictures


def owned_pdf() -> bytes:
    """Return a PDF with its author in every place that has room for it."""
    stream = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page()
        document.docinfo["/Author"] = OWNER.decode()
        with document.open_metadata() as described:
            described["dc:creator"] = [OWNER.decode()]
        page.Resources = Dictionary(XObject=Dictionary(pictures_in(document)))
        file = pikepdf.AttachedFileSpec(document, OWNER, filename=OWNER.decode())
        document.attachments["daftar"] = file
        owner = pikepdf.String(OWNER.decode())
        box: dict[str, Any] = {"Type": Name.Annot, "Rect": [0, 0, 9, 9]}
        notes = (
            Dictionary(Subtype=Name.Text, T=owner, **box),
            Dictionary(Subtype=Name.FileAttachment, FS=file.obj, **box),
        )
        page.Annots = pikepdf.Array([document.make_indirect(note) for note in notes])
        signature = document.make_indirect(Dictionary(Type=Name.Sig, Name=owner))
        document.Root.Perms = Dictionary(DocMDP=signature)
        document.Root.AF = pikepdf.Array([file.obj])
        document.save(stream, compress_streams=False)
    return stream.getvalue()


def pdf_that_unpacks_to(megabytes: int) -> bytes:
    """Return a small PDF whose objects are in a stream of many megabytes of spaces."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )
    packing = zlib.compressobj(1)
    stream = packing.compress(b"1 0 2 60 3 120 ".ljust(20) + b"".join(part.ljust(60) for part in objects))
    stream += b"".join(packing.compress(b" " * 1_000_000) for _megabyte in range(megabytes))
    stream += packing.flush()
    body = b"%PDF-1.5\n"
    packed_at = len(body)
    body += b"4 0 obj<</Type/ObjStm/N 3/First 20/Filter/FlateDecode/Length %d>>stream\n" % len(stream)
    body += stream + b"\nendstream endobj\n"
    found_at = len(body)
    rows = [(0, 0, 0), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, packed_at, 0), (1, found_at, 0)]
    table = b"".join(bytes([kind]) + where.to_bytes(4) + bytes([index]) for kind, where, index in rows)
    body += b"5 0 obj<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % found_at


def jpeg_of_many_scans() -> bytes:
    """Return a JPEG of 4 MB whose pixels are drawn many times, which takes minutes."""
    stream = io.BytesIO()
    Image.new("L", (3000, 3000)).save(stream, "JPEG", progressive=True)
    content = stream.getvalue()
    scan = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + scan * (4_000_000 // len(scan)) + content[-2:]


def kept() -> bytes:
    with Attachment.objects.get().file.open("rb") as file:
        return bytes(file.read())


def store_stray(folder: str) -> str:
    """Store a file without a row; return its name."""
    return default_storage.save(f"{folder}/0a/{uuid4().hex}", ContentFile(b"y"))


SCRIPT = b"app.alert"
EMBEDDED = b"virus.exe"


def active_pdf() -> bytes:
    """Return a PDF with a script, a program or a file in every place that runs or opens it."""
    stream, script = io.BytesIO(), Dictionary(S=Name.JavaScript, JS=pikepdf.String(SCRIPT.decode()))
    with pikepdf.new() as document:
        launch = Dictionary(S=Name.Launch, F=pikepdf.String(EMBEDDED.decode()), Next=script)
        box: dict[str, Any] = {"Type": Name.Annot, "Rect": [0, 0, 9, 9]}
        page = document.add_blank_page()
        page.Resources = Dictionary(Font=Dictionary(A=Dictionary(Type=Name.Font, Subtype=Name.Type1)))
        page.Annots = pikepdf.Array(
            [
                Dictionary(Subtype=Name.Link, A=launch, **box),
                document.make_indirect(Dictionary(Subtype=Name.Text, AA=Dictionary(E=script), **box)),
                Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D=[page.obj, Name.Fit]), **box),
            ]
        )
        file = pikepdf.AttachedFileSpec(document, SCRIPT, filename=EMBEDDED.decode())
        document.attachments["berkas"] = file
        document.Root.OpenAction = document.make_indirect(script)
        document.Root.Names.JavaScript = Dictionary(Names=[pikepdf.String("a"), script])
        document.Root.AcroForm = Dictionary(Fields=[], XFA=document.make_stream(SCRIPT))
        document.save(stream, compress_streams=False)
    return stream.getvalue()


def test_an_active_pdf_is_shown_without_scripts_and_downloaded_as_it_came(
    client: Client, staff: Staff
) -> None:
    sent = active_pdf()
    send(client, "/ajukan/", typed(letter=upload("surat.pdf", sent)))
    letter, office = Attachment.objects.get(), client_of(staff.pkd)
    page = f"/berkas/{letter.pk}/"
    unready = office.get(page)
    assert unready["Content-Disposition"].startswith("attachment")
    assert unready.getvalue() == sent

    for minutes in (2, 60 * 24 * 30):
        with clock.set_to(clock.now() + dt.timedelta(minutes=minutes)):
            assert enqueue_missing_copies() == 1
    create_inert_copy.call(letter.pk)

    answer = office.get(page)
    shown = answer.getvalue()
    assert answer["Content-Disposition"].startswith("inline")
    assert [active for active in (SCRIPT, EMBEDDED) if active in shown] == []
    with pikepdf.open(io.BytesIO(shown)) as copy:
        assert [note.get("/A") is not None for note in copy.pages[0].Annots] == [False, False, True]
        assert "/A" in copy.pages[0].Resources.Font
    assert office.get(f"{page}?unduh").getvalue() == kept() == sent


def test_a_file_that_is_not_as_it_was_stored_is_never_served(
    client: Client, staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    send(client, "/ajukan/", typed(letter=upload("surat.pdf", active_pdf())))
    letter, office = Attachment.objects.get(), client_of(staff.pkd)
    create_inert_copy.call(letter.pk)
    letter.refresh_from_db()
    shown, asked = f"/berkas/{letter.pk}/", f"/p/{letter.case.secret}/berkas/{letter.pk}/"
    for stored, address in ((letter.inert_copy, ""), (letter.file, "?unduh")):
        Path(stored.path).write_bytes(pdf())
        for answer in (office.get(shown + address), client.get(asked + address)):
            assertContains(answer, "tidak sama dengan yang pernah disimpan", status_code=409)
        assert f"finding: the file {stored.name} is not as it was stored" in caplog.text
    Attachment.objects.filter(pk=letter.pk).update(inert_copy=letter.file.name)
    assert office.get(shown).status_code == 409, "another file with the hash of this one"


def test_a_harmless_pdf_is_its_own_copy(client: Client) -> None:
    harmless, active, packed = pdf(), active_pdf(), pdf_that_unpacks_to(1)
    assert upload_sandbox.disarm([harmless]) == ("application/pdf", harmless)
    _type, once = upload_sandbox.disarm([active])
    assert once != active
    assert upload_sandbox.disarm([once]) == ("application/pdf", once)
    send(client, "/ajukan/", typed(materials=upload("surat.pdf", packed)))
    assert Attachment.objects.get().content_type == "application/pdf"


ACTION_TYPES = (
    "GoTo GoToR GoToE GoToDp Launch Thread URI Sound Movie Hide Named SubmitForm ResetForm ImportData "
    "SetOCGState Rendition Trans GoTo3DView JavaScript RichMediaExecute"
)
"""All actions of PDF 2.0 (ISO 32000-2, table 201). Only a jump within the document stays."""

NOTE_TYPES = (
    "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret "
    "Stamp Ink Popup FileAttachment Sound Movie Screen Widget PrinterMark TrapNet Watermark 3D Redact "
    "Projection RichMedia Unknown"
)
"""All annotations of PDF 2.0 (table 171), and one of a later version."""

ACTIVE_NOTE_TYPES = {"FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia", "Unknown"}


def disarmed(document: pikepdf.Pdf) -> pikepdf.Pdf:
    """Return a document as its readers see it. A second time changes nothing."""
    stream = io.BytesIO()
    document.save(stream)
    _type, once = upload_sandbox.disarm([stream.getvalue()])
    assert upload_sandbox.disarm([once])[1] == once
    return pikepdf.open(io.BytesIO(once))


def test_of_all_actions_only_a_jump_within_the_document_stays() -> None:
    """An action hides in a note, in its older address, in a bookmark, and in steps of a page."""
    with pikepdf.new() as document:
        page = document.add_blank_page()
        box: dict[str, Any] = {"Type": Name.Annot, "Rect": [0, 0, 9, 9]}
        acts = [Dictionary(Type=Name.Action, S=Name(f"/{name}"), Mark=name) for name in ACTION_TYPES.split()]
        acts.append(Dictionary(S=Name.GoTo, Mark="GoTo and more", Next=Dictionary(S=Name.Launch)))
        notes = [Dictionary(Subtype=Name.Link, A=act, PA=act, **box) for act in acts]
        page.Annots = pikepdf.Array(notes)
        page.obj.PresSteps = Dictionary(Type=Name.NavNode, NA=acts[1], PA=acts[1])
        document.Root.Outlines = Dictionary(
            First=document.make_indirect(Dictionary(A=acts[4])), Next=Dictionary(NA=acts[4])
        )
        document.Root.URI = Dictionary(Base=pikepdf.String("https://jahat.example/"))
        with disarmed(document) as shown:
            left = [
                note[key]["/Mark"] for note in shown.pages[0].Annots for key in ("/A", "/PA") if key in note
            ]
            assert [str(mark) for mark in left] == ["GoTo", "GoTo"]
            assert shown.Root.keys() == {"/Type", "/Pages", "/Outlines"}
            assert shown.Root.Outlines.First.keys() == set()
            assert shown.Root.Outlines.Next.keys() == set()
            assert "/PresSteps" not in shown.pages[0].obj


def test_notes_that_play_or_open_something_only_show_their_picture() -> None:
    with pikepdf.new() as document:
        picture = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        look: dict[str, Any] = {"Rect": [0, 0, 9, 9], "AP": Dictionary(N=picture), "Secret": 1}
        kinds = NOTE_TYPES.split()
        notes = [document.make_indirect(Dictionary(Subtype=Name(f"/{kind}"), **look)) for kind in kinds]
        document.Root.AcroForm = Dictionary(Fields=[notes[kinds.index("Widget")]])
        document.add_blank_page().Annots = pikepdf.Array(notes)
        with disarmed(document) as shown:
            found = [*shown.pages[0].Annots]
            assert {str(note.Subtype)[1:] for note in found if "/Secret" not in note} == ACTIVE_NOTE_TYPES
            assert all("/AP" in note for note in found)


def test_nothing_is_read_from_another_file() -> None:
    with pikepdf.new() as document:
        elsewhere = Dictionary(Type=Name.Filespec, F=pikepdf.String("https://jahat.example/isi"), FS=Name.URL)
        outside = document.make_stream(
            b"0 0 m", F=elsewhere, FFilter=Name.FlateDecode, FDecodeParms=Dictionary()
        )
        form = document.make_stream(
            b"", Subtype=Name.Form, Ref=Dictionary(F=elsewhere, Page=0), OPI=Dictionary()
        )
        page = document.add_blank_page()
        page.Contents = outside
        page.Resources = Dictionary(XObject=Dictionary(Fm=form))
        with disarmed(document) as shown:
            assert shown.pages[0].Contents.keys() <= {"/Length", "/Filter"}
            assert shown.pages[0].Contents.read_bytes() == b"0 0 m"
            assert shown.pages[0].Resources.XObject.Fm.keys() <= {"/Length", "/Filter", "/Subtype"}


@each(
    ("name", "make", "stored"),
    [
        ("foto.jpg", photo, ("JPEG", (60, 40), {ORIENTATION: 6})),  # the orientation is kept
        ("foto.png", lambda: image("PNG", exif=photo_data()) + OWNER, ("PNG", (20, 20), {})),
        ("foto.jpg", several_in_one, ("JPEG", (60, 40), {})),
        ("foto.jpg", lambda: image("JPEG", (8000, 6000)), ("JPEG", (4000, 3000), {})),
    ],
)
def test_a_photograph_is_stored_without_metadata(client: Client, name: str, make: Any, stored: Any) -> None:
    send(client, "/ajukan/", typed(materials=upload(name, make())))
    file, content = Attachment.objects.get(), kept()
    assert (file.name, file.content_type) == (name, f"image/{stored[0].lower()}")
    assert OWNER not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == stored


@each(("identity", "field"), [("OPEN", "letter"), ("CONFIDENTIAL", "materials"), ("ANONYMOUS", "letter")])
def test_a_pdf_of_a_hidden_complainant_loses_its_author(client: Client, identity: str, field: str) -> None:
    original = owned_pdf()
    send(client, "/pengaduan/", typed(identity=identity, **{field: upload("surat.pdf", original)}))
    if identity == "OPEN":
        assert kept() == original, "it may be signed"
        return
    with pikepdf.open(io.BytesIO(kept())) as document:
        plain = io.BytesIO()
        document.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
        pictures: list[Any] = list(document.pages[0].get_images().values())
        raw = [picture.read_raw_bytes() for picture in pictures]
        assert [content[:3] for content in raw] == [b"\xff\xd8\xff"] * (len(PACKED) + 1)
        assert not [content for content in raw if OWNER in content]
        assert {PdfImage(picture).as_pil_image().size for picture in pictures} == {(60, 40)}
        assert (len(document.pages), len(document.attachments)) == (1, 0)
    assert [OWNER in content for content in (original, plain.getvalue(), kept())] == [True, False, False]


def test_a_photograph_of_an_iphone_becomes_an_upright_jpeg(client: Client) -> None:
    lying, exif, stream = Image.new("RGB", (60, 40), "red"), Image.Exif(), io.BytesIO()
    lying.paste("blue", (0, 0, 30, 40))  # the left half, on top once the picture is turned
    exif[ORIENTATION], exif[ARTIST] = 6, OWNER.decode()
    pillow_heif.encode("RGB", lying.size, lying.tobytes(), stream, exif=exif.tobytes())
    send(client, "/ajukan/", typed(materials=upload("IMG_1.HEIC", stream.getvalue())))
    file = Attachment.objects.get()
    assert (file.content_type, file.name, OWNER in kept()) == ("image/jpeg", "IMG_1.jpg", False)
    with Image.open(io.BytesIO(kept())) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (40, 60), {})
        top: Any = picture.getpixel((20, 5))
        assert top[2] > 200 > top[0]


def pdf_with_a_stream(gigabytes: float, filters: tuple[str, ...]) -> bytes:
    """Return a small PDF whose page has a stream that unpacks to gigabytes of spaces."""
    stream, packing, spaces = io.BytesIO(), zlib.compressobj(9), b" " * 10_000_000
    packed = b"".join(packing.compress(spaces) for _part in range(int(gigabytes * 100))) + packing.flush()
    if filters[0] == "ASCIIHexDecode":
        packed = packed.hex().encode() + b">"
    elif filters == ("FlateDecode", "FlateDecode"):
        packed = zlib.compress(packed, 9)
    with pikepdf.new() as document:
        content = document.make_stream(packed)
        # qpdf would take the filter away that does nothing.
        content.Filter = pikepdf.Array([Name(f"/{name.replace('Crypt', 'Later')}") for name in filters])
        document.add_blank_page().Contents = content
        document.save(stream, compress_streams=False)
    return stream.getvalue().replace(b"/Later", b"/Crypt")


def unpacked(*filters: str) -> Any:
    return lambda: pdf_with_a_stream(1.5, filters)


TOO_LARGE, UNREADABLE = "menjadi terlalu besar saat dibuka", "bukan PDF, JPEG, PNG, atau HEIC"
BOMBS = {
    "stream": (unpacked("FlateDecode"), TOO_LARGE),
    "stream in a stream": (unpacked("FlateDecode", "FlateDecode"), TOO_LARGE),
    "stream in digits": (unpacked("ASCIIHexDecode", "FlateDecode"), TOO_LARGE),
    "stream behind a filter that does nothing": (unpacked("Crypt", "FlateDecode"), TOO_LARGE),
    "stream of a picture": (unpacked("FlateDecode", "DCTDecode"), TOO_LARGE),
    "PDF": (lambda: pdf_that_unpacks_to(400), UNREADABLE),
    "JPEG": (jpeg_of_many_scans, UNREADABLE),
    "PNG": (lambda: image("PNG", (4500, 4500)), "Gambar ini terlalu besar"),
    "most pixels": (lambda: image("JPEG", (9000, 7000)), "Gambar ini terlalu besar"),
}


@pytest.mark.release
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_decompression_bomb_is_refused(client: Client, settings: Any, bomb: str) -> None:
    make, sentence = BOMBS[bomb]
    answer = client.post("/ajukan/", typed(materials=upload("berkas", make())))
    assertContains(answer, sentence, status_code=422)
    assert not stored_files(settings)


def test_a_bad_file_is_named_and_the_good_ones_are_stored(client: Client) -> None:
    contents = {"satu.pdf": pdf(), "program.pdf": b"MZ\x90", "dua.jpg": image("JPEG"), "kosong.pdf": b""}
    data = typed(no_letter="", letter=[upload(name, content) for name, content in contents.items()])
    answer = client.post("/ajukan/", data)
    named = [name in answer.text for name in ("program.pdf: ", "kosong.pdf: ", "satu.pdf:")]
    assert (answer.status_code, named) == (422, [True, True, False])
    assert [file.name for file in DraftFile.objects.order_by("pk")] == ["satu.pdf", "dua.jpg"]
    sent = send(client, "/ajukan/", typed(data["submission_token"], no_letter=""))
    assert sent["Location"].endswith("/tanda-terima/")


def test_a_failing_disk_does_not_prevent_the_receipt(client: Client, settings: Any) -> None:
    letter = [upload(f"{number}.pdf", pdf(1 + number)) for number in range(2)]
    check = client.post("/ajukan/", typed(letter=letter))["Location"]
    first, second = (Path(file.file.path) for file in DraftFile.objects.order_by("pk"))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(check)["Location"].endswith("/tanda-terima/")
        first.unlink()
        (first / "penuh").mkdir(parents=True)  # a folder of this name cannot be deleted
    assert first.exists()
    assert not second.exists()
    assert Case.objects.count() == 1
    assert not RequestDraft.objects.exists()


def test_orphaned_files_go_to_quarantine_unless_they_are_many(
    settings: Any, caplog: pytest.LogCaptureFixture, running_clock: None
) -> None:
    draft = RequestDraft.objects.create(token_hash=uuid4(), kind="CONSULTATION")
    columns: dict[str, Any] = {"draft": draft, "field": "letter", "size": 1, "content_type": "image/png"}
    for _ in range(198):
        DraftFile.objects.create(file=ContentFile(b"x", "x"), **columns)
    strays = [store_stray("attachments"), store_stray("drafts")]
    gone = Path(settings.MEDIA_ROOT) / "drafts" / "0a" / "gone"
    gone.symlink_to("/nowhere")  # listed, but deleted before anybody looks at it
    assert quarantine_orphaned_files() == 0, "a request may still be under way"
    gone.unlink()
    with clock.set_to(clock.now() + dt.timedelta(days=1, hours=1)):
        third = store_stray("drafts")
        assert quarantine_orphaned_files() == 0
        assert "3 of 201 uploaded files have no row" in caplog.text
        default_storage.delete(third)
        assert (quarantine_daily(), quarantine_daily()) == (2, 0)
        for name in strays:
            assert not default_storage.exists(name)
            assert (Path(settings.MEDIA_ROOT) / "quarantine" / name).read_bytes() == b"y"
            assert f"moved {name.rpartition('/')[2]} of " in caplog.text
        draft.delete()  # as in a database that never knew these files
        assert quarantine_orphaned_files() == 0
    assert len(stored_files(settings)) == 200


@pytest.mark.differs_by_database
def test_orphaned_files_are_looked_up_by_index() -> None:
    for folder in ("attachments", "drafts"):
        store_stray(folder)
    plans = Plans("consultations_", "intake_")
    with connection.execute_wrapper(plans):
        quarantine_orphaned_files()
    assert plans.indexes == ["attachment_file", "draft_file"], "no query for an empty folder"


@each(("path", "field", "count"), [("/ajukan/", "letter", 2), ("/pengaduan/", "materials", 1)])
def test_a_draft_with_a_corrupt_file_is_not_sent(client: Client, path: str, field: str, count: int) -> None:
    files = [upload(f"{number}.pdf", pdf(1 + number)) for number in range(count)]
    identity = {"identity": "ANONYMOUS"} if path == "/pengaduan/" else {}
    check = client.post(path, typed(**identity, **{field: files}))["Location"]
    first = DraftFile.objects.earliest("pk")
    Path(first.file.path).write_bytes(encrypt_content(b"%PDF-1.7", name_place(first, "files")))
    assertContains(client.post(check), UNREADABLE, status_code=422)
    assert not Case.objects.exists()
