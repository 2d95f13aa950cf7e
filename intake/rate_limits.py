"""Rate limits of the public form, by network address and telephone number (settings.ACCOUNT_RATE_LIMITS)."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intake import draft_files
from intake.uploads import MAX_BYTES
from kit.limits import Use, consume

TOO_MANY = _("Terlalu banyak kiriman dari alamat atau nomor ini")
"""Reason for which a request above the limits is held."""


class RateLimited(Exception):  # noqa: N818 -- an answer to the applicant, not a fault
    """Too many requests came from this address in the last hour."""


class StorageFull(Exception):  # noqa: N818 -- as above
    """The files of all drafts together have reached `draft_files.MAX_BYTES`."""


def check_saving(sender: HttpRequest) -> None:
    """Count one saved draft and its files (in parts of 5 MB). Raise RateLimited or StorageFull."""
    size = sum(file.size or 0 for _name, files in sender.FILES.lists() for file in files)
    uses = [Use("draft_address")]
    if size:
        uses.append(Use("draft_files_address", units=-(-size // MAX_BYTES)))
    if not consume(sender, *uses):
        raise RateLimited
    if size and not draft_files.has_room_for(size):
        raise StorageFull


def check_holding(sender: HttpRequest) -> None:
    """Count one held draft, so that a flood does not hide the others. Raise RateLimited above the limit."""
    if not consume(sender, Use("held_address")):
        raise RateLimited


def may_send(sender: HttpRequest, phone: str) -> bool:
    """Count one request of this address and number; return whether it needs no proof of work."""
    return _consume(sender, phone, suffix="")


def may_send_with_proof(sender: HttpRequest, phone: str) -> bool:
    """Count one request with a proof of work; return whether it is within the limits for those."""
    return _consume(sender, phone, suffix="_proved")


def _consume(sender: HttpRequest, phone: str, *, suffix: str) -> bool:
    """Count both the address and the number, also if the first is above its limit."""
    uses = [Use(f"submit_address{suffix}")]
    if phone:
        uses.append(Use(f"submit_phone{suffix}", phone))
    return consume(sender, *uses)
