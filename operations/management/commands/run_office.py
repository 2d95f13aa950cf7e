"""Command that runs all processes of an office as one group, which shares the memory of the code (ADR 67).

An office without visitors sleeps (ADR 72): only this process waits, with no connection to the database.
"""

import logging
import os
import runpy
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connections
from django.utils.crypto import get_random_string

from kit.jobs import list_jobs, run_until
from office.worktime import in_office

logger = logging.getLogger(__name__)

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}

CONFIG = os.path.join(settings.BASE_DIR, "gunicorn.conf.py")

EVERY = 30
"""Seconds between two runs of the periodic jobs, as in `run_scheduler`."""

PAUSE = 1
"""Seconds before an ended process is replaced."""


def serve(listener: socket.socket) -> None:
    """Run the web server as `run_web` does. It ends after SLEEP_AFTER seconds without a visitor."""
    from gunicorn.app.wsgiapp import WSGIApplication

    folder = str(settings.BASE_DIR)
    bound = f"fd://{listener.fileno()}"
    sys.argv = ["gunicorn", "--config", CONFIG, "--pythonpath", folder, "--bind", bound]
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


def work_once(name: str) -> None:
    """Run the periodic jobs, then the tasks that are ready. `name` has the heartbeats.

    A signal to end cuts no job: it leaves the tasks out, and `db_worker` ends after the running one.
    """
    stopped, ended = Event(), Event()
    stopped.set()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    run_until(stopped, EVERY, within=in_office, name=f"{name}-")
    if ended.is_set():
        return
    # A worker that starts and ends is no news here.
    logging.getLogger("django_tasks_db").addFilter(lambda record: record.levelno > logging.INFO)
    call_command("db_worker", reload=False, batch=True, startup_delay=False, worker_id=name)


class Group:
    """The processes of an office.

    The web server is started by a visitor, and the worker lives as long as it. Without them, a process runs
    the periodic jobs and the waiting tasks each EVERY seconds, and ends.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.web = self.worker = self.round = 0
        self.ending: set[int] = set()
        self.name, self.next_round = get_random_string(32), 0.0

    def list_running(self) -> list[int]:
        return [pid for pid in (self.web, self.worker, self.round) if pid]

    def start_web(self) -> None:
        self.web = start(partial(serve, self.listener))

    def run(self, wakened: int) -> None:
        """Start and replace processes until a signal to end is read from `wakened`."""
        self.start_web()
        while True:
            if self.web and not self.worker:
                self.worker = start(work)
            if not self.list_running() and time.monotonic() >= self.next_round:
                self.round = start(partial(work_once, self.name))
                self.next_round = time.monotonic() + EVERY
            watched = [wakened] if self.web else [wakened, self.listener.fileno()]
            pause = None if self.list_running() else max(0, self.next_round - time.monotonic())
            readable, _, _ = select.select(watched, [], [], pause)
            if self.listener.fileno() in readable:
                self.start_web()
            if wakened in readable:
                if {*os.read(wakened, 64)} - {signal.SIGCHLD}:
                    return
                self.bury()

    def bury(self) -> None:
        """Forget the processes that have ended. A worker ends after the web server."""
        for pid in self.list_running():
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            self.ending.discard(pid)
            if pid == self.web:
                self.web = 0
                if self.worker:
                    self.end(self.worker)
            elif pid == self.worker:
                self.worker = 0
            else:
                self.round = 0
                if status:  # a task of this name counts as running while the name has a heartbeat
                    self.name = get_random_string(32)
            if status:
                time.sleep(PAUSE)

    def end(self, pid: int) -> None:
        """Ask a process to end, once: a worker that is asked twice aborts its task."""
        if pid not in self.ending:
            self.ending.add(pid)
            os.kill(pid, signal.SIGTERM)

    def stop(self) -> None:
        for pid in self.list_running():
            self.end(pid)
        for pid in self.list_running():
            os.waitpid(pid, 0)


class Command(BaseCommand):
    help = (
        "Runs web server, worker and scheduler until it is stopped. They are copies of one process that has "
        "loaded the code, so an idle office needs little memory. An ended one is replaced. After SLEEP_AFTER "
        "seconds without a visitor they end; the next visitor starts them."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        load()
        wakened, wake = os.pipe()
        os.set_blocking(wake, False)
        for name in SIGNALS:
            signal.signal(name, lambda *_: None)
        signal.set_wakeup_fd(wake)
        with socket.create_server((host, port), family=family, backlog=2048) as listener:
            group = Group(listener)
            group.run(wakened)
            group.stop()


def load() -> None:
    """Load what the processes need, so that they share its memory: code, translations, templates."""
    web = runpy.run_path(CONFIG)  # names the folder of counts, before the middleware is imported
    list_jobs()
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
    web["when_ready"](None)


def start(run: Callable[[], None]) -> int:
    """Return the number of a new process that runs a function and ends."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # none is lost before the process has its own handlers
    pid = os.fork()
    if not pid:
        signal.set_wakeup_fd(-1)
        for name in SIGNALS:
            signal.signal(name, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    if pid:
        return pid
    status = 1
    try:
        run()
        status = 0
    except SystemExit as ended:
        status = 1 if ended.code else 0
    except BaseException:
        logger.exception("%s has failed", run)
    finally:
        os._exit(status)  # never into the code of the first process; it starts another one in any case
