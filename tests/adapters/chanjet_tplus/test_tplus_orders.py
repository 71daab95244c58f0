"""Orders: made once, audited, changed as their state allows, ended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tplus_site import MARK, ORDER, ROWS, SHAPE, Site, change, new, resized, row, rows

from connector.contract import Written
from connector.errors import (
    AlreadyExists,
    Awaiting,
    Changed,
    Conflict,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
)

# -- once --------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["null", "id", "document"])
def test_an_order_is_made_whatever_its_answer_tells(site: Site, answer: str) -> None:
    site.server.switches["create_answer"] = answer
    written = site.order()
    assert (written.number, written.step) == ("UO-1", "audited")
    assert set(written.line_keys[ROWS]) == {"a", "b"}
    assert written.shown is not None
    assert written.shown.fields["VoucherState.Name"] == "已审"
    assert site.state(written.key) == "已审"


def test_a_new_order_carries_its_mark_and_nothing_that_is_empty(site: Site) -> None:
    heard = site.hear("old_create")
    site.order(fields={**new().fields, "Memo": None, "DynamicProperty.priuserdefnvc2": "x"})
    dto = heard[0]["dto"]
    assert (dto["ExternalCode"], dto["Customer"]) == ("crm:UO-1", {"Code": "C0007"})
    assert (dto["DynamicPropertyKeys"], dto["DynamicPropertyValues"]) == (["priuserdefnvc2"], ["x"])
    assert dto[ROWS][0]["Unit"] == {"Name": "Pcs"}
    assert "Memo" not in dto


@pytest.mark.parametrize("answer", ["null", "id"])
def test_a_second_order_with_our_mark_is_refused_and_the_first_one_is_found(
    site: Site, answer: str
) -> None:
    site.server.switches["create_answer"] = answer
    first = site.order()
    with pytest.raises(AlreadyExists):
        site.order()
    (found,) = site.erp.find(SHAPE, MARK, ["crm:UO-1"])
    assert (found.key, found.fields[MARK], len(site.orders())) == (first.key, "crm:UO-1", 1)


def test_an_order_whose_id_nobody_tells_is_in_doubt_where_marks_cannot_be_searched(
    site: Site,
) -> None:
    with pytest.raises(OutcomeUnknown):
        site.connect(reference_search=False).write(new())


@pytest.mark.parametrize("operation", ["old_create", "detail"])
def test_what_was_saved_and_cannot_be_read_is_in_doubt(site: Site, operation: str) -> None:
    do = "lose_answer" if operation == "old_create" else "status"
    site.fail(do=do, operation=operation)
    with pytest.raises(OutcomeUnknown):
        site.order()
    site.server.faults.set([])
    assert len(list(site.erp.find(SHAPE, MARK, ["crm:UO-1"]))) == 1


def test_a_search_that_is_ignored_is_told(site: Site) -> None:
    site.order()
    site.server.switches["external_search"] = "ignored"
    with pytest.raises(Rejected, match="reference_search"):
        list(site.erp.find(SHAPE, MARK, ["crm:UO-2"]))


@pytest.mark.parametrize("missing", ["error", "null"])
def test_a_mark_that_nobody_carries_is_found_nowhere(site: Site, missing: str) -> None:
    site.server.switches["missing"] = missing
    assert list(site.erp.find(SHAPE, MARK, ["crm:nobody"])) == []
    assert list(site.erp.fetch(SHAPE, ["999"])) == []


def test_numbers_of_t_plus_are_left_to_it(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    written = site.connect(numbering="erp").write(new())
    assert written.number.startswith("SO-2026-11-")


def test_an_amount_that_comes_out_otherwise_stops_the_order_before_it_is_audited(
    site: Site,
) -> None:
    wrong = {f"{ROWS}/b/OrigTaxAmount": (Decimal("113.01"), Decimal(0))}
    with pytest.raises(HalfDone) as caught:
        site.order(expect=wrong)
    assert isinstance(caught.value.cause, Rejected)
    (shown,) = site.orders()
    assert shown["VoucherState"]["Name"] == "未审"


# -- the step ----------------------------------------------------------------------------------


def test_a_flow_that_an_audit_only_begins_is_left_to_people(site: Site) -> None:
    site.server.switches["workflow"] = [ORDER]
    written = site.order()
    assert (written.step, bool(written.awaits)) == ("saved", True)
    again = site.erp.write(change(written))
    assert (again.step, bool(again.awaits)) == ("saved", True)
    site.people("approve", number="UO-1")
    assert site.erp.write(change(written)).step == "audited"
    assert site.requests("audit") == ["audit"]


def test_a_lost_answer_to_an_audit_is_taken_up(site: Site) -> None:
    site.fail(do="lose_answer", operation="audit", times=1)
    with pytest.raises(HalfDone) as caught:
        site.order()
    assert isinstance(caught.value.cause, OutcomeUnknown)
    written = caught.value.written
    assert isinstance(written, Written)
    assert site.erp.write(change(written)).step == "audited"
    assert site.requests("audit") == ["audit"]


def test_what_the_site_says_of_a_states_word_counts(site: Site) -> None:
    written = site.order()
    with pytest.raises(Locked):
        site.connect(states={"已审": "approval"}).write(change(written, fields={"Memo": "x"}))


# -- changes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("there", "ours"), [("replaces", "whole"), ("merges", "changes")])
def test_a_change_of_a_draft_leaves_everything_else_as_it_is(
    site: Site, there: str, ours: Any
) -> None:
    site.server.switches["update"] = there
    erp = site.connect(update=ours)
    more = {"LinkMan": "王五", "DynamicProperty.priuserdefnvc2": "x"}
    written = erp.write(new(until="saved", fields={**new().fields, **more}))
    done = erp.write(change(written, "saved", fields={"Memo": "急"},
                            tables=rows(resized(written, "b", 4))))  # fmt: skip
    shown = site.shown(written.key)
    assert (shown["Memo"], shown["LinkMan"], shown[MARK]) == ("急", "王五", "crm:UO-1")
    assert shown["DynamicPropertyValues"] == ["x"]
    assert [Decimal(one["Quantity"]) for one in shown[ROWS]] == [10, 4]
    assert [one["DeliveryDate"] for one in shown[ROWS]] == ["2026-03-20"] * 2
    assert done.shown is not None
    assert done.shown.fields["Memo"] == "急"


def test_what_follows_from_a_price_is_left_to_t_plus_where_the_price_changes(site: Site) -> None:
    written = site.order(until="saved")
    for seq in (1, 2):
        site.people("edit_row", number="UO-1", seq=seq, fields={"OrigPrice": 10})
    heard = site.hear("update")
    site.erp.write(change(written, "saved", tables=rows(resized(written, "b", 4))))
    assert ["OrigPrice" in one for one in heard[0]["dto"][ROWS]] == [True, False]


def test_an_update_that_takes_only_what_it_is_told_takes_the_whole_too(site: Site) -> None:
    site.server.switches["update"] = "merges"
    written = site.order(until="saved")
    site.erp.write(change(written, "saved", tables=rows(resized(written, "b", 4))))
    assert [Decimal(one["Quantity"]) for one in site.shown(written.key)[ROWS]] == [10, 4]


def test_a_change_that_cannot_be_read_back_is_in_doubt_for_its_rows_may_be_there(
    site: Site,
) -> None:
    written = site.order(until="saved")
    site.fail(do="status", operation="detail", skip=1)
    with pytest.raises(OutcomeUnknown):
        site.erp.write(change(written, "saved", tables=rows(row("c"))))
    assert len(site.shown(written.key)[ROWS]) == 3


def test_rows_are_added_and_dropped(site: Site) -> None:
    written = site.order(until="saved")
    dropped = written.line_keys[ROWS]["a"]
    done = site.erp.write(change(written, "saved", tables=rows(row("c"), drop=[dropped])))
    kept = [str(one["ID"]) for one in site.shown(written.key)[ROWS]]
    assert kept == [written.line_keys[ROWS]["b"], done.line_keys[ROWS]["c"]]


def test_a_row_that_does_not_go_is_told(site: Site) -> None:
    site.server.switches["update"] = "merges"
    written = site.order(until="saved")
    gone = [written.line_keys[ROWS]["a"]]
    with pytest.raises(HalfDone, match="row"):
        site.erp.write(change(written, "saved", tables=rows(drop=gone)))


def test_a_draft_that_somebody_else_changed_meanwhile_is_looked_at_again(site: Site) -> None:
    written = site.order(until="saved")
    document = site.erp._client.document

    def then_somebody(name: str, **by: str) -> Any:
        shown = document(name, **by)
        site.people("edit", number="UO-1", fields={"LinkMan": "赵六"})
        return shown

    site.erp._client.document = then_somebody  # type: ignore[method-assign]
    with pytest.raises(Changed):
        site.erp.write(change(written, "saved", fields={"Memo": "x"}))
    assert site.shown(written.key)["LinkMan"] == "赵六"


def test_an_audited_order_is_taken_back_changed_and_audited_again(site: Site) -> None:
    written = site.order()
    site.erp.write(
        change(written, on_change=("edit", "unaudit"), tables=rows(resized(written, "a", 3)))
    )
    assert site.requests("unaudit", "update", "audit") == ["audit", "unaudit", "update", "audit"]
    assert (site.state(written.key), Decimal(site.shown(written.key)[ROWS][0]["Quantity"])) == (
        "已审", 3,
    )  # fmt: skip


@pytest.mark.parametrize("way", ["takes_effect", "opens"])
def test_t_plus_own_change_is_made_where_it_is_listed(site: Site, way: str) -> None:
    site.server.switches["change"] = way
    written = site.order()
    done = site.erp.write(
        change(written, on_change=("change_bill",), tables=rows(resized(written, "a", 3)))
    )
    assert (done.step, Decimal(site.shown(written.key)[ROWS][0]["Quantity"])) == ("audited", 3)


def test_a_way_that_t_plus_does_not_know_leads_to_the_next_one(site: Site) -> None:
    site.server.switches["change"] = "none"
    written = site.order()
    ways = ("edit", "change_bill", "unaudit")
    done = site.erp.write(change(written, on_change=ways, fields={"Memo": "x"}))
    assert (done.step, site.shown(written.key)["Memo"]) == ("audited", "x")


@pytest.mark.parametrize("on_change", [("edit", "ask"), ("edit", "unaudit")])
def test_an_audited_order_that_may_not_change_is_a_conflict(
    site: Site, on_change: tuple[str, ...]
) -> None:
    written = site.order()
    site.people("ship", order="UO-1")
    with pytest.raises(Conflict):
        site.erp.write(change(written, on_change=on_change, fields={"Memo": "x"}))
    assert site.state(written.key) == "已审"


def test_a_change_that_is_refused_leaves_the_order_audited(site: Site) -> None:
    written = site.order()
    with pytest.raises(Rejected):
        site.erp.write(change(written, on_change=("unaudit",), fields={"Clerk.Code": "nobody"}))
    assert site.state(written.key) == "已审"


# -- ends --------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["cancel", "close"])
def test_an_audited_order_is_closed(site: Site, verb: Any) -> None:
    written = site.order()
    site.erp.write(change(written, verb=verb))
    assert site.state(written.key) == "中止"
    with pytest.raises(Conflict):
        site.erp.write(change(written, fields={"Memo": "x"}))


def test_a_draft_is_left_for_people_to_delete(site: Site) -> None:
    written = site.order(until="saved")
    with pytest.raises(Awaiting):
        site.erp.write(change(written, verb="cancel"))
    site.people("delete", number="UO-1")
    with pytest.raises(Gone):
        site.erp.write(change(written, verb="cancel"))


def test_an_order_that_a_flow_holds_is_not_ended(site: Site) -> None:
    site.server.switches["workflow"] = [ORDER]
    written = site.order()
    with pytest.raises(Locked):
        site.erp.write(change(written, verb="cancel"))
