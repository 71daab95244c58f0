"""Changing and cancelling sales, as far as each of them has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from tryton_site import Site, line

from connector.contract import RowWrite
from connector.errors import Changed, Conflict, HalfDone, OutcomeUnknown, Rejected


def today() -> dict[str, object]:
    now = date.today()
    return {"__class__": "date", "year": now.year, "month": now.month, "day": now.day}


def more(name: str, quantity: int) -> RowWrite:
    return RowWrite(name, "", {"quantity": Decimal(quantity)})


def test_a_draft_is_edited_and_its_dropped_rows_are_gone(site: Site) -> None:
    made = site.sold(state="draft")
    written = site.change(made, more("a", 3), line("c", 1), drop=["b"], until="saved")
    assert site.quantities(made.key) == [3, 1]
    assert set(written.line_keys["lines"]) == {"c"}


@pytest.mark.parametrize("state", ["quotation", "confirmed"])
def test_what_is_not_carried_out_yet_becomes_a_draft_for_a_change(site: Site, state: str) -> None:
    made = site.sold(state=state)
    until = "submitted" if state == "quotation" else "audited"
    site.change(made, more("a", 3), line("c", 1), drop=["b"], until=until)
    assert site.quantities(made.key) == [3, 1]
    assert site.state(made.key) == state
    assert site.shown(made.key).number == "1"


def test_a_quotation_stays_as_it_is_where_no_step_may_be_taken_back(site: Site) -> None:
    made = site.sold(state="quotation")
    with pytest.raises(Conflict):
        site.change(made, more("a", 3), on_change=("edit", "change_bill"))
    assert site.quantities(made.key) == [2, 5]


def test_a_change_that_is_refused_leaves_a_confirmed_sale_confirmed(site: Site) -> None:
    made = site.sold()
    with pytest.raises(Rejected, match="digits"):
        site.change(made, RowWrite("a", "", {"quantity": Decimal("2.5")}))
    assert site.state(made.key) == "confirmed"
    assert site.quantities(made.key) == [2, 5]


def test_a_sale_that_is_carried_out_changes_by_an_amendment(site: Site) -> None:
    made = site.sold(state="processing")
    price = RowWrite("b", "", {"unit_price": Decimal("9.5")})
    written = site.change(made, more("a", 3), price, fields={"comment": "急"})
    assert [(r["quantity"], r["unit_price"]) for r in written.shown.fields["lines"]] == [
        (3, 10), (5, Decimal("9.5")),
    ]  # fmt: skip
    assert written.shown.fields["comment"] == "急"
    (sale,) = site.server.rows("select revision from sale_sale")
    assert sale["revision"] == 1
    site.server.process(int(made.key))
    (told,) = site.server.call("sale.sale.read", [int(made.key)], ["lines.moves.quantity"])
    moves = [move["quantity"] for row in told["lines."] for move in row["moves."]]
    assert sorted(moves) == [3, 5]


def test_the_same_amendment_twice_is_one(site: Site) -> None:
    made = site.sold(state="processing")
    site.change(made, more("a", 3))
    site.change(made, more("a", 3))
    assert site.calls("validate_amendment") == 1


def test_an_amendment_that_was_never_put_into_effect_is_made_anew(site: Site) -> None:
    made = site.sold(state="processing")
    site.server.faults.set([{"do": "drop_request", "operation": "validate_amendment"}])
    with pytest.raises(OutcomeUnknown):
        site.change(made, more("a", 3))
    site.server.faults.set([])
    site.change(made, more("a", 4))
    assert [row["state"] for row in site.server.rows("select state from sale_amendment")] == [
        "validated"
    ]
    assert site.quantities(made.key) == [4, 5]


def test_a_dropped_row_of_a_sale_that_is_carried_out_is_amended_to_nothing(site: Site) -> None:
    made = site.sold(state="processing")
    site.change(made, drop=["b"])
    assert site.quantities(made.key) == [2, 0]


@pytest.mark.parametrize(
    "rows",
    [[line("c")], [RowWrite("a", "", {"taxes": "1"})]],
    ids=["a new row", "a field that no amendment changes"],
)
def test_what_no_amendment_can_do_is_a_conflict_before_anything_is_done(
    site: Site, rows: list[RowWrite]
) -> None:
    made = site.sold(state="processing")
    with pytest.raises(Conflict):
        site.change(made, *rows)
    assert site.calls("validate_amendment") == 0


def test_nobody_takes_back_what_has_left(site: Site) -> None:
    made = site.sold(state="shipped")
    with pytest.raises(Conflict, match="2 has left"):
        site.change(made, more("a", 1))
    with pytest.raises(Conflict, match="has left"):
        site.cancel(made)
    site.change(made, more("a", 3))
    assert site.quantities(made.key) == [3, 5]


def test_what_is_invoiced_keeps_its_price(site: Site) -> None:
    made = site.sold(state="processing")
    (told,) = site.server.call("sale.sale.read", [int(made.key)], ["invoices"])
    site.server.call("account.invoice.write", told["invoices"], {"invoice_date": today()})
    site.press("account.invoice", "post", *told["invoices"])
    with pytest.raises(Conflict, match="is invoiced"):
        site.change(made, RowWrite("a", "", {"unit_price": Decimal(9)}))
    site.change(made, more("a", 4))
    assert site.quantities(made.key) == [4, 5]


@pytest.mark.parametrize("state", ["draft", "quotation", "confirmed"])
def test_what_is_not_carried_out_yet_is_cancelled(site: Site, state: str) -> None:
    made = site.sold(state=state)
    site.cancel(made)
    assert site.state(made.key) == "cancelled"
    with pytest.raises(Conflict):
        site.change(made, more("a", 3))


def test_a_sale_that_is_carried_out_is_emptied_instead_of_cancelled(site: Site) -> None:
    made = site.sold(state="processing")
    with pytest.raises(Conflict):
        site.cancel(made, ["edit", "ask"])
    site.cancel(made)
    site.cancel(made)
    assert site.quantities(made.key) == [0, 0]
    assert site.calls("validate_amendment") == 1


def meddle(site: Site, when: str, then: Callable[[], object]) -> None:
    """Somebody does something just before we call the next such method of a sale."""
    answer = site.server.answer

    def meddling(request, operation, form):  # type: ignore[no-untyped-def]
        if (form, operation) == ("sale.sale", when):
            site.server.answer = answer  # type: ignore[method-assign]
            then()
        return answer(request, operation, form)

    site.server.answer = meddling  # type: ignore[method-assign]


def test_a_sale_that_somebody_changes_under_our_hands_is_looked_at_again(site: Site) -> None:
    made = site.sold(state="draft")
    values = {"comment": "theirs"}
    meddle(site, "write", lambda: site.server.call("sale.sale.write", [int(made.key)], values))
    with pytest.raises(Changed):
        site.change(made, more("a", 3), until="saved")
    assert site.quantities(made.key) == [2, 5]


@pytest.mark.parametrize("button", ["draft", "cancel"])
def test_a_sale_that_is_carried_out_under_our_hands_is_looked_at_again(
    site: Site, button: str
) -> None:
    made = site.sold(state="confirmed" if button == "draft" else "quotation")

    def carry_out() -> None:
        if button == "cancel":
            site.press("sale.sale", "confirm", int(made.key))
        site.server.process(int(made.key))

    meddle(site, button, carry_out)
    with pytest.raises(Changed):
        site.change(made, more("a", 3)) if button == "draft" else site.cancel(made)
    assert (site.state(made.key), site.quantities(made.key)) == ("processing", [2, 5])


def test_an_amount_that_tryton_reckons_otherwise_stops_before_the_quotation(site: Site) -> None:
    write = site.sale(expect={"total_amount": (Decimal(80), Decimal("0.05"))})
    with pytest.raises(HalfDone, match=r"79\.1"):
        site.adapter.write(write)
    assert site.calls("quote") == 0
