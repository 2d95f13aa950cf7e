"""Verification of the record: the chain, its heads, each subject as it is now, its files, and derived values.

Each finding is a sentence that names the subject, the tables that differ, and the last entry that had them.
Nothing is locked but a case that is read a second time. The memory is bounded.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import batched
from time import monotonic
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from consultations.corrections import list_altered
from consultations.models import Attachment, Case
from documents.models import Document
from kit import clock
from kit.encryption import Unreadable, decrypt_content, is_encrypted, join_place
from kit.records import ERASED
from kit.rotation import list_misplaced
from trust.record import derived, subjects
from trust.record.entries import AUDIT, BATCH, chain_entries, list_without_entry
from trust.record.heads import is_signed
from trust.record.models import START, Entry, Head, RecordCheck

FILE_SHARES = 30
"""Number of shares of the files. A night reads one share, and as many of the others at random."""

MAX_STORED = 20
"""Findings that are stored with the result."""


@dataclass
class Verification:
    """One pass over the record. `run()` yields a sentence for each finding.

    `copies` are heads from outside: number of the entry, and its hash. `share` limits the files to one of
    FILE_SHARES, and some others. `reads_files` is False to read none.
    """

    copies: dict[int, str] = field(default_factory=dict)
    share: int | None = None
    reads_files: bool = True
    entries: int = 0
    files: int = 0

    def run(self) -> Iterator[str]:
        chain_entries()
        checks: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
            ("heads", self._check_heads),
            ("chain", self._check_chain),
            ("subjects", self._check_subjects),
            ("guards", derived.check_guards),
            ("agenda numbers", derived.check_agenda_numbers),
            ("number books", derived.check_number_books),
            ("states", derived.check_states),
            ("service", derived.check_service),
            ("work", derived.check_work),
            ("titles", derived.check_titles),
            ("corrections", _check_corrections),
            ("encrypted values", list_misplaced),
            ("files", self._check_files),
        )
        for name, check in checks:
            try:
                yield from check()
            except (DatabaseError, ValueError, TypeError, OverflowError) as error:
                yield f"{name}: cannot be read further: {type(error).__name__}: {error}"

    def _check_heads(self) -> Iterator[str]:
        """Check that each head names the one before, and its signature. Expect its hash in the chain."""
        self.known = {number: [(text, "the given head")] for number, text in self.copies.items()}
        previous, certificate = START, ""
        for head in Head.objects.order_by("day"):
            self.known.setdefault(head.number, []).append((head.hash, f"the head of {head.day}"))
            if head.previous != previous:
                yield f"head of {head.day}: it names another head before it"
            if head.day > clock.today():
                yield f"head of {head.day}: its day has not come"
            if (head.signature or certificate) and not is_signed(head):
                yield f"head of {head.day}: its signature is not one of the office for this head"
            previous, certificate = head.fingerprint, head.certificate or certificate

    def _check_chain(self) -> Iterator[str]:
        number, previous = 0, START
        chained = Entry.objects.exclude(number=None).order_by("number")
        for entry in chained.iterator(chunk_size=BATCH):
            number += 1
            if entry.number != number:
                yield f"entries {number} to {(entry.number or 0) - 1}: missing from the chain"
                number = entry.number or 0
            elif entry.hash != entry.link(previous):
                yield f"entry {entry}: the chain is broken here"
            previous = entry.hash or ""
            for text, name in self.known.pop(number, ()):
                if text != previous:
                    yield f"{name} at {number}: the chain has another hash, {previous}"
        self.entries = number
        for number, names in self.known.items():
            yield from (f"{name} at {number}: the chain has no such entry" for _text, name in names)

    def _check_subjects(self) -> Iterator[str]:
        """Compare each subject with its last entry. Yield those without an entry, and those that are gone."""
        for kind in Entry.objects.order_by("kind").values_list("kind", flat=True).distinct():
            last, of_kind = "", Entry.objects.filter(kind=kind)
            while keys := _list_keys(of_kind.filter(key__gt=last)):
                for key in _list_different(kind, keys):
                    yield from self._check_again(kind, key)
                last = keys[-1]
        for model, which, kind in subjects.list_all():
            rows = model._base_manager.filter(which)
            for pk in list_without_entry(rows, kind).iterator(chunk_size=BATCH):
                yield f"{model._meta.db_table} {subjects.to_key(pk)}: no act has left it"

    def _check_again(self, kind: str, key: str) -> Iterator[str]:
        """Yield a finding if the subject still differs when nobody can take a step."""
        with transaction.atomic():
            if kind == subjects.CASE:
                list(Case.objects.filter(pk=key).select_for_update(no_key=True).values("pk"))
            if (groups := _list_different(kind, [key]).get(key)) is None:
                return
        last = Entry.objects.filter(kind=kind, key=key).latest("pk")
        since = f"since entry {last.number} of {timezone.localtime(last.at):%Y-%m-%d %H:%M}"
        yield f"{kind} {key}: {', '.join(groups) or 'all of it'} changed {since}"

    def _check_files(self) -> Iterator[str]:
        """Compare papers, their printed originals, uploads and their copies with their hashes."""
        papers = Document.objects.filter(erased_at=None)
        uploads = Attachment._base_manager.filter(removed_at=None).exclude(name=ERASED)
        for rows, names in (
            (papers, ("file", "sha256")),
            (papers, ("original", "original_sha256")),
            (uploads, ("file", "sha256")),
            (uploads, ("inert_copy", "inert_sha256")),
            (uploads, ("pictures", "pictures_sha256")),
        ):
            filled = rows.exclude(**{names[1]: ""}).order_by("pk")
            for pk, name, sha256 in filled.values_list("pk", *names).iterator(chunk_size=BATCH):
                if self._is_read(pk.bytes[0] if hasattr(pk, "bytes") else pk):
                    yield from self._check_file(name, sha256, filled.filter(pk=pk, **{names[0]: name}), pk)

    def _is_read(self, number: int) -> bool:
        chosen = self.share in (None, number % FILE_SHARES) or secrets.randbelow(FILE_SHARES) == 0
        return self.reads_files and chosen

    def _check_file(self, name: str, sha256: str, still: QuerySet[Any], pk: Any) -> Iterator[str]:
        self.files += 1
        row = f"{still.model._meta.db_table} {subjects.to_key(pk)}"
        try:
            with default_storage.open(name) as file:
                content = file.read()
            if is_encrypted(content):
                content = decrypt_content(content, join_place(still.model, "files", pk))
        except (OSError, ValueError, Unreadable) as error:
            if still.exists():  # it may have been erased just now
                yield f"{row}: the file {name} cannot be read: {type(error).__name__}"
        else:
            if hashlib.sha256(content).hexdigest() != sha256 and still.exists():
                yield f"{row}: the file {name} was changed"


def _list_keys(entries: QuerySet[Entry]) -> list[str]:
    return list(entries.order_by("key").values_list("key", flat=True).distinct()[:BATCH])


def _list_different(kind: str, keys: list[str]) -> dict[str, list[str]]:
    """Return the subjects that are not as their last entry says, with the tables that differ."""
    of_kind = Entry.objects.filter(kind=kind, key__in=keys).order_by()
    newest = of_kind.values("key").annotate(newest=Max("pk")).values("newest")
    last = {entry.key: entry for entry in Entry.objects.filter(pk__in=newest)}
    found = {}
    for key, rows in _read(kind, keys).items():
        entry = last[key]
        groups = subjects.digest_groups(rows, entry.salt)
        if subjects.digest(groups) != entry.digest and not (kind == AUDIT and _is_deleted_year(entry, rows)):
            had = dict(text.split(":") for text in entry.groups.split())
            now = {label: text[:8] for label, text in groups.items()}
            found[key] = sorted(label for label in had | now if had.get(label) != now.get(label))
    return found


def _read(kind: str, keys: list[str]) -> dict[str, subjects.Rows]:
    """Return the rows of subjects; one that the database cannot read differs, and hides no other."""
    try:
        with transaction.atomic():
            return subjects.read(kind, keys)
    except (DatabaseError, ValueError):
        if len(keys) == 1:
            return {keys[0]: {"unreadable": []}}
        halves = (_read(kind, [*half]) for half in batched(keys, (len(keys) + 1) // 2, strict=False))
        return {key: rows for half in halves for key, rows in half.items()}


def _is_deleted_year(entry: Entry, rows: subjects.Rows) -> bool:
    """Return whether a row of the audit log was deleted with the years that need not be kept."""
    return not rows and timezone.localdate(entry.at) < derived.get_first_day_kept()


def _check_corrections() -> Iterator[str]:
    yield from (f"consultations_datacorrection {pk}: its values were changed" for pk in list_altered())


def verify(verification: Verification, *, report: Callable[[str], object]) -> RecordCheck:
    """Run a verification, report each finding, and store the result."""
    began, first = monotonic(), list[str]()
    check = RecordCheck(at=clock.now(), findings=0)
    for finding in verification.run():
        report(finding)
        check.findings += 1
        if len(first) < MAX_STORED:
            first.append(finding)
    check.first_findings, check.entries = "\n".join(first), verification.entries
    check.seconds = round(monotonic() - began)
    check.save()
    return check
