"""Asks a worker to deliver, as soon as what is to be delivered is committed."""

from django.db import transaction


def deliver_soon() -> None:
    """Let a worker deliver after the transaction. Where none can be asked, the rounds deliver."""
    transaction.on_commit(_ask, robust=True)


def _ask() -> None:
    from notices.tasks import deliver_messages  # the task itself delivers what this module is asked for

    deliver_messages.enqueue()
