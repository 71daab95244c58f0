"""Push (下推): a target bill from an audited source, linked row by row, left in state A."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .amounts import ZERO, decimal
from .conversions import CONVERSIONS
from .envelope import truth, whole, words
from .errors import MsgCode, Outcome, Refused
from .executing import OPEN
from .forms import Form
from .making import create
from .operations import chosen
from .production import RELEASED
from .records import Bill, Row
from .rules import Act

RULES = {
    "SaleOrder-OutStock": ("SAL_SaleOrder", "SAL_OUTSTOCK"),
    "PRD_MO2INSTOCK": ("PRD_MO", "PRD_INSTOCK"),
    "PUR_Requisition-PUR_PurchaseOrder": ("PUR_Requisition", "PUR_PurchaseOrder"),
    "PUR_PurchaseOrder-STK_InStock": ("PUR_PurchaseOrder", "STK_InStock"),
    "IV_ReceivableToSalesIC_Entry": ("AR_receivable", "IV_SALESIC"),
    "IV_ReceivableToSalesOC_Entry": ("AR_receivable", "IV_SALESOC"),
}
"""Rule ids. The first and the third follow the pattern of others, the second is a guess."""


def push(books: AccountSet, form: Form, options: Mapping[str, Any], act: Act) -> dict[str, Any]:
    """The Push call: one target per source bill."""
    target = _target(form, options)
    only = frozenset(whole(row) for row in words(options.get("entryids")))
    outcome, converted = Outcome(), Outcome()
    if only and not (options.get("ids") or options.get("numbers")):
        options = {**options, "ids": _owners(books, form, only)}
    for index, source in enumerate(chosen(books, form, options)):
        try:
            if isinstance(source, Refused):
                raise source
            rows = open_rows(books, source, target, only)
            made = push_bill(books, source, target, rows, act)
            outcome.success(made.id, made.number, index)
            converted.success(source.id, source.number, index)
        except Refused as refused:
            outcome.failure(refused, index)
            converted.failure(refused, index)
    shape: Any = converted.status()
    if books.switches["convert_status"] == "list":
        shape = [{"IsSuccess": False, "Message": e["Message"]} for e in converted.errors]
    return outcome.result(ConvertResponseStatus=shape)


def _target(form: Form, options: Mapping[str, Any]) -> str:
    rule, target = str(options.get("ruleid") or ""), str(options.get("targetformid") or "")
    if not rule and not (target and truth(options.get("isenabledefaultrule"), False)):
        raise Refused(MsgCode.PARAMETER, "转换规则标识不能为空，或者启用默认转换规则")
    for name, (source, made) in RULES.items():
        if source == form.id and rule in ("", name) and target in ("", made):
            return made
    raise Refused(MsgCode.EXCEPTION, f"找不到{form.label}的转换规则{rule or target}")


def _owners(books: AccountSet, form: Form, rows: frozenset[int]) -> str:
    table = books.table(form.id)
    found = [
        str(bill.id)
        for bill in table.bills.values()
        if any(row.id in rows for row in bill.each_row())
    ]
    return ",".join(found)


@dataclass(frozen=True, slots=True)
class Link:
    """How rows of a target point back, and what counts on both sides."""

    key: str
    """The target's field with the id of the source's row."""
    executed: tuple[str, ...]
    """The source's fields that count what was done."""
    quantity: str = "FQty"
    """The source's quantity."""
    made: str = "FRealQty"
    """The target's."""


_INVOICED = Link("FSRCROWID", ("FIVQTY",), "FPriceQty", "FPRICEQTY")
LINKS = {
    ("SAL_SaleOrder", "SAL_OUTSTOCK"): Link("FSOEntryId", ("FStockOutQty",)),
    ("PRD_MO", "PRD_INSTOCK"): Link("FMoEntryId", ("FStockInQuaQty", "FScrapQty")),
    ("PUR_Requisition", "PUR_PurchaseOrder"): Link(
        "FReqEntryId", ("FOrderQty",), "FApproveQty", "FQty"
    ),
    ("PUR_PurchaseOrder", "STK_InStock"): Link("FPOORDERENTRYID", ("FStockInQty",)),
    ("AR_receivable", "IV_SALESIC"): _INVOICED,
    ("AR_receivable", "IV_SALESOC"): _INVOICED,
}


def open_rows(
    books: AccountSet, source: Bill, target: str, only: frozenset[int] = frozenset()
) -> dict[int, Decimal]:
    """What can still be pushed per row: not more than was ordered, however often one pushes. Of
    a red bill it is negative."""
    link = LINKS[source.form.id, target]
    found: dict[int, Decimal] = {}
    for row in source.each_row():
        if (not only or row.id in only) and _is_open(row):
            ordered = decimal(row.values, link.quantity) + decimal(row.values, "FReplaceQty")
            left = ordered - _done(books, target, link, row)
            if left * ordered > 0:
                found[row.id] = left
    return found


def _done(books: AccountSet, target: str, link: Link, row: Row) -> Decimal:
    """The quantity of all targets, audited or not, and what was executed without a link."""
    unlinked = sum((decimal(row.values, key) for key in link.executed), ZERO)
    taken = ZERO
    for bill in books.tables[target].find(link.key, row.id):
        for made in bill.each_row():
            if made.values.get(link.key) == row.id:
                taken += decimal(made.values, link.made)
                unlinked -= decimal(made.values, link.made) if bill.status == "C" else ZERO
    return taken + unlinked


def taken(rows: dict[int, Decimal], quantity: int | str | Decimal | None) -> dict[int, Decimal]:
    """The first rows, until `quantity` is reached; None: all. Red rows count as their size."""
    if quantity is None:
        return rows
    left, found = Decimal(str(quantity)), dict[int, Decimal]()
    for row, is_open in rows.items():
        part = min(abs(is_open), left)
        if part > 0:
            found[row] = part.copy_sign(is_open)
            left -= part
    return found


def _is_open(row: Row) -> bool:
    closed = row.values.get("FMrpCloseStatus", OPEN), row.values.get("FMrpTerminateStatus", OPEN)
    return closed == (OPEN, OPEN) and row.values.get("FStatus", RELEASED) in "345"


def push_bill(
    books: AccountSet, source: Bill, target: str, rows: Mapping[int, Decimal], act: Act
) -> Bill:
    """Convert and save; raises `Refused` for an unaudited source or when nothing is left."""
    if source.status != "C":
        raise Refused(MsgCode.VALIDATION, f"源单[{source.number}]未审核，不允许下推")
    if not rows:
        raise Refused(MsgCode.VALIDATION, f"源单[{source.number}]的关联数量已达上限")
    bill = CONVERSIONS[target](books, source, rows)
    create(books, bill, act)
    return bill
