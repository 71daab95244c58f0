"""Push (下推): a target bill from an audited source, linked row by row, left in state A."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .amounts import ZERO, decimal
from .envelope import truth, whole, words
from .errors import MsgCode, Outcome, Refused
from .forms import Form
from .operations import chosen
from .production import RELEASED
from .records import Bill, Row
from .registry import rules_of
from .rules import Act
from .sales import OPEN
from .stock import usual_warehouse
from .values import plain, rounded

Convert = Callable[[AccountSet, Bill, Mapping[int, Decimal]], Bill]
RULES = {
    "SaleOrder-OutStock": ("SAL_SaleOrder", "SAL_OUTSTOCK"),
    "PRD_MO2INSTOCK": ("PRD_MO", "PRD_INSTOCK"),
}
"""Rule ids. The first follows the pattern of SaleOrder-DeliveryNotice, the second is a guess."""


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
            made = push_bill(books, source, target, open_rows(books, source, only), act)
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


def open_rows(
    books: AccountSet, source: Bill, only: frozenset[int] = frozenset()
) -> dict[int, Decimal]:
    """What can still be pushed per row: not more than was ordered, however often one pushes."""
    found: dict[int, Decimal] = {}
    for row in source.each_row():
        if (not only or row.id in only) and _is_open(row):
            left = decimal(row.values, "FQty") - _taken(books, source, row)
            if left > 0:
                found[row.id] = left
    return found


def _taken(books: AccountSet, source: Bill, row: Row) -> Decimal:
    """The quantity of all targets, audited or not, and what was executed without a link."""
    link = LINKS[source.form.id]
    unlinked = sum((decimal(row.values, key) for key in link.executed), ZERO)
    taken = ZERO
    for bill in books.tables[link.target].find(link.key, row.id):
        for made in bill.each_row():
            if made.values.get(link.key) == row.id:
                taken += decimal(made.values, "FRealQty")
                unlinked -= decimal(made.values, "FRealQty") if bill.status == "C" else ZERO
    return taken + unlinked


def _is_open(row: Row) -> bool:
    closed = row.values.get("FMrpCloseStatus", OPEN), row.values.get("FMrpTerminateStatus", OPEN)
    return closed == (OPEN, OPEN) and row.values.get("FStatus", RELEASED) in "345"


@dataclass(frozen=True, slots=True)
class Link:
    """How rows of a target point back, and the source's fields that count what was done."""

    target: str
    key: str
    executed: tuple[str, ...]


LINKS = {
    "SAL_SaleOrder": Link("SAL_OUTSTOCK", "FSOEntryId", ("FStockOutQty",)),
    "PRD_MO": Link("PRD_INSTOCK", "FMoEntryId", ("FStockInQuaQty", "FScrapQty")),
}


def push_bill(
    books: AccountSet, source: Bill, target: str, rows: Mapping[int, Decimal], act: Act
) -> Bill:
    """Convert and save; raises `Refused` for an unaudited source or when nothing is left."""
    if source.status != "C":
        raise Refused(MsgCode.VALIDATION, f"源单[{source.number}]未审核，不允许下推")
    if not rows:
        raise Refused(MsgCode.VALIDATION, f"源单[{source.number}]的关联数量已达上限")
    bill = CONVERSIONS[target](books, source, rows)
    form = bill.form
    bill.id = books.next_id(form)
    bill.values[form.number] = books.next_number(form)
    bill.values |= {
        "FDocumentStatus": "A", "FDate": books.now()[:10] + "T00:00:00",
        "FCreateDate": books.now(), "FCreatorId": books.user(act.by),
    }  # fmt: skip
    for seq, row in enumerate(bill.each_row(), 1):
        row.values["FSeq"] = seq
    rules_of(form).finish(books, bill)
    books.commit("create", bill, act.by)
    return bill


def _usable(books: AccountSet) -> Any:
    found = books.find("BD_StockStatus", "KCZT01_SYS")
    return found.id if found else None


