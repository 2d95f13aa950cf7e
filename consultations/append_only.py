"""Triggers that make the database refuse to change or delete rows of a table."""

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "history is append-only"

SQLITE = {"no_update": "BEFORE UPDATE ON {}", "no_delete": "BEFORE DELETE ON {}"}
POSTGRESQL = {
    "no_change": "BEFORE UPDATE OR DELETE ON {} FOR EACH ROW",
    "no_truncate": "BEFORE TRUNCATE ON {} FOR EACH STATEMENT",
}


def list_tables() -> list[str]:
    """Return the tables of all models that declare `is_append_only = True`."""
    return [model._meta.db_table for model in apps.get_models() if getattr(model, "is_append_only", False)]


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Refuse every change and deletion of rows of `tables` from now on."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table in tables:
                for name, event in SQLITE.items():
                    cursor.execute(
                        f"CREATE TRIGGER IF NOT EXISTS {table}_{name} {event.format(table)} "
                        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                    )
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for table in tables:
            for name, event in POSTGRESQL.items():
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {table}_{name} {event.format(table)} "
                    "EXECUTE FUNCTION refuse_history_change()"
                )


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Remove the triggers of `tables`, so that tests can empty the database."""
    with connection.cursor() as cursor:
        for table in tables:
            for name in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")
