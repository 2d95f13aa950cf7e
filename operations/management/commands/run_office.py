"""Command that runs all processes of an office as one group, which shares the memory of the code (ADR 67)."""

import gc
import os
import signal
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}

PAUSE = 1
"""Seconds before an ended process is replaced."""


def serve() -> None:
    from gunicorn.app.wsgiapp import WSGIApplication

    folder = str(settings.BASE_DIR)
    config = os.path.join(folder, "gunicorn.conf.py")
    sys.argv = ["gunicorn", "--config", config, "--pythonpath", folder]
    WSGIApplication().run()


def work() -> None:
    call_command("db_worker", reload=False)


def schedule() -> None:
    call_command("run_scheduler")


PROCESSES = (serve, work, schedule)


class Command(BaseCommand):
    help = (
        "Runs web server, worker and scheduler until it is stopped. They are copies of one process that has "
        "loaded the code, so an idle office needs little memory. An ended one is replaced."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        load()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        running = {start(run): run for run in PROCESSES}
        while signal.sigwait(SIGNALS) == signal.SIGCHLD:
            time.sleep(PAUSE)
            for pid in [pid for pid in running if os.waitpid(pid, os.WNOHANG)[0]]:
                run = running.pop(pid)
                running[start(run)] = run
        for pid in running:
            os.kill(pid, signal.SIGTERM)
        for pid in running:
            os.waitpid(pid, 0)


def load() -> None:
    """Import what the processes would import at their first request or task."""
    import holidays.countries
    import weasyprint  # noqa: F401
    from django.urls import get_resolver

    import config.wsgi
    from kit.jobs import list_jobs

    list_jobs()
    get_resolver()._populate()
    connections.close_all()
    gc.collect()
    gc.freeze()  # or the collector would write to each object, and so copy its page


def start(run: Any) -> int:
    """Return the number of a new process that runs a function and ends."""
    if pid := os.fork():
        return pid
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    status = 1
    try:
        run()
        status = 0
    finally:
        os._exit(status)
