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

from consultations.enums import State
from consultations.workflow import TABLE, VERBS
from desk.guides import BY_SLUG, GUIDES, MOST_FOUND, Guide, find, find_help, list_guides, read_text
from office.words import get_words
from operations.demo.pictures import FOLDER, PICTURES
from tests.factories import Staff, case_at, client_of
from tests.shared_data import each

CATALOGUE = Path(settings.BASE_DIR) / "locale/en/LC_MESSAGES/django.po"
BOLD = re.compile(r"\*\*(.+?)\*\*")
ITALIC = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
MAX_BYTES = 60_000


def _with_words(text: str) -> str:
    """Fill the placeholders of the office's words with the words of the standard."""
    words = vars(get_words())
    return re.sub(r"%\((\w+)\)s", lambda found: words.get(found[1], found[0]), text)


TEXTS = polib.pofile(str(CATALOGUE))
LABELS = {capfirst(_with_words(entry.msgid)) for entry in TEXTS}
ENGLISH_LABELS = {capfirst(_with_words(entry.msgstr)) for entry in TEXTS}
"""The texts of the interface. Pages begin those of the administration with a capital letter."""


def test_what_a_guide_prints_in_bold_is_a_label_and_in_italics_one_of_the_english_interface() -> None:
    texts = {guide: guide.path.read_text(encoding="utf-8") for guide in GUIDES}
    for guide in GUIDES:
        if guide.language == "id":
            named, labels = {*BOLD.findall(texts[guide])}, LABELS
        else:
            named, labels = {*ITALIC.findall(texts[guide])}, ENGLISH_LABELS
        assert named - labels == set(), guide.slug
        assert len(named) > 5


def test_each_picture_is_shown_by_a_guide_and_has_a_recipe_of_a_page_and_step_that_exist() -> None:
    shown = {
        name
        for guide in GUIDES
        for name in re.findall(r"panduan/([\w-]+)\.png", guide.path.read_text(encoding="utf-8"))
    }
    recipes = {picture.name for picture in PICTURES}
    assert shown <= recipes
    assert recipes == {file.stem for file in FOLDER.glob("*.png")}
    assert all(file.stat().st_size <= MAX_BYTES for file in FOLDER.glob("*.png"))
    assert {picture.page for picture in PICTURES} <= {*get_resolver().reverse_dict}
    assert {picture.verb for picture in PICTURES} <= {"", *(step.verb for step in TABLE)}


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


def test_raw_html_of_a_file_is_shown_as_text_and_a_picture_from_elsewhere_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# A\n\n<script>x</script>\n\n[k](javascript:x)\n\n## B\n\nC", encoding="utf-8")
    text = read_text(file)
    assert (text.title, [section.title for section in text.titled]) == ("A", ["B"])
    assert "&lt;script&gt;" in text.sections[0].html
    assert "href" not in text.sections[0].html
    other = tmp_path / "b.md"
    other.write_text("# B\n\n![x](https://example.com/x.png)", encoding="utf-8")
    with pytest.raises(ValueError, match="not a picture"):
        assert read_text(other).sections[0].html


def test_a_visitor_reads_the_guide_of_applicants_only(office: object, client: Client) -> None:
    assert client.get("/panduan/pemohon/").status_code == 200
    page = client.get("/panduan/").text
    assert ("/panduan/pemohon/" in page, "/panduan/petugas/" in page) == (True, False)
    assert "tim-pkd" not in client.get("/panduan/", {"q": "mengagendakan"}).text
    assert client.get("/panduan/petugas/")["Location"] == "/masuk/?next=/panduan/petugas/"
    assert client.get("/panduan/tidak-ada/").status_code == 404


def test_staff_read_and_search_all_guides_and_those_of_their_own_roles_come_first(staff: Staff) -> None:
    client = client_of(staff.petugas)
    for guide in GUIDES:
        assert escape(guide.title) in client.get(f"/panduan/{guide.slug}/").text
    assert "/panduan/tim-pkd/#mengagendakan" in client.get("/panduan/", {"q": "mengagendakan"}).text
    assert "Tidak ada bagian yang cocok" in client.get("/panduan/", {"q": "xyzzy"}).text
    for user, own in {
        staff.pkd: ["tim-pkd"],
        staff.kadis: ["kepala-dinas"],
        staff.kabid: ["kepala-bidang"],
        staff.petugas: ["petugas"],
        staff.sekretariat: ["sekretariat"],
        staff.admin: ["administrator", "administrator-en"],
    }.items():
        listed = [guide.slug for guide in list_guides(user)]
        assert listed[: 1 + len(own)] == ["pegawai", *own], user
        assert {*listed} == set(BY_SLUG)


def test_a_search_finds_sections_with_all_words_and_is_bounded(office: object) -> None:
    for typed, section in {
        "Menolak": "Menolak permohonan",
        "kata sandi": "Membuat kata sandi",
        "cuti": "Cuti, sakit, atau dinas luar",
        "menulis laporan": "4. Menulis laporan",  # a heading comes first
    }.items():
        assert find(GUIDES, typed)[0][1].title == section
    assert len(find(GUIDES, "a")) == MOST_FOUND
    assert find(GUIDES, "  ") == []


def test_the_sign_beside_a_step_opens_the_section_about_it(staff: Staff) -> None:
    for verb, user, address in (
        ("register", staff.pkd, "/panduan/tim-pkd/#mengagendakan"),
        ("dispose", staff.kadis, "/panduan/kepala-dinas/#mendisposisikan"),
        ("assign", staff.kabid, "/panduan/kepala-bidang/#menugaskan-petugas"),
        ("report", staff.petugas, "/panduan/petugas/#4-menulis-laporan"),
        ("retain", staff.pkd, ""),
    ):
        assert find_help(user, VERBS[verb].title) == address
    case = case_at(State.SUBMITTED, staff)
    page = client_of(staff.pkd).get(f"/permohonan/{case.code}/register/").text
    assert 'href="/panduan/tim-pkd/#mengagendakan"' in page
