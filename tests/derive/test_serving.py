"""Which production serves whom: nothing serves two lines, whatever names what."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.derive.order import Line, Order
from connector.derive.serving import DONE, OpenLine, Serving, assigned, linked
from connector.objects.fulfilment import ProductionOrder

D = Decimal
FIRST = date(2026, 3, 1)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def wanted(line: str, quantity: str, by: int, tracking: str = "") -> OpenLine:
    return OpenLine(f"order of {line}", line, D(quantity), on(by), tracking)


def work(number: str, planned: str, finished: str = "0", **more: Any) -> ProductionOrder:
    usual: Any = {"material": "M", "status": "started", "planned_finish": on(int(number))}
    return ProductionOrder(
        number=number, planned=D(planned), finished=D(finished), **(usual | more)
    )


def shares(
    lines: list[OpenLine], works: list[ProductionOrder], stock: str = "0", **pegs: list[str]
) -> list[tuple[str, str, int, str]]:
    named = {one.number: one for one in works}
    found = assigned(lines, named, D(stock), {name[1:]: some for name, some in pegs.items()})
    some = [one for order in found.values() for one in order]
    return sorted((s.line, s.production.number, int(s.quantity), s.basis) for s in some)


def test_what_names_nobody_goes_to_the_lines_in_order_of_their_wanted_dates() -> None:
    lines = [wanted("late", "5", 9), wanted("soon", "4", 3)]
    assert shares(lines, [work("1", "6"), work("2", "10")]) == [
        ("late", "1", 2, "estimated"), ("late", "2", 3, "estimated"),
        ("soon", "1", 4, "estimated"),
    ]  # fmt: skip


def test_a_tracking_number_goes_to_its_own_lines_and_to_nobody_else() -> None:
    lines = [wanted("other", "4", 1), wanted("mine", "4", 9, "T-7")]
    tracked = work("1", "6", tracking_no="T-7")
    assert shares(lines, [tracked, work("2", "1")]) == [
        ("mine", "1", 4, "tracked"), ("other", "2", 1, "estimated"),
    ]  # fmt: skip


def test_what_was_suggested_for_a_line_serves_that_first_and_the_rest_whoever_comes() -> None:
    lines = [wanted("soon", "4", 1), wanted("pegged", "4", 9)]
    assert shares(lines, [work("1", "6")], p1=["pegged"]) == [
        ("pegged", "1", 4, "pegged"), ("soon", "1", 2, "estimated"),
    ]  # fmt: skip


def test_finished_goods_count_only_as_far_as_they_lie_there_the_newest_last() -> None:
    old = work("1", "5", "5", status="finished", finished_on=on(1))
    new = work("2", "5", "5", status="finished", finished_on=on(2))
    lines = [wanted("a", "9", 1)]
    assert shares(lines, [old, new], "7") == [
        ("a", "1", 2, "estimated"), ("a", "2", 5, "estimated"),
    ]  # fmt: skip
    assert shares(lines, [old, new], "-3") == []


def test_what_is_still_to_come_counts_less_what_was_lost() -> None:
    running = work("1", "10", "2", scrapped=D(3))
    assert shares([wanted("a", "9", 1)], [running]) == [("a", "1", 5, "estimated")]
    assert shares([wanted("a", "9", 1)], [running], "2") == [("a", "1", 7, "estimated")]


def order(*lines: Line) -> Order:
    return Order("key", "SO", "XS", "C", "c", FIRST, lines=lines)


def line(id: str, ordered: str, material: str = "M") -> Line:
    return Line(id, frozenset({f"row-{id}"}), material, D(ordered))


def named(found: list[Serving]) -> list[tuple[str, str, int]]:
    return [(one.line, one.production.number, int(one.quantity)) for one in found]


def test_a_production_order_that_names_a_line_serves_that_one_alone() -> None:
    mine = work("1", "9", order_number="XS", order_line="row-b")
    found = linked(order(line("a", "4"), line("b", "4")), {"1": mine})
    assert named(found) == [("b", "1", 9)]


def test_one_that_names_the_order_alone_fills_its_lines_of_that_material_in_turn() -> None:
    lines = order(line("a", "4"), line("x", "1", "X"), line("b", "4"))
    first, rest = work("1", "3", order_number="XS"), work("2", "6", order_number="XS")
    part = work("3", "7", order_number="XS", material="a part of M")
    assert named(linked(lines, {"2": rest, "1": first, "3": part})) == [
        ("a", "1", 3), ("a", "2", 1), ("b", "2", 5),
    ]  # fmt: skip


quantities = st.integers(0, 12).map(Decimal)
tracking = st.sampled_from(["", "", "T-1", "T-2"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[OpenLine], dict[str, ProductionOrder], Decimal, Any]:
    names = [str(n) for n in range(draw(st.integers(1, 5)))]
    lines = [
        OpenLine(f"o{n}", n, draw(quantities), on(draw(st.integers(0, 5))), draw(tracking))
        for n in names
    ]
    works = [
        work(
            str(n),
            str(planned),
            str(min(planned, draw(quantities))),
            tracking_no=draw(tracking),
            status=draw(st.sampled_from(["planned", "started", "finished"])),
            finished_on=on(n),
        )
        for n in range(draw(st.integers(0, 5)))
        for planned in [draw(quantities)]
    ]
    pegs = {one.number: draw(st.lists(st.sampled_from(names), max_size=2)) for one in works}
    return lines, {one.number: one for one in works}, Decimal(draw(st.integers(-2, 20))), pegs


@given(cases())
def test_no_piece_serves_two_lines_and_no_line_gets_more_than_it_wants(case: Any) -> None:
    lines, works, stock, _ = case
    found = [one for some in assigned(*case).values() for one in some]
    by_work: Counter[str] = Counter()
    by_line: Counter[str] = Counter()
    for one in found:
        by_work[one.production.number] += one.quantity  # type: ignore[assignment]
        by_line[one.line] += one.quantity  # type: ignore[assignment]
    assert all(by_line[one.line] <= one.quantity for one in lines)
    in_stock = Decimal(0)
    for one in works.values():
        coming = 0 if one.status in DONE else one.planned - one.finished
        in_stock += max(by_work[one.number] - coming, Decimal(0))
        assert by_work[one.number] <= coming + one.finished
    assert in_stock <= max(stock, 0)


@settings(deadline=None)
@given(cases(), st.randoms())
def test_the_order_in_which_they_come_does_not_matter(case: Any, random: Any) -> None:
    lines, works, *rest = case
    mixed = random.sample(lines, len(lines)), dict(random.sample(sorted(works.items()), len(works)))
    assert assigned(*mixed, *rest) == assigned(lines, works, *rest)
