"""Orders: made once, audited, changed as their state allows, closed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from xingchen_site import ORDER, ROWS, SHAPE, Site, change, from_json, new, resized, row, rows

from connector.contract import RowWrite, Write
from connector.errors import (
    AlreadyExists,
    Awaiting,
    Conflict,
    Gone,
    HalfDone,
    OutcomeUnknown,
    Rejected,
)

BACK = ("edit", "unaudit")


def saved(heard: Sequence[Any]) -> list[dict[str, Any]]:
    """What every save carried."""
    posted = (one for one in heard if one.method == "POST" and one.route.endswith(ORDER))
    return [from_json(one.body) for one in posted]


# -- once --------------------------------------------------------------------------------------


def test_our_mark_is_the_number_and_what_is_empty_is_left_out(site: Site) -> None:
    heard = site.heard()
    fields = {**new().fields, "remark": None, "custom_field.channel": "CRM"}
    written = site.order(fields=fields)
    (data,) = saved(heard)
    assert data["bill_no"] == written.number == "crm:1"
    assert data["custom_field"] == {"channel": "CRM"}
    assert "remark" not in data
    assert written.step == "audited"


def test_the_same_order_once_more_is_refused_by_xingchen_itself(site: Site) -> None:
    first = site.order()
    with pytest.raises(AlreadyExists):
        site.order()
    assert [one["id"] for one in site.orders()] == [first.key]


@pytest.mark.parametrize("do", ["lose_answer", "html_after", "truncate", "status_after"])
def test_an_order_whose_answer_was_lost_is_found_by_its_number(site: Site, do: str) -> None:
    site.fail(do=do, operation="save", times=1)
    with pytest.raises(OutcomeUnknown):
        site.order()
    (found,) = site.erp.find(SHAPE, "bill_no", ["crm:1", "crm:9", ""])
    assert found.fields["bill_no"] == "crm:1"


def test_a_number_that_the_platform_did_not_keep_is_told_before_any_step(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    with pytest.raises(HalfDone, match="bill_no"):
        site.order()
    assert site.orders()[0]["bill_status"] == "Z"


def test_an_order_that_cannot_be_read_back_is_in_doubt(site: Site) -> None:
    site.fail(do="status", status=503, operation="detail")
    with pytest.raises(OutcomeUnknown):
        site.order()


def test_an_answer_without_a_key_is_a_doubt(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.server, "_done", lambda *_: {"ids": [], "id_number_map": {}})
    with pytest.raises(OutcomeUnknown):
        site.order()


def test_amounts_are_compared_before_the_audit(site: Site) -> None:
    """A price that Xingchen reckons otherwise stays with people, unaudited."""
    expected = {"total_amount": (Decimal("226.01"), Decimal(0))}
    with pytest.raises(HalfDone, match=r"226\.01"):
        site.order(expect=expected)
    assert site.orders()[0]["bill_status"] == "Z"
    assert site.order("crm:2", expect={"total_amount": (Decimal(226), Decimal(0))}).key


def test_prompts_are_answered_only_where_the_flow_says_so(site: Site) -> None:
    heard = site.heard()
    site.order()
    site.order("crm:2", accept=frozenset(("warnings",)))
    bodies = [from_json(one.body) for one in heard if one.method == "POST" and one.body]
    assert [one.get("ignore_warn", False) for one in bodies] == [False, False, True, True]


# -- audited -----------------------------------------------------------------------------------


def test_an_audit_that_was_accepted_and_did_nothing_is_told(site: Site) -> None:
    site.fail(do="system", name="not_done", operation="audit", times=1)
    with pytest.raises(HalfDone, match="audit"):
        site.order()


def test_an_audit_whose_answer_was_lost_is_not_taken_again(site: Site) -> None:
    site.fail(do="lose_answer", operation="audit", times=1)
    with pytest.raises(HalfDone) as caught:
        site.order()
    assert isinstance(caught.value.cause, OutcomeUnknown)
    written: Any = caught.value.written
    assert site.erp.write(change(written)).step == "audited"
    assert site.requests("save", "audit") == ["save", "audit"]


def test_somebody_elses_audit_is_as_good_as_ours(site: Site) -> None:
    written = site.order(until="saved")
    site.people("audit", number="crm:1")
    assert site.erp.write(change(written)).step == "audited"
    assert site.requests("audit") == []


# -- changed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("omitted", ["emptied", "kept"])
@pytest.mark.parametrize("left_out", ["dropped"])
def test_a_draft_changes_what_is_named_and_keeps_all_the_rest(
    site: Site, omitted: str, left_out: str
) -> None:
    site.server.switches |= {"omitted": omitted, "rows_left_out": left_out}
    fields = {**new().fields, "remark": "木箱", "custom_field.a": "1", "custom_field.b": "2"}
    written = site.order(until="saved", fields=fields)
    more = site.erp.write(
        change(
            written,
            until="saved",
            fields={"custom_field.b": "3"},
            tables=rows(resized(written, "a", 20), row("c"), drop=[written.line_keys[ROWS]["b"]]),
        )
    )
    shown = site.shown(written.key)
    assert (shown["remark"], shown["custom_field"]) == ("木箱", {"a": "1", "b": "3"})
    assert [(one["qty"], one["tax_price"]) for one in shown[ROWS]] == [
        ("20", "11.3"),
        ("10", "11.3"),
    ]
    assert shown[ROWS][0]["id"] == written.line_keys[ROWS]["a"]
    assert set(more.line_keys[ROWS]) == {"c"}


def test_rows_that_a_save_does_not_take_away_are_told(site: Site) -> None:
    site.server.switches["rows_left_out"] = "kept"
    written = site.order(until="saved")
    with pytest.raises(HalfDone, match=written.line_keys[ROWS]["b"]):
        site.erp.write(change(written, tables=rows(drop=[written.line_keys[ROWS]["b"]])))


def test_an_audited_order_is_taken_back_changed_and_audited_again(site: Site) -> None:
    written = site.order()
    more = change(written, on_change=BACK, tables=rows(resized(written, "a", 20)))
    assert site.erp.write(more).step == "audited"
    assert site.shown(written.key)["total_amount"] == "339"
    assert site.requests("audit", "unaudit") == ["audit", "unaudit", "audit"]


def test_an_audited_order_stays_where_the_flow_does_not_list_it(site: Site) -> None:
    written = site.order()
    with pytest.raises(Conflict):
        site.erp.write(change(written, fields={"remark": "x"}))
    assert site.requests("unaudit") == []


def test_an_order_of_which_goods_left_is_beyond_change(site: Site) -> None:
    written = site.order()
    site.people("ship", order="crm:1")
    with pytest.raises(Conflict, match="下游"):
        site.erp.write(change(written, on_change=BACK, fields={"remark": "x"}))


def test_an_order_whose_change_is_refused_is_audited_as_it_was(site: Site) -> None:
    written = site.order()
    bad = RowWrite("a", written.line_keys[ROWS]["a"], {"unit_id": "1"})
    with pytest.raises(Rejected, match="unit"):
        site.erp.write(change(written, on_change=BACK, tables=rows(bad)))
    assert site.shown(written.key)["bill_status"] == "C"


def test_where_records_can_only_be_created_a_change_is_for_people(site: Site) -> None:
    written = site.order(until="saved")
    erp = site.connect(edits=False)
    assert "update" not in erp.capabilities.of(ORDER).operations
    with pytest.raises(Conflict):
        erp.write(change(written, fields={"remark": "x"}))


def test_a_closed_order_does_not_change(site: Site) -> None:
    written = site.order()
    site.people("close", number="crm:1")
    with pytest.raises(Conflict):
        site.erp.write(change(written, on_change=BACK, fields={"remark": "x"}))


# -- what is encrypted -------------------------------------------------------------------------


def with_phone(site: Site) -> Any:
    return site.order(until="saved", fields={**new().fields, "contact_phone": "13800000000"})


def renamed(written: Any) -> Write:
    return change(written, until="saved", fields={"contact_linkman": "李四"})


def test_what_comes_encrypted_is_neither_read_nor_sent_back(site: Site) -> None:
    written = with_phone(site)
    with pytest.raises(Conflict, match="contact_phone"):
        site.erp.write(renamed(written))
    again = change(written, until="saved", fields={"contact_phone": "1", "contact_linkman": "李四"})
    assert site.erp.write(again).key
    with site.server.lock:
        assert site.server.books.get(ORDER, written.key).values["contact_phone"] == "1"


def test_a_platform_that_keeps_what_is_left_out_may_be_trusted(site: Site) -> None:
    site.server.switches["omitted"] = "kept"
    written = with_phone(site)
    site.connect(omitted_stay=True).write(renamed(written))
    with site.server.lock:
        assert site.server.books.get(ORDER, written.key).values["contact_phone"] == "13800000000"


def test_plain_text_is_sent_along(site: Site) -> None:
    site.server.switches["plain_text"] = True
    written = with_phone(site)
    site.connect(plain_text=True).write(renamed(written))
    assert site.shown(written.key)["contact_phone"] == "13800000000"


# -- ended -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["cancel", "close"])
def test_an_audited_order_ends_by_being_closed(site: Site, verb: Any) -> None:
    written = site.order()
    for _ in range(2):
        site.erp.write(change(written, verb=verb))
    assert site.shown(written.key)["bill_close_state"] == "H"
    assert site.requests("close_donothing") == ["close_donothing"]


def test_a_draft_is_left_for_people_to_delete(site: Site) -> None:
    written = site.order(until="saved")
    with pytest.raises(Awaiting):
        site.erp.write(change(written, verb="cancel"))
    site.people("delete", number="crm:1")
    with pytest.raises(Gone):
        site.erp.write(change(written, verb="cancel"))


def test_what_was_partly_shipped_is_not_void_and_can_be_closed(site: Site) -> None:
    written = site.order()
    site.people("ship", order="crm:1", lines={"1": 4})
    with pytest.raises(Conflict):
        site.erp.write(change(written, verb="cancel"))
    site.erp.write(change(written, verb="close"))
    assert site.shown(written.key)["bill_close_state"] == "H"


def test_production_tasks_are_only_read(site: Site) -> None:
    form = site.erp.capabilities.of("pm/mo_taskbill")
    assert (form.reads, form.operations) == ("changes", frozenset())
