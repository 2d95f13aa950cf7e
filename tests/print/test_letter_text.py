"""The texts of letters: fields filled in, parts left out, wrong texts refused, hostile values harmless."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, strategies as st

from consultations.wording import speak_of_complaint
from documents.files import render_html
from documents.letter_fields import FIELDS, TEXTS, get_values, read_default_text
from documents.letter_text import MAX_LENGTH, check_text, fill, fill_line, list_fields, split_subject
from documents.models import Document
from documents.types import TYPES_BY_KIND, TYPES_BY_SLUG, get_source_row
from tests.factories import Staff
from tests.print import scenes
from tests.print.documents import words_in
from tests.print.test_form import full
from tests.shared_data import each

LETTERS = {slug: row for slug, row in TYPES_BY_SLUG.items() if row.get_letter}


@each(
    "text, shown",
    [
        ("Pada {day}.", "Pada Senin."),
        ("Satu.\n\nCatatan: {none}.\n\nDua.", "Satu. Dua."),
        ("Mohon:\n\n1. datang {none};\n2. membawa KTP.", "Mohon: membawa KTP."),
        ("Mohon:\n\n- datang {none}\n- telepon {none}\n\nTerima kasih.", "Terima kasih."),
        ("# Isi\n\n> {none}\n\nTamat.", "Tamat."),
        ("# Isi\n\n> {day}", "Isi Senin"),
        ("| Waktu | {day} |\n| Tempat | {none} |", "Waktu Senin"),
        ("| Untuk | datang; |\n| | menulis {none}; |\n| | pulang. |", "Untuk datang; pulang."),
        ("{lines}", "Satu Dua"),
        ("{list}", "a b"),
        ("Bantuan: {list}.", "Bantuan: a; b."),
        ("Yang diantar:\n\n{empty_list}", ""),
    ],
)
def test_what_has_an_empty_field_is_left_out(text: str, shown: str) -> None:
    values = {"day": "Senin", "none": "", "lines": "Satu\n\nDua", "list": ["a", "b"], "empty_list": []}
    assert words_in(f"<body>{fill(f'Hal: Uji\n\n{text}', values)}") == shown.replace(" .", ".")


def test_a_subject_with_an_empty_field_is_empty() -> None:
    assert fill_line("Perubahan {name}", {"name": "<Jadwal>"}) == "Perubahan <Jadwal>"
    assert fill_line("Perubahan {name}", {"name": ""}) == ""


@each(
    "text, problem",
    [
        ("Isi tanpa hal", "Awali dengan baris"),
        ("Hal: Uji", "Awali dengan baris"),
        ("Hal: Uji\n\n{nomor_agend} {isi}", "Maksud Anda {nomor_agenda}?"),
        ("Hal: Uji\n\n{isi} {zzzzzzzz}", "Pilih dari daftar isian"),
        ("Hal: Uji\n\n{isi} {0.__class__}", "tidak dikenal"),
        ("Hal: Uji\n\n{isi} {isi!r:>9999999}", "tidak dikenal"),
        ("Hal: Uji\n\n{isi} {{isi}}", "Kurung kurawal"),
        ("Hal: Uji\n\nTanpa isian.", "harus memuat isian {isi}"),
        ("Hal: Uji\n\n{isi}" + "x" * MAX_LENGTH, "terlalu panjang"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_text(text, FIELDS, ["isi"])
    assert problem in " ".join(refused.value.messages)


@given(st.text(max_size=200), st.text(max_size=50))
def test_no_text_and_no_value_becomes_html_or_a_field(text: str, value: str) -> None:
    body = text.replace("{", "").replace("}", "")
    shown = fill(f"Hal: Uji\n\n{body}<script>{{value}}", {"value": f"{value}<b>{{x}}"})
    assert "<script" not in shown
    assert "<b>" not in shown


@pytest.mark.parametrize("slug", LETTERS)
def test_the_text_that_rembuk_brings_is_a_good_one(slug: str) -> None:
    check_text(read_default_text(slug), LETTERS[slug].known_fields, LETTERS[slug].required)
    assert set(LETTERS[slug].known_fields) <= set(FIELDS)


def test_each_text_and_each_field_belongs_to_a_letter() -> None:
    assert {file.stem for file in TEXTS.iterdir()} == set(LETTERS)
    assert {name for row in LETTERS.values() for name in row.known_fields} == set(FIELDS)


def test_a_letter_has_a_value_for_each_field_that_its_text_may_name(people: Staff) -> None:
    full(people)
    scenes.declined(people, code="5H8R-6XPD", secret="contoh-tautan-rahasia-pemohon-02")
    scenes.passed_on(people, code="3333-3333", secret="contoh-tautan-rahasia-pemohon-03")
    seen = set()
    for document in Document.objects.filter(kind__in=[row.kind for row in LETTERS.values()]):
        row = TYPES_BY_KIND[document.kind]
        assert row.get_letter
        letter = row.get_letter(document, get_source_row(document))
        values = get_values(document, letter, shows_applicant=row.shows_applicant)
        assert set(values) == set(row.known_fields), row.slug
        assert all(field in render_html(document) for field in ("isi-surat", "penutup"))
        seen.add(row.slug)
    assert seen == set(LETTERS)


@pytest.mark.parametrize("slug", LETTERS)
def test_the_words_of_a_complaint_take_no_field_apart(slug: str) -> None:
    subject, body = split_subject(read_default_text(slug))
    values = dict.fromkeys(list_fields(f"{subject}\n{body}"), "NILAI")
    text = fill_line(subject, values, speak_of_complaint) + fill(body, values, speak_of_complaint)
    assert not [word for word in ("ermohonan", "emohon", "Pengaduan Penanganan", "{") if word in text]
