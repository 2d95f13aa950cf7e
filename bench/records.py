"""Rows on their way into the database: keys are given here, so that rows can name each other at once."""

from collections import Counter, defaultdict
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from consultations.models import AgendaEntry, Case, Event, SearchWord
from dispositions.models import Assignment, Disposition, Preparation, StaffReview
from reports.models import Report
from scheduling.models import Session, Slot

COMPANION = Case.companions.through
COPY = Case.copied_to.through
ASSIGNED_COMPANION = Assignment.companions.through
MODELS: tuple[type[models.Model], ...] = (
    AgendaEntry,
    Case,
    Session,
    Slot,
    Disposition,
    COPY,
    Assignment,
    COMPANION,
    ASSIGNED_COMPANION,
    Preparation,
    StaffReview,
    Report,
    Event,
)


class Records:
    """Collects rows of all tables and writes them in one transaction."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[Any]] = defaultdict(list)
        self.words: list[tuple[int, str]] = []
        self.codes: set[str] = set()
        self.written: Counter[str] = Counter()
        self.last = {model: self._last(model) for model in MODELS}

    @staticmethod
    def _last(model: type[models.Model]) -> int:
        return model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0

    def add(self, model: type[models.Model], **columns: Any) -> Any:
        self.last[model] += 1
        row = model(pk=self.last[model], **columns)
        self.rows[model].append(row)
        return row

    def write(self) -> None:
        """Write what was collected. Foreign keys are checked when the transaction ends."""
        # In an office the events of many cases alternate; so they should lie on disk.
        events, first = self.rows[Event], self.last[Event] - len(self.rows[Event]) + 1
        events.sort(key=lambda event: event.entered_at)
        for pk, event in enumerate(events, start=first):
            event.pk = pk
        with transaction.atomic():
            for model in MODELS:
                model._default_manager.bulk_create(self.rows[model])
                self.written[model._meta.db_table] += len(self.rows[model])
            self._write_words()
        self.rows.clear()
        self.words.clear()

    def _write_words(self) -> None:
        """Half of all rows, and of two columns: plain SQL takes a tenth of the time of the ORM for them."""
        table = SearchWord._meta.db_table
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} (case_id, word) VALUES (%s, %s)", self.words)  # noqa: S608
        self.written[table] += len(self.words)

    def finish(self) -> None:
        """Let the database give keys after the last one that was given here."""
        for statement in connection.ops.sequence_reset_sql(no_style(), MODELS):
            with connection.cursor() as cursor:
                cursor.execute(statement)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize")
