"""Start and write a folder of evidence. Its row in the log of exports is private to its user."""

from functools import partial
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from desk.evidence.files import Evidence
from desk.evidence.folder import write_folder
from office import clock
from office.models import User
from office.periods import Period
from reports.models import Export
from reports.period_exports import create_period_export, get_period, store_progress

TABLE = "map-bukti"
"""The name of the folder in the log of exports."""

TITLE = _("Map bukti")
NO_QUARTER = _("Pilih triwulan yang sudah berakhir.")
SHOWN = 8
"""Quarters on the page: two years."""


def list_quarters() -> list[Period]:
    """Return the last quarters that are over, newest first."""
    found, quarter = [], Period.quarter_of(clock.today())
    for _number in range(SHOWN):
        quarter = quarter.quarter_before
        found.append(quarter)
    return found


def create_folder(key: str, *, by: User) -> Export:
    """Log the folder of a quarter that is over. Raise as `create_period_export()` does."""
    return create_period_export(TABLE, key, by=by, offered=list_quarters(), refusal=NO_QUARTER)


def write(export: Export, file: BinaryIO) -> None:
    """Write the ZIP file of an export, and count its files in `export`. Raise as `get_period()` does."""
    evidence = Evidence(export.by, get_period(export))
    export.rows = write_folder(file, evidence, partial(store_progress, export))
