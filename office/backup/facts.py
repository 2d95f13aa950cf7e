"""Facts of a database for the manifest, and the files that the database names."""

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import FileField

from office.backup.manifest import Facts

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY tgname",
}


def read_facts(connection: BaseDatabaseWrapper, tables: list[str]) -> Facts:
    """Return the facts of a database, with the rows of these tables."""
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(tables):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            [[counts[table]]] = cursor.fetchall()
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
        cursor.execute(TRIGGERS[connection.vendor])
        triggers = [name for (name,) in cursor.fetchall()]
    return Facts(connection.vendor, migrations, counts, triggers)


def list_named_files(connection: BaseDatabaseWrapper) -> dict[str, FileField]:
    """Return the names of all files in columns of models, each with one of its fields."""
    fields = [f for model in apps.get_models() for f in model._meta.local_fields if isinstance(f, FileField)]
    found: dict[str, FileField] = {}
    with connection.cursor() as cursor:
        for field in fields:
            column, table = map(connection.ops.quote_name, (str(field.column), field.model._meta.db_table))
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608
            found |= {name: field for (name,) in cursor.fetchall()}
    return found


def compare(expected: Facts, found: Facts) -> list[str]:
    """Return a sentence for each difference between two databases."""
    sentences = [
        f"Table {table} has {found.counts.get(table, 0)} rows instead of {rows}."
        for table, rows in expected.counts.items()
        if found.counts.get(table, 0) != rows
    ]
    for word, before, after in (
        ("migration", expected.migrations, found.migrations),
        ("trigger", expected.triggers, found.triggers),
    ):
        sentences += [f"The {word} {name} is missing." for name in sorted({*before} - {*after})]
        sentences += [f"The {word} {name} is unexpected." for name in sorted({*after} - {*before})]
    return sentences
