"""The head checks the people whom one person named before the opening (ADR 47)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit.models import Act
from audit.services import record
from office.models import Office, Role, User
from setup.named_people import has_named, list_named


class NamedByOneself(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """Whoever named some of these people does not confirm the list."""


def confirm_staff(*, by: User) -> None:
    """Store that the head has checked the list. A list that no longer waits stays as it is.

    Raise PermissionDenied if `by` is not the head, NamedByOneself if `by` named somebody of the list.
    """
    if Role.HEAD not in by.roles:
        raise PermissionDenied
    with transaction.atomic():
        Office.lock()
        if has_named(by):
            raise NamedByOneself
        if Office.objects.filter(pk=1, awaits_staff_check=True).update(awaits_staff_check=False):
            record(Act.SETTING, by=by, target=f"Daftar orang diperiksa: {len(list_named())} baris")
