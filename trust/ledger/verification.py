"""Verification of the record: finds what was changed, deleted, inserted or reordered, and names the seal.

Leaves are read in the order of the chain, with the rows that they belong to: one query for each part of a
batch. The memory is bounded, and nothing is locked. Rows without a leaf were written past the triggers; the
database finds them.
"""

import hashlib
import secrets
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, Replace
from django.utils import timezone

from consultations.corrections import list_altered
from consultations.models import AgendaEntry, Attachment, NumberBook
from documents.models import Document
from kit import clock
from kit.encryption import Unreadable, decrypt_content, is_encrypted, join_place
from kit.outgoing import NotReached
from kit.records import ERASED
from kit.refusal import Refused
from kit.rotation import list_misplaced
from trust.ledger import chain, derived, witness
from trust.ledger.causes import Causes, check_authors
from trust.ledger.models import NO_SEAL, ArchiveTransfer, DisposalAct, Leaf, Pending, Seal, WitnessedSeal
from trust.ledger.parts import AUDIT, FILE, PARTS, PARTS_BY_NUMBER, UPLOAD_NAME, Part
from trust.ledger.proofs import Tree
from trust.ledger.schema import check_schema


def check_agenda_numbers() -> Iterator[str]:
    """Yield the gaps in the agenda numbers of each year, also before the first and after the last one."""
    # Before the entries: a number that is taken meanwhile is no gap.
    books = {
        book.year: book for book in NumberBook.objects.filter(series=NumberBook.Series.AGENDA, taken__gt=0)
    }
    entries = AgendaEntry.objects.order_by("year", "number").values_list("year", "number")
    by_year = groupby(entries.iterator(chunk_size=chain.BATCH), key=itemgetter(0))
    for year, of_year in by_year:
        book = books.pop(year, None)
        last = book.first - 1 if book else None
        for _year, number in of_year:
            if last is not None:
                yield from _name_gap(last, number, year)
            last = number
        if book and last is not None:
            yield from _name_gap(last, book.first + book.taken, year)
    for year, book in books.items():
        yield from _name_gap(book.first - 1, book.first + book.taken, year)


def check_corrections() -> Iterator[str]:
    """Compare the values of corrections with their hashes: the role of the application may change them."""
    yield from (f"consultations_datacorrection {pk}: its values were changed" for pk in list_altered())


def _name_gap(before: int, after: int, year: int) -> Iterator[str]:
    if after - before > 1:
        yield f"agenda numbers {before + 1} to {after - 1} of {year}: missing"


def list_unsealed(part: Part) -> QuerySet[Any, Any]:
    """Return the keys of rows that have the part, but neither a leaf nor a place in the queue.

    A row with the key -5 does not have the leaf of row 5.
    """
    row_key: Cast | Replace = Cast("pk", TextField())
    if isinstance(part.model._meta.pk, UUIDField) and connection.features.has_native_uuid_field:
        row_key = Replace(row_key, Value("-"), Value(""), output_field=CharField())
    rows = part.model._base_manager.annotate(row_key=row_key)
    if part.filled:
        rows = (
            rows.annotate(is_filled=Cast(part.filled, TextField()))
            .exclude(is_filled="")
            .exclude(is_filled=None)
        )
    for queue in (Leaf, Pending):
        rows = rows.filter(~Exists(queue._base_manager.filter(part=part.number, key=OuterRef("row_key"))))
    return rows.order_by("pk").values_list("pk", flat=True)


FILE_SHARES = 30
"""Number of shares of the files. A night reads one share, and as many of the others at random."""


class Row(NamedTuple):
    """A leaf as it is read: much faster than a model."""

    pk: int
    year: int
    number: int
    part: int
    key: str
    row_hash: bytes
    head: bytes


