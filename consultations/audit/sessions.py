"""Adapter for allauth's list of sessions: a user who ends a session of his or hers is recorded."""

from collections.abc import Iterable
from typing import Any

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.db import transaction

from consultations.audit.models import Act
from consultations.audit.services import record


class SessionsAdapter(DefaultUserSessionsAdapter):
    @transaction.atomic
    def end_sessions(self, sessions: Iterable[UserSession]) -> Any:
        for session in sessions:
            record(Act.SESSION_ENDED, by=session.user, target="perangkat lain")
        super().end_sessions(sessions)
