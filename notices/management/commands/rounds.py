"""The clock of the office: does what time asks for, again and again (keliling)."""

import logging
import signal
from argparse import ArgumentParser
from collections.abc import Callable
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from consultations.drafts import remove_old
from notices.delivery import deliver
from notices.reminders import remind
from notices.tasks_left import give_back_tasks

logger = logging.getLogger(__name__)

DUTIES: tuple[Callable[[], int], ...] = (remind, deliver, give_back_tasks, remove_old)
"""What one round does, each independent of the others. All may run in several processes at once."""


class Command(BaseCommand):
    help = (
        "Does what time asks for: sends what is due, retries, reminds, gives back what a killed worker "
        "left, removes old drafts. Runs until it is stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="One round, then the end (for cron).")
        parser.add_argument("--every", type=int, default=30, help="Seconds between two rounds (30).")

    def handle(self, *args: Any, once: bool, every: int, **options: Any) -> None:
        if once:
            go_round()
            return
        asked_to_end = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: asked_to_end.set())
        while not asked_to_end.is_set():
            close_old_connections()
            go_round()
            asked_to_end.wait(every)


def go_round() -> None:
    """One round. A duty that fails is logged and does not keep the others from being done."""
    for duty in DUTIES:
        try:
            duty()
        except Exception:
            logger.exception("the duty %s failed", duty.__name__)
            close_old_connections()
