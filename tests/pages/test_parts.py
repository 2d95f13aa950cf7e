"""The tag `part`: what is remembered is the text of these values in this language."""

import pytest
from django.template import Context, Template
from django.utils import translation

from desk.case_lines import EventLine
from office import clock
from tests.factories import Staff

PART = Template("{% load parts %}{% part 'ui/timeline.html' events=events %}")


def render(*events: object) -> str:
    return PART.render(Context({"events": events}))


def test_equal_values_give_one_text_in_each_language() -> None:
    line = EventLine("start", "Ratih <b>", "Petugas", clock.now(), None, "Mulai.")
    found = render(line)
    assert render(EventLine(*line)) is found
    assert "Ratih &lt;b&gt;" in found
    assert render(line._replace(note="Lain.")) != found
    with translation.override("en"):
        assert render(line) != found


def test_a_record_is_no_value(staff: Staff) -> None:
    with pytest.raises(TypeError, match="a record equals its later versions"):
        render(("x", staff.petugas))
