"""Many new orders in one call, one outcome each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from galaxy_site import ROWS, Site, change, order, row

from connector.contract import Written
from connector.errors import AlreadyExists, HalfDone, Locked, OutcomeUnknown, Rejected, Transient


def orders(count: int) -> list:  # type: ignore[type-arg]
    return [order(f"N{n}", row("a"), row("b")) for n in range(1, count + 1)]


def test_new_orders_go_together_one_call_a_step(site: Site) -> None:
    outcomes = list(site.erp.write_many(orders(7)))
    assert [getattr(o, "number", o) for o in outcomes] == [f"N{n}" for n in range(1, 8)]
    assert all(isinstance(o, Written) and o.step == "audited" for o in outcomes)
    assert all(len(o.line_keys[ROWS]) == 2 for o in outcomes)
    calls = [site.calls(verb) for verb in ("BatchSave", "Save", "Submit", "Audit")]
    assert calls == [1, 0, 1, 1]


def test_each_keeps_its_own_rows(site: Site) -> None:
    for outcome in site.erp.write_many(orders(3)):
        shown = {str(r["FEntryID"]) for r in site.order(outcome.key).fields[ROWS]}
        assert shown == set(outcome.line_keys[ROWS].values())


def test_one_that_is_refused_does_not_hold_up_the_others(site: Site) -> None:
    taken = site.erp.write(order("N2"))
    writes = orders(4)
    writes[2] = order("N3", fields={"FSalerId.FNumber": "nobody"})
    first, second, third, fourth = site.erp.write_many(writes)
    assert isinstance(first, Written)
    assert isinstance(fourth, Written)
    assert isinstance(second, AlreadyExists)
    assert second.key == taken.key
    assert isinstance(third, Rejected)
    assert "必录" in str(third)


def test_some_that_the_database_refused_are_tried_again_later(site: Site) -> None:
    site.fail(do="system", name="partial_batch", args={"every": 2})
    kinds = [type(outcome) for outcome in site.erp.write_many(orders(4))]
    assert kinds == [Written, Transient, Written, Transient]


def test_an_amount_that_is_off_stops_that_order_alone(site: Site) -> None:
    writes = orders(3)
    wrong = {f"{ROWS}/b/FAllAmount": (Decimal(1), Decimal(0))}
    writes[1] = replace(writes[1], expect=wrong)
    first, second, third = site.erp.write_many(writes)
    assert isinstance(second, HalfDone)
    assert isinstance(second.cause, Rejected)
    assert [site.state(n) for n in ("N1", "N2", "N3")] == ["C", "A", "C"]
    assert (first.step, third.step) == ("audited", "audited")


def test_a_batch_without_an_answer_is_unknown_for_each(site: Site) -> None:
    site.fail(do="lose_answer", operation="BatchSave", times=1)
    outcomes = list(site.erp.write_many(orders(3)))
    assert [type(o) for o in outcomes] == [OutcomeUnknown] * 3
    assert site.commits() == ["create"] * 3


def test_a_step_refused_for_all_leaves_all_half_done(site: Site) -> None:
    site.fail(do="system", name="network_control", operation="Audit")
    for outcome in site.erp.write_many(orders(2)):
        assert isinstance(outcome, HalfDone)
        assert isinstance(outcome.cause, Locked)


def test_what_is_no_new_order_goes_alone_and_in_its_place(site: Site) -> None:
    key = site.erp.write(order("N9", until="saved")).key
    writes = [*orders(2), change(key), change("999999"), *[order("N5"), order("N6")]]
    outcomes = list(site.erp.write_many(writes))
    assert [getattr(o, "number", "") for o in outcomes] == ["N1", "N2", "N9", "", "N5", "N6"]
    assert site.calls("BatchSave") == 2
