"""Command that runs all processes of an office as one group, which shares the memory of the code (ADR 67)."""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from tempfile import mkdtemp
from threading import Event, Thread
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connections
from django.urls import get_resolver

from kit.jobs import list_jobs, run_until
from office.worktime import in_office

logger = logging.getLogger(__name__)

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}

METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""Variable with the folder of counts for /metrics, see gunicorn.conf.py."""

EVERY = 30
"""Seconds between two runs of the periodic jobs, as in `run_scheduler`."""

PAUSE = 1
"""Seconds before an ended process is replaced."""


def serve() -> None:
    """Run the web server as `run_web` does."""
    from gunicorn.app.wsgiapp import WSGIApplication

    folder = str(settings.BASE_DIR)
    config = os.path.join(folder, "gunicorn.conf.py")
    os.makedirs(os.environ[METRICS], exist_ok=True)  # a web server that ends deletes it
    sys.argv = ["gunicorn", "--config", config, "--pythonpath", folder]
    WSGIApplication().run()


def work() -> None:
    """Run tasks, and the periodic jobs in a thread beside them."""
    stopped = Event()
    scheduler = Thread(target=run_until, args=(stopped, EVERY), kwargs={"within": in_office})
    scheduler.start()
    try:
        call_command("db_worker", reload=False)
    finally:
        stopped.set()
        scheduler.join()


PROCESSES = (serve, work)


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
    """Load what the processes need, so that they share its memory: code, translations, templates."""
    os.environ.setdefault(METRICS, mkdtemp(prefix="rembuk-metrics-"))  # before the middleware is imported
    import holidays.countries  # noqa: F401 -- hundreds of modules of the library

    list_jobs()
    get_resolver()._populate()
    application = get_internal_wsgi_application()
    for path in ("/", "/masuk/"):
        environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": settings.ALLOWED_HOSTS[0]}
        environ |= {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
        setup_testing_defaults(environ)
        try:
            application(environ, lambda *_head: None)  # type: ignore[arg-type]
        except Exception:
            logger.exception("%s was not loaded", path)  # the web server answers as it can
    connections.close_all()
    gc.collect()
    gc.freeze()  # or the collector would write to each object, and so copy its page


def start(run: Callable[[], None]) -> int:
    """Return the number of a new process that runs a function and ends."""
    if pid := os.fork():
        return pid
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    try:
        run()
    except SystemExit:
        pass
    except BaseException:
        logger.exception("%s has failed", run.__name__)
    finally:
        os._exit(0)  # never into the code of the first process; it starts another one in any case
