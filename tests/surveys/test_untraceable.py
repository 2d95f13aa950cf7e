"""No query can join an answer to its case: who gave which answer makes no difference to the database."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from consultations.enums import State
from consultations.models import Case
from consultations.parties import Applicant
from reports.surveys import services
from reports.surveys.models import AnswerBox, Participation
from tests.factories import Staff, case_at
from tests.surveys.answering import GOOD

# fmt: off
SHEETS: list[dict[str, Any]] = [
    {**GOOD, "u1": 1, "sex": "MALE", "age": "60", "comment": "Lambat."},
    {**GOOD, "u9": 4, "sex": "FEMALE", "education": "S2", "comment": "Baik sekali."},
    {**GOOD, "u4": 4, "occupation": "TNI"},
    {**GOOD, "u2": 2, "age": "20", "comment": "Antre."},
]
# fmt: on


def read_everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables as they are stored: with their order, and the transactions' order."""
    hidden = "rowid" if connection.vendor == "sqlite" else "dense_rank() over (order by xmin::text::bigint)"
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            try:
                with transaction.atomic():
                    cursor.execute(f'SELECT {hidden}, * FROM "{table}"')  # noqa: S608
            except Exception:  # a table without row numbers
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            found[table] = cursor.fetchall()
    return found


def answer_in_turn(cases: Sequence[Case], sheets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the database after each case was answered with its sheet, then undo it."""
    savepoint = transaction.savepoint_create()
    for case, sheet in zip(cases, sheets, strict=True):
        services.answer(case, by=Applicant(case.secret), **sheet)
    found = read_everything()
    transaction.savepoint_rollback(savepoint)
    return found


def test_the_database_is_the_same_whoever_gave_which_answer(staff: Staff) -> None:
    cases = [case_at(State.CLOSED, staff) for _sheet in SHEETS]
    first = answer_in_turn(cases, SHEETS)
    assert len(first[Participation._meta.db_table]) == len(SHEETS)
    for turns in (1, 2, 3):
        assert answer_in_turn(cases, SHEETS[turns:] + SHEETS[:turns]) == first
    assert answer_in_turn(cases, SHEETS[::-1]) == first


def test_neither_table_has_a_moment_a_person_or_a_number_of_its_own() -> None:
    lists = {"profile": "JSONField", "comments": "JSONField"}
    for model, expected in {
        AnswerBox: {
            "id": "BigAutoField",
            "quarter": "DateField",
            "service": "CharField",
            "answers": "TextField",
            **lists,
        },
        Participation: {"case": "OneToOneField"},
    }.items():
        fields = {field.name: field.get_internal_type() for field in model._meta.concrete_fields}
        assert fields == expected
        assert {field.related_model for field in model._meta.get_fields() if field.is_relation} <= {Case}
