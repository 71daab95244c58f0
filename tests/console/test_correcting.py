"""Corrections: what a person says a field should be is what is delivered."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import ConnectorError, MappingFault
from connector.operations.finding import ChangedMeanwhile
from tests.console.factory import REVIEW, Office


def stopped(desk: Office, **fields: Any) -> float:
    """The ERP refuses the order; since when it has stood so."""
    desk.site.order(**{"note": "bad", **fields})
    desk.go()
    [failure] = desk.serving.app.failures()
    assert failure["reason"] == "rejected"
    return float(failure["since"])


def correct(desk: Office, seen: float | None = None, **said: str) -> int:
    return desk.serving.app.of("ops").correct("orders", "O1", said, seen)


def note(desk: Office) -> Any:
    return desk.site.bill().fields.get("note")


def test_a_corrected_field_is_delivered_and_the_source_stays_as_it_is(strict: Office) -> None:
    assert correct(strict, stopped(strict), special_terms="good") == 1
    strict.go()
    assert note(strict) == "good"
    assert strict.site.crm.form("order")["o1"].fields["note"] == "bad"
    assert not strict.serving.app.failures()


def test_it_stands_while_other_fields_change_and_ends_when_its_own_does(strict: Office) -> None:
    strict.start(flow=", until: saved")
    correct(strict, stopped(strict), special_terms="good")
    strict.go()
    strict.site.order(note="bad", date="2026-11-25")
    strict.go()
    assert (note(strict), str(strict.site.bill().fields["date"])) == ("good", "2026-11-25")
    strict.site.order(note="better")
    strict.go()
    assert note(strict) == "better"
    strict.site.order(note="bad")  # the old value again: the correction is what it was
    strict.go()
    assert note(strict) == "good"


def test_a_line_is_corrected_by_its_key_and_what_follows_from_it_follows(strict: Office) -> None:
    seen = stopped(strict)
    fields = {one.path: one for one in strict.serving.app.fields("orders", "O1")}
    assert (fields["lines[1].quantity"].label, fields["lines[1].quantity"].value) == (
        "lines[1].quantity", "2")  # fmt: skip
    said = {"special_terms": "good", "lines[1].quantity": "4", "lines[1].amount_with_tax": "36",
            "lines[1].price_with_tax": "9", "amount_with_tax": "36"}  # fmt: skip
    assert strict.serving.app.of("ops").correct("orders", "O1", said, seen) == 5
    strict.go()
    [row] = strict.site.bill().fields["rows"]
    assert (row["qty"], row["amount"]) == (4, 36)


def test_amounts_that_do_not_add_up_are_refused_and_nothing_is_changed(strict: Office) -> None:
    seen = stopped(strict)
    with pytest.raises(MappingFault, match="add up"):
        correct(strict, seen, special_terms="good", amount_with_tax="19")
    with pytest.raises(MappingFault, match="cannot be"):
        correct(strict, seen, order_date="tomorrow")
    strict.go()
    assert not strict.site.bills()
    [failure] = strict.serving.app.failures()
    assert failure["since"] == seen


@pytest.mark.parametrize("path", ["number", "lines[1].id", "lines[9].quantity", "no_such", "x.y[z"])
def test_what_nobody_may_correct_is_refused(strict: Office, path: str) -> None:
    seen = stopped(strict)
    with pytest.raises(ConnectorError, match=r"there is no|has no"):
        correct(strict, seen, **{path: "1"})


def test_two_people_who_correct_one_failure_do_so_once(strict: Office) -> None:
    seen = stopped(strict)
    correct(strict, seen, special_terms="good")
    with pytest.raises(ChangedMeanwhile):
        correct(strict, seen, special_terms="other")
    strict.go()
    assert note(strict) == "good"
    with pytest.raises(ChangedMeanwhile):
        strict.serving.app.of("ops").retry("orders", seen={"o1": seen})


def test_who_corrected_what_stands_in_the_audit_and_in_the_story(strict: Office) -> None:
    correct(strict, stopped(strict), special_terms="good")
    line = strict.serving.app.audit(1)[0]
    assert (line.who, line.what) == ("ops", "correct")
    assert line.about["fields"] == {"special_terms": "good"}
    [story] = strict.serving.app.trace("sales_order", "O1")
    assert "person_correct" in [event.what for event in story.events]


def test_a_correction_after_an_approval_is_reviewed_anew(strict: Office) -> None:
    strict.start(review=REVIEW, flow=", review: order_review")
    lines = [{"id": "1", "product": "p-M1", "qty": "2", "price": "100", "amount": "200"}]
    strict.site.order(note="bad", lines=lines)
    strict.go()
    strict.reviewed.approve_all()
    strict.go()
    [failure] = strict.serving.app.failures()
    correct(strict, failure["since"], special_terms="good")
    strict.go()
    assert not strict.site.bills()
    strict.reviewed.approve_all()
    strict.go()
    assert note(strict) == "good"
