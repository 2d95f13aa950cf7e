"""Recovery of documents without a file: no task was queued, or the task failed."""

import datetime as dt

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reports.document_files import create_document_file
from reports.models import Document

RETRY_AFTER = dt.timedelta(minutes=5)
"""Time between two tasks for the same document."""

MAX_TASKS = 100
"""Number of tasks that are queued at a time."""


def queue_missing_files() -> int:
    """Queue a task for each issued document that has no file; return their number.

    A process that is killed after the commit of a step queues no task. A task fails if the disk is full.
    """
    tasks = DBTaskResult.objects.filter(task_path=create_document_file.module_path)
    if tasks.ready().exists():  # some of the documents have only to wait
        return 0
    current = tasks.running() | tasks.filter(enqueued_at__gt=timezone.now() - RETRY_AFTER)
    queued = {arguments["args"][0] for arguments in current.values_list("args_kwargs", flat=True)}
    missing = map(str, Document.objects.filter(sha256="").values_list("pk", flat=True))
    lost = [pk for pk in missing if pk not in queued][:MAX_TASKS]
    for pk in lost:
        create_document_file.enqueue(pk)
    return len(lost)
