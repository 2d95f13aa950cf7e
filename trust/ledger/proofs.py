"""The Merkle tree of each seal, and the proof (bukti) that a document is in it, without this server.

A tree is over the heads of the leaves since the seal before (RFC 9162, section 2.1). A head names one leaf,
but nobody guesses a row from it without the head before. `contrib/verify_proof.py` checks a proof.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q

from documents.models import Document
from trust.ledger.chain import START, to_key
from trust.ledger.models import Leaf, Seal
from trust.ledger.parts import FILE

FORMAT = "rembuk-bukti/1"

MAX_LEAVES = 100_000
"""Leaves that are read for one proof. A busy day has a few thousand. The first seal after an upgrade may
have more, and no proofs then."""


class Tree:
    """A Merkle tree that grows by one head at a time. It stores one hash for each level.

    If `wanted` is one of the heads, `path` proves it, and `index` is its place.
    """

    def __init__(self, wanted: bytes = b"") -> None:
        self.wanted, self.size, self.index = wanted, 0, -1
        self._path: list[bytes] = []
        self._nodes: list[tuple[int, bytes, bool]] = []
        """Complete subtrees from left to right: height, hash, whether the wanted head is inside."""

    def add(self, head: bytes) -> None:
        is_wanted = head == self.wanted
        if is_wanted:
            self.index = self.size
        self.size += 1
        node = (0, sha256(b"\0" + head).digest(), is_wanted)
        while self._nodes and self._nodes[-1][0] == node[0]:
            node = _join(self._nodes.pop(), node, self._path)
        self._nodes.append(node)

    def finish(self) -> tuple[str, list[str]]:
        """Return the root and the path of the wanted head, as hexadecimal texts. The tree may grow on."""
        path = list(self._path)
        *rest, node = self._nodes
        for left in reversed(rest):
            node = _join(left, node, path)
        return node[1].hex(), [step.hex() for step in path]


def _join(
    left: tuple[int, bytes, bool], right: tuple[int, bytes, bool], path: list[bytes]
) -> tuple[int, bytes, bool]:
    if left[2] or right[2]:
        path.append(right[1] if left[2] else left[1])
    return left[0] + 1, sha256(b"\1" + left[1] + right[1]).digest(), left[2] or right[2]


def get_seal_before(year: int, number: int) -> Seal | None:
    """Return the last seal before a leaf. Its own seal does not count."""
    earlier = Seal.objects.filter(Q(year=year, number__lt=number) | Q(year__lt=year))
    return earlier.order_by("year", "number").last()


def list_heads(before: Seal | None, year: int, number: int) -> Iterator[bytes]:
    """Yield the heads of the leaves after a seal up to a leaf, in the order of the chain."""
    first = before.year if before else Leaf.objects.order_by("year").values_list("year", flat=True)[0]
    for each in range(first, year + 1):  # a query for each year: an OR would read the whole index
        leaves = Leaf.objects.filter(year=each)
        if before and each == before.year:
            leaves = leaves.filter(number__gt=before.number)
        if each == year:
            leaves = leaves.filter(number__lte=number)
        heads = leaves.order_by("number").values_list("head", flat=True)
        yield from map(bytes, heads.iterator(chunk_size=2_000))


def to_json(seal: Seal) -> dict[str, Any]:
    """Return a seal for programs. Empty texts are left out."""
    facts = {
        "day": seal.day.isoformat(),
        "year": seal.year,
        "number": seal.number,
        "head": seal.head,
        "root": seal.root,
        "previous": seal.previous,
        "sealed_at": seal.at.isoformat(timespec="seconds"),
        "text": seal.text,
        "text_sha256": seal.fingerprint,
        "signature": seal.signature,
        "time_stamp": seal.time_stamp,
    }
    return {name: value for name, value in facts.items() if value != ""}


def get_covering_seal(leaf: Leaf) -> Seal | None:
    """Return the first seal that covers a leaf."""
    covering = Seal.objects.filter(Q(year=leaf.year, number__gte=leaf.number) | Q(year__gt=leaf.year))
    return covering.order_by("year", "number").first()


def get_proof(pk: UUID) -> dict[str, Any] | None:
    """Return what proves the file of a document in the first seal that covers it.

    Return None without a file, before the seal, or if the seal is of a release without trees. The proof shows
    nothing of another row: a path has hashes of heads only.
    """
    leaf = Leaf.objects.filter(part=FILE.number, key=to_key(pk)).order_by("year", "number").first()
    seal = get_covering_seal(leaf) if leaf else None
    values = Document.objects.filter(pk=pk).values_list(*FILE.columns).first()
    if leaf is None or seal is None or values is None or not seal.root:
        return None
    head, tree = bytes(leaf.head), Tree(bytes(leaf.head))
    before = get_seal_before(seal.year, seal.number)
    head_before = last = bytes.fromhex(before.head) if before else START
    for each in islice(list_heads(before, seal.year, seal.number), MAX_LEAVES + 1):
        if each == head:
            head_before = last
        tree.add(each)
        last = each
    if tree.size > MAX_LEAVES:
        return None
    return {
        "format": FORMAT,
        "document": str(pk),
        "row": [FILE.number, leaf.key, *values],
        "columns": ["part", "key", *FILE.columns],
        "leaf": str(leaf),
        "head_before": head_before.hex(),
        "head": head.hex(),
        "index": tree.index,
        "size": tree.size,
        "path": tree.finish()[1],
        "seal": to_json(seal),
    }
