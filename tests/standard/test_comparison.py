"""The comparison of two versions of a report loses nothing and invents nothing."""

import datetime as dt
import random

import pytest
from hypothesis import given, settings, strategies as st

from reports.models.report import Item
from reports.report_view import compare, compare_items, describe_detail

WORDS = st.lists(st.sampled_from(["satu", "dua,", "tiga.", "\n", "  ", "baru"]), max_size=40).map(" ".join)


def advice(text: str) -> Item:
    return Item(Item.Kind.ADVICE, text)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("Sama saja.", "Sama saja.", [("", "Sama saja.")]),
        ("", "Baru.", [("added", "Baru.")]),
        ("Lama.", "", [("removed", "Lama.")]),
        ("Dua desa.", "Tiga desa.", [("removed", "Dua "), ("added", "Tiga "), ("", "desa.")]),
        ("Satu\nDua", "Satu\nDua\nTiga", [("", "Satu\nDua\n"), ("added", "Tiga")]),
        ("satu dua", "satu", [("", "satu"), ("removed", " dua")]),
        ("satu dua", "satu  dua", [("", "satu  dua")]),
    ],
)
def test_words(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert [(piece.change, piece.text) for piece in compare(before, after)] == expected


@given(before=WORDS, after=WORDS)
@settings(deadline=None)
def test_without_removed_pieces_it_is_the_new_text_and_without_added_ones_the_old_words(
    before: str, after: str
) -> None:
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after
    kept = "".join(piece.text for piece in pieces if piece.change != "added")
    assert kept.split() == before.split()


@pytest.mark.parametrize("vocabulary", [1, 2, 150, 800])
def test_the_longest_sections_are_compared(vocabulary: int) -> None:
    pick = random.Random(4)  # noqa: S311 -- texts, no secrets
    texts = (" ".join(str(pick.randrange(vocabulary)) for _ in range(10_000))[:20_000] for _ in range(2))
    before, after = texts
    kept = (piece.text for piece in compare(before, after) if piece.change != "removed")
    assert "".join(kept) == after


def test_items_are_unchanged_added_removed_or_rewritten() -> None:
    before = [advice("Tetap."), advice("Usulkan lewat musyawarah desa."), advice("Hapus ini")]
    after = [advice("Baru sama sekali"), advice("Tetap."), advice("Usulkan lewat musyawarah kecamatan.")]
    shown = compare_items(before, after)
    assert [(item.change, "".join(piece.text for piece in item.text)) for item in shown] == [
        ("added", "Baru sama sekali"),
        ("", "Tetap."),
        ("changed", "Usulkan lewat musyawarah desa. kecamatan."),
        ("removed", "Hapus ini"),
    ]


def test_an_item_with_another_day_is_changed() -> None:
    def recommended(day: int) -> Item:
        return Item(Item.Kind.RECOMMENDATION, "Perbarui data.", "Camat", dt.date(2027, 1, day))

    assert describe_detail(recommended(5)) == "Penanggung jawab: Camat · Paling lambat: 5 Januari 2027"
    (shown,) = compare_items([recommended(5)], [recommended(6)])
    assert shown.change == "changed"
    assert [piece.text for piece in shown.detail if piece.change] == ["5 ", "6 "]
