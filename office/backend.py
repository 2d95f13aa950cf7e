"""The backend that reads the account of each request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, Subquery

from kit.cache import note_version, select_version
from office.models import User
from office.models.second_factor import list_second_factors


class StaffBackend(AuthenticationBackend):
    """Allauth's backend. The query of the account also reads the version and if there is a second factor."""

    def get_user(self, user_id: Any) -> User | None:
        accounts = User.objects.annotate(
            version=Subquery(select_version()),
            has_second_factor=Exists(list_second_factors().filter(user=OuterRef("pk"))),
        )
        user = accounts.filter(pk=user_id).first()
        if user is None:
            return None
        note_version(vars(user).pop("version"))
        return user if self.user_can_authenticate(user) else None
