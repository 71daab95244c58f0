"""Operations on chosen records: life-cycle steps, Allocate and ExcuteOperation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .account_set import AccountSet
from .envelope import whole, words
from .errors import MsgCode, Outcome, Refused
from .executing import OPEN, YES, close_when_done
from .forms import Form
from .lifecycle import STEPS, guard_lock
from .production import TRANSITIONS, change_rows, move_row
from .records import Bill, Row
from .rules import Act

Operation = Callable[[AccountSet, Bill, frozenset[int], Act], None]
"""Does something to a bill; the set holds the chosen rows, empty for all."""


def chosen(books: AccountSet, form: Form, options: Mapping[str, Any]) -> list[Bill | Refused]:
    """The records that Ids, Numbers or PkEntryIds name; a refusal for each that is not there."""
    table = books.table(form.id)
    found: list[Bill | Refused] = []
    keys = words(options.get("ids")) + [key for key, _ in _pairs(options)]
    for key in keys:
        bill = table.get(int(key)) if key.isdigit() else None
        found.append(bill or Refused(MsgCode.DATA_NOT_FOUND, f"内码为{key}的数据不存在"))
    for number in words(options.get("numbers")):
        bill = books.find(form.id, number)
        found.append(bill or Refused(MsgCode.DATA_NOT_FOUND, f"编码为{number}的数据不存在"))
    if not found:
        raise Refused(MsgCode.ID_EMPTY, "编码值或内码值必须传其一")
    return found


def _pairs(options: Mapping[str, Any]) -> list[tuple[str, frozenset[int]]]:
    return [
        (str(pair.get("Id")), frozenset(whole(row) for row in words(pair.get("EntryIds"))))
        for pair in options.get("pkentryids") or ()
        if isinstance(pair, dict)
    ]


def each(bills: list[Bill | Refused], do: Callable[[Bill], None]) -> Outcome:
    """Do it to one record after the other; one refusal does not stop the others."""
    outcome = Outcome()
    for index, bill in enumerate(bills):
        try:
            if isinstance(bill, Refused):
                raise bill
            do(bill)
            outcome.success(bill.id, bill.number, index)
        except Refused as refused:
            outcome.failure(refused, index)
    return outcome


def step(books: AccountSet, form: Form, name: str, options: Mapping[str, Any], act: Act) -> Outcome:
    """Submit, Audit, UnAudit, CancelAssign or Delete."""
    return each(chosen(books, form, options), lambda bill: STEPS[name](books, bill, act))


def allocate(books: AccountSet, form: Form, options: Mapping[str, Any], act: Act) -> Outcome:
    """Give audited base data to organisations: each gets its own copy under the same number."""
    orgs = [int(org) for org in words(options.get("torgids")) if org.isdigit()]
    if not orgs:
        raise Refused(MsgCode.PARAMETER, "目标组织不能为空")

    def give(bill: Bill) -> None:
        if bill.status != "C":
            raise Refused(MsgCode.VALIDATION, f"[{bill.number}]未审核，不允许分配")
        for org in orgs:
            if org not in books.tables["ORG_Organizations"].bills:
                raise Refused(MsgCode.VALIDATION, f"组织[{org}]不存在")
            allocate_to(books, bill, org, act.by)

    return each(chosen(books, form, {**options, "ids": options.get("pkids")}), give)


def allocate_to(books: AccountSet, bill: Bill, org: int, by: str) -> None:
    """The copy for one organisation, unless it is there already."""
    if books.find(bill.form.id, bill.number, org) is not None:
        return
    copy = bill.copy()
    copy.id = books.next_id(bill.form)
    copy.values["FUseOrgId"] = org
    books.commit("allocate", copy, by)


def operate(
    books: AccountSet, form: Form, number: str, options: Mapping[str, Any], act: Act
) -> Outcome:
    """ExcuteOperation: the operation `number` of a form, on bills or on chosen rows."""
    if not number:
        raise Refused(MsgCode.OPERATION_EMPTY, "操作编码不能为空")
    rows = dict(_pairs(options))
    if number in STEPS:
        return step(books, form, number, options, act)
    operation = _find(form, number)

    def do(bill: Bill) -> None:
        guard_lock(books, bill, act)
        operation(books, bill, rows.get(str(bill.id), frozenset()), act)

    return each(chosen(books, form, options), do)


def _find(form: Form, number: str) -> Operation:
    if form.id == "PRD_MO" and number in TRANSITIONS:
        return _production(number)
    bills = VOIDING if "FCancelStatus" in form.head else {}
    group = SALES if form.id == "SAL_SaleOrder" else bills if form.is_bill else BASE_DATA
    found = group.get(number)
    if found is None:
        raise Refused(MsgCode.NOT_OPERABLE, f"{form.label}不存在编码为{number}的操作")
    return found


def _production(number: str) -> Operation:
    def operation(books: AccountSet, bill: Bill, rows: frozenset[int], act: Act) -> None:
        if bill.status != "C":
            raise Refused(MsgCode.VALIDATION, f"生产订单[{bill.number}]未审核，不允许该操作")

        def move(row: Row) -> None:
            if not rows or row.id in rows:
                move_row(books, row, TRANSITIONS[number])

        change_rows(books, bill, act, "row_status", move)

    return operation


def _forbid(status: str, operation: str) -> Operation:
    def change(books: AccountSet, bill: Bill, rows: frozenset[int], act: Act) -> None:
        if bill.values.get("FForbidStatus") == status:
            raise Refused(MsgCode.VALIDATION, f"[{bill.number}]已是该状态")
        changed = bill.copy()
        changed.values["FForbidStatus"] = status
        changed.values["FForbidDate"] = books.now() if status == YES else None
        books.commit(operation, changed, act.by)

    return change


def _cancel(status: str, states: str, operation: str) -> Operation:
    """作废: only what is not audited."""

    def change(books: AccountSet, bill: Bill, rows: frozenset[int], act: Act) -> None:
        if bill.status not in states or bill.values["FCancelStatus"] == status:
            raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]当前状态不允许该操作")
        changed = bill.copy()
        changed.values["FCancelStatus"] = status
        changed.values["FCancelDate"] = books.now() if status == YES else None
        books.commit(operation, changed, act.by)

    return change


def _close(status: str, operation: str) -> Operation:
    """Close the whole order by hand, or open it again with those rows that are not shipped."""

    def change(books: AccountSet, bill: Bill, rows: frozenset[int], act: Act) -> None:
        _require_audited(bill)
        if bill.values["FCloseStatus"] == status:
            raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]当前状态不允许该操作")
        changed = bill.copy()
        changed.values["FCloseStatus"] = status
        changed.values["FCloseDate"] = books.now() if status == YES else None
        for row in changed.each_row():
            is_shipped = row.values["FRemainOutQty"] <= 0
            row.values["FMrpCloseStatus"] = YES if status == YES or is_shipped else OPEN
        books.commit(operation, changed, act.by)

    return change


def row_status(field: str, status: str, operation: str) -> Operation:
    """Close, terminate or freeze rows; the head follows, its modification stamp does not."""

    def change(books: AccountSet, bill: Bill, rows: frozenset[int], act: Act) -> None:
        _require_audited(bill)
        changed = bill.copy()
        for row in changed.each_row():
            if not rows or row.id in rows:
                row.values[field] = status
        close_when_done(changed)
        books.commit(operation, changed, act.by, moves=False)

    return change


def _require_audited(bill: Bill) -> None:
    if bill.status != "C":
        raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]未审核，不允许该操作")


BASE_DATA: dict[str, Operation] = {
    "Forbid": _forbid(YES, "forbid"),
    "Enable": _forbid(OPEN, "enable"),
}
VOIDING: dict[str, Operation] = {
    "Cancel": _cancel(YES, "AD", "cancel"),
    "UnCancel": _cancel(OPEN, "AD", "uncancel"),
}
"""What other bills than orders can is not published; voiding is taken to be one thing for all."""
SALES: dict[str, Operation] = {
    **VOIDING,
    "YLBillClose": _close(YES, "close"),
    "YLUnBillClose": _close(OPEN, "unclose"),
    "YLMRPClose": row_status("FMrpCloseStatus", YES, "row_close"),
    "YLUnMRPClose": row_status("FMrpCloseStatus", OPEN, "row_unclose"),
    "YLTerminate": row_status("FMrpTerminateStatus", YES, "row_terminate"),
    "YLUnTerminate": row_status("FMrpTerminateStatus", OPEN, "row_unterminate"),
    "YLFreeze": row_status("FMrpFreezeStatus", YES, "row_freeze"),
    "YLUnFreeze": row_status("FMrpFreezeStatus", OPEN, "row_unfreeze"),
}
