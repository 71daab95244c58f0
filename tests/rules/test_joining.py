"""What the hub tells of all lines of an order stands together as one record."""

from __future__ import annotations

from decimal import Decimal

from connector.rules.joining import reckoned, together

WHOLE = {"open": "5", "from_stock": "5", "complete": True, "short_of": ""}
SHORT = {"open": "2.5", "from_stock": "0", "complete": False, "short_of": "R1 × 6"}


def test_quantities_are_added_up_and_one_line_that_is_short_makes_the_order_short() -> None:
    one = together("kitting", [WHOLE, SHORT])
    assert (one["open"], one["from_stock"]) == (Decimal("7.5"), Decimal(5))
    assert (one["complete"], one["short_of"]) == (False, "R1 × 6")


def test_what_several_lines_are_short_of_follows_one_another() -> None:
    assert together("kitting", [SHORT, {**SHORT, "short_of": "R2 × 1"}])["short_of"] == (
        "R1 × 6; R2 × 1"
    )


def test_an_order_of_which_nothing_is_told_says_nothing() -> None:
    assert together("kitting", []) == {}


def test_only_what_is_named_is_reckoned() -> None:
    assert reckoned("sales_order", ["number", "customer.name"]) == frozenset()
    names = ["days.standing.oldest_due_on", "kitting.complete"]
    assert reckoned("sales_order", names) == {"customer_standing", "kitting"}
