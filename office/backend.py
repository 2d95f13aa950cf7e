"""The backend that reads the account of each request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, Subquery

from office.models import Stamp, User
from office.models.second_factor import list_second_factors
from office.remembered import note_stamp


class StaffBackend(AuthenticationBackend):
    """Allauth's backend. The query of the account also reads the stamp and if there is a second factor."""

    def get_user(self, user_id: Any) -> User | None:
        accounts = User.objects.annotate(
            stamp=Subquery(Stamp.objects.filter(pk=1).values("value")),
            has_second_factor=Exists(list_second_factors().filter(user=OuterRef("pk"))),
        )
        user = accounts.filter(pk=user_id).first()
        if user is None:
            return None
        note_stamp(vars(user).pop("stamp"))
        return user if self.user_can_authenticate(user) else None
