"""The board: each order's line, where it stands now."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from connector.assemble import SHOWN
from connector.derive.reports import REPORTS
from connector.engine import deriving, saving
from connector.objects import OrderProgress
from connector.operations.boarding import Board, Wish
from connector.operations.computed import OF
from connector.operations.finding import NotFound
from connector.store import journal
from tests.console.factory import Office


def look(desk: Office, **wish: Any) -> Board:
    return desk.serving.app.board(Wish(**wish))


def at(board: Board) -> dict[str, list[str]]:
    """The numbers of orders by where they stand."""
    return {one.stage: [line.number for line in one.lines] for one in board.columns if one.count}


def test_an_order_goes_over_the_board_as_it_goes_through_both_systems(strict: Office) -> None:
    strict.site.order(note="bad")
    strict.go()
    assert at(look(strict)) == {"waiting": ["O1"]}
    [line] = [line for one in look(strict).columns for line in one.lines]
    assert (line.state, line.reason, line.customer) == ("stopped", "rejected", "Customer c1")
    strict.site.order(note="fine")
    strict.go()
    strict.go()
    assert at(look(strict)) == {"ordered": ["O1"]}
    strict.site.order(status="cancelled")
    strict.go()
    assert at(look(strict)) == {}
    found = strict.serving.app.order_line("crm", "o1")
    assert found is not None
    assert found.stage == "cancelled"


def orders(desk: Office, count: int, **fields: Any) -> None:
    for n in range(count):
        desk.site.order(f"o{n:03}", **fields)
    desk.go()


def test_a_stage_is_shown_page_by_page_without_missing_or_repeating_any(desk: Office) -> None:
    orders(desk, 120)
    seen: list[str] = []
    after, pages = "", 0
    while pages == 0 or after:
        [column] = look(desk, stage="ordered", after=after).columns
        assert column.count == 120
        seen += [line.number for line in column.lines]
        after, pages = column.after, pages + 1
    assert pages == 3
    assert seen == [f"O{n:03}" for n in range(120)]


def test_a_column_shows_the_first_and_tells_how_many_there_are(desk: Office) -> None:
    orders(desk, 30)
    [column] = [one for one in look(desk).columns if one.stage == "ordered"]
    assert (column.count, len(column.lines)) == (30, 20)


def test_orders_are_chosen_by_customer_number_and_lateness(desk: Office) -> None:
    desk.site.customer("c2", name="宁波泓行")
    desk.site.order("o1")
    desk.site.order("o2", customer="c2")
    desk.go()
    assert at(look(desk, customer="泓行")) == {"ordered": ["O2"]}
    assert at(look(desk, customer="C2")) == {"ordered": ["O2"]}
    assert at(look(desk, customer="nobody")) == {}
    assert at(look(desk, number="O1")) == {"ordered": ["O1"]}
    assert at(look(desk, number="%")) == {}
    assert at(look(desk, late=True)) == {}


def test_who_asks_for_a_number_gets_it_however_long_ago_it_left(desk: Office) -> None:
    desk.site.order("o1", number="SO-10")
    desk.site.order("o2", number="SO-1")
    desk.site.order("o3", number="so-10")
    desk.go()
    progress = OrderProgress(record="o1", stage="shipped", shipped_on=date(2025, 1, 2))
    with desk.site.system.store.transaction() as tx:
        saving.save(desk.site.system, tx, "order_progress", {"o1": progress})
        journal.derive_later(desk.site.system.store, tx, "board", ["o1"])
    deriving.run(desk.site.system)
    assert at(look(desk, number="SO-1")) == {"ordered": ["SO-1"], "shipped": ["SO-10"]}
    assert at(look(desk)) == {"ordered": ["SO-1", "so-10"]}


def test_a_stage_that_there_is_not_is_said(desk: Office) -> None:
    with pytest.raises(NotFound, match="waiting, ordered"):
        look(desk, stage="lost")


def test_what_the_console_shows_is_what_is_computed_for_it() -> None:
    assert {"board", *OF, *(object for object, _ in REPORTS.values())} == SHOWN


def test_what_happened_while_there_was_no_console_is_on_the_board_of_the_next(
    desk: Office,
) -> None:
    orders(desk, 1)
    desk.site.dispatcher.introduce()
    people = desk.reviewed.people
    desk.reviewed.people = people.replace("console: {address", "#")
    desk.reviewed.start(review="", flow="")
    desk.site.dispatcher.introduce()
    orders(desk, 3)
    desk.start()
    desk.site.dispatcher.introduce()
    deriving.run(desk.site.system)
    assert at(look(desk)) == {"ordered": ["O000", "O001", "O002"]}


def test_what_was_there_before_the_console_is_on_its_board(desk: Office) -> None:
    desk.reviewed.people = desk.reviewed.people.replace("console: {address", "#")
    desk.reviewed.start(review="", flow="")
    orders(desk, 3)
    assert at(look(desk)) == {}
    desk.start()
    desk.site.dispatcher.introduce()
    deriving.run(desk.site.system)
    assert at(look(desk)) == {"ordered": ["O000", "O001", "O002"]}


@pytest.mark.parametrize("word", ["'; drop table board; --", "%", "_", "\\", "\U0010ffff"])
def test_whatever_is_asked_for_is_only_looked_for(desk: Office, word: str) -> None:
    desk.site.order("o1")
    desk.go()
    for wish in ({"number": word}, {"customer": word}, {"salesperson": word}, {"after": word}):
        look(desk, **wish)
    assert at(look(desk)) == {"ordered": ["O1"]}
