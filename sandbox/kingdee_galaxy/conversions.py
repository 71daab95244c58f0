"""What a pushed bill takes from its source, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from .account_set import AccountSet
from .amounts import decimal
from .finance import BLUE, RED
from .making import code_of, today
from .records import Bill
from .stock import usable, usual_warehouse
from .values import plain, rounded

Convert = Callable[[AccountSet, Bill, Mapping[int, Decimal]], Bill]


def _to_outstock(books: AccountSet, order: Bill, rows: Mapping[int, Decimal]) -> Bill:
    form, head = books.tables["SAL_OUTSTOCK"].form, order.values
    bill = books.new_bill(form)
    bill.values |= {
        "FBillTypeID": code_of(books, "BOS_BillType", "XSCKD01_SYS"),
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
            "FStockStatusID": usable(books), "FOwnerID": head["FSaleOrgId"],
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
    bill.values |= {
        "FBillType": code_of(books, "BOS_BillType", "SCRKD02_SYS"), "FPrdOrgId": org,
        "FStockOrgId": org, "FOwnerId0": org,
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
            "FStockStatusId": usable(books), "FMoBillNo": order.number, "FMoId": order.id,
            "FMoEntryId": line.id, "FMoEntrySeq": values.get("FSeq"), "FSrcBillType": "PRD_MO",
            "FSrcBillNo": order.number, "FOwnerTypeId": "BD_OwnerOrg", "FOwnerId": org,
            "FKeeperTypeId": "BD_KeeperOrg", "FKeeperId": org,
            "FWorkShopId1": values.get("FWorkShopID"), "FMtoNo": values.get("FMTONo"),
        }  # fmt: skip
        bill.rows.setdefault("FEntity", []).append(row)
    return bill


def _to_purchase(books: AccountSet, wish: Bill, rows: Mapping[int, Decimal]) -> Bill:
    """Its supplier is the usual one of the first row; prices are for people to fill in."""
    form, org = books.tables["PUR_PurchaseOrder"].form, wish.values["FApplicationOrgId"]
    bill = books.new_bill(form)
    for line in wish.each_row():
        if line.id not in rows:
            continue
        values = line.values
        material = books.bill("BD_MATERIAL", values["FMaterialId"]).values
        supplier = values.get("FSuggestSupplierId") or material.get("FDefaultVendor")
        bill.values["FSupplierId"] = bill.values.get("FSupplierId") or supplier
        row = books.new_row(form, "FPOOrderEntry")
        row.values |= {
            "FMaterialId": values["FMaterialId"], "FUnitId": values["FUnitId"],
            "FQty": plain(rows[line.id]), "FTaxPrice": material.get("FRefCost"),
            "FDeliveryDate": values.get("FArrivalDate"), "FRequireOrgId": org,
            "FMtoNo": values.get("FMtoNo"), "FDEMANDBILLNO": values.get("FDEMANDBILLNO"),
            "FDEMANDBILLENTRYID": values.get("FDEMANDBILLENTRYID"), "FSrcBillNo": wish.number,
            "FReqEntryId": line.id,
        }  # fmt: skip
        bill.rows.setdefault("FPOOrderEntry", []).append(row)
    bill.values |= {
        "FBillTypeID": code_of(books, "BOS_BillType", "CGDD01_SYS"), "FPurchaseOrgId": org,
        "FSettleCurrId": code_of(books, "BD_Currency", "PRE001"),
    }  # fmt: skip
    return bill


def _to_purchase_receipt(books: AccountSet, order: Bill, rows: Mapping[int, Decimal]) -> Bill:
    form, head = books.tables["STK_InStock"].form, order.values
    org = head["FPurchaseOrgId"]
    bill = books.new_bill(form)
    bill.values |= {
        "FBillTypeID": code_of(books, "BOS_BillType", "RKD01_SYS"), "FStockOrgId": org,
        "FPurchaseOrgId": org, "FSupplierId": head["FSupplierId"],
        "FSettleCurrId": head.get("FSettleCurrId"),
    }  # fmt: skip
    for line in order.each_row():
        if line.id not in rows:
            continue
        quantity, values = plain(rows[line.id]), line.values
        row = books.new_row(form, "FInStockEntry")
        row.values |= {
            "FMaterialId": values["FMaterialId"], "FUnitID": values["FUnitId"],
            "FMustQty": quantity, "FRealQty": quantity,
            "FStockId": usual_warehouse(books, values["FMaterialId"], org),
            "FStockStatusId": usable(books), "FTaxPrice": values.get("FTaxPrice"),
            "FEntryTaxRate": values.get("FEntryTaxRate"), "FPOOrderNo": order.number,
            "FPOORDERENTRYID": line.id, "FSrcBillNo": order.number, "FMtoNo": values.get("FMtoNo"),
        }  # fmt: skip
        bill.rows.setdefault("FInStockEntry", []).append(row)
    return bill


def _to_invoice(form_id: str, books: AccountSet, debt: Bill, rows: Mapping[int, Decimal]) -> Bill:
    """What is left of a row takes what is left of its amount, so that no fen is lost."""
    form, head = books.tables[form_id].form, debt.values
    bill = books.new_bill(form)
    bill.values |= {
        "FBillTypeID": code_of(books, "BOS_BillType", "XSZZSFP01_SYS"),
        "FCUSTOMERID": head["FCUSTOMERID"], "FCURRENCYID": head["FCURRENCYID"],
        "FSETTLEORGID": head["FSETTLEORGID"], "FINVOICEDATE": today(books),
        "FRedBlue": RED if head["FALLAMOUNTFOR"] < 0 else BLUE,
    }  # fmt: skip
    for line in debt.each_row():
        if line.id not in rows:
            continue
        quantity, values = rows[line.id], line.values
        left = decimal(values, "FALLAMOUNTFOR_D") - decimal(values, "FIVAMOUNTFOR")
        share = quantity / (decimal(values, "FPriceQty") - decimal(values, "FIVQTY"))
        amount, rate = rounded(left * share, 2), decimal(values, "FEntryTaxRate")
        row = books.new_row(form, "FSALESICENTRY")
        row.values |= {
            "FMATERIALID": values["FMATERIALID"], "FPRICEUNITID": values.get("FPRICEUNITID"),
            "FPRICEQTY": plain(quantity), "FAUXTAXPRICE": values.get("FTaxPrice"),
            "FTAXRATE": plain(rate), "FALLAMOUNTFOR": amount,
            "FDETAILTAXAMOUNTFOR": plain(amount - rounded(amount / (1 + rate / 100), 2)),
            "FSALESORDERNO": values.get("FORDERNUMBER"), "FSRCBILLNO": debt.number,
            "FSRCROWID": line.id,
        }  # fmt: skip
        bill.rows.setdefault("FSALESICENTRY", []).append(row)
    return bill


CONVERSIONS: dict[str, Convert] = {
    "SAL_OUTSTOCK": _to_outstock,
    "PRD_INSTOCK": _to_receipt,
    "PUR_PurchaseOrder": _to_purchase,
    "STK_InStock": _to_purchase_receipt,
    "IV_SALESIC": partial(_to_invoice, "IV_SALESIC"),
    "IV_SALESOC": partial(_to_invoice, "IV_SALESOC"),
}
