"""Guides: they name labels, pictures and pages that exist; who reads them, and how they are found."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from django.utils.html import escape
from django.utils.text import capfirst

from consultations.workflow import TABLE
from desk.guides import BY_SLUG, GUIDES, MOST_FOUND, Guide, find, list_guides, read_text
from office.models import User
from office.words import get_words
from operations.demo.pictures import FOLDER, PICTURES, Picture
from tests.factories import ClientOf, Staff
from tests.print.reading import text_of
from tests.shared_data import each

CATALOGUE = Path(settings.BASE_DIR) / "locale/en/LC_MESSAGES/django.po"
BOLD = re.compile(r"\*\*(.+?)\*\*")
ITALIC = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
MAX_BYTES = 60_000
INDONESIAN = [guide for guide in GUIDES if guide.language == "id"]


def _with_words(text: str) -> str:
    """Fill the placeholders of the office's words with the words of the standard."""
    words = vars(get_words())
    return re.sub(r"%\((\w+)\)s", lambda found: words.get(found[1], found[0]), text)


LABELS = {capfirst(_with_words(entry.msgid)) for entry in polib.pofile(str(CATALOGUE))}
"""The Indonesian texts of the interface. Pages begin those of the administration with a capital letter."""


@pytest.mark.same_on_every_database
@each("guide", INDONESIAN)
def test_what_a_guide_prints_in_bold_is_a_label_of_the_application(guide: Guide) -> None:
    named = set(BOLD.findall(guide.path.read_text(encoding="utf-8")))
    assert named - LABELS == set()
    assert len(named) > 5


@pytest.mark.same_on_every_database
def test_what_the_english_guide_prints_in_italics_is_a_label_of_the_english_interface() -> None:
    labels = {capfirst(_with_words(entry.msgstr)) for entry in polib.pofile(str(CATALOGUE))}
    named = set(ITALIC.findall(BY_SLUG["administrator-en"].path.read_text(encoding="utf-8")))
    assert named - labels == set()
    assert len(named) > 5


@pytest.mark.same_on_every_database
def test_each_picture_is_shown_by_a_guide_and_has_a_recipe() -> None:
    shown = {
        name
        for guide in GUIDES
        for name in re.findall(r"panduan/([\w-]+)\.png", guide.path.read_text(encoding="utf-8"))
    }
    recipes = {picture.name for picture in PICTURES}
    assert shown <= recipes
    assert recipes == {file.stem for file in FOLDER.glob("*.png")}
    assert all(file.stat().st_size <= MAX_BYTES for file in FOLDER.glob("*.png"))


@pytest.mark.same_on_every_database
@each("picture", PICTURES)
def test_a_recipe_names_a_page_and_a_step_that_exist(picture: Picture) -> None:
    assert picture.page in get_resolver().reverse_dict
    assert not picture.verb or picture.verb in {step.verb for step in TABLE}


@pytest.mark.same_on_every_database
@each("guide", GUIDES)
def test_a_guide_has_a_title_sections_and_pictures_with_alternative_texts(guide: Guide) -> None:
    assert guide.title
    assert len(guide.text.titled) >= 3
    anchors = [section.anchor for section in guide.text.titled]
    assert len(anchors) == len(set(anchors))
    html = "".join(section.html for section in guide.text.sections)
    assert re.findall(r'href="(?!/panduan/|https:)', html) == []
    pictures = re.findall("<img [^>]*>", html)
    assert pictures or guide.language == "en"
    for picture in pictures:
        assert re.search(r'alt="[^"]{10,}" width="\d+" height="\d+" loading="lazy"', picture)


