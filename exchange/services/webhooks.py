"""Set, stop and replay a webhook."""

import base64
import datetime as dt
import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from exchange.models import System, Webhook, WebhookEvent
from exchange.models.webhook import get_last_moment
from exchange.services.delivery import deliver_soon
from exchange.services.systems import record_change
from exchange.webhook_request import check_url
from kit.refusal import Refused
from office import clock, rights
from office.models import User

SECRET_START = "whsec_"  # noqa: S105 -- how each secret begins (Standard Webhooks)

KEPT = dt.timedelta(days=90)
"""Time for which announcements can be read and replayed."""

S = WebhookEvent.Status


def set_webhook(system: System, *, by: User, url: str) -> str:
    """Send the steps of visible cases to `url` from now on. Return the new secret, which is shown once.

    Raise PermissionDenied unless `by` is the official of the system, Refused if the address is not allowed.
    """
    if system.official != by:
        raise PermissionDenied
    if not system.is_usable:
        raise Refused(_("Terbitkan dulu token sistem ini."))
    check_url(url)
    secret = SECRET_START + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        Webhook.objects.update_or_create(
            system=system, defaults={"url": url, "secret": secret, "stopped_at": None, "failing_since": None}
        )
        record_change(system, f"webhook {url}", by=by)
    return secret


def stop_webhook(system: System, *, by: User) -> None:
    """Announce nothing more. Raise PermissionDenied unless `by` is the official or changes access."""
    _check_part(system, by)
    with transaction.atomic():
        if Webhook.objects.filter(system=system, stopped_at=None).update(stopped_at=clock.now()):
            record_change(system, "webhook dihentikan", by=by)


def replay(system: System, *, by: User, since: dt.date) -> int:
    """Send all announcements since a day once more, with the same identifiers. Return their number.

    Raise PermissionDenied unless `by` is the official or changes access.
    """
    _check_part(system, by)
    since = max(since, clock.today() - KEPT)
    ended = WebhookEvent.objects.filter(webhook__system=system, status__in=[S.SENT, S.FAILED])
    with transaction.atomic():
        replayed = ended.filter(created_at__gte=clock.midnight(since)).update(
            status=S.WAITING, attempts=0, due_at=clock.now(), fails_at=get_last_moment(), reason=""
        )
        record_change(system, f"{replayed} kejadian dikirim ulang", by=by)
        deliver_soon()
    return replayed


def delete_old_events() -> int:
    """Delete announcements that are older than KEPT; return their number."""
    old = WebhookEvent.objects.filter(created_at__lt=clock.now() - KEPT)
    return old.delete()[0]


def _check_part(system: System, by: User) -> None:
    if system.official != by and not rights.CHANGE_ACCESS.is_held_by(by):
        raise PermissionDenied
