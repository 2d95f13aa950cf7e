"""Command that runs the periodic jobs of all apps."""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from kit.jobs import run_until
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
        run_until(stopped, every, within=in_office)
