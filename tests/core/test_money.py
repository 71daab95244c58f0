"""Money: to the fen, always, or an error that says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import MappingFault
from connector.objects import OrderLine, SalesOrder, money
from connector.objects.money import places, rounded, spread, tax_of, unit_price

FEN = Decimal("0.01")
DIGITS = st.sampled_from([0, 2, 3])
WEIGHTS = st.lists(
    st.decimals(0, 10**7, places=2, allow_nan=False), min_size=1, max_size=12
).filter(any)
COUNTS = st.integers(-(10**8), 10**8)


@given(COUNTS, WEIGHTS, DIGITS)
def test_shares_sum_to_the_total_exactly(count: int, weights: list[Decimal], digits: int) -> None:
    total = Decimal(count).scaleb(-digits)
    assert sum(spread(total, weights, digits)) == total


@given(COUNTS, WEIGHTS, DIGITS)
def test_every_share_is_a_whole_number_of_the_smallest_coin(
    count: int, weights: list[Decimal], digits: int
) -> None:
    for share in spread(Decimal(count).scaleb(-digits), weights, digits):
        assert share.scaleb(digits) % 1 == 0


@given(COUNTS, WEIGHTS, DIGITS)
def test_no_share_is_further_than_one_coin_from_its_exact_value(
    count: int, weights: list[Decimal], digits: int
) -> None:
    total, whole = Decimal(count).scaleb(-digits), sum(weights)
    for share, weight in zip(spread(total, weights, digits), weights, strict=True):
        assert abs(share - total * weight / whole) < Decimal(1).scaleb(-digits)


@given(st.integers(0, 10**8), WEIGHTS, DIGITS)
def test_a_heavier_line_never_gets_less_and_ties_go_to_the_earlier(
    count: int, weights: list[Decimal], digits: int
) -> None:
    shares = spread(Decimal(count).scaleb(-digits), weights, digits)
    order = sorted(range(len(weights)), key=lambda i: (-weights[i], i))
    assert all(shares[a] >= shares[b] for a, b in pairwise(order))


@given(COUNTS, WEIGHTS, DIGITS)
def test_a_negative_total_is_the_mirror_of_a_positive_one(
    count: int, weights: list[Decimal], digits: int
) -> None:
    total = Decimal(count).scaleb(-digits)
    mirrored = [-share for share in spread(-total, weights, digits)]
    assert spread(total, weights, digits) == mirrored


@given(COUNTS, WEIGHTS)
def test_a_line_of_weight_zero_gets_nothing(count: int, weights: list[Decimal]) -> None:
    weights = [Decimal(0), *weights, Decimal(0)]
    shares = spread(Decimal(count).scaleb(-2), weights, 2)
    assert all(not share for share, weight in zip(shares, weights, strict=True) if not weight)


def test_ties_go_to_the_earlier_line() -> None:
    assert spread(Decimal("0.01"), [Decimal(1)] * 3, 2) == [FEN, 0, 0]
    assert spread(Decimal("0.02"), [Decimal(1)] * 3, 2) == [FEN, FEN, 0]


def test_the_largest_remainder_wins_before_the_earlier_line() -> None:
    assert spread(Decimal("0.10"), [Decimal(1), Decimal(2)], 2) == [
        Decimal("0.03"),
        Decimal("0.07"),
    ]


def test_nothing_is_spread_over_nothing() -> None:
    assert spread(Decimal(0), [Decimal(0), Decimal(0)], 2) == [0, 0]
    assert spread(Decimal(0), [], 2) == []


@pytest.mark.parametrize("weights", [[], [Decimal(0)], [Decimal(-1)], [Decimal(5), Decimal(-5)]])
def test_something_cannot_be_spread_over_nothing(weights: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="nothing to spread over"):
        spread(FEN, weights, 2)


def test_yen_are_spread_whole() -> None:
    assert spread(Decimal(10), [Decimal(1)] * 3, places("JPY")) == [4, 3, 3]


@pytest.mark.parametrize(
    "currency, digits", [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("VND", 0), ("", 2)]
)
def test_a_currency_has_its_own_number_of_digits(currency: str, digits: int) -> None:
    assert places(currency) == digits


@pytest.mark.parametrize(
    "value, result", [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.135", "0.14"), ("0.124", "0.12")]
)
def test_halves_are_rounded_up_as_on_invoices(value: str, result: str) -> None:
    assert rounded(Decimal(value), 2) == Decimal(result)


def test_a_price_is_what_amount_and_quantity_imply() -> None:
    assert unit_price(Decimal("10.00"), Decimal(3)) == Decimal("3.333333")
    assert unit_price(Decimal("10.00"), Decimal(0)) == 0


@given(st.decimals(0, 10**7, places=2))
def test_tax_and_the_rest_add_up_to_the_amount(amount: Decimal) -> None:
    tax = tax_of(amount, Decimal("0.13"), 2)
    assert tax % FEN == 0
    assert abs((amount - tax) * Decimal("1.13") - amount) <= Decimal("0.00565")


def test_the_tax_in_a_hundred_and_thirteen_is_thirteen() -> None:
    assert tax_of(Decimal(113), Decimal("0.13"), 2) == 13


# -- orders ----------------------------------------------------------------------------------


def order(lines: list[OrderLine], **fields: Any) -> SalesOrder:
    made = SalesOrder(customer="c", order_date=date(2026, 11, 20), lines=tuple(lines), **fields)
    made.settle()
    return made


def line(id: int, amount: Any, quantity: Any = 1, **fields: Any) -> OrderLine:
    return OrderLine(
        id=str(id), amount_with_tax=Decimal(str(amount)), quantity=Decimal(str(quantity)), **fields
    )


@st.composite
def contracts(draw: st.DrawFn) -> tuple[list[OrderLine], Decimal]:
    """Lines at 13 % with their tax-inclusive amounts, some of them gifts, and a discount."""
    lines = []
    for n in range(draw(st.integers(1, 8))):
        gift = draw(st.booleans()) and n > 0
        quantity = draw(st.decimals("0.001", 5000, places=3))
        price = draw(st.decimals("0.01", 9999, places=2))
        amount = Decimal(0) if gift else max(rounded(quantity * price, 2), FEN)
        more = {"kind": "gift" if gift else "goods", "tax_rate": Decimal("0.13")}
        lines.append(line(n, amount, quantity, price_with_tax=price, **more))
    due = sum((each.amount_with_tax for each in lines), Decimal(0))
    whole_yuan = due - int(due)  # 抹零
    some = draw(st.decimals(0, due, places=2))
    return lines, draw(st.sampled_from([Decimal(0), whole_yuan, some]))


@given(contracts())
@settings(max_examples=1000, deadline=None)
def test_the_lines_sum_to_the_header_to_the_fen(made: tuple[list[OrderLine], Decimal]) -> None:
    lines, discount = made
    header = sum((each.amount_with_tax for each in lines), Decimal(0)) - discount
    settled = order(lines, discount=discount, amount_with_tax=header)
    nets = [each.net_amount for each in settled.lines]
    assert all(net is not None and net % FEN == 0 for net in nets)
    assert sum(net for net in nets if net is not None) == header
    assert all(each.net_amount == 0 for each in settled.lines if each.kind == "gift")


@given(contracts())
@settings(deadline=None)
def test_no_line_is_discounted_below_nothing(made: tuple[list[OrderLine], Decimal]) -> None:
    lines, discount = made
    for each in order(lines, discount=discount).lines:
        assert each.net_amount is not None
        assert 0 <= each.net_amount <= each.amount_with_tax


@given(contracts())
@settings(deadline=None)
def test_a_net_price_gives_the_net_amount_back(made: tuple[list[OrderLine], Decimal]) -> None:
    lines, discount = made
    for each in order(lines, discount=discount).lines:
        if each.net_amount != each.amount_with_tax:
            assert each.net_price == unit_price(each.net_amount or Decimal(0), each.quantity)


@given(contracts(), st.integers(1, 10**6))
@settings(deadline=None)
def test_a_header_that_contradicts_its_lines_is_refused(
    made: tuple[list[OrderLine], Decimal], fen: int
) -> None:
    lines, discount = made
    header = sum((each.amount_with_tax for each in lines), Decimal(0)) - discount
    with pytest.raises(MappingFault, match="do not add up"):
        order(lines, discount=discount, amount_with_tax=header + fen * FEN)


def test_computing_from_the_price_without_tax_would_miss_the_contract() -> None:
    """Why the tax-inclusive amount is the truth: price * (1 + rate) is another number."""
    with_tax, quantity, rate = Decimal("9.99"), Decimal(1000), Decimal("0.13")
    without = rounded(with_tax / (1 + rate), 2)
    from_price = rounded(without * (1 + rate) * quantity, 2)
    settled = order([line(1, with_tax * quantity, quantity, price_with_tax=with_tax)])
    assert from_price == Decimal("9989.20")
    assert settled.lines[0].net_amount == Decimal("9990.00")


@given(st.integers(1, 99_999), st.integers(2, 1000))
def test_the_contract_s_price_stays_where_nothing_was_taken_off(fen: int, quantity: int) -> None:
    price = fen * FEN
    settled = order([line(1, price * quantity, quantity, price_with_tax=price)]).lines[0]
    assert (settled.net_price, settled.net_amount) == (price, price * quantity)


def test_a_discount_is_spread_in_proportion() -> None:
    settled = order([line(1, "100.00"), line(2, "200.00")], discount=Decimal("30.00"))
    assert [each.net_amount for each in settled.lines] == [90, 180]
    assert settled.amount_with_tax == 270


def test_a_missing_header_amount_is_the_lines_less_the_discount() -> None:
    assert order([line(1, "10.05")], discount=Decimal("0.05")).amount_with_tax == 10


def test_a_gift_keeps_its_price_and_gets_no_share() -> None:
    gift = line(2, 0, 1, kind="gift", price_with_tax=Decimal("50.00"))
    settled = order([line(1, "100.01"), gift], discount=FEN)
    assert [each.net_amount for each in settled.lines] == [100, 0]
    assert settled.lines[1].net_price == 50


def test_an_order_of_gifts_alone_is_worth_nothing() -> None:
    assert order([line(1, 0, kind="gift"), line(2, 0, kind="gift")]).amount_with_tax == 0


def test_an_order_without_lines_is_refused() -> None:
    with pytest.raises(MappingFault, match="no lines"):
        order([])


def test_a_surcharge_is_a_negative_discount() -> None:
    settled = order([line(1, "10.00"), line(2, "10.00")], discount=Decimal("-0.01"))
    assert [each.net_amount for each in settled.lines] == [Decimal("10.01"), 10]


def test_a_discount_in_yen_is_spread_in_whole_yen() -> None:
    lines = [line(1, 1000), line(2, 1000), line(3, 1000)]
    settled = order(lines, discount=Decimal(100), currency="JPY")
    assert [each.net_amount for each in settled.lines] == [966, 967, 967]


def test_places_of_money_are_in_one_table() -> None:
    assert all(digits == 0 for digits in money.PLACES.values())


def test_a_ratio_is_exact_until_it_is_rounded_once() -> None:
    assert money.ratio([Decimal(100), Decimal(1)], [Decimal(3)], 2) == Decimal("33.33")
    assert money.ratio([Decimal("0.005")], [], 2) == Decimal("0.01")
    # In 28 digits the product alone would round: a third times three is one again here.
    digits = Decimal("0.123456789012345678901234567")
    assert money.ratio([digits, digits, Decimal(7)], [digits, Decimal(7)], 27) == digits
    large = 1_234_567_890_123_456_789
    assert money.ratio([Decimal(large), Decimal(large)], [], 0) == large * large
