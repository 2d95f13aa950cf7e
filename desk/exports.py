"""Exports of lists and periods: start one, wait for its file, download it. A file is private to its user.

Small files are written in the request, others in the background. Each export is logged.
"""

import datetime as dt
import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from desk.evidence import EVIDENCE
from desk.export_tables import MAX_ROWS, TABLES, ListExport
from exchange.srikandi import BUNDLE, MAX_DOCUMENTS
from kit import clock
from kit.jobs import enqueue_missing
from kit.refusal import Refused
from kit.table import CONTENT_TYPES, WRITERS, Note
from office import rights
from office.models import User
from reports.exports import Export, PeriodExport, export_path
from reports.surveys.regulation import is_closed

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
    """Write the file of an export in a worker."""
    export = Export.objects.select_related("by").get(pk=pk)
    if export.finished_at is None:
        with _marking_failure(export):
            if export.format == Export.Format.ZIP:
                _store(export, partial(PERIOD_EXPORTS[export.table].write, export))
            else:
                _write(export, TABLES[export.table].list_rows(export.by, QueryDict(export.params)))


@contextmanager
def _marking_failure(export: Export) -> Iterator[None]:
    try:
        yield
    except TooSlow:
        raise
    except Exception:
        Export.objects.filter(pk=export.pk, finished_at=None).update(failed_at=clock.now())
        raise


def _write(export: Export, rows: Iterable[Any], *, deadline: float | None = None) -> None:
    columns, taken = TABLES[export.table].columns, _take(export, rows, deadline)
    _store(export, lambda file: WRITERS[export.format](file, columns, taken))


def _store(export: Export, write: Callable[[BinaryIO], None]) -> None:
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
    old = Export.objects.filter(at__lt=clock.now() - RETENTION).exclude(file="")
    for export in old:
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
    return len(old)


NOT_FILTERS = ("csrfmiddlewaretoken", "before", "after", "newest")
"""Fields of the pages' forms and addresses that do not choose rows."""

TYPES = {**CONTENT_TYPES, "zip": "application/zip"}


@require_POST
def export(request: HttpRequest, slug: str, file_format: str) -> HttpResponse:
    """Export a list with the filters of the address and the form: send the file, or the page to wait on.

    Return to the list with a sentence if its filters are not valid.
    """
    table = TABLES.get(slug)
    if table is None or file_format not in WRITERS:
        raise Http404
    params = request.GET.copy()
    params.update(request.POST)
    for name in NOT_FILTERS:
        params.pop(name, None)
    try:
        made = start_export(table, params, file_format, by=cast(User, request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
        name, *args = table.page
        return redirect(f"{reverse(name, args=args)}?{params.urlencode()}")
    return redirect("export_file" if made.is_ready and not made.is_cut else "export_page", pk=made.pk)


def evidence(request: HttpRequest) -> HttpResponse:
    """List the quarters that are over, or start the folder of one (POST `triwulan`): `map-bukti/`."""
    return _choose_period(request, EVIDENCE, "triwulan", "desk/evidence.html", {})


def srikandi(request: HttpRequest) -> HttpResponse:
    """List the months, or start the bundle for SRIKANDI of one (POST `bulan`): `srikandi/`."""
    return _choose_period(request, BUNDLE, "bulan", "desk/srikandi.html", {"most": MAX_DOCUMENTS})


@require_http_methods(["GET", "HEAD", "POST"])
def _choose_period(
    request: HttpRequest, offered: PeriodExport, name: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Show the periods, or create the export of the posted one.

    Status 403 for users who do not see the whole office, 422 for a period that is not offered.
    """
    user, refusal = cast(User, request.user), None
    rights.EXPORT_PERIODS.check(user)
    if request.method == "POST":
        try:
            made = offered.create(request.POST.get(name, ""), by=user)
        except Refused as error:
            refusal = error
        else:
            create_export_file.enqueue(str(made.pk))
            return redirect("export_page", pk=made.pk)
    context |= {"periods": [(period, is_closed(period)) for period in offered.list_periods()]}
    status = HTTPStatus.UNPROCESSABLE_CONTENT if refusal else HTTPStatus.OK
    return render(request, template, {**context, "refusal": refusal}, status=status)


@require_safe
def export_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the progress of an export, or the link to its file. With JavaScript the page refreshes itself."""
    found = _get_own(request, pk)
    table = TABLES.get(found.table)
    title = (table or PERIOD_EXPORTS[found.table]).title
    context = {"export": found, "title": title, "is_list": table is not None, "most": MAX_ROWS}
    return render(request, "desk/export.html", context)


@require_safe
def export_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Download the file and record it. Send to its page while it is not ready, or after it was deleted.

    Answer 403 to a user who left the office.
    """
    found = _get_own(request, pk)
    if not found.by.current_appointments:
        raise PermissionDenied
    try:
        file = found.file.open("rb") if found.is_ready else None
    except FileNotFoundError:
        file = None
    if file is None:
        return redirect("export_page", pk=pk)
    record(Act.EXPORT, by=found.by, target=str(found))
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{found.table}-{timezone.localdate(found.at).isoformat()}.{found.format}",
        content_type=TYPES[found.format],
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )


def _get_own(request: HttpRequest, pk: UUID) -> Export:
    return get_object_or_404(Export, pk=pk, by=cast(User, request.user))
