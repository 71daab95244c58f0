"""Audited orders that change by the platform's own change document: once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from yonyou_site import CHANGE, ORDER, ROWS, Site, change, resized, row, rows

from connector.contract import RowWrite, Write, Written
from connector.errors import AdapterError, Awaiting, Conflict, Rejected

BY_CHANGE = ("change_bill",)


@pytest.fixture
def audited(site: Site) -> Written:
    return site.order()


def bigger(written: Written, quantity: int = 20, **more: Any) -> Write:
    """More of the first line."""
    total = Decimal(113) * quantity / 10 + 113
    tables = rows(resized(written, "a", quantity))
    return change(written, fields={"payMoney": total}, tables=tables, on_change=BY_CHANGE, **more)


def changes(site: Site) -> list[dict[str, Any]]:
    return site.server.records(CHANGE)


def quantities(site: Site, written: Written) -> list[Decimal]:
    return [one["qty"] for one in site.shown(written.key)[ROWS]]


def test_rows_change_and_come_by_one_change(site: Site, audited: Written) -> None:
    write = change(
        audited, fields={"payMoney": Decimal(452), "memo": "木箱"}, on_change=BY_CHANGE,
        tables=rows(resized(audited, "a", 20), row("c")),
    )  # fmt: skip
    done = site.erp.write(write)
    assert (done.step, quantities(site, audited)) == ("audited", [20, 10, 10])
    assert site.shown(audited.key)["payMoney"] == 452
    assert done.line_keys[ROWS]["c"] == str(site.shown(audited.key)[ROWS][2]["id"])
    (only,) = changes(site)
    assert only["status"] == 1


def test_a_row_that_is_not_wanted_is_closed(site: Site, audited: Written) -> None:
    drop = [audited.line_keys[ROWS]["b"]]
    write = change(
        audited, fields={"payMoney": Decimal(113)}, tables=rows(drop=drop), on_change=BY_CHANGE
    )
    site.erp.write(write)
    closed = [
        one.values.get("lineClosed") for one in site.server.books.get(ORDER, audited.key).each(ROWS)
    ]
    assert closed == [None, True]
    assert changes(site) == []


def test_one_goes_and_another_grows(site: Site, audited: Written) -> None:
    drop = [audited.line_keys[ROWS]["b"]]
    write = change(audited, fields={"payMoney": Decimal(226)}, on_change=BY_CHANGE,
                   tables=rows(resized(audited, "a", 20), drop=drop))  # fmt: skip
    site.erp.write(write)
    assert quantities(site, audited) == [20, 10]
    assert site.shown(audited.key)["payMoney"] == 339  # a closed row still counts


@pytest.mark.parametrize("do", ["lose_answer", "drop_request", "html_after"])
@pytest.mark.parametrize("operation", ["save", "submit", "audit"])
def test_whatever_answer_is_lost_it_changes_once(
    site: Site, audited: Written, do: str, operation: str
) -> None:
    site.fail(do=do, operation=operation, form=CHANGE, times=1)
    with pytest.raises(AdapterError):
        site.erp.write(bigger(audited))
    site.server.clock.advance(5)
    site.erp.write(bigger(audited))
    assert quantities(site, audited) == [20, 10]
    assert len(changes(site)) == 1


def test_people_approve_a_change_where_a_flow_decides(site: Site, audited: Written) -> None:
    site.server.switches["workflow"] = [CHANGE]
    for _ in range(2):
        with pytest.raises(Awaiting) as caught:
            site.erp.write(bigger(audited))
        assert caught.value.taken
    assert len(changes(site)) == 1
    site.people("approve", number="UO-1", form=CHANGE)
    site.erp.write(bigger(audited))
    assert quantities(site, audited) == [20, 10]


def test_a_change_that_approvers_send_back_is_rejected_in_their_words(
    site: Site, audited: Written
) -> None:
    site.server.switches["workflow"] = [CHANGE]
    with pytest.raises(Awaiting):
        site.erp.write(bigger(audited))
    site.people("reject", number="UO-1", form=CHANGE)
    with pytest.raises(Rejected):
        site.erp.write(bigger(audited))
    site.server.switches["workflow"] = []
    site.erp.write(bigger(audited, 30))
    assert quantities(site, audited) == [30, 10]


def test_a_change_of_ours_that_is_not_wanted_any_more_is_made_anew(
    site: Site, audited: Written
) -> None:
    site.fail(do="drop_request", operation="submit", form=CHANGE, times=1)
    with pytest.raises(AdapterError):
        site.erp.write(bigger(audited))
    site.erp.write(bigger(audited, 30))
    assert (quantities(site, audited), len(changes(site))) == ([30, 10], 1)


def test_somebody_elses_change_is_waited_for(site: Site, audited: Written) -> None:
    site.people("start_change", number="UO-1")
    with pytest.raises(Awaiting):
        site.erp.write(bigger(audited))
    site.people("audit", number="UO-1", form=CHANGE)
    site.erp.write(bigger(audited))
    assert quantities(site, audited) == [20, 10]


def test_a_change_that_is_audited_without_effect_is_told_and_not_repeated(
    site: Site, audited: Written
) -> None:
    site.server.switches["change_takes_effect"] = False
    for _ in range(2):
        with pytest.raises(Awaiting):
            site.erp.write(bigger(audited))
    assert len(changes(site)) == 1
    site.people("put_into_effect", number="UO-1")
    site.erp.write(bigger(audited))
    assert (quantities(site, audited), len(changes(site))) == ([20, 10], 1)


def gift(line: str) -> RowWrite:
    made = row(line).fields
    amounts = [name for name in made if name.startswith(("oriTax", "oriSum", "orderDetailPrices"))]
    return RowWrite(line, "", {**made, **dict.fromkeys(amounts, Decimal(0))})


def test_the_last_row_is_not_taken_for_another_one_like_it(site: Site, audited: Written) -> None:
    site.erp.write(change(audited, tables=rows(gift("c")), on_change=BY_CHANGE))
    site.server.switches["change_takes_effect"] = False
    for _ in range(2):
        with pytest.raises(Awaiting):
            site.erp.write(change(audited, tables=rows(gift("d")), on_change=BY_CHANGE))


def test_the_same_change_again_after_another_is_a_change_of_its_own(
    site: Site, audited: Written
) -> None:
    for quantity in (20, 30, 20):
        site.erp.write(bigger(audited, quantity))
        assert quantities(site, audited) == [quantity, 10]
    assert len(changes(site)) == 3


def test_less_than_has_left_is_refused_in_the_platforms_words(site: Site, audited: Written) -> None:
    site.people("ship", order="UO-1", lines={"1": 8})
    with pytest.raises(Rejected, match="已出库"):
        site.erp.write(bigger(audited, 5))
    assert changes(site) == []


def test_a_change_that_lacks_rows_of_its_order_is_taken_back(
    site: Site, audited: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site.server._service._changes

    def forgetful(rows: Any, data: Any, order: Any) -> Any:
        return list(type(made)._merged(made, rows, data, order))[:1]

    monkeypatch.setattr(made, "_merged", forgetful)
    monkeypatch.setattr(made, "_check", lambda *_: None)
    with pytest.raises(Conflict):
        site.erp.write(bigger(audited))
    assert (changes(site), quantities(site, audited)) == ([], [10, 10])


def test_an_order_that_ends_loses_a_change_of_ours_that_is_open(
    site: Site, audited: Written
) -> None:
    site.fail(do="drop_request", operation="submit", form=CHANGE, times=1)
    with pytest.raises(AdapterError):
        site.erp.write(bigger(audited))
    site.erp.write(change(audited, verb="cancel", on_change=BY_CHANGE))
    assert (site.shown(audited.key)["status"], changes(site)) == (2, [])