@pytest.mark.same_on_every_database
def test_raw_html_of_a_file_is_shown_as_text(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# A\n\n<script>x</script>\n\n[k](javascript:x)\n\n## B\n\nC", encoding="utf-8")
    text = read_text(file)
    assert text.title == "A"
    assert "&lt;script&gt;" in text.sections[0].html
    assert "href" not in text.sections[0].html
    assert [section.title for section in text.titled] == ["B"]


@pytest.mark.same_on_every_database
def test_a_picture_from_elsewhere_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("![x](https://example.com/x.png)", encoding="utf-8")
    with pytest.raises(ValueError, match="not a picture"):
        assert read_text(file).sections[0].html


def test_a_visitor_reads_the_guide_of_applicants_only(office: object, client: Client) -> None:
    assert client.get("/panduan/pemohon/").status_code == 200
    page = client.get("/panduan/").content.decode()
    assert "/panduan/pemohon/" in page
    assert "/panduan/petugas/" not in page
    for path in ("/panduan/petugas/", "/panduan/petugas.pdf"):
        assert client.get(path)["Location"] == f"/masuk/?next={path}"
    assert client.get("/panduan/tidak-ada/").status_code == 404
    assert client.get("/panduan/tidak-ada.pdf").status_code == 404


@each(
    ("username", "own"),
    [
        ("pkd", ["pegawai", "tim-pkd"]),
        ("kadis", ["pegawai", "kepala-dinas"]),
        ("kabid", ["pegawai", "kepala-bidang"]),
        ("petugas", ["pegawai", "petugas"]),
        ("sekretariat", ["pegawai", "sekretariat"]),
        ("admin", ["pegawai", "administrator", "administrator-en"]),
    ],
)
def test_the_guides_of_the_own_roles_come_first(username: str, own: list[str], staff: Staff) -> None:
    user: User = getattr(staff, username)
    first, others = list_guides(user)
    assert [guide.slug for guide in first] == own
    assert {guide.slug for guide in [*first, *others]} == set(BY_SLUG)


@each("guide", GUIDES)
def test_staff_read_each_guide(guide: Guide, staff: Staff, client_of: ClientOf) -> None:
    page = client_of(staff.petugas).get(f"/panduan/{guide.slug}/")
    assert page.status_code == 200
    assert escape(guide.title) in page.content.decode()


def test_a_search_finds_sections_by_all_their_words(staff: Staff, client_of: ClientOf) -> None:
    page = client_of(staff.petugas).get("/panduan/", {"q": "mengagendakan"}).content.decode()
    assert "/panduan/tim-pkd/#mengagendakan" in page
    nothing = client_of(staff.petugas).get("/panduan/", {"q": "xyzzy"}).content.decode()
    assert "Tidak ada bagian yang cocok" in nothing


@pytest.mark.same_on_every_database
def test_a_search_is_bounded_and_puts_headings_first() -> None:
    assert len(find(GUIDES, "a")) == MOST_FOUND
    assert find(GUIDES, "  ") == []
    assert find(GUIDES, "menulis laporan")[0].section.title == "4. Menulis laporan"


@each(
    ("typed", "section"),
    [
        ("cara menolak", "Menolak permohonan"),
        ("bagaimana menjadwalkan", "2. Menjadwalkan"),
        ("ganti password", "Ganti atau lupa kata sandi"),
        ("cuti", "Cuti, sakit, atau dinas luar"),
        ("salah ketik", "Bila keliru"),
    ],
)
def test_a_search_finds_what_people_ask_in_their_own_words(typed: str, section: str, office: object) -> None:
    assert find(GUIDES, typed)[0].section.title == section


def test_the_english_guide_is_searched_for_the_words_as_they_are(office: object) -> None:
    assert "Forgotten password" in find([BY_SLUG["administrator-en"]], "forgotten password")[0].excerpt


def test_a_visitors_search_finds_nothing_of_the_staff(office: object, client: Client) -> None:
    assert "tim-pkd" not in client.get("/panduan/", {"q": "mengagendakan"}).content.decode()


def test_the_pdf_has_the_letterhead_and_is_rendered_once(staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.pengawas)
    first = client.get("/panduan/pengawas.pdf")
    assert first["Content-Type"] == "application/pdf"
    text = text_of(first.content)
    assert "DINAS CONTOH" in text
    assert "PANDUAN PENGAWAS" in text
    assert client.get("/panduan/pengawas.pdf").content == first.content