def _to_outstock(books: AccountSet, order: Bill, rows: Mapping[int, Decimal]) -> Bill:
    form, head = books.tables["SAL_OUTSTOCK"].form, order.values
    bill = books.new_bill(form)
    bill_type = books.find("BOS_BillType", "XSCKD01_SYS")
    bill.values |= {
        "FBillTypeID": bill_type.id if bill_type else None,
        "FSaleOrgId": head["FSaleOrgId"], "FStockOrgId": head["FSaleOrgId"],
        "FCustomerID": head["FCustId"], "FSalesManID": head.get("FSalerId"),
        "FSettleCurrID": head.get("FSettleCurrId"), "FSettleOrgID": head["FSaleOrgId"],
        "FExchangeRate": head.get("FExchangeRate"),
    }  # fmt: skip
    for line in order.each_row():
        if line.id not in rows:
            continue
        quantity, values = rows[line.id], line.values
        row = books.new_row(form, "FEntity")
        price = decimal(values, "FAllAmount") / (decimal(values, "FQty") or 1)
        row.values |= {
            "FMaterialID": values["FMaterialId"], "FUnitID": values["FUnitID"],
            "FMustQty": plain(quantity), "FRealQty": plain(quantity),
            "FStockID": values.get("FSOStockId")
            or usual_warehouse(books, values["FMaterialId"], head["FSaleOrgId"]),
            "FStockStatusID": _usable(books), "FOwnerID": head["FSaleOrgId"],
            "FSalUnitID": values["FUnitID"], "FSALUNITQTY": plain(quantity),
            "FSALBASEQTY": plain(quantity), "FPriceBaseQty": plain(quantity),
            "FTaxPrice": values.get("FTaxPrice"), "FEntryTaxRate": values.get("FEntryTaxRate"),
            "FAllAmount": rounded(price * quantity, 2), "FIsFree": values.get("FIsFree"),
            "FSoorDerno": order.number, "FSOEntryId": line.id, "FSrcBillNo": order.number,
            "FMtoNo": values.get("FMtoNo"),
        }  # fmt: skip
        bill.rows.setdefault("FEntity", []).append(row)
    return bill


def _to_receipt(books: AccountSet, order: Bill, rows: Mapping[int, Decimal]) -> Bill:
    form, org = books.tables["PRD_INSTOCK"].form, order.values["FPrdOrgId"]
    bill = books.new_bill(form)
    bill_type = books.find("BOS_BillType", "SCRKD02_SYS")
    bill.values |= {
        "FBillType": bill_type.id if bill_type else None, "FPrdOrgId": org, "FStockOrgId": org,
        "FOwnerId0": org,
    }  # fmt: skip
    for line in order.each_row():
        if line.id not in rows:
            continue
        quantity, values = rows[line.id], line.values
        material = books.bill("BD_MATERIAL", values["FMaterialId"])
        row = books.new_row(form, "FEntity")
        row.values |= {
            "FMaterialId": values["FMaterialId"], "FUnitID": values["FUnitId"],
            "FBaseUnitId": material.values.get("FBaseUnitId") or values["FUnitId"],
            "FInStockType": "1", "FMustQty": plain(quantity), "FRealQty": plain(quantity),
            "FStockId": values.get("FStockId")
            or usual_warehouse(books, values["FMaterialId"], org),
            "FStockStatusId": _usable(books), "FMoBillNo": order.number, "FMoId": order.id,
            "FMoEntryId": line.id, "FMoEntrySeq": values.get("FSeq"), "FSrcBillType": "PRD_MO",
            "FSrcBillNo": order.number, "FOwnerTypeId": "BD_OwnerOrg", "FOwnerId": org,
            "FKeeperTypeId": "BD_KeeperOrg", "FKeeperId": org,
            "FWorkShopId1": values.get("FWorkShopID"), "FMtoNo": values.get("FMTONo"),
        }  # fmt: skip
        bill.rows.setdefault("FEntity", []).append(row)
    return bill


CONVERSIONS: dict[str, Convert] = {"SAL_OUTSTOCK": _to_outstock, "PRD_INSTOCK": _to_receipt}
