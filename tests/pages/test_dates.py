"""Dates are typed as day, month and year: no browser shows them in the order of another language."""

import datetime as dt

from django import forms
from django.utils import timezone

from kit.forms import LocalDateField, LocalDateTimeField
from tests.shared_data import each
from tests.standard import house

DAY = dt.date(2026, 11, 24)


BROWSERS_OWN = ('type="date"', 'type="datetime-local"', '"type": "date"', '"type": "datetime-local"')


class DateForm(forms.Form):
    day = LocalDateField()
    moment = LocalDateTimeField()


@each("typed", ["24-11-2026", "24/11/2026", "24.11.2026", "24112026", "2026-11-24"])
def test_a_day_is_understood_and_shown_again_in_one_form(typed: str) -> None:
    form = DateForm({"day": typed, "moment": f"{typed} 09.30"})
    form.is_valid()
    assert form.cleaned_data["day"] == DAY
    assert 'value="24-11-2026"' in str(form["day"])
    if typed not in ("24112026", "2026-11-24"):
        assert timezone.localtime(form.cleaned_data["moment"]) == dt.datetime(
            2026, 11, 24, 9, 30, tzinfo=timezone.get_current_timezone()
        )
        assert 'value="24-11-2026 09.30"' in str(form["moment"])


@each("typed", ["11/24/2026", "24-13-2026", "besok", "24-11-1026"])
def test_a_day_of_another_order_is_refused_and_shown_as_typed(typed: str) -> None:
    form = DateForm({"day": typed, "moment": f"{typed} 09.30"})
    assert not form.is_valid()
    assert set(form.errors) == {"day", "moment"}
    assert f'value="{typed}"' in str(form["day"])


def test_no_page_has_a_date_field_of_the_browser() -> None:
    """shell.js makes one without a label that shows nothing: only its calendar opens."""
    found = []
    pages = (house.ROOT / "templates").rglob("*.html")
    code = [
        path
        for app in ("kit", "office", "consultations", "desk")
        for path in (house.ROOT / app).rglob("*.py")
    ]
    for path in (*pages, *code):
        text = path.read_text(encoding="utf-8")
        found += [path.name for kind in BROWSERS_OWN if kind in text]
    assert found == []
