"""Write to the official for whom a system was proposed: it can do nothing before the official has agreed."""

import logging

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from exchange.models import System
from notices.delivery_errors import NotSent, Rejected
from notices.mail import send_text
from notices.mail_config import has_mail_server
from office import clock
from office.public_url import get_public_url

logger = logging.getLogger(__name__)

MAX_MAILS = 20


def notify_officials() -> int:
    """Mail each official with an address once about each system that waits. Return the number of mails.

    The next run tries again if the mail server cannot be reached. The desk shows the system in any case.
    """
    if not has_mail_server():
        return 0
    waiting = System.objects.waiting().filter(notified_at=None, official__is_active=True)
    sent = 0
    for system in waiting.exclude(official__email="").select_related("official", "proposed_by")[:MAX_MAILS]:
        try:
            _send(system)
        except Rejected as error:
            logger.error("the official of system %s cannot be notified: %s", system.pk, error)
        except NotSent as error:
            logger.warning("officials of systems are notified later: %s", error)
            break
        sent += System.objects.filter(pk=system.pk).update(notified_at=clock.now())
    return sent


def _send(system: System) -> None:
    with translation.override("id"):
        context = {"system": system, "url": get_public_url("system_access", system.pk)}
        name = " ".join(system.name.split())
        subject = _("Sistem “%(name)s” menunggu token dari Anda") % {"name": name}
        send_text(subject, render_to_string("exchange/proposal.txt", context), system.official.email)