@dataclass
class Verification:
    """One pass over the record. `run()` yields a sentence for each finding.

    `year` or `after` (a seal) limit it to some leaves; then rows without a leaf, agenda numbers and files
    are not looked at. `share` limits the files to one of FILE_SHARES, and some others. `copies` are heads
    from outside: number of the leaf, and its head in hexadecimal. `witnesses` are addresses to compare with.
    """

    year: int | None = None
    after: Seal | None = None
    has_files: bool = True
    share: int | None = None
    copies: dict[tuple[int, int], str] = field(default_factory=dict)
    witnesses: Sequence[str] = ()
    compared: list[str] = field(default_factory=list)
    """Each witness that answered, and the seals that were compared with it."""
    not_compared: list[str] = field(default_factory=list)
    """Why the others were not compared."""
    leaves: int = 0
    files: int = 0
    deleted: int = 0
    """Rows of the audit log that were deleted with their year."""
    erased: Counter[int] = field(default_factory=Counter)
    """Parts of rows, and files, that were erased under each disposal."""
    first_kept: int = 0
    seals: list[Seal] = field(default_factory=list)
    sealed: list[tuple[int, int]] = field(default_factory=list)
    """Year and number of the last leaf of each seal."""
    heads: dict[tuple[int, int], list[tuple[str, str]]] = field(default_factory=dict)
    """Heads that the chain must have, each with the name of its source."""

    def run(self) -> Iterator[str]:
        if self.is_whole:
            yield from _guard("schema", check_schema())
            yield from _guard("queue", self._check_queue())
        yield from _guard("seals", self._check_seals())
        for url in self.witnesses:
            yield from self._ask_witness(url)
        yield from _guard("chain", self._check_leaves())
        for key, known in self.heads.items():
            yield from (f"{name} {key[0]}/{key[1]}: the chain has no such leaf" for _head, name in known)
        yield from self._check_certificates()
        if self.is_whole:
            yield from _guard("rows without a leaf", self._check_unsealed())
            yield from _guard("agenda numbers", check_agenda_numbers())
            yield from _guard("number books", derived.check_number_books())
            yield from _guard("access", derived.check_access())
            yield from _guard("states", derived.check_states())
            yield from _guard("service", derived.check_service())
            yield from _guard("work", derived.check_work())
            yield from _guard("revocations", derived.check_revocations())
            yield from _guard("authors", check_authors())
            yield from _guard("corrections", check_corrections())
            yield from _guard("approvals", chain.check_approvals())
            yield from _guard("files", self._check_files())
            yield from _guard("uploads", self._check_uploads())
            yield from _guard("scanned letters", self._check_scans())
            yield from _guard("encrypted values", list_misplaced())

    def is_read(self, number: int) -> bool:
        """Return whether files are read: each within FILE_SHARES nights, and others of a night at random."""
        return self.share in (None, number % FILE_SHARES) or secrets.randbelow(FILE_SHARES) == 0

    @property
    def is_whole(self) -> bool:
        return self.year is None and self.after is None

    def _check_seals(self) -> Iterator[str]:
        """Read the seals and check their days. A seal of a day to come would prevent the real one."""
        for key, head in self.copies.items():
            self._expect(key, head, "given head")
        seals = list(Seal.objects.order_by("year", "number"))
        self.sealed = [(int(seal.year), int(seal.number)) for seal in seals]
        self.seals = seals
        for key, seal in zip(self.sealed, self.seals, strict=True):
            self._expect(key, seal.head, f"seal of {seal.day}")
            if self._is_covered(key) and seal.day > clock.today():
                yield f"seal of {seal.day} {seal}: its day has not come"
        earlier: list[Seal | None] = [None, *self.seals]
        for before, seal in zip(earlier, self.seals, strict=False):
            if before and seal.day <= before.day:
                yield f"seal of {before.day} {before}: its day is out of order"
            if seal.root and seal.previous != (before.fingerprint if before else NO_SEAL):
                yield f"seal of {seal.day} {seal}: it names another seal before it"
            elif before and before.root and not seal.root:
                yield f"seal of {seal.day} {seal}: it has no tree, although the one before has"

    def _ask_witness(self, url: str) -> Iterator[str]:
        """Expect the heads that a witness remembers. Yield what it found wrong last."""
        try:
            remembered = witness.ask(url)
        except (NotReached, Refused) as error:
            self.not_compared.append(f"{url}: {error}")
            return
        good = [row.seal for row in remembered if row.result in WitnessedSeal.Result.good()]
        for seal in good:
            self._expect((seal.year, seal.number), seal.head, f"seal of {seal.day} that {url} remembers")
        last, result = remembered[-1]
        if not good or last is not good[-1]:
            yield f"seal of {last.day} {last.year}/{last.number}: {url} found it {result}"
        if good:
            self.compared.append(f"{url}: {len(good)} seals, the last of {good[-1].day}")

    def _expect(self, key: tuple[int, int], head: str, name: str) -> None:
        if self._is_covered(key):
            self.heads.setdefault(key, []).append((head, name))

    def _is_covered(self, key: tuple[int, int]) -> bool:
        if self.after:
            return key > (self.after.year, self.after.number)
        return self.year in (None, key[0])

    def _check_leaves(self) -> Iterator[str]:
        before = self._get_start()
        changing: dict[chain.RowKey, Row] = {}
        seals = dict(zip(self.sealed, self.seals, strict=True))
        causes = Causes() if self.is_whole else None
        tree = None if self.year else Tree()  # of a year, the first tree began before
        for batch in self._read_batches():
            stored = chain.hash_rows((leaf.part, leaf.key) for leaf in batch if leaf.part in PARTS_BY_NUMBER)
            different: list[tuple[Row, bytes | None]] = []
            for leaf in batch:
                if not self._is_sound(before, leaf):
                    yield from self._check_link(before, leaf)
                if tree:
                    tree.add(leaf.head)
                if seal := seals.get((leaf.year, leaf.number)):
                    if tree and seal.root and tree.finish()[0] != seal.root:
                        yield f"seal of {seal.day} {seal}: the leaves have another tree"
                    tree = Tree()
                if leaf.year > max(before.year, timezone.localdate(clock.now() + chain.HOURS_AHEAD).year):
                    yield f"leaf {leaf.year}/{leaf.number}: its year has not come"
                before = leaf
                part = PARTS_BY_NUMBER.get(leaf.part)
                if part is None:
                    yield f"leaf {leaf.year}/{leaf.number}: its part {leaf.part} is unknown"
                elif part.may_change:
                    gone = chain.MISSING if part.may_go else None
                    if stored.get((leaf.part, leaf.key), gone) == leaf.row_hash:
                        changing.pop((leaf.part, leaf.key), None)
                    else:
                        changing[leaf.part, leaf.key] = leaf
                elif (row_hash := stored.get((leaf.part, leaf.key))) != leaf.row_hash:
                    different.append((leaf, row_hash))
            yield from self._explain(different)
            if causes:
                yield from causes.read([leaf for leaf in batch if leaf.part in PARTS_BY_NUMBER])
            self.leaves += len(batch)
        if causes:
            yield from causes.finish()
        for key, row_hash in chain.hash_rows(changing).items():
            leaf = changing.pop(key)
            if row_hash != leaf.row_hash and not _has_changed_since(leaf):
                yield self._name_difference(leaf, row_hash)
        for leaf in changing.values():
            yield self._name_difference(leaf, None)

    def _explain(self, different: list[tuple[Row, bytes | None]]) -> Iterator[str]:
        texts = ((leaf.part, leaf.key) for leaf, _row_hash in different if leaf.part != FILE.number)
        erased = chain.list_erased(texts)
        for leaf, row_hash in different:
            if disposal := erased.get((leaf.part, leaf.key)):
                self.erased[disposal] += 1
            elif row_hash is None and self._is_deleted_year(leaf):
                self.deleted += 1
            else:
                yield self._name_difference(leaf, row_hash)

    def _is_deleted_year(self, leaf: Row) -> bool:
        if leaf.part != AUDIT.number:
            return False
        if leaf.year >= self.first_kept:  # a deletion may have been recorded meanwhile
            self.first_kept = chain.get_first_kept()
        return leaf.year < self.first_kept

    def _get_start(self) -> Row:
        leaves = Leaf.objects.order_by("-year", "-number")
        if self.after:
            leaves = leaves.filter(year=self.after.year, number=self.after.number)
        elif self.year:
            leaves = leaves.filter(year__lt=self.year)
        else:
            leaves = leaves.none()
        first = leaves.values_list(*Row._fields).first()
        return _to_row(first) if first else Row(0, 0, 0, 0, "", chain.START, chain.START)

    def _read_batches(self) -> Iterator[list[Row]]:
        for year in Leaf.objects.order_by("year").values_list("year", flat=True).distinct():
            if self.year not in (None, year) or (self.after and year < self.after.year):
                continue
            last = self.after.number if self.after and year == self.after.year else -1
            while True:
                found = Leaf.objects.filter(year=year, number__gt=last).order_by("number")
                batch = [_to_row(row) for row in found.values_list(*Row._fields)[: chain.BATCH]]
                if not batch:
                    break
                yield batch
                last = batch[-1].number

    def _is_sound(self, before: Row, leaf: Row) -> bool:
        return (
            (leaf.year, leaf.number - 1) == (before.year, before.number)
            and leaf.head == chain.link(before.head, leaf.row_hash)
            and leaf.pk > before.pk
            and (leaf.year, leaf.number) not in self.heads
        )

    def _check_link(self, before: Row, leaf: Row) -> Iterator[str]:
        expected = before.number + 1 if leaf.year == before.year else 1
        if leaf.number != expected:
            missing = f"leaves {leaf.year}/{expected} to {leaf.number - 1}"
            yield f"{missing}: missing from the chain{self._since(leaf)}"
        elif chain.link(before.head, leaf.row_hash) != leaf.head:
            yield f"leaf {leaf.year}/{leaf.number}: the chain is broken here{self._since(leaf)}"
        if leaf.pk <= before.pk:
            yield f"leaf {leaf.year}/{leaf.number}: its key {leaf.pk} is out of order{self._since(leaf)}"
        for head, name in self.heads.pop((leaf.year, leaf.number), ()):
            if leaf.head.hex() != head:
                yield f"{name} {leaf.year}/{leaf.number}: the chain has another head, {leaf.head.hex()}"

    def _name_difference(self, leaf: Row, row_hash: bytes | None) -> str:
        part = PARTS_BY_NUMBER[leaf.part]
        what = "missing" if row_hash is None else f"changed ({', '.join(part.columns)})"
        return f"{name_row(part, leaf.key)}: {what}; leaf {leaf.year}/{leaf.number}{self._since(leaf)}"

    def _since(self, leaf: Row) -> str:
        place = bisect_left(self.sealed, (leaf.year, leaf.number))
        if place == len(self.seals):
            return ", not sealed yet"
        return f", sealed since {self.seals[place].day} ({self.seals[place]})"

    def _check_certificates(self) -> Iterator[str]:
        from trust.ledger.certificates import list_problems  # pyHanko takes half a second and 15 MB

        for seal in self.seals:
            if self._is_covered((seal.year, seal.number)) and (seal.signature or seal.time_stamp):
                yield from (f"seal of {seal.day} {seal}: {problem}" for problem in list_problems(seal))

    def _check_queue(self) -> Iterator[str]:
        """Make the leaves that wait. What then still waits hides its row."""
        waiting = list(Pending.objects.order_by("pk").values_list("pk", "part")[: chain.BATCH])
        chain.append_leaves()
        stuck = set(Pending.objects.filter(pk__in=[pk for pk, _part in waiting]).values_list("pk", flat=True))
        for pk, number in waiting:
            if number not in PARTS_BY_NUMBER:
                yield f"{Pending._meta.db_table} {pk}: its part {number} is unknown"
            elif pk in stuck:
                yield f"{Pending._meta.db_table} {pk}: waits although its leaf could be made"

    def _check_unsealed(self) -> Iterator[str]:
        for part in PARTS:
            for pk in list_unsealed(part).iterator(chunk_size=chain.BATCH):
                row = name_row(part, chain.to_key(pk))
                yield f"{row}: inserted without a leaf ({', '.join(part.columns)})"

    def _check_files(self) -> Iterator[str]:
        """Compare documents, and originals that were printed to be signed, with their hashes.

        A file that is gone must have been erased under an approval.
        """
        documents = Document.objects.exclude(sha256="", original_sha256="", erased_at=None).annotate(
            is_gone=Q(erased_at__isnull=False)
        )
        names = ("file", "sha256", "original", "original_sha256")
        found = documents.order_by("pk").values_list("pk", "is_gone", *names)
        for batch in batched(found.iterator(chunk_size=chain.BATCH), chain.BATCH, strict=False):
            gone = {(FILE.number, chain.to_key(pk)) for pk, is_gone, *_files in batch if is_gone}
            erased = chain.list_erased(gone)
            for key in sorted(gone - erased.keys()):
                yield f"{name_row(FILE, key[1])}: its file was erased without an approval"
            self.erased.update(erased.values())
            for pk, is_gone, file, sha256, original, original_sha256 in batch:
                if not is_gone and self.has_files and self.is_read(pk.bytes[0]):
                    row, still = name_row(FILE, chain.to_key(pk)), documents.filter(pk=pk, is_gone=False)
                    still = still.filter(original=original)  # it may have been printed again just now
                    for name, hash_of_file in ((file, sha256), (original, original_sha256)):
                        if hash_of_file:
                            yield from self._check_file(row, name, hash_of_file, still, pk)

    def _check_uploads(self) -> Iterator[str]:
        """Compare uploads and their inert copies with their hashes, but for removed and erased ones."""
        uploads = Attachment._base_manager.filter(removed_at=None)
        found = uploads.order_by("pk").values_list(
            "pk", "name", "file", "sha256", "inert_copy", "inert_sha256", "pictures", "pictures_sha256"
        )
        for batch in batched(found.iterator(chunk_size=chain.BATCH), chain.BATCH, strict=False):
            erased = chain.list_erased(
                (UPLOAD_NAME.number, chain.to_key(pk)) for pk, name, *_rest in batch if name == ERASED
            )
            for pk, _name, file, sha256, copy, copy_sha256, *drawn in batch:
                key, present = chain.to_key(pk), uploads.filter(pk=pk).exclude(name=ERASED)
                row = name_row(UPLOAD_NAME, key)
                if (UPLOAD_NAME.number, key) in erased:
                    continue
                if not file or (copy_sha256 and not copy):
                    if present.filter(file=file, inert_copy=copy).exists():
                        yield f"{row}: its file was erased without an approval"
                elif self.has_files and self.is_read(pk):
                    for name, hash_of_file in dict.fromkeys([(file, sha256), (copy, copy_sha256), (*drawn,)]):
                        if name and hash_of_file:  # pictures from before an upgrade have none
                            yield from self._check_file(row, name, hash_of_file, present, pk)

    def _check_scans(self) -> Iterator[str]:
        """Compare the scanned letters of the archive with their hashes."""
        for model in (DisposalAct, ArchiveTransfer):
            rows = model._default_manager.exclude(file="")
            for pk, name, sha256 in rows.order_by("pk").values_list("pk", "file", "sha256"):
                if self.has_files and self.is_read(pk):
                    row = f"{model._meta.db_table} {pk}"
                    yield from self._check_file(row, name, sha256, rows.filter(pk=pk), pk)

    def _check_file(self, row: str, name: str, sha256: str, still: QuerySet[Any], pk: Any) -> Iterator[str]:
        self.files += 1
        try:
            with default_storage.open(name) as file:
                content = file.read()
            if is_encrypted(content):
                content = decrypt_content(content, join_place(still.model, "files", pk))
        except (OSError, Unreadable) as error:
            if still.exists():  # it may have been erased just now
                yield f"{row}: the file {name} cannot be read: {type(error).__name__}"
        else:
            if hashlib.sha256(content).hexdigest() != sha256:
                yield f"{row}: the file {name} was changed"


def _guard(name: str, findings: Iterator[str]) -> Iterator[str]:
    """Yield the findings of one check, and another one if it meets values that their columns cannot have."""
    try:
        yield from findings
    except Exception as error:
        if not chain.is_unreadable(error):
            raise
        yield f"{name}: cannot be read further: {type(error).__name__}: {error}"


def _to_row(values: Any) -> Row:
    pk, year, number, part, key, row_hash, head = values
    return Row(pk, year, number, part, key, memoryview(row_hash).tobytes(), memoryview(head).tobytes())


def _has_changed_since(leaf: Row) -> bool:
    of_row = {"part": leaf.part, "key": leaf.key}
    return Pending.objects.filter(**of_row).exists() or Leaf.objects.filter(**of_row, pk__gt=leaf.pk).exists()


def name_row(part: Part, key: str) -> str:
    return f"{part.table} {key}"
