"""Pictures of the pages of files: drawn once, shown to the readers of the file, erased with it."""

import datetime as dt
import os
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pikepdf
import pytest
from django.core.files.storage import default_storage
from PIL import Image

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Kind, State
from consultations.intake.uploads import CheckedFile, attach, draw_pictures, enqueue_missing_pictures
from consultations.models import Attachment, Case
from kit import clock, upload_sandbox
from reports import services as report_services
from tests.case_page import read_all
from tests.factories import Staff, case_at, client_of
from tests.submitting import image, pdf
from trust.privacy.erasure import delete_attachments

LETTER, PHOTO = Attachment.Purpose.LETTER, Attachment.Purpose.PHOTO


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.ASSIGNED, staff)


def of_pages(number: int) -> bytes:
    content = BytesIO()
    with pikepdf.new() as paper:
        for _ in range(number):
            paper.add_blank_page(page_size=(595, 842))
        paper.save(content)
    return content.getvalue()


def add(case: Case, content: bytes, kind: str = "application/pdf", purpose: str = LETTER) -> Attachment:
    name = f"berkas-{case.attachments.count() + 1}"
    file = attach(case, CheckedFile(content, kind, name), purpose=purpose, by=None)
    draw_pictures.func(file.pk)
    file.refresh_from_db()
    return file


def list_pictures(file: Attachment) -> dict[str, tuple[int, int]]:
    """Return the size of each picture of a file."""
    with file.pictures.open("rb") as stored, ZipFile(BytesIO(stored.read())) as pictures:
        sizes = {name: Image.open(BytesIO(pictures.read(name))) for name in pictures.namelist()}
        return {name: size.size for name, size in sorted(sizes.items())}


def test_a_thumbnail_and_each_page_are_drawn_once(case: Case) -> None:
    file = add(case, of_pages(2))
    assert list_pictures(file) == {"0.jpg": (226, 320), "1.jpg": (1131, 1600), "2.jpg": (1131, 1600)}
    assert not draw_pictures.func(file.pk)
    assert enqueue_missing_pictures() == 0
    photo = add(case, image("JPEG", (3000, 2000)), "image/jpeg", PHOTO)
    assert list_pictures(photo) == {"0.jpg": (320, 213), "1.jpg": (1600, 1067)}


def test_no_more_than_twenty_pages_are_drawn(case: Case) -> None:
    assert len(list_pictures(add(case, of_pages(25)))) == upload_sandbox.MAX_DRAWN + 1


def test_a_file_that_cannot_be_drawn_keeps_its_link(case: Case, staff: Staff) -> None:
    broken = add(case, b"%PDF-1.4 rusak")
    assert not broken.pictures
    client = client_of(staff.petugas)
    assert client.get(f"/berkas/{broken.pk}/lihat/")["Location"] == f"/berkas/{broken.pk}/"
    assert client.get(f"/berkas/{broken.pk}/gambar/0/").status_code == 404
    page = read_all(client, case)
    assert f"/berkas/{broken.pk}/" in page
    assert "/gambar/" not in page


def test_a_hidden_complainants_file_has_no_pictures(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, identity="CONFIDENTIAL")
    assert not add(case, pdf()).pictures


def test_the_viewer_shows_pages_and_the_files_beside(case: Case, staff: Staff) -> None:
    first, second = add(case, of_pages(2)), add(case, image("PNG", (60, 40)), "image/png")
    client = client_of(staff.petugas)
    page = read_all(client, case)
    assert f"/berkas/{first.pk}/lihat/" in page
    assert f"/berkas/{second.pk}/gambar/0/" in page
    viewer = client.get(f"/berkas/{first.pk}/lihat/").text
    assert f'rel="next" href="/berkas/{second.pk}/lihat/"' in viewer
    assert 'rel="prev"' not in viewer
    address = viewer.split('<img src="')[2].split('"')[0]
    assert address.startswith(f"/berkas/{first.pk}/gambar/2/?izin=")
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-store"
    assert Image.open(BytesIO(answer.content)).size == (1131, 1600)
    assert client.get(address.replace("gambar/2", "gambar/3")).status_code == 404


