"""URLs of the record."""

import datetime as dt

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from trust.record.views import chain, head, head_json, heads


class DayConverter(StringConverter):
    """A day, e.g. `2026-12-06`."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:  # type: ignore[override]
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:  # type: ignore[override]
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("verifikasi/catatan/", heads, name="heads"),
    path("verifikasi/catatan/<day:day>/", head, name="head"),
    path("verifikasi/catatan/<day:day>.json", head_json, name="head_json"),
    path("verifikasi/catatan/<day:day>/rantai.jsonl", chain, name="chain"),
]
