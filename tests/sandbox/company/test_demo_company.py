"""The generated company has what real ones have."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from sandbox.company import load_company
from sandbox.company.credit_code import check_character, is_valid
from sandbox.company.generate import demo

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def company():
    return demo(today=TODAY)


def test_the_check_character_follows_the_standard():
    assert check_character("91330100799655058") == "B"
    assert is_valid("914403001922038216")


@pytest.mark.parametrize("code", ["", "91330100799655058A", "9133010079965505O", "91330100"])
def test_a_code_of_wrong_form_or_check_character_is_not_valid(code):
    assert not is_valid(code)


def test_one_seed_and_one_day_give_one_company(company):
    assert demo(today=TODAY) == company
    assert demo(2, today=TODAY) != company


def test_demo_is_loaded_by_its_name():
    assert load_company("demo").customers


def test_the_numbers_are_those_of_the_go_live_list(company):
    assert len(company.organisations) == 2
    assert len(company.customers) == 300
    assert len(company.people) == 15
    assert len(company.materials) == 120
    assert len({material.number for material in company.materials}) == 120
    assert len({material.unit for material in company.materials}) == 3
    assert len(company.orders) == 400


def test_nine_credit_codes_are_wrong_and_named(company):
    wrong = [c.number for c in company.customers if c.credit_code and not is_valid(c.credit_code)]
    assert sorted(wrong) == sorted(company.extra["wrong_credit_codes"])
    assert len(wrong) == 9


def test_twenty_accounts_repeat_eight_others_by_code_or_by_name(company):
    by_number = {customer.number: customer for customer in company.customers}
    pairs = company.extra["duplicates"]
    assert len(pairs) == 20
    assert len(set(pairs.values())) == 8
    for double, original in pairs.items():
        same_code = by_number[double].credit_code == by_number[original].credit_code
        assert same_code or not by_number[double].credit_code


def test_two_salespeople_have_no_erp_record(company):
    assert sum(not person.erp_number for person in company.people) == 2


def test_lines_are_price_times_quantity_to_the_cent(company):
    for order in company.orders:
        for line in order.lines:
            amount = (line.price * line.quantity).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert line.amount == amount
            assert line.tax_rate == Decimal("0.13")
            assert line.price == line.price.quantize(Decimal("0.01"))


def test_an_order_is_the_sum_of_its_lines_less_the_discount(company):
    for order in company.orders:
        assert sum(line.amount for line in order.lines) - order.discount == order.amount
    assert sum(order.discount > 0 for order in company.orders) > 40


def test_there_are_gifts_freight_samples_locks_and_every_state(company):
    kinds = Counter(line.kind for order in company.orders for line in order.lines)
    states = Counter(order.status for order in company.orders)
    assert kinds["gift"] > 20
    assert kinds["freight"] > 20
    assert set(states) == {"normal", "under_review", "in_change", "ineffective", "invalid"}
    assert any(order.kind == "sample" for order in company.orders)
    assert any(order.locked for order in company.orders)
    gifts = (line for order in company.orders for line in order.lines if line.kind == "gift")
    assert all(line.price == line.amount == 0 for line in gifts)


def test_the_year_ends_on_the_day_given(company):
    days = [order.order_date for order in company.orders]
    assert days == sorted(days)
    assert TODAY - timedelta(days=365) < days[0]
    assert days[-1] <= TODAY


def test_references_point_to_somebody(company):
    customers = {customer.number for customer in company.customers}
    materials = {material.number for material in company.materials}
    people = {person.crm_id for person in company.people}
    warehouses = {code for code, _ in company.warehouses}
    assert {order.customer for order in company.orders} <= customers
    assert {order.salesperson for order in company.orders} <= people
    assert {line.material for order in company.orders for line in order.lines} <= materials
    assert {stock.material for stock in company.stock} <= materials
    assert {stock.warehouse for stock in company.stock} <= warehouses


def test_the_bom_has_three_levels(company):
    parents = {line.parent for line in company.bom}
    second = {line.component for line in company.bom} & parents
    third = {line.component for line in company.bom if line.parent in second} & parents
    assert third
    assert not {line.component for line in company.bom if line.parent in third} & parents


def test_what_is_bought_has_a_supplier_and_a_lead_time(company):
    known = {supplier.number for supplier in company.suppliers}
    bought = [m for m in company.materials if m.number[:2] in ("LJ", "YL", "TJ")]
    assert {material.supplier for material in bought} == known
    assert all(material.lead_days for material in bought)


def test_purchases_are_received_in_part_or_open_and_some_are_late(company):
    left = [purchase for purchase in company.purchases if purchase.received < purchase.quantity]
    assert {bool(purchase.received) for purchase in left} == {True, False}
    assert any(purchase.due < TODAY for purchase in left)
    assert any(purchase.due > TODAY for purchase in left)


def test_half_of_the_work_orders_name_no_order(company):
    named = [bool(order.order_number) for order in company.work_orders]
    assert len(named) == 160
    assert sum(named) == 80


def test_the_periods_before_the_month_before_last_are_closed(company):
    assert company.closed_before == date(2026, 9, 1)
    assert demo(today=date(2026, 1, 31)).closed_before == date(2025, 11, 1)


def test_open_orders_can_stand_in_the_erp_already():
    typed = [order for order in demo(typed=30, today=TODAY).orders if order.erp_number]
    assert len(typed) == 30
    assert {order.status for order in typed} == {"normal"}


def test_a_smaller_company_can_be_asked_for():
    company = demo(orders=20, customers=100, people=4, made=10, today=TODAY)
    assert (len(company.orders), len(company.customers), len(company.work_orders)) == (20, 100, 10)
