"""The tag `part`: what is remembered is the text of these values in this language."""

import pytest
from desk.case_lines import EventLine
from django.utils import translation
from django.utils.safestring import SafeString

from office import clock
from office.templatetags.parts import part
from tests.factories import Staff


def test_equal_values_give_one_text_in_each_language() -> None:
    line = EventLine("start", "Ratih <b>", "Petugas", clock.now(), None, "Mulai.")
    found = part("ui/timeline.html", events=(line,))
    assert part("ui/timeline.html", events=(EventLine(*line),)) is found
    assert "Ratih &lt;b&gt;" in found
    assert part("ui/timeline.html", events=(line._replace(note="Lain."),)) != found
    with translation.override("en"):
        assert part("ui/timeline.html", events=(line,)) != found


def test_a_record_is_no_value(staff: Staff) -> None:
    with pytest.raises(TypeError, match="a record equals its later versions"):
        part("ui/timeline.html", events=("x", staff.petugas))


def test_a_safe_text_within_a_value_is_refused() -> None:
    line = EventLine("start", SafeString("Ratih <b>"), "Petugas", clock.now(), None, "Mulai.")
    with pytest.raises(TypeError, match="safe text equals unsafe text"):
        part("ui/timeline.html", events=(line,))
