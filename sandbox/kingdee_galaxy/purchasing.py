"""Requisitions, purchase orders and purchase receipts: what each does to the one before."""

from __future__ import annotations

from decimal import Decimal

from .account_set import AccountSet
from .amounts import ZERO, decimal
from .errors import MsgCode, Refused
from .executing import OPEN, YES, Source, add, execute, sources
from .records import Bill, Row
from .rules import Act, Rules
from .sales import sum_up
from .stock import Place, move_stock
from .values import plain, rounded

WISH_ROW = Source("FSrcBillNo", "FReqEntryId", "FQty")
ORDER_ROW = Source("FPOOrderNo", "FPOORDERENTRYID", "FRealQty")


class Requisition(Rules):
    """PUR_Requisition."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        for row in bill.each_row():
            row.values["FApproveQty"] = row.values.get("FApproveQty") or row.values.get("FReqQty")
            row.values["FBaseReqQty"] = row.values.get("FReqQty")

    def check_unaudit(self, books: AccountSet, bill: Bill) -> None:
        refuse_downstream(self, books, bill)

    def has_downstream(self, books: AccountSet, row: Row) -> bool:
        return bool(books.tables["PUR_PurchaseOrder"].lookup("FReqEntryId", row.id))


class PurchaseOrder(Rules):
    """PUR_PurchaseOrder: an audit counts as ordered on the requisition."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        for row in bill.each_row():
            amount = decimal(row.values, "FQty") * decimal(row.values, "FTaxPrice")
            row.values |= {
                "FBaseUnitQty": row.values.get("FQty"), "FAllAmount": rounded(amount, 2),
                "FRemainStockInQty": plain(_to_come(row)),
            }  # fmt: skip
        sum_up(bill)

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, 1)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, -1)

    def _execute(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        def order(row: Row, quantity: Decimal) -> None:
            add(row, "FOrderQty", quantity)
            left = decimal(row.values, "FApproveQty") - decimal(row.values, "FOrderQty")
            row.values["FMrpCloseStatus"] = YES if left <= ZERO else OPEN

        for number, lines in sources(bill, WISH_ROW, sign).items():
            execute(books, "PUR_Requisition", number, lines, act, order, closes=True)

    def check_unaudit(self, books: AccountSet, bill: Bill) -> None:
        refuse_downstream(self, books, bill)

    def has_downstream(self, books: AccountSet, row: Row) -> bool:
        return bool(books.tables["STK_InStock"].lookup("FPOORDERENTRYID", row.id))


class PurchaseReceipt(Rules):
    """STK_InStock: an audit brings stock and moves the order's executed quantities."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        for row in bill.each_row():
            amount = decimal(row.values, "FRealQty") * decimal(row.values, "FTaxPrice")
            row.values["FBaseUnitQty"] = row.values.get("FRealQty")
            row.values["FAllAmount"] = rounded(amount, 2)

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, 1)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, -1)

    def _execute(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        for row in bill.each_row():
            values, quantity = row.values, decimal(row.values, "FRealQty") * sign
            place = Place(values["FStockId"], bill.values["FStockOrgId"], values["FStockStatusId"])
            move_stock(books, values["FMaterialId"], place, quantity, act.by)

        def receive(row: Row, quantity: Decimal) -> None:
            add(row, "FStockInQty", quantity)
            add(row, "FReceiveQty", quantity)
            left = _to_come(row)
            row.values["FRemainStockInQty"] = plain(left)
            row.values["FMrpCloseStatus"] = YES if left <= ZERO else OPEN

        for number, lines in sources(bill, ORDER_ROW, sign).items():
            execute(books, "PUR_PurchaseOrder", number, lines, act, receive, closes=True)


def _to_come(row: Row) -> Decimal:
    return decimal(row.values, "FQty") - decimal(row.values, "FStockInQty")


def refuse_downstream(rules: Rules, books: AccountSet, bill: Bill) -> None:
    """Raise `Refused` where documents were made from the bill."""
    if any(rules.has_downstream(books, row) for row in bill.each_row()):
        raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]存在下游单据，不允许反审核")
