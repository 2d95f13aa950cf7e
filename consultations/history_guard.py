"""Triggers by which the database itself refuses to change or delete the history of a case."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "consultations_event"
MESSAGE = "history is append-only"

SQLITE = {
    "history_no_update": f"BEFORE UPDATE ON {TABLE}",
    "history_no_delete": f"BEFORE DELETE ON {TABLE}",
}
POSTGRESQL = {
    "history_no_change": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW",
    "history_no_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """From now on a row of the history can only be added."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, event in SQLITE.items():
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} {event} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for name, event in POSTGRESQL.items():
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {name} {event} EXECUTE FUNCTION refuse_history_change()"
            )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers off: when the table itself is migrated away, and when tests empty the database."""
    with connection.cursor() as cursor:
        for name in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
            suffix = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")
