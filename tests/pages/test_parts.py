"""The tag `part`: what is remembered is the text of these values in this language."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context
from django.utils import translation
from django.utils.safestring import SafeString

from kit.templatetags.kit import part
from office.words import get_words
from tests.factories import Staff

SHOWN = "session.place session.get_mode_display session.officer case.code case.subject case.applicant_name"
ENTRY = "entry.begins entry.until entry.row entry.rows entry.lane entry.look entry.look_label"


def render(subject: Any = "Bantuan <b>", officer: Any = "Ratih", **shown: Any) -> SafeString:
    session = SimpleNamespace(place="", get_mode_display=lambda: "Daring", officer=officer)
    case = SimpleNamespace(code="AAAA-BBBB", subject=subject, applicant_name="Yusuf")
    entry = SimpleNamespace(
        begins="09.00", until="09.30", row=1, rows=2, lane=1, look="planned", look_label=""
    )
    context = Context({"session": session, "case": case, "entry": entry, "word": get_words()})
    return part(context, "scheduling/session.html", f"{ENTRY} {SHOWN}", is_grid=True, **shown)


def test_equal_values_give_one_text_in_each_language() -> None:
    found = render()
    assert render() is found
    assert "Bantuan &lt;b&gt;" in found
    assert render(subject="Lain") != found
    with translation.override("en"):
        assert render() is not found


def test_a_record_becomes_its_text(staff: Staff) -> None:
    before = render(officer=staff.petugas)
    staff.petugas.name = "Nama Baru"
    assert "Nama Baru" not in before
    assert "Nama Baru" in render(officer=staff.petugas)
    with pytest.raises(TypeError, match="a record is no value"):
        render(reader=staff.petugas)
    for value in (SafeString("Bantuan <b>"), ["Bantuan"]):  # could equal another value, or change
        with pytest.raises(TypeError, match="no plain text"):
            render(subject=value)
