"""The clock of the office: does what time asks for, again and again (keliling)."""

import logging
import signal
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from functools import partial
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from intake.drafts import delete_expired
from intake.orphaned_files import delete_orphaned_files
from notices.delivery import deliver
from notices.queue import set_aside_old
from notices.reminders import remind
from notices.tasks_left import forget_finished_tasks, give_back_tasks

logger = logging.getLogger(__name__)

type Duty = Callable[[], int]


def duties(asked_to_end: Event) -> tuple[Duty, ...]:
    """What one round does, each independent of the others. All may run in several processes at once."""
    deliver_until_asked = partial(deliver, must_end=asked_to_end.is_set)
    return (
        set_aside_old,
        remind,
        deliver_until_asked,
        give_back_tasks,
        forget_finished_tasks,
        delete_expired,
        delete_orphaned_files,
    )


class Command(BaseCommand):
    help = (
        "Does what time asks for: sends what is due, retries, reminds, sets aside what is too old, "
        "gives back what a killed worker left, removes old drafts and finished tasks. "
        "Runs until it is stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="One round, then the end (for cron).")
        parser.add_argument("--every", type=int, default=30, help="Seconds between two rounds (30).")

    def handle(self, *args: Any, once: bool, every: int, **options: Any) -> None:
        asked_to_end = Event()
        if once:
            go_round(duties(asked_to_end))
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: asked_to_end.set())
        while not asked_to_end.is_set():
            close_old_connections()
            go_round(duties(asked_to_end))
            asked_to_end.wait(every)


def go_round(duties: Iterable[Duty]) -> None:
    """One round. A duty that fails is logged and does not keep the others from being done."""
    for duty in duties:
        try:
            duty()
        except Exception:
            logger.exception("the duty %r failed", duty)
            close_old_connections()
