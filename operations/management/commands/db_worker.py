"""The worker of django_tasks_db, with a heartbeat. It survives failures of the database, and bad rows."""

import logging
import sys
import time
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker

from kit.jobs import beating
from kit.middleware import is_outage
from kit.models import Heartbeat

logger = logging.getLogger(__name__)

PAUSE = 5
"""Seconds between two attempts to reach the database."""


class Command(db_worker.Command):
    help = "Runs background tasks: documents, messages, statistics. Runs until it is stopped."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        given = worker_id
        while True:
            try:
                with beating(Heartbeat.Kind.WORKER, worker_id):
                    super().handle(worker_id=worker_id, **options)
                break
            except (CommandError, ImproperlyConfigured):
                raise
            except Exception as error:
                # Besides outages: the row of a running task is gone, or is no task.
                logger.error("the worker starts again: %s", error, exc_info=not is_outage(error))
            close_old_connections()
            time.sleep(PAUSE)
            # The task that the old name was running counts as lost.
            worker_id = get_random_string(32)
        if options["batch"] and worker_id != given:
            sys.exit(1)  # `run_office` gives the name no more heartbeats
