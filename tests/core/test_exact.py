"""Exact JSON: what goes out and comes in is what was meant, digit by digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import exact


@pytest.mark.parametrize(
    ("value", "digits"),
    [("1E+2", "100"), ("0E-10", "0.0000000000"), ("1E-7", "0.0000001"), ("-12.50", "-12.50")],
)
def test_decimals_go_out_as_plain_digits(value: str, digits: str) -> None:
    assert exact.encode({"a": [Decimal(value)]}) == f'{{"a":[{digits}]}}'.encode()


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object()])
def test_what_is_no_number_is_not_sent_as_one(value: Any) -> None:
    with pytest.raises(TypeError):
        exact.encode([value])


def test_text_that_looks_like_an_exponent_stays_text() -> None:
    assert exact.encode(["1E+5", "NaN", Decimal("1E+1")]) == b'["1E+5","NaN",10]'


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_with_its_digits(number: Decimal) -> None:
    (back,) = exact.loads(exact.encode([number]))
    assert back == number
    assert format(Decimal(back), "f") == format(number, "f")


@pytest.mark.parametrize("text", ["", "<html>", "[NaN]", "[1,]", "{'a': 1}", "[" * 100_000])
def test_anything_else_is_not_json(text: str) -> None:
    with pytest.raises(exact.NotJson):
        exact.loads(text)


def test_what_json_does_not_know_is_turned_into_what_it_does() -> None:
    assert exact.dumps({"a": 1 + 2j}, default=str) == '{"a":"(1+2j)"}'


@pytest.mark.parametrize(
    "text",
    [
        "1E999999999",
        "[1e-999999999]",
        "1E1001",
        "0E5000",
        "1E99999999999999999999",
        "[2e-99999999999999999999]",
    ],
)
def test_a_number_of_absurd_size_is_not_json(text: str) -> None:
    with pytest.raises(exact.NotJson):
        exact.loads(text)
