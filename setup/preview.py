"""The preview of a sheet: its columns in groups, and a field for each cell that must be mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.lists import list_active_divisions
from office.models import Appointment, Role
from office.words import word
from setup.columns import COLUMNS
from setup.staff_rows import StaffRow

GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Nama"), ("name", "nip", "rank")),
    (gettext_lazy("Jabatan"), ("role", "title", "acting", "starts", "ends")),
    (word("division_name"), ("division",)),
    (gettext_lazy("Surel"), ("email",)),
)
"""Columns of the preview: ten would not fit on a page."""

LABELS = {column.key: column.label for column in COLUMNS}

type Choices = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Cell:
    """A cell of the preview. `error` makes it a field; with `choices` one is selected."""

    name: str
    label: str
    text: str
    error: str
    warning: str
    choices: Sequence[tuple[str, str]]

    @property
    def is_known(self) -> bool:
        """Whether the text is one of the choices."""
        return any(self.text == value for value, _label in self.choices)


@dataclass(frozen=True)
class PreviewRow:
    row: StaffRow
    groups: list[tuple[Promise, list[Cell]]]


def list_preview(rows: Sequence[StaffRow]) -> list[PreviewRow]:
    choices = _list_choices()
    return [PreviewRow(row, _list_groups(row, choices)) for row in rows]


def _list_choices() -> Choices:
    return {
        "role": [(str(label), str(label)) for label in Role.labels],
        "division": [(one.name, one.name) for one in list_active_divisions()],
        "acting": [
            ("", _("Pejabat definitif")),
            *((value, str(label)) for value, label in Appointment.Acting.choices),
        ],
    }


def _list_groups(row: StaffRow, choices: Choices) -> list[tuple[Promise, list[Cell]]]:
    return [
        (
            title,
            [
                Cell(
                    name=f"cell-{row.number}-{key}",
                    label=_("%(column)s baris %(n)s") % {"column": LABELS[key], "n": row.number},
                    text=row.cells[key],
                    error=row.errors.get(key, ""),
                    warning=row.warnings.get(key, ""),
                    choices=choices.get(key, ()),
                )
                for key in keys
                if row.cells[key] or key in row.errors or key in row.warnings
            ],
        )
        for title, keys in GROUPS
    ]
