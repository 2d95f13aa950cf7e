"""Texts name the first office nowhere: its words are data, and texts have placeholders for them (ADR 42)."""

import ast
import re
from pathlib import Path

import polib
from django.conf import settings
from django.utils import timezone, translation

from office.models import Office, Role
from office.words import CHOSEN, KNOWN, get_words, with_words, with_words_lazy, word
from office.worktime import in_office
from tests.shared_data import each

ROOT = Path(settings.BASE_DIR)
TEXTS = [entry.msgid for entry in polib.pofile(str(ROOT / "locale/en/LC_MESSAGES/django.po"))]

FIRST_OFFICE = re.compile(
    r"Tim PKD|Kepala Dinas|Kepala Bidang|Kabid|Kadis|Sekretariat|Sekretaris(?! Daerah)|\b[Bb]idang\b"
    r"|\b[Dd]inas\b|DINSOS|Bangka|Pangkalpinang|\b[Dd]esa\b|\bWI(B|TA|T)\b"
)

"""Every region has a Sekretaris Daerah: it is no word of an office."""

ALLOWED = {
    *KNOWN,
    "Dinas luar",  # the official name of travel for the office
    "Cuti, dinas luar, sakit, atau diklat. Selama itu Anda tidak dijadwalkan dan tidak ditugasi.",
    *("Waktu Indonesia Barat (WIB)", "Waktu Indonesia Tengah (WITA)", "Waktu Indonesia Timur (WIT)"),
}


def test_no_text_contains_a_word_of_the_first_office() -> None:
    assert [text for text in TEXTS if FIRST_OFFICE.search(text) and text not in ALLOWED] == []


def test_no_paper_contains_a_word_of_the_first_office() -> None:
    found = {}
    for template in sorted((ROOT / "templates/print").rglob("*.html")):
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", template.read_text(encoding="utf-8"))
        if match := FIRST_OFFICE.search(text):
            found[template.name] = match[0]
    assert found == {}


COMMANDS_OUTSIDE = {
    "db_worker": "each task enters the office (office/receivers.py)",
    "run_scheduler": "each job enters the office (kit/jobs.py)",
    "run_office": "its processes are those above and below",
    "run_web": "each request enters the office (ZoneMiddleware)",
    **dict.fromkeys(("messages", "settings_doc", "standard_doc", "whatsapp_templates"), "for developers"),
    **dict.fromkeys(("demo", "demo_certificate", "practice"), "the demo is the first office"),
    "setup_office": "there is no office yet",
    **dict.fromkeys(("restore", "move_database", "verify_backup"), "the database may be empty"),
    "backup": "the database may be that of an older version",
    **dict.fromkeys(("grants", "rotate_encryption", "sendtestemail"), "shows no time"),
}


def test_each_command_enters_the_office_or_says_why_not() -> None:
    for path in ROOT.glob("*/management/commands/[a-z]*.py"):
        if not path.is_relative_to(ROOT / "bench"):
            enters = "    @in_office()\n    def handle(" in path.read_text(encoding="utf-8")
            assert enters != (path.stem in COMMANDS_OUTSIDE), path


PLACES = {"office/worktime.py", "office/words.py", "config/settings.py"}


def test_code_names_no_zone() -> None:
    """PLACES may name a zone. All other code asks Django for the current one."""
    found = set()
    for path in ROOT.glob("[a-z]*/**/*.py"):
        name = str(path.relative_to(ROOT))
        if re.match(r"tests/|bench/|bin/|demo/|docs/|\w+/migrations/", name):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "get_default_timezone":
                found.add(name)
            if isinstance(node, ast.Constant) and node.value in ("Asia/Jakarta", "WIB"):
                found.add(name)
    assert found <= PLACES


def test_known_words_are_translated_and_others_stand_as_they_are(office: Office) -> None:
    office.word_head, office.word_division_name = "Camat", "Unit Cakap"
    office.save()
    assert str(word("head")) == "Kepala Dinas", "outside an office"
    text = with_words_lazy("%(head)s, %(division_name)s, %(division)s, %(name)s", name="x")
    with in_office():
        assert str(word("head")) == "Camat"
        assert str(text) == "Camat, Unit Cakap, unit cakap, x"
        with translation.override("en"):
            assert str(text) == "Subdistrict Head, Unit Cakap, unit cakap, x"


def test_an_office_whose_front_desk_keeps_the_agenda_names_it_once(office: Office) -> None:
    with in_office():
        assert get_words().teams == "Sekretariat dan Tim PKD"
    office.word_agenda_team = office.word_secretariat
    office.save()
    with in_office():
        assert with_words("%(teams)s") == "Sekretariat"
        labels = [str(role.label) for role in (Role.SECRETARIAT, Role.TIM_PKD)]
        assert labels == ["Sekretariat", "Sekretariat (buku agenda)"]


def test_every_known_word_and_every_default_has_an_english_text() -> None:
    defaults = {getattr(Office(), f"word_{name}") for name in CHOSEN}
    assert defaults <= set(KNOWN) <= set(TEXTS)


@each("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_the_office_chooses_its_zone(zone: str, office: Office) -> None:
    office.zone = zone
    office.save()
    with in_office():
        assert timezone.get_current_timezone_name() == zone
    assert timezone.get_current_timezone_name() == "Asia/Jakarta"
