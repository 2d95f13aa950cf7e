"""Items of a report: advice, suggestions, considerations, solutions, recommendations."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    """One item of a report. A recommendation may have a responsible person and a due date.

    `source` is where the text was taken over from: the code of a case, `bank-7` in the bank, or "".
    """

    class Kind(TextChoices):
        ADVICE = "ADVICE", _("Saran")
        SUGGESTION = "SUGGESTION", _("Masukan")
        CONSIDERATION = "CONSIDERATION", _("Pertimbangan")
        SOLUTION = "SOLUTION", _("Solusi")
        RECOMMENDATION = "RECOMMENDATION", _("Rekomendasi")

    kind: Kind
    text: str
    responsible: str = ""
    due: dt.date | None = None
    source: str = ""

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Item":
        """Read one row of `Report.items`."""
        due = dt.date.fromisoformat(row["due"]) if row.get("due") else None
        return cls(cls.Kind(row["kind"]), row["text"], row.get("responsible", ""), due, row.get("source", ""))

    def to_json(self) -> dict[str, str]:
        """Return a row of `Report.items`, without empty fields."""
        return {name: str(value) for name, value in vars(self).items() if value or name == "text"}
