"""The role of the application on PostgreSQL: it works, and it cannot change what is recorded."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from consultations.enums import State
from consultations.models import Attachment, Case, Event
from kit import clock
from kit.records import ERASED
from tests.factories import Staff
from tests.ledger.conftest import list_findings, store_approval, take_steps
from trust.ledger.chain import append_leaves
from trust.ledger.management.commands.grants import list_grants
from trust.ledger.models import Leaf
from trust.ledger.services import make_seal
from trust.privacy.erasure import erase

of_postgresql = pytest.mark.only_on("postgresql", reason="SQLite has no roles")

ROLE = "rembuk_uji"

ATTACKS = """
UPDATE consultations_event SET note = 'x'
DELETE FROM consultations_event
TRUNCATE consultations_event CASCADE
ALTER TABLE consultations_event DISABLE TRIGGER ALL
ALTER TABLE consultations_event DISABLE TRIGGER USER
DROP TRIGGER consultations_event_no_update ON consultations_event
DROP TRIGGER consultations_event_ledger_1_insert ON consultations_event
DROP TABLE consultations_event CASCADE
CREATE RULE hidden AS ON INSERT TO consultations_event DO INSTEAD NOTHING
CREATE OR REPLACE FUNCTION consultations_event_ledger_1_insert() RETURNS trigger LANGUAGE sql AS ''
CREATE OR REPLACE FUNCTION consultations_event_no_update() RETURNS trigger LANGUAGE sql AS ''
CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'
CREATE TABLE own (id int)
CREATE TEMPORARY TABLE ledger_pending (part int, key text)
UPDATE dispositions_disposition SET by_id = 1
UPDATE dispositions_assignment SET officer_id = 1
DELETE FROM dispositions_minutes
DELETE FROM dispositions_assignment_companions
SET session_replication_role = replica
UPDATE ledger_leaf SET head = row_hash
DELETE FROM ledger_leaf
TRUNCATE ledger_leaf
UPDATE ledger_seal SET head = 'x'
DELETE FROM ledger_seal
UPDATE consultations_agendaentry SET number = number + 1000
UPDATE consultations_agendaentry SET registered_at = '2001-01-01'
DELETE FROM consultations_agendaentry
UPDATE reports_document SET issuer = 'x'
UPDATE reports_document SET case_id = NULL
UPDATE reports_document SET issued_at = now()
DELETE FROM reports_document
UPDATE office_appointment SET user_id = 1
UPDATE office_appointment SET starts = '2001-01-01'
DELETE FROM office_appointment
UPDATE consultations_linkaccess SET title = ''
DELETE FROM consultations_identityreveal
UPDATE reports_report SET results = 'x'
UPDATE consultations_attachment SET name = 'x'
UPDATE consultations_attachment SET sha256 = 'x'
UPDATE consultations_attachment SET inert_sha256 = 'x'
DELETE FROM consultations_attachment
UPDATE consultations_case SET code = 'PALS-U234'
UPDATE consultations_case SET id = id + 1000
DELETE FROM consultations_case
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


def work(staff: Staff) -> None:
    """Take steps, and seal them."""
    take_steps(staff)
    append_leaves()
    assert make_seal()
    append_leaves()


@of_postgresql
def test_the_role_can_work(role: Staff) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_database_privilege(current_database(), 'CONNECT')")
        assert cursor.fetchone() == (True,)
    work(role)
    assert Leaf.objects.count() > 50
    assert list_findings() == []


@of_postgresql
def test_the_role_can_erase_what_the_application_erases(role: Staff) -> None:
    """Texts and uploads, also those that were removed before."""
    work(role)
    case = Case.objects.get(state=State.CLOSED)
    with clock.set_to(clock.now() + dt.timedelta(days=6 * 366)):
        for rule in ("FILES", "REQUEST"):
            erase(store_approval(rule, role.kadis, codes=[case.code]))
            append_leaves()
            assert list_findings() == []
    names = Attachment._base_manager.filter(case=case).values_list("name", "file", "inert_copy")
    assert set(names) == {(ERASED, "", "")}


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
        "ledger_leaf": "SELECT, INSERT",
        "django_migrations": "SELECT",
        "office_division": "SELECT, INSERT, UPDATE, DELETE",
        "consultations_attachment": (
            'SELECT, INSERT, UPDATE ("file", "inert_copy", "inert_sha256", "name", "pictures", '
            '"pictures_sha256", "removed_at", "removed_by_id")'
        ),
        "office_appointment": 'SELECT, INSERT, UPDATE ("ended_at", "ended_by_id", "ends")',
    }.items():
        assert f'GRANT {rights} ON "{table}" TO "uji";' in statements


@pytest.mark.only_on("sqlite", reason="PostgreSQL has roles")
def test_sqlite_has_no_roles(db: None) -> None:
    with pytest.raises(CommandError, match="SQLite has no roles"):
        call_command("grants", ROLE)
