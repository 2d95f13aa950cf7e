"""Background work of the notices: what a step has put into the outbox goes out soon after."""

from django.tasks import task

from notices.delivery import deliver


@task()
def deliver_messages() -> int:
    """Deliver what is due; returns how many messages were sent."""
    return deliver()
