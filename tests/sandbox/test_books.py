"""The books that small simulated systems share: what they keep, refuse, show and note."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.books import Books, Field, Form, Refused
from sandbox.clock import SandboxClock
from sandbox.ledger import Ledger

PARTNER = Form(
    "partner", "客户", (Field("code", unique=True), Field("name", required=True)), "code"
)
ORDER = Form(
    "order",
    "订单",
    (
        Field("no"),
        Field("partner", type="reference", target="partner"),
        Field("kind", type="choice", options={"a": "甲"}),
        Field("day", type="date"),
        Field("note", length=5),
    ),
    "no",
    {"rows": (Field("item", required=True), Field("qty", type="number", places=2))},
    ("open", "audited"),
)


@pytest.fixture
def switches() -> dict[str, Any]:
    return {"visible_after": 0}


@pytest.fixture
def books(switches: dict[str, Any]) -> Books:
    clock = SandboxClock()
    return Books((PARTNER, ORDER), clock, Ledger(clock), switches)


def test_a_record_is_kept_as_it_was_given_and_noted(books: Books) -> None:
    made = books.create("order", {"no": "S1"}, {"rows": [("", {"item": "P", "qty": "2.005"})]})
    [row] = made.each("rows")
    assert (made.number, made.state, row.values["qty"]) == ("S1", "open", Decimal("2.01"))
    [entry] = books._ledger
    assert (entry.kind, entry.operation, entry.key, entry.by) == (
        "commit",
        "create",
        made.key,
        "api",
    )
    assert entry.data["rows"] == [{"key": row.key, "item": "P", "qty": Decimal("2.01")}]


@pytest.mark.parametrize(
    ("values", "rows", "kind"),
    [
        ({"colour": "red"}, [], "unknown"),
        ({"partner": "99"}, [], "reference"),
        ({"kind": "z"}, [], "option"),
        ({"day": "soon"}, [], "value"),
        ({"note": "longer"}, [], "length"),
        ({}, [("", {"qty": 1})], "required"),
        ({}, [("", {"item": "P", "qty": "many"})], "value"),
        ({}, [("77", {"item": "P"})], "missing"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    books: Books, values: dict[str, Any], rows: list[Any], kind: str
) -> None:
    with pytest.raises(Refused) as refusal:
        books.create("order", values, {"rows": rows})
    assert refusal.value.kind == kind
    assert (len(books.live("order")), len(books._ledger)) == (0, 0)


def test_a_unique_field_is_refused_to_a_second_record_and_a_required_one_never_empty(
    books: Books,
) -> None:
    first = books.create("partner", {"code": "C1", "name": "甲"})
    with pytest.raises(Refused, match="unique"):
        books.create("partner", {"code": "C1", "name": "乙"})
    books.change("partner", first.key, {"code": "C1"})
    with pytest.raises(Refused, match="required"):
        books.change("partner", first.key, {"name": None})


def test_rows_are_changed_added_and_dropped_and_the_others_stay(books: Books) -> None:
    rows = [("", {"item": name, "qty": 1}) for name in "ABC"]
    made = books.create("order", {"no": "S1"}, {"rows": rows})
    a, b, c = made.each("rows")
    changes = {"rows": [(b.key, {"qty": 5}), ("", {"item": "D"})]}
    after = books.change("order", made.key, {}, changes, {"rows": [a.key]})
    assert [(r.key, r.values.get("qty")) for r in after.each("rows")][:2] == [
        (b.key, 5),
        (c.key, 1),
    ]
    assert [r.values["item"] for r in after.each("rows")] == ["B", "C", "D"]
    assert made.stamp < after.stamp
    assert made.each("rows") is not None and len(made.rows["rows"]) == 3


def test_queries_show_changes_late_where_the_switch_says_so(
    books: Books, switches: dict[str, Any]
) -> None:
    old = books.create("partner", {"code": "C1", "name": "old"})
    switches["visible_after"] = 30
    books.change("partner", old.key, {"name": "new"})
    books.create("partner", {"code": "C2", "name": "second"})
    assert [one.values["name"] for one in books.seen("partner")] == ["old"]
    books.remove("partner", old.key)
    assert [one.values["name"] for one in books.seen("partner")] == ["old"]
    books.clock.advance(31)
    assert [one.values["name"] for one in books.seen("partner")] == ["second"]


def test_what_changes_at_once_is_seen_at_one_instant(
    books: Books, switches: dict[str, Any]
) -> None:
    switches["visible_after"] = 30
    with books.at_once():
        books.create("partner", {"code": "C1", "name": "甲"})
        with books.at_once():
            books.create("partner", {"code": "C2", "name": "乙"})
        books.create("order", {"no": "S1"})
    books.create("order", {"no": "S2"})
    made = [*books.live("partner").values(), *books.live("order").values()]
    first, *others, last = [one.shown_at for one in made]
    assert others == [first, first]
    assert last != first


def test_a_backup_brings_everything_back_but_no_key_is_given_twice(books: Books) -> None:
    first = books.create("partner", {"code": "C1", "name": "甲"})
    books.backup()
    lost = books.create("partner", {"code": "C2", "name": "乙"})
    books.restore()
    assert list(books.live("partner")) == [first.key]
    assert books.create("partner", {"code": "C3", "name": "丙"}).key > lost.key


def test_what_the_system_reckons_is_in_the_record_before_anybody_sees_it(books: Books) -> None:
    books.computed = lambda one: one.with_values(no=one.values.get("no") or f"N{one.key}")
    made = books.create("order", {})
    assert made.number == f"N{made.key}" == books.named("order", made.number).number


def test_a_state_is_one_of_the_forms_own(books: Books) -> None:
    made = books.create("order", {"no": "S1"})
    assert books.move("order", made.key, "audited", by="person:clerk").state == "audited"
    with pytest.raises(Refused, match="state"):
        books.move("order", made.key, "lost")


def test_records_are_found_by_what_they_hold_now(books: Books) -> None:
    first, second = (books.create("partner", {"code": c, "name": "甲"}) for c in ("C1", "C2"))
    assert [one.key for one in books.having("partner", "name", "甲")] == [first.key, second.key]
    books.change("partner", first.key, {"name": "乙"})
    books.remove("partner", second.key)
    assert books.having("partner", "name", "甲") == []
    assert [one.key for one in books.having("partner", "name", "乙")] == [first.key]
