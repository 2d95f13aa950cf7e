"""No page and no round reads every message: SQLite takes the small indexes for each of their queries."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from consultations.enums import State
from notices.delivery import deliver
from notices.held_back import held_back
from notices.inbox import unread_beside_the_desk, unread_by
from notices.models import Message, Notice
from notices.queue import for_person, most_pressing_first, set_aside_old
from notices.reminders import remind
from notices.whatsapp_reports import note
from office import clock
from tests.factories import Staff, case_at

from .smtp_stand_in import mail_server

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="the plans are SQLite's")

SMALL = {index.name for model in (Message, Notice) for index in model._meta.indexes}


class Plans:
    """Notes the plan of each query of a block, with the values it is asked with."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "notices_" in sql and sql.startswith(("SELECT", "UPDATE")):
            execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context)
            self.lines += [row[3] for row in context["cursor"].fetchall()]
        return execute(sql, params, many, context)


def reported(status: str) -> object:
    told = {"id": "wamid.7", "status": status, "biz_opaque_callback_data": str(uuid4())}
    return {"entry": [{"changes": [{"value": {"statuses": [told]}}]}]}


def test_the_outbox_is_never_read_from_end_to_end(crew: Staff) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=1)):
        case_at(State.SCHEDULED, crew)
    plans = Plans()
    with connection.execute_wrapper(plans):
        for person in (crew.pkd, crew.kabid, crew.petugas):
            list(unread_by(person)[:10])
            list(unread_beside_the_desk(person)[:10])
            for_person(person).values("pk")[:101].count()
            list(most_pressing_first(for_person(person))[:26])
        held_back()
        with mail_server(["dies late"]):
            deliver()
        assert remind() == 1
        assert set_aside_old() == 0
        note(reported("delivered"))
        note(reported("failed"))
    scanned = [line for line in plans.lines if line.startswith("SCAN ") and line != "SCAN subquery"]
    assert scanned == []
    taken = {name for line in plans.lines for name in re.findall(r"INDEX (\w+)", line)}
    assert taken >= SMALL
