"""Query plans: the partial indexes are used, so no page and no job reads every message."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection

from consultations.enums import State
from kit import clock
from notices.models import Kind, Message, Notice
from notices.queries import by_urgency, delivery_alarm, messages_to_handle, unread_notices
from notices.services.delivery import cancel_old_messages, deliver
from notices.services.occasions import create_reminders
from notices.whatsapp import store_report
from tests.factories import Staff, case_at
from tests.notices.smtp_stand_in import mail_server
from tests.plans import Plans

pytestmark = pytest.mark.differs_by_database

INDEXES = {index.name for model in (Message, Notice) for index in model._meta.indexes}


def store_done_work(count: int) -> None:
    """Store sent messages and read notices, and count them: PostgreSQL takes any index of a small table."""
    now = clock.now()
    details = {"channel": "EMAIL", "status": "SENT", "due_at": now, "sent_at": now}
    notice = Notice.objects.filter(recipient=None).latest("pk")
    Message.objects.bulk_create(Message(notice=notice, round=100 + n, **details) for n in range(count))
    reader = Notice.objects.exclude(recipient=None).latest("pk")
    done = {"case": reader.case, "recipient": reader.recipient, "read_at": now, "superseded_at": now}
    Notice.objects.bulk_create(Notice(kind=Kind.ABSENT, **done) for _ in range(count))
    with connection.cursor() as cursor:
        for model in (Message, Notice):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def test_no_query_scans_the_outbox(crew: Staff) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=1)):
        case_at(State.SCHEDULED, crew)
    store_done_work(2000)
    plans = Plans("notices_")
    with connection.execute_wrapper(plans):
        for person in (crew.pkd, crew.kabid, crew.petugas):
            list(unread_notices(person)[:10])
            messages_to_handle(person).values("pk")[:101].count()
            list(by_urgency(messages_to_handle(person))[:26])
        delivery_alarm()
        with mail_server(["dies late"]):
            deliver()
        assert create_reminders() == 2  # who serves the case, and who initials its letters
        assert cancel_old_messages() == 0
        for status in ("delivered", "failed"):
            content = {"id": "wamid.7", "status": status, "biz_opaque_callback_data": str(uuid4())}
            store_report({"entry": [{"changes": [{"value": {"statuses": [content]}}]}]})
    assert plans.scans == []
    assert {*plans.indexes} >= INDEXES
