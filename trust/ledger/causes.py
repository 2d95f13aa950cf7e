"""The cause of each later change: a step, an act on a paper, a change of access, or an entry of the log.

Rows that are written in one transaction have leaves near each other, whatever else the queue holds. So a leaf
that is not made with its row must be near the leaf of a row that explains it (`Part.causes`), and each row
explains one change. Leaves before the `SealingStart` of their part are not asked.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Exists, Model, OuterRef, Q

import reports.documents  # noqa: F401 -- it adds its types of documents
from consultations.queries import CONVERSIONS
from consultations.workflow import TAKE_BACK
from documents.models import PaperEvent
from documents.models.document import PaperState
from documents.types import CASE_DOCUMENT_TYPES
from office.models import AccessChange
from trust.ledger import chain
from trust.ledger.models import Leaf
from trust.ledger.parts import BASE, PARTS_BY_NUMBER, START, Part


@dataclass(frozen=True)
class Cause:
    """Rows that explain a leaf: those of another `part` with one of the `verbs`, and of the same subject.

    `subject` is the column of these rows that names it, `path` leads to it from the row of the leaf. Without
    them any row with such a verb counts. `by` is the column of the row that must name their author.
    """

    part: int
    verb: str = ""
    verbs: tuple[str, ...] = ("",)
    subject: str = ""
    path: str = ""
    by: str = ""


LOG = 14


def step(verbs: str, path: str = "case_id", by: str = "") -> tuple[Cause, ...]:
    """Return the cause of rows that steps of the standard write."""
    return (Cause(1, "verb", tuple(verbs.split()), "case_id", path, by),)


def act(verbs: str) -> tuple[Cause, ...]:
    """Return the cause of rows that acts on a paper write (documents/life.py)."""
    return (Cause(57, "verb", tuple(verbs.split()), "document_id", "pk"),)


def change(kinds: str, path: str = "") -> tuple[Cause, ...]:
    """Return the cause of rows that confirmed changes of access write.

    A `path` limits it to changes about that user.
    """
    return (Cause(17, "kind", tuple(kinds.split()), path and "user_id", path),)


def log(*texts: str, path: str = "") -> tuple[Cause, ...]:
    """Return the cause of rows whose change has an audit entry with one of the texts.

    A `path` limits it to entries about that user.
    """
    return (Cause(LOG, "target", texts, path and "user_id", path),)


ENDS_PAPERS = " ".join(
    {verb for kind in CASE_DOCUMENT_TYPES for verb in (*kind.revoked_by, *kind.dropped_by)}
)
"""Steps that revoke papers. Such a step is the author of the revocation."""

ACCOUNTS = (": pengguna “", "Lembar pegawai", "alamat surel sendiri")
"""Texts in the audit log for changes of an account: in `pengaturan/`, by an import, by its owner."""

ANSWERS = "ratify accept ratify_assignment refuse_disposition refuse_assignment"
ACCOUNT = "GRANT_ADMIN REVOKE_ADMIN OPEN_ACCOUNT CLOSE_ACCOUNT"

CAUSES: dict[int, tuple[Cause, ...]] = {
    3: step("void", "voided_case_id", "voided_by_id"),
    7: step(ENDS_PAPERS) + step(TAKE_BACK) + act("deny"),
    9: change("LAST_DAY", "user_id"),
    10: log("diakhiri"),
    18: change(ACCOUNT, "pk") + log(*ACCOUNTS),
    23: step("void", "voided_case_id"),
    24: step("report", by="by_id"),
    26: step("forward", by="forwarded_by_id")
    + step("cosign", by="cosigned_by_id")
    + step("refer_back return")
    + step(TAKE_BACK),
    145: step(TAKE_BACK),
    27: step("accept", by="accepted_by_id"),
    28: step("accept"),
    36: step("record_attendance", by="removed_by_id"),
    38: step(" ".join(CONVERSIONS), "pk"),
    50: step("dispose_for assign_for", by="entered_by_id"),
    51: step(ANSWERS, by="answered_by_id"),
    55: act("sign scan"),
    56: act("print"),
    75: act("print"),
    63: step("answer_again answer_for", by="answered_by_id"),
    64: step("answer_again answer_for"),
    87: step("decide_objection record_objection", by="decided_by_id"),
    88: step("decide_objection record_objection"),
    121: step("register name_official to_complaint merge", "pk"),
    122: step("dispose dispose_for"),
    123: step("dispose dispose_for walk_in", by="by_id"),
    125: step("ratify accept", by="ratified_by_id"),
    126: step("assign assign_for reassign schedule reschedule", by="by_id"),
    128: (Cause(126, subject="id", path="assignment_id"),),
    129: step("endorse", by="by_id"),
    131: step("call_meeting", by="by_id"),
    133: step("record_minutes", "meeting__case_id", "by_id"),
    135: change("EMAIL NIP", "pk") + log(*ACCOUNTS),
    136: log(": jabatan “"),
    137: change("FACTOR_RULE"),
    140: change(ACCOUNT, "pk"),
    138: log("dipasang", "kode cadangan diganti", path="user_id"),
    141: act("confirm"),
    142: act("deny"),
    143: (Cause(1, "verb", ("stop_deletion", "retain")),),
}
"""Causes by part. One of them must be near each leaf of the part, except the leaf of a new row."""

GONE = {
    122: step("hand_back recall refuse_disposition"),
    136: log(": jabatan “"),
    138: log("dihapus", "kode cadangan diganti") + change("FACTOR"),
}
"""Causes of deletions, by part. They name nobody, because the row is gone."""

INSERTED = (122, 138)
"""Parts that may change whose new rows need a cause too: a division that reads a case, a second factor."""

WITH_ROW = (22, 58, 62, 70, 71, 81, 86, 89, 91, 95, 96, 124, 130)
"""Parts that may be empty, and are written with their row or never."""

WORKER = "a worker makes the file or the signature after the step"
ROW_SAYS = "the row itself names who did it and when; no other row records it"
DECISION = "it is the decision of a second person itself"
RECEIVER = "the other institution may write it through its link, which is no step"
ALONE = {
    **dict.fromkeys((6, 12, 13, 37, 103, 144), WORKER),
    **dict.fromkeys((5, 32, 60, 97, 104), ROW_SAYS),
    **dict.fromkeys((17, 20), DECISION),
    **dict.fromkeys((82, 83), RECEIVER),
}
"""Why nothing else explains a later change of these parts."""

ANY = object()
"""The subject of a row that is gone: what deleted it must be near, about whomever."""

EFFECTIVE: dict[type[Model], Q] = {
    AccessChange: Q(outcome=AccessChange.Outcome.CONFIRMED),
    PaperEvent: Q(source=PaperState.SIGNATURE) | ~Q(verb__in=("print", "sign", "scan")),
}
"""Filters for models with rows that cannot be a cause."""

NEAR = {LOG: 2_000}
"""Leaves between a change and its cause, at most: FEW, but an import of people has one entry of the log."""

FEW = 200
"""Rows of one transaction are as near as those of others let them."""

type Key = tuple[int, str, Any, Any]
"""Part, column of the subject, subject and verb of a row that may be a cause."""


class Asked(NamedTuple):
    """A leaf that needs a cause, and the values of its row that name the subjects."""

    leaf: Any
    part: Part
    is_first: bool
    subjects: dict[str, Any]


class Causes:
    """Reads the batches of the chain in their order. A cause is in the same batch, or in one beside it."""

    def __init__(self) -> None:
        self.begun: set[int] = set()
        self.near: deque[dict[Key, list[Any]]] = deque(maxlen=3)
        self.rows: deque[dict[chain.RowKey, Any]] = deque(maxlen=3)
        self.asked: list[Asked] = []
        self.used: deque[set[tuple[int, int, str]]] = deque(maxlen=3)

    def read(self, batch: Sequence[Any]) -> Iterator[str]:
        """Yield the findings of the batch before."""
        self.near.append(_list_causes(batch))
        self.rows.append({(leaf.part, leaf.key): leaf for leaf in batch})
        yield from self.finish()
        self.asked = [*self._ask(batch)]

    def finish(self) -> Iterator[str]:
        """Yield the findings of the last batch."""
        self.used.append(set())
        for leaf, part, is_first, subjects in self.asked:
            if is_first and part.filled and self._has_row(BASE.get(part.model), leaf):
                continue
            causes = (GONE if leaf.row_hash == chain.MISSING else CAUSES).get(part.number, ())
            if not any(self._use(cause, leaf, subjects) for cause in causes):
                what = f"written without its cause ({', '.join(part.columns)})"
                yield f"{part.table} {leaf.key}: {what}; leaf {leaf.year}/{leaf.number}"
        self.asked = []

    def _ask(self, batch: Sequence[Any]) -> Iterator[Asked]:
        by_part = defaultdict(list)
        starts = _read(START, [leaf.key for leaf in batch if leaf.part == START.number], ["parts"])
        for leaf in batch:
            if leaf.part == START.number:
                self.begun.update(*starts.get(leaf.key, ()))
            elif leaf.part in self.begun and leaf.part in ASKED:
                by_part[leaf.part].append(leaf)
        for number, leaves in by_part.items():
            part, keys = PARTS_BY_NUMBER[number], [leaf.key for leaf in leaves]
            paths = sorted({name for one in CAUSES.get(number, ()) for name in (one.path, one.by) if name})
            rows = _read(part, keys, paths)
            hashes = _read_hashes(part, keys, before=leaves[0].pk)
            for leaf in leaves:
                last, hashes[leaf.key] = hashes.get(leaf.key), leaf.row_hash
                is_new = last is None and part.may_change and not part.filled and number not in INSERTED
                if last != leaf.row_hash and not is_new:
                    subjects = dict(zip(paths, rows.get(leaf.key, ()), strict=False))
                    yield Asked(leaf, part, last is None, subjects)

    def _has_row(self, part: Part | None, leaf: Any) -> bool:
        made = [rows.get((part.number, leaf.key)) for rows in self.rows] if part else []
        return any(one and _is_near(leaf, one, FEW) for one in made)

    def _use(self, cause: Cause, leaf: Any, subjects: dict[str, Any]) -> bool:
        """Return whether a row near the leaf explains it, and has not explained another change of its row."""
        subject = subjects.get(cause.path, ANY) if cause.path else ""
        is_known = cause.by and not PARTS_BY_NUMBER[leaf.part].may_change  # or its author may be of later
        most = NEAR.get(cause.part, FEW)
        keys = [(cause.part, cause.subject, subject, verb) for verb in cause.verbs]
        for other, author in (one for near in self.near for key in keys for one in near.get(key, ())):
            use = (other.pk, leaf.part, leaf.key)
            is_own = not is_known or author == subjects.get(cause.by)
            if is_own and _is_near(leaf, other, most) and not any(use in used for used in self.used):
                self.used[-1].add(use)
                return True
        return False


def _is_near(leaf: Any, other: Any, most: int) -> bool:
    name = "number" if leaf.year == other.year else "pk"
    return bool(abs(getattr(leaf, name) - getattr(other, name)) <= most)


def _list_causes(batch: Sequence[Any]) -> dict[Key, list[Any]]:
    """Return the leaves of the rows in a batch that may be causes."""
    found = defaultdict(list)
    for (number, subject, verb), verbs in VERBS.items():
        leaves = {leaf.key: leaf for leaf in batch if leaf.part == number}
        author = "by_id" if number in AUTHORED else ""
        columns = [name for name in (subject, verb, author) if name]
        where = Q(**{f"{verb}__in": verbs}) if verb and number != LOG else Q()
        if number == LOG:
            where = reduce(or_, (Q(target__contains=text) for text in sorted(verbs)))
        for key, values in _read(PARTS_BY_NUMBER[number], leaves, columns, where).items():
            known = dict(zip(columns, values, strict=True))
            said = [one for one in verbs if one in known[verb]] if number == LOG else [known.get(verb, "")]
            for about, one in product({known.get(subject, ""), ANY if subject else ""}, said):
                found[number, subject, about, one].append((leaves[key], known.get(author)))
    return found


VERBS: dict[tuple[int, str, str], set[str]] = defaultdict(set)
for _causes in (*CAUSES.values(), *GONE.values()):
    for _cause in _causes:
        VERBS[_cause.part, _cause.subject, _cause.verb].update(_cause.verbs)
ASKED = {*CAUSES, *WITH_ROW}
AUTHORED = {cause.part for causes in CAUSES.values() for cause in causes if cause.by}


def _read(
    part: Part, keys: Iterable[str], columns: Sequence[str], where: Q | None = None
) -> dict[str, tuple[Any, ...]]:
    """Return these columns of the rows that exist, by key; nothing if one of them cannot be read."""
    if not (possible := [key for key in keys if chain.is_key(part, key)]):
        return {}
    kept = part.model._base_manager.filter(EFFECTIVE.get(part.model, Q()), where or Q()).order_by()
    rows = chain.having_keys(kept, part.model._meta.pk, possible).values_list("pk", *columns)
    try:
        return {chain.to_key(pk): tuple(values) for pk, *values in rows}
    except Exception as error:
        if not chain.is_unreadable(error):
            raise
        return {}


def _read_hashes(part: Part, keys: list[str], *, before: int) -> dict[str, bytes]:
    """Return the hash of the last leaf of each row before one of the leaves."""
    if not part.may_change:
        return {}
    leaves = Leaf.objects.filter(part=part.number, pk__lt=before).order_by("pk")
    found = chain.having_keys(leaves, Leaf._meta.get_field("key"), keys)
    return {key: bytes(row_hash) for key, row_hash in found.values_list("key", "row_hash")}


def check_authors() -> Iterator[str]:
    """Yield the rows that name another author than the step that wrote them."""
    named = [(PARTS_BY_NUMBER[number], one) for number, causes in CAUSES.items() for one in causes if one.by]
    for part, cause in named:
        same = {
            cause.subject: OuterRef(cause.path),
            f"{cause.verb}__in": cause.verbs,
            "by": OuterRef(cause.by),
        }
        steps = PARTS_BY_NUMBER[cause.part].model._base_manager.filter(**same)
        rows = part.model._base_manager.exclude(**{cause.by: None}).filter(~Exists(steps))
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            yield f"{part.table} {chain.to_key(pk)}: no step of this person wrote it ({cause.by})"
