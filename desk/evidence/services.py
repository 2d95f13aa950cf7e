"""Start and write a folder of evidence. Its row in the log of exports is private to its user."""

from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consultations.parties import get_office_wide_appointment
from consultations.workflow import Refused
from desk.evidence.files import Evidence
from desk.evidence.folder import write_folder
from office import clock
from office.models import User
from office.periods import Period
from reports.models import Export

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
    """Log the folder of a quarter, to be written by a background task.

    Raise PermissionDenied unless `by` sees the cases of the whole office, Refused if the quarter is not over.
    """
    appointment = get_office_wide_appointment(by)
    if appointment is None:
        raise PermissionDenied
    if key not in {quarter.key for quarter in list_quarters()}:
        raise Refused(NO_QUARTER)
    params = QueryDict(mutable=True)
    params["triwulan"] = key
    return Export.objects.create(
        table=TABLE, params=params.urlencode(), format=Export.Format.ZIP, by=by, title=appointment.title
    )


def write(export: Export, file: BinaryIO) -> None:
    """Write the ZIP file of an export, and count its files in `export`.

    Raise PermissionDenied if its user has left the office meanwhile.
    """
    if get_office_wide_appointment(export.by) is None:
        raise PermissionDenied
    period = Period.of(QueryDict(export.params)["triwulan"])
    assert period  # noqa: S101 -- checked by create_folder()

    def count(files: int) -> None:
        Export.objects.filter(pk=export.pk).update(rows=files)

    export.rows = write_folder(file, Evidence(export.by, period), count)
