"""Triggers by which the database itself refuses to change or delete what may only be added.

These are the history of a case, the looks at hidden identities, what became of held requests, and the answers
and published results of the survey.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = {
    "consultations_event": "history",
    "consultations_identitylook": "identity_look",
    "consultations_helddecision": "held_decision",
    "surveys_answer": "survey_answer",
    "surveys_publication": "survey_result",
}
"""The guarded tables, and how the names of their triggers begin."""

MESSAGE = "history is append-only"

SQLITE = {"no_update": "BEFORE UPDATE ON {}", "no_delete": "BEFORE DELETE ON {}"}
POSTGRESQL = {
    "no_change": "BEFORE UPDATE OR DELETE ON {} FOR EACH ROW",
    "no_truncate": "BEFORE TRUNCATE ON {} FOR EACH STATEMENT",
}


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """From now on a row of these tables (all of `TABLES`, unless named) can only be added."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, event in _triggers(SQLITE, tables):
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} {event} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for name, event in _triggers(POSTGRESQL, tables):
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {name} {event} EXECUTE FUNCTION refuse_history_change()"
            )


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Take the triggers off: when a table itself is migrated away, and when tests empty the database."""
    with connection.cursor() as cursor:
        for table in tables or TABLES:
            for name in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLES[table]}_{name}{on}")


def _triggers(events: dict[str, str], tables: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (f"{TABLES[table]}_{name}", event.format(table))
        for table in tables or TABLES
        for name, event in events.items()
    ]
