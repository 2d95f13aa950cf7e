"""Background work of the notices: what a step has put into the outbox goes out soon after."""

from django.tasks import task

from notices.delivery import deliver


# Before the figures of a year and the making of papers, which take long.
@task(priority=10)
def deliver_messages() -> int:
    """Deliver what is due; returns how many messages were sent."""
    return deliver()
