"""Lists of numbered pages, in which others delete while we turn them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Transient
from connector.kit.passes import PASSES, agreed, passes

Row = dict[str, str]
SIZE = 2


class Listing:
    """A list whose rows are deleted at the pages that a test says."""

    def __init__(self, names: str, gone: dict[int, str] | None = None) -> None:
        self.names = list(names)
        self.gone = gone or {}
        self.asked = 0

    def pages(self) -> Iterator[list[Row]]:
        for start in range(0, 100, SIZE):
            rows = [{"id": name} for name in self.names[start : start + SIZE]]
            more = start + SIZE < len(self.names)
            yield rows
            self.asked += 1
            for name in self.gone.get(self.asked, ""):
                self.names.remove(name)
            if not more:
                return


def known_by(row: Row) -> str:
    return row["id"]


def seen(listing: Listing) -> str:
    return "".join(row["id"] for rows in passes(listing.pages, known_by, "bill") for row in rows)


def stood(listing: Listing) -> str:
    return "".join(row["id"] for row in agreed(listing.pages, known_by, "bill"))


def test_one_page_is_read_once() -> None:
    listing = Listing("ab")
    assert (seen(listing), listing.asked) == ("ab", 1)


def test_several_pages_are_read_until_two_readings_agree() -> None:
    listing = Listing("abcd")
    assert (seen(listing), listing.asked) == ("abcd", 4)


def test_a_row_that_moved_onto_a_page_already_read_is_seen_in_the_next_reading() -> None:
    assert seen(Listing("abcd", {1: "a"})) == "abdc"


def test_of_what_agreed_a_row_that_was_deleted_meanwhile_is_not_told() -> None:
    assert stood(Listing("abcd", {1: "a"})) == "bcd"


def test_a_row_that_looks_different_later_is_told_again() -> None:
    readings = iter(("12", "13", "13"))

    def pages() -> Iterator[list[Row]]:
        yield from ([{"id": mark}] for mark in next(readings))

    assert [rows[0]["id"] for rows in passes(pages, known_by, "bill")] == ["1", "2", "3"]


def test_a_list_that_goes_on_moving_is_read_later() -> None:
    turns = iter(range(PASSES * 10))

    def pages() -> Iterator[list[Row]]:
        turn = next(turns)
        yield [{"id": f"{turn}"}]
        yield [{"id": "last"}]

    with pytest.raises(Transient, match="bill"):
        list(passes(pages, known_by, "bill"))
    assert next(turns) == PASSES


@given(
    names=st.integers(0, 9).map(lambda length: "abcdefghi"[:length]),
    gone=st.dictionaries(st.integers(1, 8), st.sampled_from("abcdefghi"), max_size=4),
)
def test_whatever_is_there_from_beginning_to_end_is_seen(names: str, gone: dict[int, str]) -> None:
    left = dict.fromkeys(names)
    once = {turn: name for turn, name in gone.items() if left.pop(name, "") is None}
    assert set(left) <= set(seen(Listing(names, once)))
    assert set(left) <= set(stood(Listing(names, once)))
