"""Reading: late searches, caps, associations, the recycling bin."""

from __future__ import annotations

from typing import Any

import pytest
from hubspot_world import COMPANIES, COMPANY, CONTACT, DEAL, DEALS, KEY, LINE

from connector.contract import Shape, Table
from connector.errors import Rejected, Unreachable
from tests.adapters.simulated import whole


def test_a_reading_goes_past_every_cap(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More deals than a search gives in all, more lines than a page; ids of 4 and 5 digits."""
    monkeypatch.setattr("sandbox.hubspot.search.CAP", 10)
    world = build(23)
    crm = world.adapter(page=5)
    world.later(crm)
    found = whole(crm, DEALS)
    assert found.numbers == [f"SO-{n}" for n in range(1, 24)]
    assert all(len(record.fields[LINE]) == 2 for record in found.records)
    world.people("edit_line", order=world.key("SO-7"), line_no=2, fields={"quantity": "9"})
    world.later(crm)
    assert whole(crm, DEALS, found.cursor).news == ["SO-7"]


def test_what_a_search_shows_late_is_read_as_it_is_now(world: Any, crm: Any) -> None:
    """An index that still knows the old name must not bring it back over the new one."""
    world.later(crm, 700)
    cursor = whole(crm, DEALS).cursor
    key = world.key("SO-1")
    world.people("edit", key=key, fields={"dealname": "first"})
    world.sandbox.switches["visible_after"] = 30
    world.people("edit", key=key, fields={"dealname": "second"})
    world.later(crm)
    [record] = [one for one in whole(crm, DEALS, cursor).records if one.key == key]
    assert record.number == "second"


def test_a_whole_reading_asks_few_calls(build: Any) -> None:
    world = build(120)
    crm = world.adapter()
    whole(crm, DEALS)
    asked = {name: world.calls(name) for name in ("search", "read", "associations", "list")}
    # 100 deals and then 20; of both their company and lines; 200 lines and then 40.
    assert asked == {"search": 2, "read": 2 + 2 + 1, "associations": 4, "list": 0}


def test_of_several_companies_the_primary_one_is_the_customer(world: Any, crm: Any) -> None:
    key, other = world.key("SO-1"), world.key("乙公司", COMPANY)

    def customer() -> Any:
        [record] = crm.fetch(DEALS, [key])
        return record.fields["associations.companies"]

    assert customer() == world.key("甲公司", COMPANY)
    world.people("associate", form=DEAL, number=key, to=COMPANY, other=other)
    assert customer() == world.key("甲公司", COMPANY)
    world.people("associate", form=DEAL, number=key, to=COMPANY, other=other, primary=True)
    assert customer() == other


def test_of_several_without_a_primary_one_none_is_taken(world: Any, crm: Any) -> None:
    quote = world.people("add_order", customer="C1", lines=[], form="quotes")
    shape = Shape("quotes", (KEY,), ("associations.companies", "associations.deals"))
    [record] = crm.fetch(shape, [quote])
    assert record.fields["associations.companies"]
    assert record.fields["associations.deals"] is None
    world.people("associate", form="quotes", number=quote, to=COMPANY, other="C2")
    [record] = crm.fetch(shape, [quote])
    assert record.fields["associations.companies"] is None


def test_more_lines_than_one_answer_shows_are_read_to_the_last(
    world: Any, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.hubspot.associations.PAGE", 4)
    lines = [{"product": "P1", "quantity": n, "price": 1} for n in range(1, 12)]
    key = world.people("add_order", customer="C1", lines=lines)
    [record] = crm.fetch(DEALS, [key])
    assert [row["quantity"] for row in record.fields[LINE]] == list(range(1, 12))


def test_lines_of_quotes_are_not_taken_for_lines_of_deals(world: Any, crm: Any) -> None:
    world.later(crm, 700)
    cursor = whole(crm, DEALS).cursor
    lines = [{"product": "P1", "quantity": 1, "price": 1}]
    world.people("add_order", customer="C1", lines=lines, form="quotes")
    world.later(crm)
    assert whole(crm, DEALS, cursor).records == []
    rows = Table(KEY, ("quantity",), LINE, "associations.quotes")
    quotes = whole(crm, Shape("quotes", (KEY,), ("hs_title",), "", {LINE: rows}), cursor).records
    assert [len(one.fields[LINE]) for one in quotes] == [1]


def test_the_recycling_bin_is_looked_into_now_and_then(world: Any, crm: Any) -> None:
    world.later(crm, 700)
    cursor = whole(crm, DEALS).cursor
    key = world.key("SO-1")
    world.people("delete", key=key)

    def gone() -> list[str]:
        return [one for page in crm.read(DEALS, cursor) for one in page.gone]

    world.later(crm)
    assert gone() == [key]
    assert gone() == []
    world.later(crm, crm.settings.reread)
    assert gone() == [key]
    assert list(crm.fetch(DEALS, [key])) == []
    quiet = world.adapter(bins=[])
    assert [one for page in quiet.read(DEALS, cursor) for one in page.gone] == []


def test_contacts_are_read_by_the_stamp_that_they_have(world: Any, crm: Any) -> None:
    world.later(crm, 700)
    shape = Shape(CONTACT, (KEY,), ("lastname", "associations.companies"))
    cursor = whole(crm, shape).cursor
    key = world.people("add", form=CONTACT, fields={"lastname": "王采购"})
    world.people("associate", form=CONTACT, number=key, to=COMPANY, other="C1")
    world.later(crm)
    [record] = whole(crm, shape, cursor).records
    assert (record.key, record.fields["associations.companies"]) == (
        key,
        world.key("甲公司", COMPANY),
    )


def test_a_property_that_is_not_there_is_refused_for_it_would_look_empty(
    world: Any, crm: Any
) -> None:
    shape = Shape(COMPANY, (KEY,), ("name", "colour"))
    for _ in range(3):
        with pytest.raises(Rejected, match="colour"):
            list(crm.read(shape, None))
    assert world.calls("properties") == 2
    world.later(crm, 61)
    with pytest.raises(Rejected, match="colour"):
        list(crm.fetch(shape, ["1"]))
    assert world.calls("properties") == 3


def test_records_that_are_held_back_are_no_records_that_are_not_there(
    world: Any, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_back(self: Any, status: int, results: Any, errors: Any) -> Any:
        entry = {"category": "RATE_LIMITS", "message": "later", "context": {"ids": ["1"]}}
        return 207, {"status": "COMPLETE", "results": results[:1], "errors": [entry]}

    monkeypatch.setattr("sandbox.hubspot.objects.Objects._answer", held_back)
    with pytest.raises(Unreachable):
        list(crm.fetch(DEALS, [world.key("SO-1"), world.key("SO-2")]))


def test_an_order_of_ids_that_is_none_stops_the_reading(
    world: Any, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_text(self: Any, kind: Any, found: list[Any], sorts: Any) -> list[Any]:
        return sorted(found, key=lambda one: one.key)

    monkeypatch.setattr("sandbox.hubspot.search.Searches._sorted", as_text)
    monkeypatch.setattr("sandbox.hubspot.application.FIRST_ID", 9_990)
    for _ in range(10):
        world.people("add", form=COMPANY, fields={"name": "丙"})
    with pytest.raises(Rejected, match="order of their ids"):
        list(crm.read(COMPANIES, None))


def test_a_value_is_found_whatever_its_letters_and_only_as_it_is(world: Any, crm: Any) -> None:
    for name in ("Acme", "ACME", "acme"):
        world.people("add", form=COMPANY, fields={"name": name})
    found = list(crm.find(COMPANIES, "name", ["Acme", "acme"]))
    assert sorted(record.fields["name"] for record in found) == ["Acme", "acme"]


def test_owners_are_read_whole_those_who_left_too(world: Any, crm: Any) -> None:
    shape = Shape("owners", ("id",), ("email", "archived"), "login")
    [record] = [one for page in crm.read(shape, None) for one in page.records]
    assert (record.number, record.fields["archived"]) == ("YW001", False)
    assert [one.key for one in crm.fetch(shape, [record.key, "9"])] == [record.key]
    assert world.calls("owners") == 4


def test_describe_tells_properties_associations_and_what_is_demanded(world: Any, crm: Any) -> None:
    told = {field.name: field for field in crm.describe(DEAL)}
    assert told["dealname"].required
    assert told["associations.companies"].type == "association"
    assert "closedwon" in crm.codes(DEAL, "dealstage")
    assert crm.codes(DEAL, "dealstage", ["closedwon", "x"]) == {"closedwon": "Closed Won"}
    assert crm.codes(DEAL, "hubspot_owner_id") is None
    assert {field.name for field in crm.describe("owners")} >= {"id", "email", "login"}
    world.sandbox.switches["schemas_told"] = False
    assert not any(field.required for field in crm.describe(DEAL))
