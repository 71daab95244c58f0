"""Orders: made once, taken up their steps, changed as their state allows, ended."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from yonyou_site import MARK, ORDER, ROWS, Site, change, new, resized, row, rows

from connector.contract import RowWrite, TableWrite, Write, Written
from connector.errors import (
    AlreadyExists,
    Changed,
    Conflict,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
)
from sandbox.server import from_json

HOUR = 3601


def saves(site: Site) -> list[dict[str, Any]]:
    """What every save carried, from now on."""
    heard: list[dict[str, Any]] = []
    answer = site.server.answer

    def listen(request: Any, operation: str, form: str) -> Any:
        if operation == "save":
            heard.append(from_json(request.body)["data"])
        return answer(request, operation, form)

    site.server.answer = listen  # type: ignore[method-assign]
    return heard


# -- once --------------------------------------------------------------------------------------


def test_a_new_order_has_flat_keys_a_mark_and_a_resubmit_key(site: Site) -> None:
    heard = saves(site)
    site.order()
    (data,) = heard
    assert data["orderPrices!currency"] == "CNY"
    assert data["headItem"] == {"define1": "crm:UO-1"}
    assert data[ROWS][0]["orderDetailPrices!oriTax"] == 13
    assert len(data["resubmitCheckKey"]) == 32
    assert None not in data.values()


@pytest.mark.parametrize("later", [0, HOUR])
def test_the_same_order_once_more_is_the_first_one(site: Site, later: int) -> None:
    first = site.order()
    site.server.clock.advance(later)
    again = site.order()
    assert (again.key, again.step) == (first.key, "audited")
    assert again.line_keys == first.line_keys
    assert len(site.orders()) == 1


@pytest.mark.parametrize("code", ["10004", "100004"])
def test_an_order_whose_answer_was_lost_is_not_made_again(site: Site, code: str) -> None:
    site.server.switches["duplicate_code"] = code
    site.fail(do="lose_answer", operation="save", times=1)
    with pytest.raises(OutcomeUnknown):
        site.order()
    site.server.clock.advance(HOUR)
    site.order()
    assert len(site.orders()) == 1


def test_an_order_that_people_deleted_since_may_be_made_again(site: Site) -> None:
    first = site.order(until="saved")
    site.people("delete", key=first.key)
    site.server.clock.advance(HOUR)
    assert site.order(until="saved").key != first.key


def test_another_content_has_another_key_so_that_no_old_answer_is_taken_for_its_own(
    site: Site,
) -> None:
    """Neither a refusal that the platform remembers, nor the first one's document."""
    with pytest.raises(Rejected):
        site.order(fields={**new().fields, "payMoney": Decimal(1)})
    written = site.order()
    assert site.shown(written.key)["payMoney"] == 226


