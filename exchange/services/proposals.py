"""Write to the official for whom a system was proposed: it can do nothing before the official has agreed."""

import logging

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from exchange.models import System
from notices.delivery_errors import NoAnswer, NotSent, Rejected, Unreachable
from notices.mail import send_text
from notices.mail_config import has_mail_server
from office import clock
from office.public_url import get_public_url

logger = logging.getLogger(__name__)

MAX_MAILS = 20
"""Mails of one run."""


def notify_officials() -> int:
    """Mail each official with an address once about each system that waits. Return the number of mails.

    May run in several processes at once. The next run repeats a mail that was not sent, unless it was refused
    for good. The desk shows the system in any case.
    """
    if not has_mail_server():
        return 0
    waiting = System.objects.waiting().filter(notified_at=None, official__is_active=True)
    sent = 0
    for system in waiting.exclude(official__email="").select_related("official", "proposed_by")[:MAX_MAILS]:
        own = System.objects.filter(pk=system.pk)
        if not own.filter(notified_at=None).update(notified_at=clock.now()):
            continue  # another process sends it
        try:
            _send(system)
            sent += 1
        except Rejected as error:
            logger.error("the official of system %s cannot be notified: %s", system.pk, error)
        except NotSent as error:
            own.update(notified_at=None)
            logger.warning("the official of system %s is notified later: %s", system.pk, error)
            if isinstance(error, Unreachable | NoAnswer):
                break  # the others would wait for the same server
    return sent


def _send(system: System) -> None:
    with translation.override("id"):
        context = {"system": system, "url": get_public_url("system_access", system.pk)}
        name = " ".join(system.name.split())
        subject = _("Sistem “%(name)s” menunggu token dari Anda") % {"name": name}
        send_text(subject, render_to_string("exchange/proposal.txt", context), system.official.email)
