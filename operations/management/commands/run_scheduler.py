"""Command that runs the periodic jobs of all apps."""

import signal
from argparse import ArgumentParser
from functools import partial
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.crypto import get_random_string

from kit import jobs as scheduler
from kit.jobs import beat
from kit.models import Heartbeat
from office.worktime import in_office


class Command(BaseCommand):
    help = (
        "Runs the periodic jobs: sends and retries messages, creates reminders, recovers tasks of dead "
        "workers, queues missing documents, deletes old drafts and finished tasks. Runs until it is stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run each job once, then exit (for cron).")
        parser.add_argument("--every", type=int, default=30, help="Seconds between two runs (30).")

    def handle(self, *args: Any, once: bool, every: int, **options: Any) -> None:
        stopped = Event()
        if once:
            stopped.set()
        else:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stopped.set())
        run_jobs(stopped, every)


def run_jobs(stopped: Event, every: int = 30) -> None:
    """Run the jobs once, then each `every` seconds until `stopped` is set."""
    is_alive = partial(beat, Heartbeat.Kind.SCHEDULER, get_random_string(32))
    jobs: list[scheduler.Job] = [is_alive, *scheduler.list_jobs()]
    scheduler.run(jobs, within=in_office)
    while not stopped.wait(every):
        close_old_connections()
        scheduler.run(jobs, within=in_office)
