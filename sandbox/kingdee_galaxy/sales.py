"""Sales orders, outbounds and returns: amounts, prompts, and what they do to stock and order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .amounts import ON_TYPING, ZERO, Digits, decimal, retype
from .errors import MsgCode, Problem, Refused
from .executing import OPEN, YES, Source, add, execute, sources
from .records import Bill, Row
from .rules import Act, Prompt, Rules
from .stock import Place, move_stock, on_hand
from .values import plain, rounded

LIMIT_PRICE = "SAL_DOWNPRICECHECK"
CREDIT = "CRE_CREDITCHECK"
"""An invented name: nobody published the one that the credit prompt answers to."""
NEGATIVE_STOCK = "STK_InvCheckResult"
ORDER_ROW = Source("FSoorDerno", "FSOEntryId", "FRealQty")
RETURNED_ROW = Source("FOrderNo", "FSOEntryId", "FRealQty")
REPLACE = "THLX02_SYS"
"""What is returned so is sent again (退货补货). The number is not confirmed."""


class SalesOrder(Rules):
    """SAL_SaleOrder."""

    recomputing = frozenset((*ON_TYPING, "FSettleCurrId"))

    def typed(self, books: AccountSet, bill: Bill, row: Row | None, key: str) -> None:
        if row is not None:
            is_included = bool(bill.values.get("FIsIncludedTax"))
            retype(row.values, key, digits_of(books, bill), is_included)
        elif key == "FSettleCurrId" and books.switches["field_order"]:
            self._forget_prices(books, bill)

    def _forget_prices(self, books: AccountSet, bill: Bill) -> None:
        """Choosing a currency fetches prices anew; without a price list they become 0."""
        for row in bill.each_row():
            row.values["FTaxPrice"] = plain(ZERO)
            self.typed(books, bill, row, "FTaxPrice")

    def fill(self, books: AccountSet, bill: Bill) -> None:
        head = bill.values
        head["FDate"] = head.get("FDate") or books.now()[:10] + "T00:00:00"
        for key, first in (
            ("FBillTypeID", books.find("BOS_BillType", "XSDD01_SYS")),
            ("FSaleOrgId", next(iter(books.tables["ORG_Organizations"].bills.values()), None)),
            ("FSalerId", next(iter(books.tables["BD_OPERATOR"].bills.values()), None)),
            ("FSettleCurrId", books.find("BD_Currency", "PRE001")),
        ):
            head[key] = head.get(key) or (first.id if first else None)
        for row in bill.each_row():
            self._fill_row(books, head, row.values)

    def _fill_row(self, books: AccountSet, head: dict[str, Any], values: dict[str, Any]) -> None:
        material = books.tables["BD_MATERIAL"].get(values.get("FMaterialId") or 0)
        unit = values.get("FUnitID") or (material and material.values.get("FSaleUnitId"))
        usual = {
            "FUnitID": unit, "FPriceUnitId": unit, "FStockUnitID": unit,
            "FSettleOrgIds": head["FSaleOrgId"], "FReserveType": "1", "FOUTLMTUNIT": "SAL",
            "FDeliveryDate": head["FDate"],
        }  # fmt: skip
        for key, value in usual.items():
            values[key] = values.get(key) or value

    def finish(self, books: AccountSet, bill: Bill) -> None:
        digits = digits_of(books, bill)
        for row in bill.each_row():
            row.values["FBaseUnitQty"] = row.values.get("FQty")
            row.values["FRemainOutQty"] = plain(_to_ship(row))
        for total, part in (
            ("FBillAllAmount", "FAllAmount"), ("FBillAmount", "FAmount"),
            ("FBillTaxAmount", "FTaxAmount"),
        ):  # fmt: skip
            amount = sum((decimal(row.values, part) for row in bill.each_row()), ZERO)
            bill.values[total] = rounded(amount, digits.money)

    def problems(self, books: AccountSet, bill: Bill) -> Iterator[Problem]:
        for seq, row in enumerate(bill.each_row(), 1):
            if not row.values.get("FIsFree") and decimal(row.values, "FTaxPrice") <= 0:
                text = f"第{seq}行分录，未免费的物料，含税单价不能小于等于0"
                yield Problem(text, "FTaxPrice")

    def prompts(self, books: AccountSet, bill: Bill) -> Iterator[Prompt]:
        yield from _low_prices(books, bill)
        yield from _over_credit(books, bill)

    def check_unaudit(self, books: AccountSet, bill: Bill) -> None:
        if bill.values.get("FCloseStatus") == YES:
            raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]已关闭，不允许反审核")
        if any(self.has_downstream(books, row) for row in bill.each_row()):
            raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]存在下游单据，不允许反审核")

    def has_downstream(self, books: AccountSet, row: Row) -> bool:
        return bool(
            books.tables["SAL_OUTSTOCK"].lookup("FSOEntryId", row.id)
            or books.tables["PRD_MO"].lookup("FSaleOrderEntryId", row.id)
        )


def digits_of(books: AccountSet, bill: Bill) -> Digits:
    currency = books.tables["BD_Currency"].get(bill.values.get("FSettleCurrId") or 0)
    if currency is None:
        return Digits()
    return Digits(int(currency.values["FAMOUNTDIGITS"]), int(currency.values["FPRICEDIGITS"]))


def _low_prices(books: AccountSet, bill: Bill) -> Iterator[Prompt]:
    limits = books.switches["limit_prices"]
    if not limits:
        return
    field = bill.form.fields["FMaterialId"]
    for seq, row in enumerate(bill.each_row(), 1):
        number = books.number_of(field, row.values.get("FMaterialId"))
        limit = Decimal(str(limits.get(number, 0)))
        if not row.values.get("FIsFree") and decimal(row.values, "FTaxPrice") < limit:
            text = f"第{seq}行分录，物料[{number}]的含税单价低于最低限价{limit}，是否继续？"
            yield Prompt(LIMIT_PRICE, text)


def _over_credit(books: AccountSet, bill: Bill) -> Iterator[Prompt]:
    limits = books.switches["credit_limits"]
    if not limits:
        return
    number = books.number_of(bill.form.fields["FCustId"], bill.values.get("FCustId"))
    if number not in limits:
        return
    used = decimal(bill.values, "FBillAllAmount") + sum(
        (
            decimal(other.values, "FBillAllAmount")
            for other in books.tables["SAL_SaleOrder"].bills.values()
            if other.id != bill.values.get("FPKIDX", bill.id) and _counts(other, bill)
        ),
        ZERO,
    )
    over = used - Decimal(str(limits[number]))
    if over > 0:
        yield Prompt(CREDIT, f"客户[{number}]信用额度不足，超出信用额度{over}，是否继续？")


def _counts(other: Bill, bill: Bill) -> bool:
    values = other.values
    same = values.get("FCustId") == bill.values.get("FCustId")
    return same and values["FCloseStatus"] == OPEN and values["FCancelStatus"] == OPEN


def _to_ship(row: Row) -> Decimal:
    """What is ordered or sent again, less what left."""
    ordered = decimal(row.values, "FQty") + decimal(row.values, "FReplaceQty")
    return ordered - decimal(row.values, "FStockOutQty")


def _settle(row: Row) -> None:
    """A row that is shipped closes itself; one of which more is to be sent is open again."""
    left = _to_ship(row)
    row.values["FRemainOutQty"] = plain(left)
    row.values["FMrpCloseStatus"] = YES if left <= 0 else OPEN


class OutStock(Rules):
    """SAL_OUTSTOCK: an audit takes stock and moves the order's executed quantities."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        sum_up(bill)

    def audit_prompts(self, books: AccountSet, bill: Bill) -> Iterator[Prompt]:
        taken: dict[tuple[int, Place], Decimal] = {}
        for row in bill.each_row():
            spot = row.values["FMaterialID"], _out_of(bill, row)
            taken[spot] = taken.get(spot, ZERO) + decimal(row.values, "FRealQty")
        if any(on_hand(books, *spot) < quantity for spot, quantity in taken.items()):
            yield Prompt(NEGATIVE_STOCK, "更新库存时出现可以忽略的异常数据，是否继续？")

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, 1)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, -1)

    def _execute(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        for row in bill.each_row():
            quantity = decimal(row.values, "FRealQty") * sign
            move_stock(books, row.values["FMaterialID"], _out_of(bill, row), -quantity, act.by)

        def ship(row: Row, quantity: Decimal) -> None:
            add(row, "FStockOutQty", quantity)
            _settle(row)

        for number, lines in sources(bill, ORDER_ROW, sign).items():
            execute(books, "SAL_SaleOrder", number, lines, act, ship, closes=True)


def _out_of(bill: Bill, row: Row) -> Place:
    return Place(row.values["FStockID"], bill.values["FStockOrgId"], row.values["FStockStatusID"])


class ReturnStock(Rules):
    """SAL_RETURNSTOCK: an audit brings stock back; what is replaced is open to be shipped again."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        sum_up(bill)

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, 1)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, -1)

    def _execute(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        org, replaced = bill.values["FStockOrgId"], set()
        for row in bill.each_row():
            values, quantity = row.values, decimal(row.values, "FRealQty") * sign
            place = Place(values["FStockId"], org, values["FStockstatusId"])
            move_stock(books, values["FMaterialId"], place, quantity, act.by)
            if values.get("FReturnType") == REPLACE:
                replaced.add(values.get("FSOEntryId"))

        def take_back(row: Row, quantity: Decimal) -> None:
            add(row, "FReturnQty", quantity)
            if row.id in replaced:
                add(row, "FReplaceQty", quantity)
                _settle(row)

        for number, lines in sources(bill, RETURNED_ROW, sign).items():
            execute(books, "SAL_SaleOrder", number, lines, act, take_back, closes=bool(replaced))


def sum_up(bill: Bill) -> None:
    """The head's amount is that of its rows."""
    amount = sum((decimal(row.values, "FAllAmount") for row in bill.each_row()), ZERO)
    bill.values["FBillAllAmount"] = plain(amount)
