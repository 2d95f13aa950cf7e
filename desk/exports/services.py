"""Write exports: small files in the request, others in the background. Each one is logged."""

import datetime as dt
import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.http import QueryDict
from django.tasks import task
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from desk.evidence import EVIDENCE
from desk.exports.tables import MAX_ROWS, TABLES, ListExport
from exchange.srikandi import BUNDLE
from kit import clock
from kit.jobs import enqueue_missing
from kit.table import WRITERS, Note
from office.models import User
from operations import replica
from reports.exports import Export, export_path

logger = logging.getLogger(__name__)

PERIOD_EXPORTS = {each.slug: each for each in (EVIDENCE, BUNDLE)}
"""The ZIP files of a period, by the name in the log of exports."""

MAX_WAIT = 3.0
"""Seconds for which a request writes a file. After that a background task writes it."""

PROGRESS_AFTER = 1_000
"""Rows after which the time is checked, or the progress is stored."""

ABANDONED_AFTER = dt.timedelta(minutes=1)
"""Time after which no request writes an export any more."""

RETENTION = dt.timedelta(days=1)
"""Time for which a file can be downloaded."""


class TooSlow(Exception):  # noqa: N818 -- no fault: a background task takes over
    """The file could not be written within MAX_WAIT."""


def start_export(table: ListExport, params: QueryDict, file_format: str, *, by: User) -> Export:
    """Log an export and write its file, or let a background task write it.

    Raise PermissionDenied if `by` may not export the list, Refused if the filters are not valid.
    """
    if not by.current_appointments:
        raise PermissionDenied
    rows = table.list_rows(by, params)
    export = Export.objects.create(
        table=table.slug,
        params=params.urlencode(),
        format=file_format,
        by=by,
        title=by.current_appointments[0].title,
    )
    try:
        with _marking_failure(export):
            _write(export, rows, deadline=time.monotonic() + MAX_WAIT)
    except TooSlow:
        create_export_file.enqueue(str(export.pk))
    return export


@task()
def create_export_file(pk: str) -> None:
    """Write the file of an export in a worker, from the read replica if there is one."""
    export = Export.objects.select_related("by").get(pk=pk)
    if export.finished_at is None:
        with _marking_failure(export), replica.reading(since=export):
            if export.format == Export.Format.ZIP:
                _store(export, partial(PERIOD_EXPORTS[export.table].write, export))
            else:
                _write(export, TABLES[export.table].list_rows(export.by, QueryDict(export.params)))


@contextmanager
def _marking_failure(export: Export) -> Iterator[None]:
    """Store that an error stopped the export, so that its page says so."""
    try:
        yield
    except TooSlow:
        raise
    except Exception:
        Export.objects.filter(pk=export.pk, finished_at=None).update(failed_at=clock.now())
        raise


def _write(export: Export, rows: Iterable[Any], *, deadline: float | None = None) -> None:
    """Write and store the file of a list. Raise TooSlow after the `deadline`."""
    columns, taken = TABLES[export.table].columns, _take(export, rows, deadline)
    _store(export, lambda file: WRITERS[export.format](file, columns, taken))


def _store(export: Export, write: Callable[[BinaryIO], None]) -> None:
    """Store what `write` writes as the file of the export."""
    with tempfile.TemporaryFile() as file, translation.override("id"):
        write(file)
        export.file.storage.delete(export_path(export, ""))  # left by a worker that was killed
        export.file.save("", File(file), save=False)
    export.is_cut, export.finished_at = bool(export.is_cut), clock.now()
    export.save(update_fields=["rows", "is_cut", "finished_at", "file"])
    logger.info("user %s exported %s rows of %s", export.by_id, export.rows, export)


def _take(export: Export, rows: Iterable[Any], deadline: float | None) -> Iterator[Any]:
    """Yield up to MAX_ROWS rows and, if there are more, a note. Count the rows in `export`."""
    export.rows = 0
    for row in rows:
        if export.rows == MAX_ROWS:
            export.is_cut = True
            most = number_format(MAX_ROWS, force_grouping=True)
            yield Note(
                _("Daftar dipotong: hanya %(most)s baris pertama. Persempit saringan.") % {"most": most}
            )
            return
        export.rows += 1
        yield row
        if export.rows % PROGRESS_AFTER == 0:
            if deadline is None:
                Export.objects.filter(pk=export.pk).update(rows=export.rows)
            elif time.monotonic() > deadline:
                raise TooSlow


def enqueue_missing_files() -> int:
    """Enqueue tasks for exports that a killed process left unfinished; return how many."""
    now = clock.now()
    left = Export.objects.filter(finished_at=None, failed_at=None, at__lt=now - ABANDONED_AFTER)
    keys = left.filter(at__gt=now - RETENTION).values_list("pk", flat=True)
    return enqueue_missing(create_export_file, map(str, keys))


def delete_old_files() -> int:
    """Delete the files of exports that are older than RETENTION; return their number."""
    old = Export.objects.filter(at__lt=clock.now() - RETENTION).exclude(file="")
    for export in old:
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
    return len(old)
