"""What is wrong is told to whoever can mend it: once, however many records it stops."""

from __future__ import annotations

from typing import Any

from tests.engine.factory import MAPPINGS, line
from tests.rules.factory import HEAD, Chat, Firm

PEOPLE = HEAD.replace("[planner]", "[planner, ops, master_data]")
RULES = "\nrules: {failures: {for: 0, say: {title: X}}}\n"
UNITS = MAPPINGS["erp/sales_order"].replace(
    "unit: {from: material, link: material.sales_unit}",
    "unit: {from: lines_unit, map: units}".replace("lines_unit", "unit"),
)
CRM = MAPPINGS["crm/sales_order"].replace("quantity: qty,", "quantity: qty, unit: unit,")


def start(place: Firm, units: str = "{Pcs: Pcs}") -> Firm:
    place.head, place.rules = PEOPLE, RULES
    place.mappings = {"erp/sales_order": UNITS, "crm/sales_order": CRM}
    folder = place.site.directory / "mappings" / "values"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "units.yaml").write_text(units, "utf-8")
    return place.start()


def order(place: Firm, key: str, unit: str) -> None:
    place.site.order(key, [line("1", unit=unit)])


def test_a_missing_code_is_told_once_however_many_orders_it_stops(place: Firm) -> None:
    start(place)
    for n in range(12):
        order(place, f"o{n}", "Box")
    (heard,) = place.go()
    assert heard.to == "li"
    assert "Box" in heard.text
    assert "12" in heard.text
    order(place, "o99", "Box")
    assert place.later(hours=1) == []


def test_two_codes_are_two_things_to_mend(place: Firm) -> None:
    start(place)
    order(place, "o1", "Box12")
    order(place, "o2", "Box24")
    assert len(place.go()) == 2


def test_when_the_code_is_added_all_its_orders_go_and_it_is_over(place: Firm) -> None:
    start(place)
    for n in range(3):
        order(place, f"o{n}", "Box")
    place.go()
    start(place, "{Pcs: Pcs, Box: BX}")
    place.site.dispatcher.introduce()
    heard = place.go()
    assert len(place.site.bills()) == 3
    assert [one.text.startswith("**orders** 已解决") for one in heard] == [True]
    assert place.later(days=2) == []


def test_what_waits_for_a_customer_is_told_to_who_keeps_the_master_data(place: Firm) -> None:
    start(place)
    for n in range(3):
        place.site.order(f"o{n}", [line("1", unit="Pcs")], customer="c9")
    (heard,) = place.go()
    assert heard.to == "li"
    assert "3" in heard.text


def test_a_failure_that_stays_is_told_again_each_day(place: Firm) -> None:
    start(place)
    order(place, "o1", "Box")
    place.go()
    Chat.said.clear()
    told: list[Any] = [place.later(hours=8) for _ in range(6)]
    assert sum(map(len, told)) == 2
