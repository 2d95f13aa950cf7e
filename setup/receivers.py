"""Receivers: a password that two people reset is followed by an invitation by mail."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from office.access_changes import Kind, Outcome
from office.invitations import list_without_password
from office.models import AccessChange, User
from office.signals import access_change_decided
from setup.services.invitations import invite_by_mail


@receiver(access_change_decided)
def invite_after_reset(change: AccessChange, **more: Any) -> None:
    """Send the invitation after commit. Without an address or a mail server, a slip is printed instead.

    If staff log in at an identity provider, nobody can be invited, and nothing is sent.
    """
    if change.kind == Kind.PASSWORD and change.outcome == Outcome.CONFIRMED:
        by = change.decided_by or change.proposed_by
        transaction.on_commit(partial(_invite, change.user, by=by))


def _invite(user: User, *, by: User) -> None:
    invite_by_mail([*list_without_password().filter(pk=user.pk)], by=by)
