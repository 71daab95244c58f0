"""What people do in the CRM's own pages."""

from __future__ import annotations

import pytest

ORDER, LINE, ACCOUNT = "SalesOrderObj", "SalesOrderProductObj", "AccountObj"


@pytest.fixture
def do(crm):
    return crm.sandbox.people()


def lines_of(crm, number):
    return crm.rows(LINE, ("order_id", "EQ", [crm.one(ORDER, number)["_id"]]))


def test_an_edit_is_in_the_ledger_under_the_persons_name(crm, do):
    do["edit"](fields={"remark": "加急"}, number="SO-1", by="李四")
    assert crm.commits() == [("update", ORDER, "person:李四")]


def test_people_edit_locked_records(crm, do):
    do["edit"](fields={"remark": "加急"}, number="SO-3")
    assert crm.one(ORDER, "SO-3")["remark"] == "加急"


def test_a_late_commit_carries_an_old_stamp(crm, do):
    do["edit"](fields={"remark": "x"}, number="SO-1", stamp=1_790_000_000_000)
    assert crm.one(ORDER, "SO-1")["last_modified_time"] == 1_790_000_000_000
    number = do["add_order"](customer="C1", lines=[], stamp=1_790_000_000_001)
    assert crm.one(ORDER, number)["create_time"] == 1_790_000_000_001


def test_a_line_edit_moves_the_amount_but_not_the_stamp_of_its_order(crm, do):
    before = crm.one(ORDER, "SO-1")
    do["edit_line"](order="SO-1", line_no=1, fields={"quantity": "4"})
    after = crm.one(ORDER, "SO-1")
    assert lines_of(crm, "SO-1")[0]["subtotal"] == "399.96"
    assert after["order_amount"] == "449.96"
    assert after["last_modified_time"] == before["last_modified_time"]


def test_a_line_edit_moves_the_stamp_of_its_order_in_the_pleasant_reading(crm, do):
    crm.sandbox.switches["lines_bump_order"] = True
    before = crm.one(ORDER, "SO-1")
    do["edit_line"](order="SO-1", line_no=1, fields={"quantity": "4"})
    assert crm.one(ORDER, "SO-1")["last_modified_time"] > before["last_modified_time"]


def test_lines_come_and_go(crm, do):
    key = do["add_line"](order="SO-2", product="P1", quantity="2", price="10", kind="gift")
    assert crm.one(ORDER, "SO-2")["order_amount"] == "115.00"
    do["drop_line"](key=key)
    do["drop_line"](order="SO-2", line_no=1)
    assert lines_of(crm, "SO-2") == []
    assert crm.one(ORDER, "SO-2")["order_amount"] == "-5"


def test_a_new_order_has_its_lines_and_their_sum(crm, do):
    lines = [
        {"product": "P1", "quantity": "3", "price": "99.99"},
        {"product": "P2", "quantity": "1", "price": "0", "kind": "gift", "remark": "赠"},
    ]
    number = do["add_order"](customer="C2", lines=lines, discount_amount__c="0.97", remark="急")
    order = crm.one(ORDER, number)
    assert order["order_amount"] == "299.00"
    assert order["account_id__r"] == "乙公司"
    assert order["owner"] == ["1001"]
    assert [line["kind__c"] for line in lines_of(crm, number)] == ["goods", "gift"]


def test_a_discount_given_later_moves_the_amount(crm, do):
    do["edit"](fields={"discount_amount__c": "9.97"}, number="SO-1")
    assert crm.one(ORDER, "SO-1")["order_amount"] == "340.00"


def test_a_new_customer_gets_a_number(crm, do):
    number = do["add_customer"](name="丙公司", tel="0000-5000000")
    assert crm.one(ACCOUNT, "丙公司")["account_no"] == number


def test_an_order_goes_through_approval_and_change(crm, do):
    number = do["add_order"](customer="C1", lines=[], life_status="under_review")
    do["approve"](number=number, locked=True)
    assert crm.one(ORDER, number)["life_status"] == "normal"
    assert crm.one(ORDER, number)["lock_status"] == "1"
    do["start_change"](number=number)
    assert crm.one(ORDER, number)["life_status"] == "in_change"


def test_a_number_changes_while_the_key_stays(crm, do):
    key = crm.one(ORDER, "SO-1")["_id"]
    do["renumber"](number="SO-1", new="SO-1-A")
    assert crm.one(ORDER, "SO-1-A")["_id"] == key


