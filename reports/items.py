"""One item of what a consultation brings: advice, input, consideration, solution or recommendation."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    """One item of the product of the standard (saran, masukan, pertimbangan, solusi, rekomendasi).

    A recommendation may name who is responsible for it and by which day it should be done.
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

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Item":
        """The item as it was kept in `Report.items`."""
        due = dt.date.fromisoformat(row["due"]) if row.get("due") else None
        return cls(cls.Kind(row["kind"]), row["text"], row.get("responsible", ""), due)

    def to_json(self) -> dict[str, str]:
        """The item as it is kept; what a recommendation may leave out is left out."""
        row = {"kind": str(self.kind), "text": self.text}
        if self.responsible:
            row["responsible"] = self.responsible
        if self.due:
            row["due"] = self.due.isoformat()
        return row
