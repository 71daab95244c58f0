"""Windows, the recycle bin, locators, currencies, find and fetch."""

from __future__ import annotations

import pytest
from salesforce_world import ACCOUNT, LINE, ORDER, read, shape

from connector.contract import Shape
from connector.errors import Rejected

ORDERS = Shape(ORDER, ("Id",), ("Status",), "OrderNumber")


@pytest.fixture
def binned(world):
    """A deleted record bears the time of its deletion."""
    world.sandbox.switches["deletion_moves_stamp"] = True
    return world


def test_a_quiet_reading_costs_two_calls(world, crm):
    cursor = read(crm).cursor
    world.later(crm, 2000)
    cursor = read(crm, cursor).cursor
    world.later(crm, 2000)
    before = world.calls()
    assert read(crm, cursor).numbers == []
    assert world.calls() - before == 2


def test_a_changed_line_brings_its_order_whole(world, crm):
    cursor = read(crm).cursor
    world.later(crm, 2000)
    world.people("edit_line", order="SO-1", line_no=2, fields={"Quantity": 4})
    world.later(crm)
    [record] = read(crm, cursor).records
    assert [line["Quantity"] for line in record.fields[LINE]] == [3, 4]


def test_a_deleted_order_is_told_once_it_lies_in_the_bin(binned, crm):
    key = binned.key("SO-1")
    cursor = read(crm).cursor
    binned.later(crm, 2000)
    binned.people("delete", number="SO-1")
    binned.later(crm)
    page = read(crm, cursor)
    assert (page.numbers, page.gone) == ([], [key])
    assert read(crm).gone == []


def test_a_deleted_line_brings_its_order(binned, crm):
    cursor = read(crm).cursor
    binned.later(crm, 2000)
    binned.people("drop_line", order="SO-1", line_no=2)
    binned.later(crm)
    page = read(crm, cursor)
    [record] = page.records
    assert (record.number, len(record.fields[LINE]), page.gone) == ("SO-1", 1, [])


def test_what_came_back_out_of_the_bin_is_there_again(binned, crm):
    key = binned.key("SO-1")
    binned.people("delete", number="SO-1")
    binned.later(crm, 2000)
    cursor = read(crm).cursor
    binned.later(crm, 2000)
    binned.people("undelete", key=key)
    binned.later(crm)
    page = read(crm, cursor)
    assert (page.numbers, page.gone) == (["SO-1"], [])


def test_users_who_have_no_bin_are_read_all_the_same(world, crm):
    cursor = read(crm, wanted=shape("employee")).cursor
    world.later(crm)
    key = world.sandbox.records("User")[0]["Id"]
    world.people("edit", form="User", key=key, fields={"IsActive": False})
    world.later(crm)
    assert read(crm, cursor, shape("employee")).numbers == ["YW001"]


# -- batches ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [2, 5, 2000])
@pytest.mark.parametrize("batch", [1, 3, 2000])
def test_however_few_rows_an_answer_holds_every_record_is_read_once(build, page, batch):
    world = build(orders=8)
    world.sandbox.switches["batch"] = batch
    crm = world.adapter(page=page)
    world.later(crm)
    found = read(crm)
    assert found.numbers == [f"SO-{n}" for n in range(1, 9)]
    assert {len(record.fields[LINE]) for record in found.records} == {1, 2}


def test_a_lost_locator_is_gone_on_from_the_last_id(build):
    world = build(orders=8)
    world.sandbox.switches["batch"] = 3
    crm = world.adapter()
    world.sandbox.faults.set([{"do": "system", "name": "locator_lost", "times": 2}])
    world.later(crm)
    assert read(crm, wanted=ORDERS).numbers == [f"SO-{n}" for n in range(1, 9)]


# -- currencies ------------------------------------------------------------------------------


def test_where_there_is_one_currency_none_is_asked_for(world, crm):
    world.later(crm)
    assert {record.fields["CurrencyIsoCode"] for record in read(crm).records} == {None}


def test_where_there_are_several_they_must_not_be_taken_for_one(world, crm):
    world.sandbox.switches["multi_currency"] = True
    world.later(crm)
    with pytest.raises(Rejected, match="multi_currency: true"):
        read(crm)
    several = world.adapter(multi_currency=True)
    assert {record.fields["CurrencyIsoCode"] for record in read(several).records} == {"CNY"}


def test_several_currencies_where_there_is_one_are_refused(world):
    crm = world.adapter(multi_currency=True)
    with pytest.raises(Rejected, match="CurrencyIsoCode"):
        read(crm)


# -- by key and by field ---------------------------------------------------------------------


def test_a_field_that_is_not_there_is_refused_by_its_name(crm):
    with pytest.raises(Rejected, match="'Nonsense__c'"):
        read(crm, wanted=Shape(ORDER, ("Id",), ("Nonsense__c",)))


def test_an_object_that_is_not_there_is_refused_by_its_name(crm):
    with pytest.raises(Rejected, match="no object Nonsense__c"):
        crm.describe("Nonsense__c")


def test_what_cannot_be_an_id_is_not_there_and_takes_nobody_along(world, crm):
    key = world.key("SO-1")
    found = crm.fetch(ORDERS, ["x", key, "' OR Id != '", "0" * 18])
    assert [record.key for record in found] == [key]


def test_many_values_are_looked_up_in_several_calls(world, crm):
    accounts = Shape(ACCOUNT, ("Id",), (), "AccountNumber")
    crm.describe(ACCOUNT)
    before = world.calls("query")
    found = crm.find(accounts, "AccountNumber", [*(f"编号{n}" for n in range(700)), "C1"])
    assert [record.number for record in found] == ["C1"]
    assert world.calls("query") - before > 3
