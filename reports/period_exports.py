"""ZIP files of a period as exports: a row in the log, its period, and its progress."""

from collections.abc import Iterable

from django.http import QueryDict
from django.utils.functional import Promise

from kit.refusal import Refused
from office import rights
from office.models import User
from office.periods import Period
from reports.models import Export

PARAMETER = "periode"


def create_period_export(
    table: str, key: str, *, by: User, offered: Iterable[Period], refusal: Promise
) -> Export:
    """Log the ZIP file of a period, to be written by a background task.

    Raise PermissionDenied unless `by` sees the cases of the whole office, Refused with the sentence `refusal`
    unless the period is `offered`.
    """
    title = rights.EXPORT_PERIODS.get_title(by)
    if key not in {period.key for period in offered}:
        raise Refused(refusal)
    params = QueryDict(mutable=True)
    params[PARAMETER] = key
    return Export.objects.create(
        table=table, params=params.urlencode(), format=Export.Format.ZIP, by=by, title=title
    )


def get_period(export: Export) -> Period:
    """Return the period of an export that is being written.

    Raise PermissionDenied if its user no longer sees the cases of the whole office.
    """
    rights.EXPORT_PERIODS.check(export.by)
    period = Period.of(QueryDict(export.params)[PARAMETER])
    assert period  # noqa: S101 -- checked by create_period_export()
    return period


def store_progress(export: Export, files: int) -> None:
    """Store how many files have been written, for the page that waits."""
    Export.objects.filter(pk=export.pk).update(rows=files)