def test_orders_of_two_records_never_share_a_key(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    erp = site.connect(numbering="erp")
    keys = {erp.write(replace(new(), reference=(MARK, f"crm:{n}"))).key for n in range(2)}
    assert len(keys) == 2


def test_without_mark_and_number_there_is_no_key(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    erp, heard = site.connect(numbering="erp"), saves(site)
    for _ in range(2):
        erp.write(replace(new(), reference=None))
    assert [data.get("resubmitCheckKey") for data in heard] == [None, None]
    assert len(site.orders()) == 2


def test_a_mark_that_the_tenant_does_not_keep_is_told_before_any_step(site: Site) -> None:
    site.server.switches["define_filter"] = "absent"
    with pytest.raises(HalfDone, match=r"headItem\.define1"):
        site.order()
    assert site.orders()[0]["status"] == 0
    blind = site.connect(reference_search=False).write(new("UO-2"))
    assert blind.step == "audited"


def test_a_number_that_somebody_else_has_taken_already_exists(site: Site) -> None:
    site.order()
    with pytest.raises(AlreadyExists):
        site.order(reference=(MARK, "crm:another"))


def test_rows_that_the_answer_does_not_show_are_read_back_or_the_order_is_in_doubt(
    site: Site,
) -> None:
    client: Any = site.erp._client  # type: ignore[attr-defined]
    save = client.save
    client.save = lambda path, data: {"id": save(path, data)["id"]}
    assert set(site.order().line_keys[ROWS]) == {"a", "b"}
    site.fail(do="system", name="not_granted", operation="detail")
    with pytest.raises(OutcomeUnknown):
        site.order("UO-2")


# -- steps -------------------------------------------------------------------------------------


def test_steps_of_several_orders_are_taken_in_one_call_each(site: Site) -> None:
    outcomes = list(site.erp.write_many([new(f"UO-{n}") for n in range(5)]))
    assert [one.step for one in outcomes if isinstance(one, Written)] == ["audited"] * 5
    assert site.requests("save", "submit", "audit") == ["save"] * 5 + ["submit", "audit"]


def test_one_that_fails_inside_a_success_does_not_hold_up_the_others(site: Site) -> None:
    site.fail(do="system", name="failed_row", operation="submit", times=1)
    first, second, third = site.erp.write_many([new(f"UO-{n}") for n in range(3)])
    assert isinstance(first, HalfDone)
    assert "处理失败" in str(first)
    assert isinstance(second, Written)
    assert isinstance(third, Written)
    assert (second.step, third.step) == ("audited", "audited")


def test_people_approve_where_a_flow_decides_and_nobody_passes_them_over(site: Site) -> None:
    site.server.switches["workflow"] = [ORDER]
    written = site.order()
    assert (written.step, bool(written.awaits)) == ("submitted", True)
    again = site.erp.write(change(written))
    assert (again.step, bool(again.awaits)) == ("submitted", True)
    assert "audit" not in site.requests()
    site.people("approve", number="UO-1")
    done = site.erp.write(change(written))
    assert (done.step, done.awaits) == ("audited", "")


def test_what_approvers_send_back_is_rejected_in_their_words(site: Site) -> None:
    site.server.switches["workflow"] = [ORDER]
    written = site.order()
    site.people("reject", number="UO-1", words="价格太低")
    with pytest.raises(Rejected, match="价格太低"):
        site.erp.write(change(written))
    changed = site.erp.write(change(written, fields={"memo": "新价"}))
    assert changed.step == "submitted"


def test_a_tenant_whose_submitting_audits_is_taken_at_its_word(site: Site) -> None:
    site.server.switches["submit_audits"] = True
    assert site.order().step == "audited"
    assert "audit" not in site.requests()


def test_a_form_may_be_audited_without_being_submitted(site: Site) -> None:
    lifecycle = site.server._service._lifecycle
    lifecycle._ask = lambda *_, **__: None  # type: ignore[method-assign]
    written = site.connect(without_submit=(ORDER,)).write(new())
    assert written.step == "audited"
    assert "submit" not in site.requests()


# -- changed -----------------------------------------------------------------------------------


def test_a_draft_changes_its_rows_and_keeps_what_is_demanded(site: Site) -> None:
    written = site.order(until="saved")
    more = site.erp.write(
        change(
            written,
            until="saved",
            fields={"payMoney": Decimal("339.00"), "memo": "木箱"},
            tables=rows(resized(written, "a", 20), row("c"), drop=[written.line_keys[ROWS]["b"]]),
        )
    )
    shown = site.shown(written.key)
    assert [one["qty"] for one in shown[ROWS]] == [20, 10]
    assert (shown["payMoney"], shown["memo"]) == (339, "木箱")
    assert set(more.line_keys[ROWS]) == {"c"}
    assert more.line_keys[ROWS]["c"] == str(shown[ROWS][1]["id"])


def test_an_order_that_somebody_changed_just_now_is_looked_at_again(site: Site) -> None:
    written = site.order(until="saved")
    look = site.erp._reading.document  # type: ignore[attr-defined]

    def late(name: str, key: str) -> Any:
        shown = look(name, key)
        site.server.clock.advance(2)
        site.people("edit", number="UO-1", fields={"memo": "theirs"})
        return shown

    site.erp._reading.document = late  # type: ignore[attr-defined]
    with pytest.raises(Changed):
        site.erp.write(change(written, until="saved", fields={"memo": "ours"}))
    assert site.shown(written.key)["memo"] == "theirs"


def test_an_audited_order_is_taken_back_and_audited_again_where_the_flow_says_so(
    site: Site,
) -> None:
    written = site.order()
    with pytest.raises(Conflict):
        site.erp.write(change(written, fields={"memo": "ours"}))
    allowed = change(written, fields={"memo": "ours"}, on_change=("unaudit",))
    assert site.erp.write(allowed).step == "audited"
    assert (site.shown(written.key)["memo"], site.shown(written.key)["status"]) == ("ours", 1)


def test_a_change_that_is_refused_leaves_the_order_audited(site: Site) -> None:
    written = site.order()
    wrong = change(written, fields={"payMoney": Decimal(1)}, on_change=("unaudit",))
    with pytest.raises(Rejected, match="合计"):
        site.erp.write(wrong)
    assert site.shown(written.key)["status"] == 1


def test_what_has_left_keeps_an_order_from_being_taken_back(site: Site) -> None:
    written = site.order()
    site.people("ship", order="UO-1")
    with pytest.raises(Conflict, match="下游"):
        site.erp.write(change(written, fields={"memo": "ours"}, on_change=("unaudit",)))


def test_an_order_under_approval_is_locked(site: Site) -> None:
    site.server.switches["workflow"] = [ORDER]
    written = site.order()
    with pytest.raises(Locked):
        site.erp.write(change(written, fields={"memo": "ours"}, on_change=("unaudit",)))


def test_an_order_that_people_deleted_is_gone(site: Site) -> None:
    written = site.order(until="saved")
    site.people("delete", key=written.key)
    with pytest.raises(Gone):
        site.erp.write(change(written, fields={"memo": "ours"}))


def test_amounts_are_held_against_what_is_expected_before_any_step(site: Site) -> None:
    expect = {f"{ROWS}/a/oriSum": (Decimal(112), Decimal(0))}
    with pytest.raises(HalfDone) as caught:
        site.order(expect=expect)
    written: Any = caught.value.written
    assert (written.step, site.shown(written.key)["status"]) == ("saved", 0)
    assert "oriSum" in str(caught.value)


# -- ended -------------------------------------------------------------------------------------


def end(written: Written, verb: Any, **more: Any) -> Write:
    return change(written, verb=verb, **more)


def test_a_draft_is_cancelled_with_a_reason(site: Site) -> None:
    written = site.order(until="saved")
    for _ in range(2):
        site.erp.write(end(written, "cancel"))
    assert site.shown(written.key)["nextStatus"] == "OPPOSE"
    assert site.shown(written.key)["opposeMemo"]
    with pytest.raises(Conflict):
        site.erp.write(change(written, fields={"memo": "ours"}))


def test_an_audited_order_is_cancelled_only_as_the_flow_allows(site: Site) -> None:
    written = site.order()
    with pytest.raises(Conflict):
        site.erp.write(end(written, "cancel"))
    site.erp.write(end(written, "cancel", on_change=("unaudit",)))
    assert site.shown(written.key)["nextStatus"] == "OPPOSE"


def test_where_change_bills_are_listed_an_audited_order_is_closed(site: Site) -> None:
    written = site.order()
    for _ in range(2):
        site.erp.write(end(written, "cancel", on_change=("change_bill",)))
    assert site.shown(written.key)["status"] == 2


def test_an_order_that_is_closed_because_it_has_left_is_not_void(site: Site) -> None:
    written = site.order()
    site.people("ship", order="UO-1")
    site.erp.write(end(written, "close"))
    site.erp.write(end(written, "close"))
    with pytest.raises(Conflict, match="20"):
        site.erp.write(end(written, "cancel", on_change=("change_bill",)))


def test_a_closed_order_changes_no_more(site: Site) -> None:
    written = site.order()
    site.erp.write(end(written, "close"))
    with pytest.raises(Conflict):
        site.erp.write(change(written, fields={"memo": "ours"}, on_change=("change_bill",)))


def test_a_quote_is_made_and_audited_and_never_changed(site: Site) -> None:
    days = ("vouchdate", "validityDateBegin", "validityDateEnd")
    fields = {
        "code": "Q-1", "salesOrgId": "100", "transactionTypeId": "QUOTE-001", "agentId": "C0007",
        "currencyPk": "CNY", "natCurrencyPk": "CNY", "exchangeRateType": "01",
        **dict.fromkeys(days, "2026-03-05"),
    }  # fmt: skip
    numbers = dict.fromkeys(("qty", "subQty", "priceQty", "oriSum"), 1)
    line = RowWrite("a", "", {"productId": "M-001", **numbers})
    write = Write(
        "sd/quote/salesquotation",
        "",
        fields,
        {"childs": TableWrite([line])},
        number="code",
        until="audited",
    )
    written = site.erp.write(write)
    assert written.step == "audited"
    with pytest.raises(Conflict):
        site.erp.write(replace(write, key=written.key, tables={}, on_change=("unaudit",)))
