"""Periodic jobs of all apps. Each app registers its own in `<app>/jobs.py`.

A job is a function without arguments. It decides itself whether anything is due.
"""

import logging
from collections.abc import Callable, Iterable

from django.db import close_old_connections
from django.utils.module_loading import autodiscover_modules

from office.zone import in_office

logger = logging.getLogger(__name__)

type Job = Callable[[], object]

_jobs: list[Job] = []


def register(*jobs: Job) -> None:
    """Add jobs to those that `run_scheduler` runs. Each must be safe to run in several processes at once.

    Jobs of lower apps are imported last and run first: recovery does not wait for delivery.
    """
    _jobs[:0] = jobs


def list_jobs() -> list[Job]:
    """Import `jobs.py` of each app and return all registered jobs."""
    autodiscover_modules("jobs")
    return list(_jobs)


def run(jobs: Iterable[Job]) -> None:
    """Run each job once, in the office's time zone. Log a job that fails, and go on with the next."""
    for job in jobs:
        try:
            with in_office():
                job()
        except Exception:
            logger.exception("the job %r failed", job)
            close_old_connections()
