"""The sheet of people that waits for approval: store, mend, delete. Nothing of it is in force."""

from collections.abc import Mapping, Sequence

from office.models import User
from setup.models import StaffSheet
from setup.spreadsheet import MAX_CELL, Row


def store_sheet(rows: Sequence[Row], *, name: str, by: User) -> StaffSheet:
    """Store an uploaded sheet in place of an earlier one of the same administrator."""
    StaffSheet.objects.filter(user=by).delete()
    return StaffSheet.objects.create(user=by, name=name[:120], rows=list(rows))


def mend_sheet(sheet: StaffSheet, cells: Mapping[tuple[int, str], str]) -> None:
    """Store new texts of cells, by the number of the row (from 1) and the column."""
    for (number, key), text in cells.items():
        if 1 <= number <= len(sheet.rows):
            plain = "".join(letter for letter in text if letter.isprintable())
            sheet.rows[number - 1][key] = " ".join(plain.split())[: MAX_CELL + 1]
    sheet.save(update_fields=["rows"])


def delete_sheet(sheet: StaffSheet, *, left: Sequence[Row] = ()) -> None:
    """Delete the sheet, or keep only the rows that are `left`."""
    if left:
        sheet.rows = list(left)
        sheet.save(update_fields=["rows"])
    else:
        sheet.delete()
