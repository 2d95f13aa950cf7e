"""The state of the system: for monitoring (`/healthz/ready`, `/metrics`) and for the administrator."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import django
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.crypto import constant_time_compare
from django.utils.log import log_response
from django.utils.translation import gettext as _

from operations.backup.snapshot import get_version
from operations.conditions import State, examine
from operations.health import in_time


@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """Return the state of each condition, with 503 if one is broken, else 200. The public learns no more.

    Without worker, scheduler and mail the pages work, so a load balancer may use it.
    """
    conditions = examine()
    worst = max(conditions, key=lambda condition: condition.severity).state
    states = {condition.check.name: condition.state for condition in conditions}
    response = JsonResponse({"state": worst, "conditions": states})
    if worst == State.BROKEN:
        response.status_code = 503
        # Logged here, because Django would log an error each time somebody asks.
        log_response("not ready: %s", request.path, response=response, request=request, level="info")
    return response


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics for Prometheus, which sends METRICS_TOKEN. Without that setting: 404."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    # The library is optional.
    from prometheus_client import CONTENT_TYPE_LATEST

    from operations.metrics import render_metrics

    return HttpResponse(render_metrics(), content_type=CONTENT_TYPE_LATEST)


def status(request: HttpRequest) -> HttpResponse:
    """Render the page *Keadaan sistem* in `pengaturan/`."""
    conditions = sorted(examine(), key=lambda condition: (-condition.severity, condition.state == State.OK))
    context = {
        **admin.site.each_context(request),
        "title": _("Keadaan sistem"),
        "conditions": conditions,
        "faults": sum(not condition.is_ok for condition in conditions),
        "unknown": sum(condition.state == State.UNKNOWN for condition in conditions),
        "facts": list(list_facts()),
    }
    return render(request, "operations/system.html", context)


MEASURING_SECONDS = 2
"""Seconds for the measurement of the folder of files. One with more files is not measured to its end."""


def list_facts() -> Iterator[tuple[str, str]]:
    database, size = _ask_database()
    yield "Rembuk", get_version()
    yield "Django", django.get_version()
    yield "Python", platform.python_version()
    yield _("Basis data"), database
    yield _("Ukuran basis data"), filesizeformat(size)
    yield _("Ukuran berkas"), _measure_files()


def _ask_database() -> tuple[str, int]:
    if connection.vendor == "sqlite":
        name = f"SQLite {sqlite3.sqlite_version}"
        return name, Path(connection.settings_dict["NAME"]).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return f"PostgreSQL {version}", size


def _measure_files() -> str:
    if not isinstance(default_storage, FileSystemStorage):
        return _("tidak diukur (STORAGE_URL)")
    try:
        size, is_whole = in_time(_sum_sizes)
    except TimeoutError:
        return _("folder tidak menjawab")
    text = filesizeformat(size)
    return text if is_whole else _("lebih dari %(size)s") % {"size": text}


def _sum_sizes() -> tuple[int, bool]:
    until, total = monotonic() + MEASURING_SECONDS, 0
    for folder, _folders, names in os.walk(settings.MEDIA_ROOT):
        for name in names:
            with suppress(FileNotFoundError):  # deleted meanwhile
                total += Path(folder, name).lstat().st_size
        if monotonic() > until:
            return total, False
    return total, True
