"""The backend that reads the account of each request."""

from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from kit.cache import note_version, select_version
from office.models import User
from office.models.second_factor import list_second_factors
from office.prepared import prepared

NOBODY = User()
NOBODY.current_appointments = []


class StaffBackend(AuthenticationBackend):
    """Allauth's backend. The query of the account also reads the version and if there is a second factor."""

    def get_user(self, user_id: Any) -> User | None:
        found = _read_account(NOBODY, key=int(user_id))
        if not found:
            return None
        user = cast(User, found[0])
        note_version(vars(user).pop("version"))
        return user if self.user_can_authenticate(user) else None


@prepared
def _read_account(_nobody: User, *, key: int) -> QuerySet[User]:
    return User.objects.filter(pk=key).annotate(
        version=Subquery(select_version()),
        has_second_factor=Exists(list_second_factors().filter(user=OuterRef("pk"))),
    )
