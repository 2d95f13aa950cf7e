"""Query plans: SQLite uses the partial indexes, so no page and no job reads every message."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from consultations.enums import State
from notices.models import Message, Notice
from notices.queries import (
    by_urgency,
    delivery_alarm,
    messages_to_handle,
    unread_notices,
)
from notices.services.delivery import deliver
from notices.services.manual_queue import cancel_old_messages
from notices.services.reminders import create_reminders
from notices.services.whatsapp_reports import store_report
from office import clock
from tests.factories import Staff, case_at

from .smtp_stand_in import mail_server

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="reads query plans of SQLite")

INDEXES = {index.name for model in (Message, Notice) for index in model._meta.indexes}


class Plans:
    """Wrapper that collects the plan of each query on the tables of this app."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "notices_" in sql and sql.startswith(("SELECT", "UPDATE")):
            execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context)
            self.lines += [row[3] for row in context["cursor"].fetchall()]
        return execute(sql, params, many, context)


def report(status: str) -> object:
    content = {"id": "wamid.7", "status": status, "biz_opaque_callback_data": str(uuid4())}
    return {"entry": [{"changes": [{"value": {"statuses": [content]}}]}]}


def test_no_query_scans_the_outbox(crew: Staff) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=1)):
        case_at(State.SCHEDULED, crew)
    plans = Plans()
    with connection.execute_wrapper(plans):
        for person in (crew.pkd, crew.kabid, crew.petugas):
            list(unread_notices(person)[:10])
            messages_to_handle(person).values("pk")[:101].count()
            list(by_urgency(messages_to_handle(person))[:26])
        delivery_alarm()
        with mail_server(["dies late"]):
            deliver()
        assert create_reminders() == 1
        assert cancel_old_messages() == 0
        store_report(report("delivered"))
        store_report(report("failed"))
    scans = [line for line in plans.lines if line.startswith("SCAN ") and line != "SCAN subquery"]
    assert scans == []
    used = {name for line in plans.lines for name in re.findall(r"INDEX (\w+)", line)}
    assert used >= INDEXES
