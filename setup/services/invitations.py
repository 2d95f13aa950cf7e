"""Invitations by mail and as printed slips, and the test of the mail server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from notices.delivery_errors import NotSent
from notices.mail import send_text
from notices.mail_config import is_address
from office import clock
from office.invitations import Invitation, invite
from office.models import Office, User
from office.public_url import get_public_url
from reports.pdf import render_pdf
from reports.printed_forms import PrintedForm
from setup.models import MailTest

SLIPS = PrintedForm("Undangan", "undangan")


@dataclass
class Sent:
    """What became of the mails: addresses that the server took, and names of people to be given a slip."""

    taken: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    error: str = ""


def invite_by_mail(users: Iterable[User], *, by: User) -> Sent:
    """Invite people by mail. After the mail server failed once, the others are not tried.

    Raise PermissionDenied as `invite()` does.
    """
    sent = Sent()
    for user in users:
        if sent.error or not is_address(user.email):
            sent.failed.append(str(user))
            continue
        invitation = invite(user, by=by)
        with translation.override("id"):
            context = {
                "invitation": invitation,
                "office": Office.load(),
                "site": get_public_url("account_login"),
            }
            text = render_to_string("setup/invitation.txt", context)
        sent.error = _try_to_send(_("Undangan untuk Rembuk"), text, user.email)
        (sent.failed if sent.error else sent.taken).append(str(user) if sent.error else user.email)
    return sent


def print_slips(users: Sequence[User], *, by: User) -> bytes:
    """Invite people and return a PDF with a slip for each. Raise PermissionDenied as `invite()` does."""
    invitations: list[Invitation] = [invite(user, by=by) for user in users]
    return render_pdf(SLIPS.render_html(invitations=invitations, site=get_public_url("account_login")))


def send_test_mail(recipient: str) -> MailTest:
    """Send a mail and store whether the server took it."""
    text = _("Surel uji dari Rembuk. Bila Anda membacanya, surel kantor sudah berjalan.")
    error = _try_to_send(_("Surel uji dari Rembuk"), text, recipient)
    test, _made = MailTest.objects.update_or_create(
        pk=1, defaults={"recipient": recipient, "error": error[:250], "at": clock.now()}
    )
    return test


def _try_to_send(subject: str, text: str, recipient: str) -> str:
    """Send a mail. Return why it was not taken, as a sentence, or an empty string."""
    try:
        send_text(subject, text, recipient)
    except NotSent as error:
        return str(error)
    return ""
