"""Open the service to the public."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit.models import Act
from audit.services import record
from office import clock
from office.models import Office, User
from setup.checklist import get_checklist, is_ready


class NotReady(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """Something of the checklist is missing, so the service cannot open."""


def open_service(*, by: User) -> None:
    """Open the service for good. It notifies nobody outside; the audit log has an entry.

    From now on the desk of the head asks to check the people who were named until now (ADR 47).

    Raise PermissionDenied if `by` is no administrator, NotReady if the checklist is not complete. Nothing
    happens if the service is open.
    """
    if not (by.is_active and by.is_staff):
        raise PermissionDenied
    with transaction.atomic():
        Office.lock()
        if not is_ready(get_checklist()):
            raise NotReady
        opened = {"opened_at": clock.now(), "awaits_staff_check": True}
        if Office.objects.filter(pk=1, opened_at=None).update(**opened):
            record(Act.SETTING, by=by, target="Layanan dibuka")
