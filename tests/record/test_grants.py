"""The role of the application on PostgreSQL: it works, and it cannot change what is recorded."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import State
from consultations.models import Case, Event
from documents.models import PaperEvent
from kit import clock
from kit.records import leave_entry
from tests.factories import Staff, case_at
from tests.record.conftest import list_findings, store_approval
from trust.privacy.erasure import erase
from trust.record.heads import make_tonight
from trust.record.management.commands.grants import list_grants
from trust.record.models import Entry

of_postgresql = pytest.mark.only_on("postgresql", reason="SQLite has no roles")

ROLE = "rembuk_uji"

ATTACKS = """
UPDATE consultations_event SET note = 'x'
DELETE FROM consultations_event
TRUNCATE consultations_event CASCADE
ALTER TABLE consultations_event DISABLE TRIGGER ALL
ALTER TABLE consultations_event DISABLE TRIGGER USER
DROP TRIGGER consultations_event_no_update ON consultations_event
DROP TABLE consultations_event CASCADE
CREATE RULE hidden AS ON INSERT TO consultations_event DO INSTEAD NOTHING
CREATE OR REPLACE FUNCTION consultations_event_no_update() RETURNS trigger LANGUAGE sql AS ''
CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'
CREATE TABLE own (id int)
CREATE TEMPORARY TABLE record_entry (id int)
SET session_replication_role = replica
UPDATE record_entry SET digest = 'x'
UPDATE record_entry SET hash = 'x'
DELETE FROM record_entry
TRUNCATE record_entry
UPDATE reports_paperevent SET title = 'x'
DELETE FROM reports_paperevent
UPDATE audit_auditentry SET title = 'x'
DELETE FROM audit_auditentry
INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())
ALTER ROLE rembuk_uji SUPERUSER
""".strip().splitlines()


@pytest.fixture
def role(staff: Staff) -> Iterator[Staff]:
    """Work with the rights of the application's role."""
    with with_rights_of_role():
        yield staff


@contextmanager
def with_rights_of_role() -> Iterator[None]:
    out = StringIO()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
        cursor.execute(f'REVOKE CONNECT ON DATABASE "{connection.settings_dict["NAME"]}" FROM PUBLIC')
        call_command("grants", ROLE, stdout=out)
        sql = out.getvalue().replace("BEGIN;", "").replace("COMMIT;", "")  # the test has a transaction
        cursor.execute(sql)
        cursor.execute(f"SET ROLE {ROLE}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


def work(staff: Staff) -> Case:
    """Take steps to the end of a case, and make the head of the night."""
    case = case_at(State.CLOSED, staff)
    record(Act.CASE, by=staff.petugas, case=case)
    paper = case.documents.latest("issued_at")
    states = {"source": paper.state, "target": paper.state}
    PaperEvent.objects.create(document=paper, by=staff.pkd, verb="print", title="Tim PKD", **states)
    leave_entry(case)
    assert make_tonight()
    return case


@of_postgresql
def test_the_role_can_work(role: Staff) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_database_privilege(current_database(), 'CONNECT')")
        assert cursor.fetchone() == (True,)
    work(role)
    assert Entry.objects.count() > 30
    assert list_findings() == []


@of_postgresql
def test_the_role_can_erase_what_the_application_erases(role: Staff) -> None:
    case = work(role)
    with clock.set_to(clock.now() + dt.timedelta(days=6 * 366)):
        for rule in ("FILES", "REQUEST"):
            erase(store_approval(rule, role.kadis, codes=[case.code]))
            assert list_findings() == []


def attempt(attack: str) -> str:
    """Return the error of a statement, or an empty text."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


@of_postgresql
def test_each_attack_of_the_role_is_refused(role: Staff) -> None:
    work(role)
    before = list(Event.objects.order_by("pk").values_list())
    answers = {attack: attempt(attack) for attack in ATTACKS}
    # A text may be erased, so its column may be updated. The trigger lets nothing else pass.
    refusal = re.compile("permission denied|must be owner|must be superuser|history is append-only")
    assert {attack: answer for attack, answer in answers.items() if not refusal.search(answer)} == {}
    assert list(Event.objects.order_by("pk").values_list()) == before
    assert list_findings() == []


@of_postgresql
def test_the_role_cannot_give_itself_rights(role: Staff) -> None:
    """PostgreSQL only warns: the role has other rights on the table, but none that it may pass on."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE ON consultations_event TO {ROLE}")
        cursor.execute("SELECT has_table_privilege('consultations_event', 'UPDATE')")
        assert cursor.fetchone() == (False,)


def test_the_statements_give_each_table_no_more_than_it_needs(db: None) -> None:
    statements = [*list_grants("uji", set(connection.introspection.table_names()))]
    assert statements[0] == "BEGIN;"
    assert statements[-1] == "COMMIT;"
    for table, rights in {
        "consultations_event": 'SELECT, INSERT, UPDATE ("note")',
        "record_entry": 'SELECT, INSERT, UPDATE ("groups", "hash", "number", "salt")',
        "audit_auditentry": "SELECT, INSERT",
        "django_migrations": "SELECT",
        "office_division": "SELECT, INSERT, UPDATE, DELETE",
    }.items():
        assert f'GRANT {rights} ON "{table}" TO "uji";' in statements


@pytest.mark.only_on("sqlite", reason="PostgreSQL has roles")
def test_sqlite_has_no_roles(db: None) -> None:
    with pytest.raises(CommandError, match="SQLite has no roles"):
        call_command("grants", ROLE)
