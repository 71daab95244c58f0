"""Orders: made once, audited, changed by people, closed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from u8_site import CUSTOMER, MARK, ORDER, ROWS, SHAPE, Site, change, customer, new, row, rows

from connector.contract import RowWrite, Write, Written
from connector.errors import (
    AlreadyExists,
    Awaiting,
    Conflict,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
)

# -- once --------------------------------------------------------------------------------------


def test_a_new_order_carries_our_mark_numbered_rows_and_an_id_of_its_own(site: Site) -> None:
    heard = site.heard("add")
    written = site.order()
    ((query, body),) = heard
    data = body[ORDER]
    assert (len(query["biz_id"]), query["sync"], "tradeid" in query) == (32, "0", False)
    assert data[MARK] == "crm:SO-1"
    assert [line["rowno"] for line in data[ROWS]] == [1, 2]
    assert (data["date"], data["taxrate"], None in data.values()) == ("2026-03-05", 13, False)
    assert written.line_keys == {ROWS: {"a": "1", "b": "2"}}


@pytest.mark.parametrize("repeated", ["refused", "earlier"])
def test_the_same_order_once_more_makes_no_second_one(site: Site, repeated: str) -> None:
    site.server.switches["repeated"] = repeated
    first = site.order()
    if repeated == "refused":
        with pytest.raises(AlreadyExists):
            site.order()
    else:
        assert site.order().key == first.key
    assert len(site.orders()) == 1


def test_the_id_of_an_order_goes_by_our_mark_alone(site: Site) -> None:
    heard = site.heard("add")
    site.order()
    with pytest.raises(AlreadyExists):
        site.order(fields={**new().fields, "memo": "changed since"})
    site.order("SO-2")
    first, again, other = [query["biz_id"] for query, _ in heard]
    assert first == again != other


def test_where_u8_goes_on_refusing_what_failed_once_each_call_has_an_id_of_the_relay_s(
    site: Site,
) -> None:
    wrong = {**new().fields, "personcode": "nobody"}
    with pytest.raises(Rejected):
        site.order(fields=wrong)
    with pytest.raises(AlreadyExists):
        site.order()
    assert site.connect(resubmit="tradeid").write(new()).step == "audited"


def test_an_order_whose_answer_is_lost_is_in_doubt_and_found_by_its_mark(site: Site) -> None:
    site.fail(do="lose_answer", operation="add", times=1)
    with pytest.raises(OutcomeUnknown):
        site.order()
    found = list(site.erp.find(SHAPE, MARK, ["crm:SO-1", "CRM:so-1", "crm:SO-9", ""]))
    assert [one.key for one in found] == ["SO-1"]


def test_a_number_that_somebody_else_has_taken_already_exists(site: Site) -> None:
    site.order()
    with pytest.raises(AlreadyExists):
        site.order(reference=(MARK, "crm:another"))


def test_u8_numbers_an_order_where_it_does_so_by_itself(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    written = site.connect(numbering="erp").write(new())
    assert written.key == written.number == site.orders()[0]["code"]
    assert written.key != "SO-1"


def test_a_mark_that_u8_does_not_keep_is_told_before_the_audit(site: Site) -> None:
    lost = ("define99", "crm:SO-1")
    with pytest.raises(HalfDone, match="define99"):
        site.order(reference=lost)
    assert site.shown()["state"] == "开立"
    other = new("SO-2", reference=("define99", "crm:SO-2"))
    blind = site.connect(reference_search=False).write(other)
    assert blind.step == "audited"


def test_an_order_that_was_saved_and_cannot_be_read_is_in_doubt(site: Site) -> None:
    site.fail(do="system", name="not_granted", operation="get")
    with pytest.raises(OutcomeUnknown):
        site.order()


def test_amounts_that_u8_reckons_otherwise_stop_it_before_the_audit(site: Site) -> None:
    expect = {f"{ROWS}/a/sum": (Decimal("112.99"), Decimal(0))}
    with pytest.raises(HalfDone, match="sum"):
        site.order(expect=expect)
    assert site.shown()["state"] == "开立"
    fine = {f"{ROWS}/a/sum": (Decimal(113), Decimal(0)), "taxrate": (Decimal(13), Decimal(0))}
    assert site.order("SO-2", expect=fine).step == "audited"


def test_u8_takes_sixteen_per_cent_where_nobody_says_better(site: Site) -> None:
    fields = {n: v for n, v in new().fields.items() if n != "taxrate"}
    bare = {n: v for n, v in row("a").fields.items() if n != "taxrate"}
    site.order(fields=fields, tables=rows(RowWrite("a", "", bare)))
    assert Decimal(site.shown()[ROWS][0]["taxrate"]) == 16


# -- audited -----------------------------------------------------------------------------------


def test_an_audit_is_in_somebody_s_name(site: Site) -> None:
    heard = site.heard("verify")
    site.order()
    ((query, body),) = heard
    assert body == {ORDER: {"voucher_code": "SO-1", "user_id": "demo"}}
    assert "tradeid" in query
    with pytest.raises(HalfDone, match="审核人"):
        site.connect(user_id="").write(new("SO-2"))


@pytest.mark.parametrize("told", [True, False])
def test_people_audit_where_a_workflow_decides(site: Site, told: bool) -> None:
    site.server.switches["workflow"] = [ORDER]
    erp = site.connect(workflow=(ORDER,)) if told else site.erp
    written = erp.write(new())
    assert (written.step, bool(written.awaits)) == ("saved", True)
    assert site.requests("verify") == ([] if told else ["verify"])
    site.people("audit", number="SO-1")
    done = erp.write(change(written))
    assert (done.step, done.awaits) == ("audited", "")


def test_what_somebody_audited_meanwhile_is_not_audited_again(site: Site) -> None:
    written = site.order(until="saved")
    site.people("audit", number="SO-1")
    assert site.erp.write(change(written)).step == "audited"
    assert site.requests("verify") == []


# -- changed -----------------------------------------------------------------------------------


def resized(written: Written, line: str, quantity: int) -> RowWrite:
    fields = {"quantity": Decimal(quantity), "sum": Decimal("11.3") * quantity}
    return RowWrite(line, written.line_keys[ROWS][line], fields)


@pytest.mark.parametrize("until", ["saved", "audited"])
def test_people_are_told_what_to_change_and_it_goes_on_once_they_have(
    site: Site, until: str
) -> None:
    written = site.order(until=until)
    wish = change(
        written, until=until, fields={"memo": "木箱"}, tables=rows(resized(written, "a", 20))
    )
    with pytest.raises(Awaiting) as caught:
        site.erp.write(wish)
    assert "memo: 木箱" in str(caught.value)
    assert "1. quantity: 20" in str(caught.value)
    assert not caught.value.taken
    assert len(site.commits()) == (1 if until == "saved" else 2)
    site.people("change", number="SO-1", fields={"memo": "木箱"},
                lines=[{"rowno": 1, "quantity": 20}, {"rowno": 2}])  # fmt: skip
    done = site.erp.write(wish)
    assert done.step == until
    assert done.shown is not None
    assert done.shown.fields["memo"] == "木箱"


def test_a_row_that_people_added_is_ours_where_all_of_it_is_alike(site: Site) -> None:
    """Our mark of the line tells it from another row of the same goods."""
    written = site.order()
    wish = change(written, tables=rows(row("c"), drop=[written.line_keys[ROWS]["b"]]))
    with pytest.raises(Awaiting, match=r"define28 c.*− 2"):
        site.erp.write(wish)
    line: dict[str, Any] = {"rowno": 3, "inventorycode": "M-001", "quantity": 10,
                            "taxunitprice": "11.3", "dpredate": "2026-03-20"}  # fmt: skip
    site.people("change", number="SO-1", lines=[{"rowno": 1}, line])
    with pytest.raises(Awaiting, match="define28 c"):
        site.erp.write(wish)
    site.people("change", number="SO-1", lines=[{"rowno": 1}, line | {"define28": "c"}])
    assert site.erp.write(wish).line_keys == {ROWS: {"c": "3"}}


@pytest.mark.parametrize("listed", [("edit", "ask"), ("edit", "unaudit", "ask")])
@pytest.mark.parametrize("until", ["saved", "audited"])
def test_where_the_flow_does_not_wait_for_people_a_change_is_a_conflict(
    site: Site, until: str, listed: tuple[str, ...]
) -> None:
    written = site.order(until=until)
    with pytest.raises(Conflict):
        site.erp.write(change(written, fields={"memo": "木箱"}, on_change=listed))
    assert "unverify" not in site.requests()


def test_an_order_that_people_are_changing_is_locked(site: Site) -> None:
    written = site.order()
    document = site.erp._reading.document

    def changing(name: str, key: str) -> Any:
        return {**(document(name, key) or {}), "state": "变更"}

    site.erp._reading.document = changing  # type: ignore[method-assign]
    for more in ({"fields": {"memo": "木箱"}}, {"verb": "cancel"}, {}):
        with pytest.raises(Locked):
            site.erp.write(change(written, **more))


def test_an_order_that_people_deleted_is_gone(site: Site) -> None:
    written = site.order(until="saved")
    site.people("delete", number="SO-1")
    with pytest.raises(Gone):
        site.erp.write(change(written, fields={"memo": "木箱"}))


def test_a_customer_is_changed_with_what_every_edit_must_carry(site: Site) -> None:
    site.erp.write(customer("C1"))
    heard = site.heard("edit")
    site.erp.write(Write(CUSTOMER, "C1", {"memo": "VIP"}, number="code"))
    ((_, body),) = heard
    assert body == {
        CUSTOMER: {
            "code": "C1", "name": "客户C1", "abbrname": "C1", "sort_code": "01", "memo": "VIP",
        }
    }  # fmt: skip


# -- ended -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["cancel", "close"])
def test_an_audited_order_is_closed(site: Site, verb: Any) -> None:
    written = site.order()
    for _ in range(2):
        site.erp.write(change(written, verb=verb))
    assert site.shown()["state"] == "关闭"
    assert site.requests("close") == ["close"]
    with pytest.raises(Conflict):
        site.erp.write(change(written, fields={"memo": "木箱"}))


@pytest.mark.parametrize("verb", ["cancel", "close"])
def test_a_draft_is_left_for_people_to_delete(site: Site, verb: Any) -> None:
    written = site.order(until="saved")
    with pytest.raises(Awaiting):
        site.erp.write(change(written, verb=verb))
    site.people("delete", number="SO-1")
    with pytest.raises(Gone):
        site.erp.write(change(written, verb=verb))


def test_what_was_shipped_is_not_void(site: Site) -> None:
    written = site.order()
    site.people("ship", order="SO-1", lines={"1": 4})
    with pytest.raises(Conflict):
        site.erp.write(change(written, verb="cancel"))
    site.erp.write(change(written, verb="close"))
    assert site.shown()["state"] == "关闭"
    with pytest.raises(Conflict):
        site.erp.write(change(written, verb="cancel"))


def test_customers_do_not_end(site: Site) -> None:
    site.erp.write(customer("C1"))
    with pytest.raises(Rejected):
        site.erp.write(Write(CUSTOMER, "C1", {}, verb="close"))


def test_of_several_one_that_is_refused_keeps_no_other_back(site: Site) -> None:
    bad = replace(new("SO-2"), fields={**new("SO-2").fields, "custcode": "nobody"})
    first, second, third = site.erp.write_many([new("SO-1"), bad, new("SO-3")])
    assert isinstance(second, Rejected)
    assert [one.step for one in (first, third) if isinstance(one, Written)] == ["audited"] * 2
