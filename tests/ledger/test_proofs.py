"""The tree of each seal, and the proof of a document in it."""

import datetime as dt
from collections.abc import Sequence
from hashlib import sha256

from consultations.enums import State
from kit import clock
from tests.factories import Staff, case_at
from tests.ledger.conftest import list_findings
from tests.shared_data import each
from tests.world import without_triggers
from trust.ledger.chain import START, append_leaves, link
from trust.ledger.models import NO_SEAL, Leaf, Seal
from trust.ledger.proofs import Tree, get_seal_before, list_heads
from trust.ledger.services import make_seal


def get_root(heads: Sequence[bytes]) -> bytes:
    """Return the root as RFC 9162 defines it: split at the greatest power of two below the size."""
    if len(heads) == 1:
        return sha256(b"\0" + heads[0]).digest()
    split = 1 << (len(heads) - 1).bit_length() - 1
    return sha256(b"\1" + get_root(heads[:split]) + get_root(heads[split:])).digest()


def get_path(heads: Sequence[bytes], index: int) -> list[bytes]:
    """Return the inclusion path as RFC 9162 defines it."""
    if len(heads) == 1:
        return []
    split = 1 << (len(heads) - 1).bit_length() - 1
    if index < split:
        return [*get_path(heads[:split], index), get_root(heads[split:])]
    return [*get_path(heads[split:], index - split), get_root(heads[:split])]


def test_root_and_path_are_those_of_the_rfc() -> None:
    for size in (*range(1, 18), 31, 33):
        heads = [sha256(bytes([number])).digest() for number in range(size)]
        for index in range(size):
            tree = Tree(heads[index])
            for head in heads:
                tree.add(head)
                tree.finish()  # the verification asks and goes on
            root, path = tree.finish()
            assert (root, tree.index) == (get_root(heads).hex(), index)
            assert [bytes.fromhex(step) for step in path] == get_path(heads, index)


def test_each_seal_has_the_tree_since_the_one_before_and_names_it(record: Staff) -> None:
    first, second = Seal.objects.order_by("pk")
    heads = {(leaf.year, leaf.number): bytes(leaf.head) for leaf in Leaf.objects.order_by("year", "number")}
    places = sorted(heads)
    until = places.index((first.year, first.number)) + 1
    last = places.index((second.year, second.number)) + 1
    assert first.root == get_root([heads[place] for place in places[:until]]).hex()
    assert second.root == get_root([heads[place] for place in places[until:last]]).hex()
    assert (first.previous, second.previous) == (NO_SEAL, sha256(first.text.encode()).hexdigest())
    assert second.text.splitlines()[0] == "rembuk-segel/2"
    assert second.text.splitlines()[3:] == [second.head, second.root, second.previous]


def test_the_heads_of_a_tree_may_be_of_two_years(db: None) -> None:
    head, made = START, []
    for year, number in ((2026, 1), (2026, 2), (2026, 3), (2027, 1), (2027, 2)):
        head = link(head, bytes(32))
        made.append(head)
        Leaf.objects.create(year=year, number=number, part=1, key="1", row_hash=bytes(32), head=head)
    before = Seal(day=clock.today(), year=2026, number=2, head=made[1].hex())
    assert list(list_heads(before, 2027, 1)) == made[2:4]
    assert list(list_heads(None, 2027, 2)) == made
    before.save()
    assert get_seal_before(2027, 1) == before
    assert get_seal_before(2026, 2) is None


@each("column, finding", [("root", "the leaves have another tree"), ("previous", "it names another seal")])
def test_a_changed_tree_or_link_is_found(column: str, finding: str, record: Staff) -> None:
    """Also if the leaf of the row agrees: the tree and the link are computed again."""
    with without_triggers() as cursor:
        cursor.execute(f"UPDATE ledger_seal SET {column} = %s", ["ab" * 32])  # noqa: S608
    found = "\n".join(list_findings())
    for seal in Seal.objects.order_by("pk"):
        assert f"seal of {seal.day} {seal}: {finding}" in found
        assert f"ledger_seal {seal.pk}: changed (root, previous)" in found


def test_a_seal_between_two_others_is_found(record: Staff) -> None:
    """The role of the application may insert seals."""
    first, second = Seal.objects.order_by("pk")
    leaf = Leaf.objects.get(year=second.year, number=second.number - 1)
    texts = {"root": "ab" * 32, "previous": first.sha256.hex(), "head": bytes(leaf.head).hex()}
    with without_triggers() as cursor:  # each day has a seal
        cursor.execute("DELETE FROM ledger_seal WHERE id = %s", [second.pk])
    forged = Seal.objects.create(day=second.day, year=leaf.year, number=leaf.number, **texts)
    assert f"seal of {forged.day} {forged}: the leaves have another tree" in list_findings()


def test_an_old_seal_stays_as_it_is_and_the_next_one_names_it(staff: Staff) -> None:
    case_at(State.SUBMITTED, staff)
    append_leaves()
    leaf = Leaf.objects.latest("pk")
    yesterday = clock.today() - dt.timedelta(days=1)
    old = Seal.objects.create(day=yesterday, year=leaf.year, number=leaf.number, head=bytes(leaf.head).hex())
    assert old.text == f"rembuk-segel/1\n{yesterday}\n{old}\n{old.head}\n"
    append_leaves()
    new = make_seal()
    assert new
    assert new.previous == old.sha256.hex()
    assert list_findings() == []
