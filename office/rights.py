"""Rights outside of cases: who may open a page or do something. One constant for each right.

Rights in a case have other sources: `Case.objects.visible_to()` and the parties of the case.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from office.models import Role, User


class StaffRequest(HttpRequest):
    """A request of a user who is logged in.

    `unsent` is the input that the user posted to this page before the login (`kit.middleware.keeps_unsent`).
    """

    user: User
    unsent: QueryDict | None


class Right:
    """A right that users with one of these roles have; with `administrators`, administrators have it, too.

    If `is_hidden`, the page answers 404 to other users instead of 403.
    """

    def __init__(self, *roles: Role, administrators: bool = False, is_hidden: bool = False) -> None:
        self.roles = frozenset(roles)
        self.administrators, self.is_hidden = administrators, is_hidden

    def belongs_to(self, roles: frozenset[Role] | set[Role], *, is_staff: bool) -> bool:
        """Return whether a user with these roles, who is perhaps an administrator, has the right."""
        return bool(self.roles & roles) or (self.administrators and is_staff)

    def is_held_by(self, user: User) -> bool:
        return user.is_active and self.belongs_to(user.roles, is_staff=user.is_staff)

    def check(self, user: User) -> None:
        """Raise PermissionDenied unless the user has the right."""
        if not self.is_held_by(user):
            raise PermissionDenied

    def get_title(self, user: User) -> str:
        """Return the title of the position that gives the right. Raise PermissionDenied if none does."""
        held = user.current_appointments
        title = next((one.title for one in held if one.position.role in self.roles), None)
        if title is None:
            raise PermissionDenied
        return title


def requires[View: Callable[..., HttpResponseBase]](right: Right) -> Callable[[View], View]:
    """Decorate a view: only users with the right may open it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if right.is_hidden and not right.is_held_by(request.user):
                raise Http404
            right.check(request.user)
            return view(request, *args, **kwargs)

        page.right = right  # type: ignore[attr-defined]
        return cast(View, page)

    return decorate


SECRETARIAT, TIM_PKD, SECRETARY, HEAD = Role.SECRETARIAT, Role.TIM_PKD, Role.SECRETARY, Role.HEAD
DIVISION_HEAD, OFFICER, SUPERVISOR = Role.DIVISION_HEAD, Role.OFFICER, Role.SUPERVISOR

REMIND = Right(SECRETARIAT, TIM_PKD, SECRETARY, HEAD, DIVISION_HEAD)
REASSIGN = Right(DIVISION_HEAD)
MODERATE = Right(TIM_PKD, HEAD, SUPERVISOR)
RECEIVE_GUESTS = Right(SECRETARIAT)
NUMBER_LETTERS = Right(SECRETARIAT, TIM_PKD)
USE_SIGNATURE_DESK = Right(SECRETARIAT, TIM_PKD, SECRETARY, HEAD, DIVISION_HEAD, OFFICER)
GIVE_ORDERS = Right(HEAD)
KEEP_DISPATCH_BOOK = Right(SECRETARIAT, TIM_PKD, SECRETARY, HEAD)
PRINT_REGISTERS = Right(SECRETARIAT, TIM_PKD, SECRETARY, HEAD, DIVISION_HEAD)
EXPORT_PERIODS = Right(SECRETARIAT, TIM_PKD, SECRETARY, HEAD)
SEE_DASHBOARD = Right(HEAD, DIVISION_HEAD)
READ_SURVEYS = Right(SECRETARIAT, TIM_PKD, SECRETARY, HEAD)
ENTER_SURVEYS = Right(SECRETARIAT, TIM_PKD)
PLAN_SURVEYS = Right(TIM_PKD, SECRETARY, HEAD)
PUBLISH_SURVEYS = Right(HEAD)
PUBLISH_QUESTIONS = Right(DIVISION_HEAD)
READ_ADVICE = Right(SECRETARIAT, TIM_PKD, SECRETARY, HEAD, DIVISION_HEAD, OFFICER)
READ_AUDIT_LOG = Right(HEAD, SUPERVISOR, is_hidden=True)
READ_ARCHIVE = Right(SECRETARIAT, TIM_PKD, HEAD, is_hidden=True)
KEEP_ARCHIVE = Right(SECRETARIAT, TIM_PKD)
DECIDE_DESTRUCTION = Right(HEAD)
REPORT_BREACHES = Right(HEAD, administrators=True, is_hidden=True)
CHANGE_ACCESS = Right(HEAD, administrators=True)
SEE_SYSTEMS = Right(HEAD, DIVISION_HEAD, administrators=True, is_hidden=True)
SET_UP = Right(administrators=True)
CHECK_PEOPLE = Right(HEAD)
