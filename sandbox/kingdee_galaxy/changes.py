"""Change bills of sales orders (新变更单): copies that change their order as they take effect.

Nobody published the letters of a row's change type, nor whether an audit always puts a change
bill into effect: both are switches. Each call makes another one, whatever is open already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .amounts import decimal
from .envelope import words
from .errors import MsgCode, Problem, Refused
from .executing import OPEN, YES, close_when_done
from .forms import Form
from .records import Bill, Row
from .rules import Act
from .sales import SalesOrder

ORDER, CHANGE, ENTRY = "SAL_SaleOrder", "SAL_XORDER", "FSaleOrderEntry"
OF_ORDER, OF_ROW, KIND, EFFECT = "FPKIDX", "FEntryPKIDX", "FChangeType", "FEffectStatus"
"""Which order and row it changes, and how; whether it has taken effect. Names are ours but PKIDX
and FChangeType, which others' code mentions."""
COMPUTED = ("FAmount", "FTaxAmount", "FTaxRate", "FDiscount")
"""What follows from what people type."""
PRICES = ("FTaxPrice", "FEntryTaxRate")


def save_change(books: AccountSet, options: Mapping[str, Any], act: Act) -> dict[str, Any]:
    """SaveXSaleOrder: its answer has a shape of its own."""
    try:
        made = make_change(books, *_order_of(books, options), act)
    except Refused as refused:
        return {"IsSuccess": False, "Message": str(refused), "Datas": []}
    rows = [{"FEntryID": row.id} for row in made.each_row()]
    return {"IsSuccess": True, "Message": "", "Datas": [{"FID": made.id, "SaleOrderEntry": rows}]}


def _order_of(books: AccountSet, options: Mapping[str, Any]) -> tuple[Bill, frozenset[int]]:
    given = {name.lower(): value for name, value in options.items()}
    key, number = str(given.get("saleorderbillid") or ""), str(given.get("saleorderbillno") or "")
    order = books.table(ORDER).get(int(key)) if key.isdigit() else None
    if order is None or order.number != number:
        raise Refused(MsgCode.DATA_NOT_FOUND, f"销售订单[{number}]不存在")
    return order, frozenset(int(row) for row in words(given.get("soentryids")) if row.isdigit())


def make_change(books: AccountSet, order: Bill, rows: frozenset[int], act: Act) -> Bill:
    """A change bill of an order, with these of its rows, or with all."""
    if order.status != "C" or order.values["FCancelStatus"] == YES:
        raise Refused(MsgCode.VALIDATION, f"销售订单[{order.number}]未审核，不允许变更")
    if order.values["FCloseStatus"] == YES:
        raise Refused(MsgCode.VALIDATION, f"销售订单[{order.number}]已关闭，不允许变更")
    form = books.table(CHANGE).form
    bill = books.new_bill(form)
    bill.values |= _carried(order.values, form)
    bill.values |= {OF_ORDER: order.id, EFFECT: OPEN, "FDocumentStatus": "A"}
    for entity, known in order.rows.items():
        for row in known:
            if entity != ENTRY or not rows or row.id in rows:
                bill.rows.setdefault(entity, []).append(_copied(books, form, entity, row))
    bill.id, bill.values[form.number] = books.next_id(form), books.next_number(form)
    bill.values["FCreateDate"], bill.values["FCreatorId"] = books.now(), books.user(act.by)
    books.commit("create", bill, act.by)
    return books.bill(CHANGE, bill.id)


def _copied(books: AccountSet, form: Form, entity: str, row: Row) -> Row:
    made = books.new_row(form, entity)
    made.values |= row.values
    if entity == ENTRY:
        made.values[OF_ROW] = row.id
    return made


def _carried(values: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """What goes from an order to its change bill, and back: all that people may type."""
    return {
        key: value
        for key, value in values.items()
        if key in form.fields and not form.fields[key].server_only and key != form.number
    }


class ChangeOfOrder(SalesOrder):
    """SAL_XORDER."""

    def problems(self, books: AccountSet, bill: Bill) -> Iterator[Problem]:
        yield from super().problems(books, bill)
        rows = _rows(books.bill(ORDER, bill.values[OF_ORDER]))
        for seq, row in enumerate(bill.each_row(), 1):
            if (ordered := rows.get(row.values.get(OF_ROW) or 0)) is not None:
                yield from _beyond(seq, row, ordered)

    def has_downstream(self, books: AccountSet, row: Row) -> bool:
        return False

    def check_unaudit(self, books: AccountSet, bill: Bill) -> None:
        if bill.values.get(EFFECT) == YES:
            raise Refused(MsgCode.VALIDATION, f"变更单[{bill.number}]已生效，不允许反审核")

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        if books.switches["change_effect"] == "audit":
            take_effect(books, bill, act)


def _beyond(seq: int, row: Row, ordered: Row) -> Iterator[Problem]:
    shipped, invoiced = (decimal(ordered.values, k) for k in ("FStockOutQty", "FInvoiceQty"))
    if decimal(row.values, "FQty") < shipped:
        yield Problem(f"第{seq}行分录，变更后的数量不能小于累计出库数量{shipped}", "FQty")
    if invoiced and any(row.values.get(key) != ordered.values.get(key) for key in PRICES):
        yield Problem(f"第{seq}行分录已开票，不允许变更单价", "FTaxPrice")


def _rows(order: Bill) -> dict[int, Row]:
    return {row.id: row for row in order.each_row()}


def take_effect(books: AccountSet, bill: Bill, act: Act) -> None:
    """Change the order as an audited change bill says."""
    if bill.status != "C" or bill.values[EFFECT] == YES:
        raise Refused(MsgCode.VALIDATION, f"变更单[{bill.number}]当前状态不允许生效")
    order = books.bill(ORDER, bill.values[OF_ORDER]).copy()
    order.values |= _carried(bill.values, order.form)
    order.rows[ENTRY] = list(_changed(books, order, bill))
    for seq, row in enumerate(order.rows[ENTRY], 1):
        row.values["FSeq"] = seq
    order.values["FVersionNo"] = f"{int(order.values['FVersionNo'] or 0) + 1:03}"
    SalesOrder().finish(books, order)
    for row in order.rows[ENTRY]:
        if decimal(row.values, "FStockOutQty") and decimal(row.values, "FRemainOutQty") <= 0:
            row.values["FMrpCloseStatus"] = YES
    close_when_done(order)
    books.commit("change", order, act.by)
    done = bill.copy()
    done.values[EFFECT] = YES
    books.commit("effect", done, act.by)


def _changed(books: AccountSet, order: Bill, bill: Bill) -> Iterator[Row]:
    """The order's rows: changed, dropped and added as the change types say."""
    letters = books.switches["change_types"]
    mine = {row.values[OF_ROW]: row for row in bill.each_row() if row.values.get(OF_ROW)}
    for row in order.each_row():
        new = mine.get(row.id)
        kind = new.values.get(KIND) if new else ""
        if new is not None and kind == letters["dropped"]:
            if SalesOrder().has_downstream(books, row):
                raise Refused(MsgCode.VALIDATION, "分录存在下游单据，不允许取消")
            continue
        if new is not None and kind == letters["changed"]:
            row.values |= {**_carried(new.values, order.form), **_computed(new)}
        yield row
    for new in bill.each_row():
        if not new.values.get(OF_ROW) and new.values.get(KIND) == letters["added"]:
            row = books.new_row(order.form, ENTRY)
            row.values |= {**_carried(new.values, order.form), **_computed(new)}
            yield row


def _computed(row: Row) -> dict[str, Decimal]:
    return {key: row.values[key] for key in COMPUTED if key in row.values}
