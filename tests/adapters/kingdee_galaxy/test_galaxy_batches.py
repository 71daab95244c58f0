"""Many new orders in one call, one outcome each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from galaxy_site import REFERENCE, ROWS, Site, change, order, row

from adapters.kingdee_galaxy.answers import outcome_of
from connector.contract import Shape, Written
from connector.errors import AlreadyExists, HalfDone, Locked, OutcomeUnknown, Rejected, Transient


def orders(count: int) -> list:  # type: ignore[type-arg]
    return [order(f"N{n}", row("a"), row("b")) for n in range(1, count + 1)]


def test_new_orders_go_together_one_call_a_step(site: Site) -> None:
    outcomes = list(site.erp.write_many(orders(7)))
    assert [getattr(o, "number", o) for o in outcomes] == [f"N{n}" for n in range(1, 8)]
    assert all(isinstance(o, Written) and o.step == "audited" for o in outcomes)
    assert all(len(o.line_keys[ROWS]) == 2 for o in outcomes)
    verbs = ("BatchSave", "Save", "Submit", "Audit", "ExecuteBillQuery")
    assert [site.calls(verb) for verb in verbs] == [1, 0, 1, 1, 0]


def test_each_keeps_its_own_rows(site: Site) -> None:
    for outcome in site.erp.write_many(orders(3)):
        shown = {str(r["FEntryID"]) for r in site.order(outcome.key).fields[ROWS]}
        assert shown == set(outcome.line_keys[ROWS].values())


def answering(site: Site, change: Callable[[dict[str, Any]], None], **options: Any) -> None:
    """Let the server answer saves otherwise, and do what it was asked."""
    client = site.erp._client
    call = client._call

    def changed(method: str, body: Any, **more: Any) -> Any:
        if "Save" not in method:
            return call(method, body, **more)
        made, _ = call(method, {**body, "data": {**body["data"], **options}}, **more)
        change(made["Result"])
        return made, outcome_of(made)

    client._call = changed  # type: ignore[method-assign]


def misplaced(result: dict[str, Any]) -> None:
    """Positions count from the end."""
    done = result["ResponseStatus"]["SuccessEntitys"]
    for place, line in enumerate(done):
        line["DIndex"] = len(done) - 1 - place


def shown_marks(site: Site, outcomes: Any) -> list[str]:
    """The marks that stand in the records that are said to have been made."""
    shape = Shape("SAL_SaleOrder", ("FID",), (REFERENCE,))
    found = {r.key: r.fields[REFERENCE] for r in site.erp.fetch(shape, [o.key for o in outcomes])}
    return [found[outcome.key] for outcome in outcomes]


@pytest.mark.parametrize("options", [{}, {"NeedReturnFields": []}], ids=["told", "silent"])
@pytest.mark.parametrize("numbering", ["manual", "erp"])
def test_each_order_gets_its_own_record_wherever_the_server_says_it_stood(
    site: Site, options: dict[str, Any], numbering: str
) -> None:
    site.server.switches["numbering"] = numbering
    site.erp = site.connect(numbering=numbering)
    answering(site, misplaced, **options)
    outcomes = list(site.erp.write_many(orders(4)))
    assert shown_marks(site, outcomes) == [f"crm:N{n}" for n in range(1, 5)]
    assert all(len(o.line_keys[ROWS]) == 2 for o in outcomes)  # type: ignore[union-attr]


def test_numbers_that_we_gave_tell_orders_apart_without_another_call(site: Site) -> None:
    answering(site, misplaced, NeedReturnFields=["FID", f"{ROWS}.FEntryID", f"{ROWS}.FAllAmount"])
    writes = [replace(write, show=None) for write in orders(3)]
    outcomes = list(site.erp.write_many(writes))
    assert site.calls("ExecuteBillQuery") == 0
    assert shown_marks(site, outcomes) == ["crm:N1", "crm:N2", "crm:N3"]


def test_a_batch_that_nobody_can_tell_apart_is_in_doubt(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    site.erp = site.connect(numbering="erp")
    answering(site, misplaced, NeedReturnFields=[])
    site.fail(do="html", operation="ExecuteBillQuery")
    assert [type(o) for o in site.erp.write_many(orders(3))] == [OutcomeUnknown] * 3
    assert site.commits() == ["create"] * 3


def test_a_saved_order_that_the_server_forgot_to_name_is_in_doubt(site: Site) -> None:
    answering(site, lambda result: result["ResponseStatus"]["SuccessEntitys"].pop(1))
    first, second, third = site.erp.write_many(orders(3))
    assert [type(o) for o in (first, second, third)] == [Written, OutcomeUnknown, Written]


def test_orders_without_mark_and_number_are_told_by_their_place(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    site.erp = site.connect(numbering="erp")
    notes = [replace(w, reference=None, fields={**w.fields, "FNote": w.fields["FBillNo"]})
             for w in orders(3)]  # fmt: skip
    outcomes = list(site.erp.write_many(notes))
    keys = [outcome.key for outcome in outcomes]  # type: ignore[union-attr]
    assert [site.order(key).fields["FNote"] for key in keys] == ["N1", "N2", "N3"]


def contradicting(result: dict[str, Any]) -> None:
    result["ResponseStatus"]["IsSuccess"] = False


def test_a_save_that_is_said_to_have_failed_and_to_be_done_is_in_doubt(site: Site) -> None:
    answering(site, contradicting)
    with pytest.raises(OutcomeUnknown):
        site.erp.write(order("N1"))


def test_a_save_that_succeeded_with_remarks_is_done(site: Site) -> None:
    def remarking(result: dict[str, Any]) -> None:
        result["ResponseStatus"]["Errors"] = [{"Message": "单价低于建议价", "DIndex": 0}]

    answering(site, remarking)
    assert site.erp.write(order("N1")).step == "audited"


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
