"""Which record here is which there: what proves, what suggests, what speaks against."""

from __future__ import annotations

from typing import Any

import pytest

from connector.matching import Marked, Pair, folding, marked, propose

CODE, ANOTHER = "91330100MA0000000C", "91330100MA1111111X"


def customer(key: str, number: str = "", name: str = "", **values: Any) -> Marked:
    return marked("customer", key, number or key.upper(), {"name": name, **values})


def best(source: Marked, *targets: Marked, object: str = "customer") -> Pair:
    return propose(object, [source], targets)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州海湾电器（集团）有限公司", "杭州海湾电器(集团)有限责任公司"),
        ("ＡＢＣ 机械股份有限公司", "abc机械有限公司"),
        ("Acme Tools Co., Ltd.", "ACME TOOLS Limited"),
    ],
)
def test_habits_of_typing_make_no_other_company(one: str, other: str) -> None:
    assert folding.name(one) == folding.name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海湾电器有限公司", "海湾电器有限公司杭州分公司"),
        ("海湾电器一厂", "海湾电器二厂"),
        ("Company", "Limited"),
    ],
)
def test_what_makes_another_company_stays(one: str, other: str) -> None:
    assert folding.name(one) != folding.name(other)


def test_a_credit_code_counts_only_with_its_check_character() -> None:
    assert folding.credit_code(CODE.lower() + " ") == CODE
    assert folding.credit_code(CODE[:-1] + "1") == ""


def test_a_telephone_is_its_digits() -> None:
    assert folding.phone("+86 138-0013-8000") == folding.phone("１３８００１３８０００")
    assert folding.phone("8001") == ""


def test_an_equal_credit_code_is_sure_whatever_number_and_name_say() -> None:
    here = customer("a", "K1", "海湾电器", credit_code=CODE)
    there = customer("x", "C900", "海湾家用电器有限公司", credit_code=CODE)
    pair = best(here, there)
    assert (pair.sure, pair.evidence, pair.against) == (True, ("credit_code",), ("name",))


def test_the_same_number_for_another_company_is_not_sure() -> None:
    pair = best(customer("a", "C5", "海湾电器"), customer("x", "C5", "江南机械"))
    assert (pair.sure, pair.evidence, pair.against) == (False, ("number",), ("name",))


def test_the_company_itself_is_found_behind_another_s_number() -> None:
    here = customer("a", "C5", "海湾电器有限公司")
    found = propose("customer", [here], [customer("x", "C5", "江南机械"),
                                         customer("y", "C900", "海湾电器")])  # fmt: skip
    assert [(p.target and p.target.key, p.sure) for p in found] == [("y", True), ("x", False)]


def test_two_valid_codes_that_differ_are_two_companies() -> None:
    here = customer("a", "C5", "海湾电器", credit_code=CODE)
    there = customer("x", "C5", "海湾电器", credit_code=ANOTHER)
    assert folding.credit_code(ANOTHER)
    assert (best(here, there).sure, best(here, there).against) == (False, ("credit_code",))


def test_a_wrong_code_is_told_and_the_rest_decides() -> None:
    here = customer("a", "C5", "海湾电器", credit_code=CODE[:-1] + "1")
    pair = best(here, customer("x", "C5", "海湾电器", credit_code=CODE))
    assert (pair.sure, pair.against) == (True, ("wrong_code",))


def test_a_name_alone_is_enough_where_nobody_else_has_it() -> None:
    here, one = customer("a", "K1", "海湾电器"), customer("x", "C1", "海湾电器有限公司")
    assert best(here, one).sure
    two = propose("customer", [here], [one, customer("y", "C2", "海湾电器")])
    assert [(pair.sure, pair.against) for pair in two] == [(False, ("several",))] * 2


def test_several_accounts_of_one_company_are_all_paired_with_it() -> None:
    there = customer("x", "C1", "海湾电器", credit_code=CODE)
    here = [customer("a", "C1", "海湾电器"), customer("b", "K9", "海湾电器", credit_code=CODE)]
    assert [pair.sure for pair in propose("customer", here, [there])] == [True, True]


def test_a_record_that_nobody_is_like_is_named() -> None:
    pair = best(customer("a", "K1", "新客户"), customer("x", "C1", "海湾电器"))
    assert (pair.target, pair.sure) == (None, False)


# -- orders that clerks have typed ------------------------------------------------------------


def order(day: str, amount: str = "100.00", qty: str = "2", **values: Any) -> dict[str, Any]:
    line = {"material": "m1", "quantity": qty, "amount_with_tax": amount}
    return {"customer": "c1", "order_date": day, "lines": [line], **values}


def known(object: str, key: str) -> str:
    return {"c1": "C-1", "m1": "M-1"}.get(key, "")


def here(key: str = "o1", day: str = "2026-11-02", **values: Any) -> Marked:
    return marked("sales_order", key, key.upper(), order(day, **values), known)


def there(key: str = "b1", day: str = "2026-11-05", **values: Any) -> Marked:
    made = order(day, **values)
    made |= {"customer": "C-1", "lines": [{**made["lines"][0], "material": "M-1"}]}
    return marked("sales_order", key, f"XSDD{key}", made)


def test_a_typed_order_is_found_by_who_ordered_what_for_how_much() -> None:
    pair = best(here(), there(qty="2.000", amount="100"), object="sales_order")
    assert (pair.sure, pair.evidence) == (True, ("content",))


def test_of_monthly_orders_the_nearest_is_meant() -> None:
    bills = [there("b1", "2026-10-05"), there("b2", "2026-11-04"), there("b3", "2026-12-04")]
    pair = best(here(day="2026-11-02"), *bills, object="sales_order")
    assert pair.target and (pair.target.key, pair.sure) == ("b2", True)


def test_a_bill_of_another_season_is_not_sure() -> None:
    pair = best(here(day="2026-11-02"), there(day="2026-02-05"), object="sales_order")
    assert (pair.sure, pair.against) == (False, ("date",))


def test_two_orders_are_never_one_bill() -> None:
    found = propose("sales_order", [here("o1"), here("o2")], [there()])
    assert [(pair.sure, pair.against) for pair in found] == [(False, ("several",))] * 2


def test_an_order_for_a_customer_who_is_not_linked_has_no_content_to_compare() -> None:
    assert best(here(customer="c9"), there(), object="sales_order").target is None
