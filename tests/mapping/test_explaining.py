"""What each rule makes of a record, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from connector.mapping import explaining
from connector.mapping.document import LinkRef
from connector.mapping.explaining import NOTHING, Row
from connector.objects import OBJECTS
from tests.mapping.build import CHINA, mapping

MODEL = OBJECTS["sales_order"]
ORDER: dict[str, Any] = {
    "number": "O1", "customer": "c1", "currency": "USD", "custom": {"colour": "red"},
    "lines": [{"id": "a", "quantity": "2", "kind": "gift"}, {"id": "b", "quantity": "3"}],
}  # fmt: skip
WRITE = """write:
  no: number
  buyer: {from: customer, link: customer}
  rate: {from: exchange_rate, when: currency != "CNY"}
  home: {value: x, when: currency == "CNY"}
  paint: custom.colour
  rows:
    each: lines
    key: id
    when: kind != "gift"
    fields:
      qty: {from: quantity, scale: 1}
      head: {template: "{record.number}-{id}"}
  once: {each: record, key: id, fields: {name: number}}
"""


def by_place(found: Iterable[Row]) -> dict[str, Row]:
    """Rows by `tables/lines`; the head under the empty text."""
    return {"/".join([*(each.target for each in row.tables), *row.keys]): row for row in found}


def made(row: Row) -> dict[str, Any]:
    return {one.rule.target: one.value for one in row.given}


def written(text: str, most: int = 9) -> dict[str, Row]:
    side = mapping(text).write
    assert side is not None
    return by_place(explaining.written(side, MODEL, ORDER, most))


def test_every_rule_is_told_for_itself_with_what_it_came_of() -> None:
    found = written(WRITE)
    head = made(found[""])
    assert isinstance(head["buyer"], LinkRef)
    assert (head["no"], head["paint"]) == ("O1", "red")
    assert (head["rate"], head["home"]) == (NOTHING, NOTHING)
    rate, home = found[""].given[2:4]
    assert (rate.holds, home.holds) == (True, False)  # empty, and not to be sent
    assert rate.sources == {"exchange_rate": None, "currency": "USD"}
    assert (found["rows/a"].holds, found["rows/a"].given) == (False, ())
    assert made(found["rows/b"]) == {"qty": Decimal("3.0"), "head": "O1-b"}
    assert found["rows/b"].given[1].sources == {"record.number": "O1", "id": "b"}
    assert made(found["once/1"]) == {"name": "O1"}


def test_what_is_wrong_with_one_rule_or_row_keeps_no_other_from_being_told() -> None:
    wrong = WRITE.replace("no: number", "no: {from: customer, scale: 2}")
    found = written(wrong.replace('kind != "gift"', "quantity / 0 > 1"))
    first, second, *_ = found[""].given
    assert "m.yaml:5:3" in str(first.fault)
    assert second.fault == ""
    assert "m.yaml:10:3" in str(found["rows/a"].fault)
    assert made(found["once/1"]) == {"name": "O1"}


def test_of_a_list_so_many_lines_are_taken() -> None:
    assert "rows/b" not in written(WRITE, most=1)


READ = """read:
  customer: buyer
  order_date: day
  custom.colour: paint
  lines: {each: rows, key: k, fields: {quantity: qty, kind: sort, wanted_date: day}}
"""


def test_what_a_system_said_is_read_rule_by_rule() -> None:
    side = mapping(READ).read
    assert side is not None
    said = {
        "buyer": "c1",
        "day": "soon",
        "paint": "red",
        "rows": [{"k": 7, "qty": "2", "day": "?"}],
    }
    found = by_place(explaining.read(side, MODEL, said, CHINA, 9))
    buyer, day, paint = found[""].given
    assert (buyer.value, buyer.sources) == ("c1", {"buyer": "c1"})
    assert (paint.value, paint.fault) == ("red", "")
    assert "soon" in str(day.fault)
    quantity, kind, wanted = found["lines/7"].given
    assert (quantity.value, kind.value) == ("2", NOTHING)
    assert wanted.fault != ""


def test_what_is_stored_is_told_as_it_was_read() -> None:
    side = mapping(READ).read
    assert side is not None
    found = by_place(explaining.kept(side, MODEL, ORDER, 9))
    assert made(found[""]) == {"customer": "c1", "order_date": NOTHING, "custom.colour": "red"}
    assert made(found["lines/b"]) == {
        "quantity": Decimal(3), "kind": "goods", "wanted_date": NOTHING,
    }  # fmt: skip
    assert found[""].given[0].sources == {"buyer": None}
