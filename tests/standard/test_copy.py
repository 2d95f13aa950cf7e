"""Words that officials and citizens do not use: none of them returns to a page, a paper or a translation."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.conf import settings
from django.forms import BaseForm
from django.urls import get_resolver

ROOT = Path(settings.BASE_DIR)

INDONESIAN = {
    "Naskah cetak besar": r"berhuruf besar|dengan huruf besar bila",
    "Klasifikasi pengaduan": r"[Gg]olongan pengaduan",
    "Tutup karena tidak dilengkapi": r"[Tt]utup tanpa jawaban",
    "Aktivitas (log)": r"[Jj]ejak audit",
    "Bubuhkan paraf": r"\bBeri paraf",
    "Undang peserta rapat": r"Undang forum rapat",
    "Kegagalan pelindungan data pribadi": r"(?:Kegagalan (?:pelindungan )?|Kebocoran )data(?! pribadi)",
    "Tangguhkan pemusnahan": r"[Tt]ahan dari pemusnahan",
    "Pelajari dan siapkan konsep balasan": r"Pelajari (?:&|&amp;) [Kk]onsep",
    "Catatan dan penerusan": r"Catatan dan tembusan",
    "Undangan Rapat": r"Undangan Forum",
    "Permintaan Pendapat (Susulan)": r"Pengingat (?:permintaan )?[Pp]endapat",
    "Tanggal diterima": r"Diterima Tgl|Tgl\.? [Dd]iterima",
    "langkah": r"[Ss]embilan langkah",
    "Permohonan dicatat": r"Permohonan diagendakan (?:%|\{)",
    "Batal bila tidak diputuskan sampai": r"[Gg]ugur (?:bila|tanpa)",
    "Menunggu": r"Sekarang pada",
    "Server surel belum disiapkan": r"EMAIL_URL",
}
"""The word of today, and a pattern of the former one."""

ENGLISH = {
    "refers to": r"makes? a disposition",
    "Suggestion": r"\bAspirations?\b",
    "Inspectorate examiner": r"\bSupervisor",
    "Issued by": r"^Issuer$",
    "Legal hold": r"[Rr]etain(?:ed)? from erasure|retention order",
    "steps": r"[Nn]ine steps",
}


def list_entries() -> list[polib.POEntry]:
    return [
        entry for entry in polib.pofile(str(ROOT / "locale/en/LC_MESSAGES/django.po")) if not entry.obsolete
    ]


def find(words: dict[str, str], texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return what should be said, with the text that says it as before."""
    return [(now, text[:80]) for now, before in words.items() for text in texts if re.search(before, text)]


def test_no_former_word_is_left_in_indonesian() -> None:
    texts = {entry.msgid for entry in list_entries()} | {
        path.read_text(encoding="utf-8")
        for path in (*(ROOT / "templates").rglob("*.html"), ROOT / "office/fixtures/dinsospmd.json")
    }
    found = [
        (now, text[:80]) for now, before in INDONESIAN.items() for text in texts if re.search(before, text)
    ]
    assert found == []


def list_forms(form: type[BaseForm] = BaseForm) -> Iterator[type[BaseForm]]:
    for child in form.__subclasses__():
        yield child
        yield from list_forms(child)


def test_no_form_calls_a_field_a_division() -> None:
    """Django's Indonesian sentence for an empty field says “Bidang”, also in forms of other libraries."""
    assert get_resolver().url_patterns, "imports all forms"
    never_empty = {"ManagementForm", "ActionForm"}
    forms = [form for form in list_forms() if form.__name__ not in never_empty]
    fields = [(form, field) for form in forms for field in getattr(form, "base_fields", {}).values()]
    said = {str(form): str(field.error_messages["required"]) for form, field in fields}
    assert len(said) > 100
    assert {form: text for form, text in said.items() if text.startswith("Bidang ini")} == {}


def test_no_former_word_is_left_in_english() -> None:
    texts = [text for entry in list_entries() for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert find(ENGLISH, texts) == []


def test_what_is_said_now_is_said() -> None:
    ids = " ".join(entry.msgid for entry in list_entries()) + " ".join(
        path.read_text(encoding="utf-8")
        for path in (*(ROOT / "templates/print").glob("*.html"), ROOT / "office/fixtures/dinsospmd.json")
    )
    assert [now for now in INDONESIAN if now.lower() not in ids.lower()] == []
    strings = " ".join(entry.msgstr for entry in list_entries()).lower()
    assert [now for now in ENGLISH if now.lower() not in strings] == []