def test_access_and_looks_are_those_of_the_file(case: Case, staff: Staff) -> None:
    file, other = add(case, of_pages(1)), add(case, of_pages(1))
    for path in ("lihat/", "gambar/0/", "gambar/1/"):
        assert client_of(staff.elsewhere).get(f"/berkas/{file.pk}/{path}").status_code == 404
    officer, looks = client_of(staff.petugas), AuditEntry.objects.filter(act=Act.FILE)
    assert officer.get(f"/berkas/{file.pk}/gambar/0/").status_code == 200
    assert not looks.exists()
    bare = officer.get(f"/berkas/{file.pk}/gambar/1/")
    assert bare["Location"] == f"/berkas/{file.pk}/lihat/", "no page is shown unlogged"
    viewer = officer.get(f"/berkas/{file.pk}/lihat/").text
    assert looks.get().user == staff.petugas
    permit = viewer.split("?izin=")[1].split('"')[0]
    address = f"/berkas/{file.pk}/gambar/1/?izin={permit}"
    assert officer.get(address).status_code == 200
    assert client_of(staff.kabid).get(address).status_code == 302
    assert officer.get(address.replace(f"/{file.pk}/", f"/{other.pk}/")).status_code == 302


def test_they_are_erased_and_removed_with_the_file(case: Case, staff: Staff) -> None:
    file = add(case, of_pages(1))
    path = str(file.pictures)
    assert default_storage.exists(path)
    Attachment.objects.filter(pk=file.pk).update(name="[dihapus]")
    delete_attachments(Attachment.objects.filter(pk=file.pk))
    file.refresh_from_db()
    assert not file.pictures
    assert not default_storage.exists(path)
    assert not draw_pictures.func(file.pk)


def test_a_removed_photograph_leaves_no_picture(
    staff: Staff, django_capture_on_commit_callbacks: object
) -> None:
    held = case_at(State.HELD, staff)
    photo = add(held, image("JPEG", (60, 40)), "image/jpeg", PHOTO)
    path = str(photo.pictures)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        report_services.record_attendance(held, by=staff.petugas, attendees="Siti", removed=[photo.pk])
    photo = Attachment._base_manager.get(pk=photo.pk)
    assert not photo.pictures
    assert photo.removed_at
    assert photo.removed_at <= clock.now()
    assert not default_storage.exists(path)


def pages_of_noise() -> bytes:
    """Return twenty pages with one picture of noise: 0.8 MB that become 28 MB of pictures."""
    noise, photo, content = (
        Image.frombytes("RGB", (1600, 1600), os.urandom(1600 * 1600 * 3)),
        BytesIO(),
        BytesIO(),
    )
    noise.save(photo, "JPEG", quality=35)
    with pikepdf.new() as paper:
        picture = pikepdf.Stream(paper, photo.getvalue())
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Width = picture.Height = 1600
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        picture.Filter = pikepdf.Name.DCTDecode
        shown = paper.make_indirect(picture)
        for _ in range(20):
            paper.add_blank_page(page_size=(640, 640))
            paper.pages[-1].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=shown))
            paper.pages[-1].Contents = pikepdf.Stream(paper, b"640 0 0 640 0 0 cm /I Do")
        paper.save(content)
    return content.getvalue()


def test_the_pictures_of_a_small_file_do_not_fill_the_disk(case: Case, staff: Staff) -> None:
    content = pages_of_noise()
    assert len(content) < 1024 * 1024
    file = add(case, content)
    assert file.pictures.size < upload_sandbox.MAX_DRAWN_BYTES + 2 * 1024 * 1024
    page = client_of(staff.petugas).get(f"/berkas/{file.pk}/lihat/")
    assert page.context["has_more"]


def test_pictures_that_were_changed_or_lost_are_not_shown(case: Case, staff: Staff) -> None:
    file, other = add(case, of_pages(1)), add(case, of_pages(2))
    changed, officer = Path(file.pictures.path), client_of(staff.petugas)
    changed.write_bytes(Path(other.pictures.path).read_bytes())
    for break_it in (lambda: None, changed.unlink):
        break_it()
        assert officer.get(f"/berkas/{file.pk}/lihat/")["Location"] == f"/berkas/{file.pk}/"
        assert officer.get(f"/berkas/{file.pk}/gambar/0/").status_code == 404
    assert officer.get(f"/berkas/{other.pk}/gambar/0/").status_code == 200


def test_pictures_without_a_hash_are_drawn_again(case: Case, staff: Staff) -> None:
    """They are from before an upgrade."""
    file = add(case, of_pages(1))
    Attachment.objects.filter(pk=file.pk).update(pictures_sha256="")
    picture = f"/berkas/{file.pk}/gambar/0/"
    with clock.set_to(clock.now() + dt.timedelta(days=400)):
        assert client_of(staff.petugas).get(picture).status_code == 404
        assert enqueue_missing_pictures() == 1
        assert draw_pictures.func(file.pk)
        assert enqueue_missing_pictures() == 0
        assert client_of(staff.petugas).get(picture).status_code == 200
