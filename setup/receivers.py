"""Receivers: a password that two people reset is followed by an invitation by mail."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from office.access_changes import Kind, Outcome
from office.models import AccessChange
from office.signals import access_change_decided
from setup.services.invitations import invite_by_mail


@receiver(access_change_decided)
def invite_after_reset(change: AccessChange, **more: Any) -> None:
    """Send the invitation after commit. Without an address or a mail server, a slip is printed instead."""
    if change.kind == Kind.PASSWORD and change.outcome == Outcome.CONFIRMED:
        by = change.decided_by or change.proposed_by
        transaction.on_commit(partial(invite_by_mail, [change.user], by=by))