def test_records_are_invalidated_recovered_locked_and_deleted(crm, do):
    do["invalidate"](number="SO-1")
    do["recover"](number="SO-1")
    do["lock"](number="SO-1")
    do["unlock"](number="SO-1")
    do["delete"](number="SO-1")
    assert [row["name"] for row in crm.rows(ORDER)] == ["SO-2", "SO-3"]
    assert len(crm.rows(LINE)) == 2


def test_a_bulk_edit_names_what_it_changed(crm, do):
    numbers = do["bulk_edit"](count=2, fields={"remark": "调价"})
    assert len(numbers) == 2
    assert {row["name"] for row in crm.rows(ORDER, ("remark", "EQ", ["调价"]))} == set(numbers)


def test_people_are_told_what_does_not_exist(crm, do):
    with pytest.raises(ValueError, match="no SalesOrderObj has the number 'SO-9'"):
        do["edit"](fields={}, number="SO-9")
    with pytest.raises(ValueError, match="has no line 9"):
        do["edit_line"](order="SO-1", line_no=9, fields={})


def test_every_function_says_what_it_does(do):
    assert all(function.__doc__ for function in do.values())


def test_people_type_numbers_and_days(crm, do):
    do["edit"](fields={"erp_shipped__c": 5, "delivery_date": "2026-10-01"}, number="SO-1")
    order = crm.one(ORDER, "SO-1")
    assert order["erp_shipped__c"] == "5"
    assert order["delivery_date"] == 1790784000000


def test_a_field_that_is_not_there_is_a_mistake_of_the_test(do):
    with pytest.raises(ValueError, match="remrak"):
        do["edit"](fields={"remrak": "x"}, number="SO-1")


def test_an_edit_of_a_line_by_key_computes_its_subtotal(crm, do):
    key = lines_of(crm, "SO-1")[0]["_id"]
    do["edit"](form=LINE, key=key, fields={"sales_price": "10"})
    assert lines_of(crm, "SO-1")[0]["subtotal"] == "30.00"


def test_an_order_under_review_is_locked(crm, do):
    number = do["add_order"](customer="C1", lines=[], life_status="under_review")
    assert crm.one(ORDER, number)["lock_status"] == "1"


def kept(crm, form, number):
    """A record of an object of the tenant's own."""
    return next(row for row in crm.sandbox.records(form) if row["name"] == number)


def test_the_papers_of_a_deal_are_added_with_their_lines(crm, do):
    line = {"product": "P1", "quantity": "3", "price": "33.33"}
    for what, form, total in (
        ("add_quote", "QuoteObj", "quote_amount"),
        ("add_contract", "SaleContractObj", "contract_amount__c"),
    ):
        number = do[what](customer="C1", lines=[line, line], discount_amount__c="0.98")
        assert crm.one(form, number)[total] == "199.00"


def test_goods_come_back_of_a_line_of_an_order(crm, do):
    number = do["add_return"](
        order="SO-1", lines=[{"line_no": 1, "quantity": 1}], handling="replace"
    )
    record = crm.one("ReturnedGoodsInvoiceObj", number)
    (row,) = crm.rows(
        "ReturnedGoodsInvoiceProductObj", ("returned_goods_inv_id", "EQ", [record["_id"]])
    )
    assert (record["handling__c"], row["order_number__c"]) == ("replace", "SO-1")
    assert row["order_product_id"] == lines_of(crm, "SO-1")[0]["_id"]


def test_a_forecast_is_made_changed_approved_and_withdrawn(crm, do):
    form = "sales_forecast__c"
    number = do["add_forecast"](
        product="P1", quantity=200, starts_on="2026-04-01", ends_on="2026-04-30", customer="C1",
        life_status="under_review",
    )  # fmt: skip
    do["edit"](form=form, number=number, fields={"quantity__c": 150})
    do["approve"](form=form, number=number)
    record = kept(crm, form, number)
    assert (record["quantity__c"], record["life_status"]) == ("150", "normal")
    do["start_change"](form=form, number=number)
    assert kept(crm, form, number)["lock_status"] == "1"
    do["invalidate"](form=form, number=number)
    assert kept(crm, form, number)["life_status"] == "invalid"


def test_projects_and_payments_name_their_order(crm, do):
    number = do["add_project"](title="装配线", customer="C1", order="SO-1")
    key = do["plan_payment"](order="SO-1", amount="100", due_on="2026-05-01")
    order = crm.one(ORDER, "SO-1")["_id"]
    assert kept(crm, "project__c", number)["order__c"] == order
    (plan,) = crm.rows("PaymentPlanObj", ("order_id", "EQ", [order]))
    assert plan["_id"] == key
