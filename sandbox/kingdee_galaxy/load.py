"""Filling an account set from a company: the state on the evening before go-live.

Nothing of this is in the ledger, and its stamps lie in the past. Master data were imported in
one night long ago, so they share one stamp, as real imports do.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.company.model import BomLine, Company, Order, WorkOrder

from .account_set import AccountSet
from .amounts import Digits, retype
from .production import CLOSED, STARTED, WORKSHOP
from .records import Bill, Row
from .registry import rules_of
from .stock import new_stock_row, put_quantity
from .values import plain, rounded

IMPORTED = "2020-01-02T08:00:00"
CURRENCIES = {
    "CNY": ("PRE001", "人民币", 2), "HKD": ("PRE002", "香港元", 2), "EUR": ("PRE003", "欧元", 2),
    "JPY": ("PRE004", "日本日圆", 0), "GBP": ("PRE006", "英镑", 2), "USD": ("PRE007", "美元", 2),
}  # fmt: skip
UNITS = {"Pcs": "Pcs", "kg": "千克", "box": "箱", "m": "米", "set": "套"}
SMALL_TABLES = {
    "BOS_BillType": {
        "XSDD01_SYS": "标准销售订单", "XSCKD01_SYS": "标准销售出库单",
        "SCDD01_SYS": "汇报入库-普通生产", "SCDD03_SYS": "直接入库-普通生产",
        "SCRKD02_SYS": "生产入库单",
    },
    "BD_RateType": {"HLTX01_SYS": "固定汇率"},
    "BD_SETTLETYPE": {"JSFS01_SYS": "现金", "JSFS04_SYS": "电汇"},
    "BD_RecCondition": {
        "SKTJ01_SYS": "货到收款", "SKTJ03_SYS": "款到发货", "SKTJ05_SYS": "月结30天",
        "SKTJ06_SYS": "月结60天", "SKTJ07_SYS": "月结90天",
    },
    "BD_StockStatus": {"KCZT01_SYS": "可用", "KCZT02_SYS": "待检"},
    "BD_MATERIALCATEGORY": {"CHLB01_SYS": "原材料", "CHLB05_SYS": "产成品"},
}  # fmt: skip


def load(books: AccountSet, company: Company) -> None:
    """Put the whole company into the account set."""
    _Loading(books, company).everything()


class _Loading:
    def __init__(self, books: AccountSet, company: Company) -> None:
        self.books, self.company = books, company
        self.orgs: dict[str, int] = {}
        self.customers: dict[str, str] = {}
        """CRM number → ERP number."""
        self.salesmen: dict[str, int] = {}
        """A person's CRM id → salesman."""

    def everything(self) -> None:
        company = self.company
        for number, name in company.organisations:
            self.orgs[number] = int(self._base("ORG_Organizations", number, name).id)
        self.books.user("api")
        self._small_tables()
        self._people()
        for number, name in company.warehouses:
            self._base("BD_STOCK", number, name, **self._owner())
        self._materials()
        self._customers()
        self._boms()
        self._stock()
        self._orders()
        self._work_orders()

    def _put(self, form_id: str, values: dict[str, Any], stamp: str, **rows: list[Row]) -> Bill:
        form = self.books.tables[form_id].form
        bill = self.books.new_bill(form)
        bill.id = self.books.next_id(form)
        user = self.books.tables["SEC_User"].lookup("FNumber", "demo")
        bill.values |= {
            "FDocumentStatus": "C", "FCreateDate": stamp, "FModifyDate": stamp,
            "FApproveDate": stamp, "FCreatorId": user[0] if user else None, **values,
        }  # fmt: skip
        if not form.is_bill:
            bill.values.setdefault("FMasterId", bill.id)
        for entity, made in rows.items():
            for seq, row in enumerate(made, 1):
                row.values["FSeq"] = seq
            bill.rows[entity] = made
        rules_of(form).finish(self.books, bill)
        self.books.tables[form_id].put(bill)
        return bill

    def _base(self, form_id: str, number: str, name: str, **values: Any) -> Bill:
        return self._put(form_id, {"FNumber": number, "FName": name, **values}, IMPORTED)

    def _owner(self, organisation: str = "") -> dict[str, int]:
        org = self.orgs.get(organisation) or self._seller
        return {"FCreateOrgId": org, "FUseOrgId": org}

    @property
    def _seller(self) -> int:
        return next(iter(self.orgs.values()))

    def _everywhere(self, form_id: str, values: dict[str, Any]) -> None:
        """Base data and its copies for all other organisations."""
        master = self._put(form_id, values, IMPORTED)
        for org in self.orgs.values():
            if org != values["FCreateOrgId"]:
                self._put(form_id, {**values, "FUseOrgId": org, "FMasterId": master.id}, IMPORTED)

    def _small_tables(self) -> None:
        for form_id, names in SMALL_TABLES.items():
            for number, name in names.items():
                self._base(form_id, number, name)
        units = UNITS | {m.unit: m.unit for m in self.company.materials if m.unit not in UNITS}
        for number, name in units.items():
            self._base("BD_UNIT", number, name)
        codes = [self.company.currency, *(order.currency for order in self.company.orders)]
        others = {code: (code, code, 2) for code in codes if code not in CURRENCIES}
        for code, (number, name, digits) in (CURRENCIES | others).items():
            self._base(
                "BD_Currency", number, name, FCODE=code, FAMOUNTDIGITS=digits, FPRICEDIGITS=6
            )
        self._base("BD_TaxRate", "SL13", "13%增值税", FTaxRate=plain(Decimal(13)))

    def _people(self) -> None:
        departments: dict[str, int] = {}
        names = [person.department for person in self.company.people if person.department]
        for place, name in enumerate(dict.fromkeys(names), 11):
            department = self._base("BD_Department", f"BM{place:06}", name, **self._owner())
            departments[name] = int(department.id)
        self._base("BD_Department", WORKSHOP, "生产车间", FIsStock=True, **self._owner())
        for person in self.company.people:
            if not person.erp_number:
                continue
            department_id = departments.get(person.department)
            employee = self._base(
                "BD_Empinfo", person.erp_number, person.name, FStaffNumber=person.erp_number,
                FMobile=person.mobile, FPostDept=department_id, **self._owner(),
            )  # fmt: skip
            salesman = self._base(
                "BD_OPERATOR", person.erp_number, person.name, FBizOrgId=self._seller,
                FStaffId=employee.id, FDeptId=department_id,
            )  # fmt: skip
            self.salesmen[person.crm_id] = int(salesman.id)

    def _materials(self) -> None:
        units = {unit.number: unit.id for unit in self.books.tables["BD_UNIT"].bills.values()}
        category = self.books.require("BD_MATERIALCATEGORY", "CHLB01_SYS").id
        for material in self.company.materials:
            unit = units[material.unit]
            self._everywhere("BD_MATERIAL", {
                "FNumber": material.number, "FName": material.name,
                "FSpecification": material.specification, **self._owner(material.organisation),
                "FErpClsID": "2" if material.make_or_buy == "make" else "1",
                "FBaseUnitId": unit, "FStoreUnitID": unit, "FSaleUnitId": unit,
                "FSalePriceUnitId": unit, "FCategoryID": category,
                "FIsSale": material.saleable, "FIsInventory": True,
                "FIsPurchase": material.make_or_buy == "buy",
                "FIsProduce": material.make_or_buy == "make",
                "FSafeStock": plain(material.safety_stock),
                "FRefCost": rounded(material.standard_cost, 6),
                "FFixLeadTime": material.lead_days,
            })  # fmt: skip

    def _customers(self) -> None:
        currency = self._currency(self.company.currency)
        for customer in self.company.customers:
            self.customers[customer.number] = customer.erp_number
            if not customer.erp_number:
                continue
            self._everywhere("BD_Customer", {
                "FNumber": customer.erp_number, "FName": customer.name, **self._owner(),
                "FSOCIALCRECODE": customer.credit_code, "FTEL": customer.phone,
                "FADDRESS": customer.address, "FTRADINGCURRID": currency, "FIsTrade": True,
                "FSELLER": self.salesmen.get(customer.salesperson),
            })  # fmt: skip
            master = self.books.find("BD_Customer", customer.erp_number, self._seller)
            for contact in customer.contacts:
                self._base(
                    "BD_CommonContact", contact.number, contact.name, FMobile=contact.mobile,
                    FCompanyType="BD_Customer", FCustId=master.id if master else None,
                )  # fmt: skip

    def _currency(self, code: str) -> Any:
        number = CURRENCIES[code][0] if code in CURRENCIES else code
        return self.books.require("BD_Currency", number).id

    def _material(self, number: str, org: int) -> Bill | None:
        return self.books.find("BD_MATERIAL", number, org)

    def _boms(self) -> None:
        organisations = {m.number: m.organisation for m in self.company.materials}
        lines: defaultdict[str, list[BomLine]] = defaultdict(list)
        for line in self.company.bom:
            lines[line.parent].append(line)
        for parent, children in lines.items():
            owner = self._owner(organisations.get(parent, ""))
            material = self._material(parent, owner["FUseOrgId"])
            if material is None:
                continue
            org = owner["FUseOrgId"]
            rows = [self._bom_row(line, org, place) for place, line in enumerate(children, 1)]
            unit = material.values["FBaseUnitId"]
            self._put("ENG_BOM", {
                "FNumber": f"{parent}_V1.0", "FMaterialID": material.id, "FUNITID": unit, **owner,
            }, IMPORTED, FTreeEntity=rows)  # fmt: skip

    def _bom_row(self, line: BomLine, org: int, group: int) -> Row:
        row = self.books.new_row(self.books.tables["ENG_BOM"].form, "FTreeEntity")
        component = self._material(line.component, org)
        unit = self.books.find("BD_UNIT", line.unit)
        row.values |= {
            "FMaterialIDchild": component.id if component else None,
            "FCHILDUNITID": unit.id if unit else None, "FNumerator": plain(line.quantity),
            "FDenominator": plain(Decimal(1)), "FReplaceGroup": group,
            "FEffectDate": _midnight(line.valid_from or date(2020, 1, 1)),
            "FEXPIREDATE": _midnight(line.valid_to or date(9999, 12, 31)),
        }  # fmt: skip
        return row

    def _stock(self) -> None:
        table = self.books.tables["STK_Inventory"]
        for stock in self.company.stock:
            org = self.orgs.get(stock.organisation, self._seller)
            material = self._material(stock.material, org)
            warehouse = self.books.find("BD_STOCK", stock.warehouse)
            if material and warehouse and stock.quantity:
                row = new_stock_row(self.books, int(material.id), int(warehouse.id), org)
                put_quantity(row, stock.quantity, self.books.switches["available_in_query"])
                table.put(row)

    def _orders(self) -> None:
        for order in self.company.orders:
            if order.erp_number:
                self._order(order)

    def _order(self, order: Order) -> None:
        """A bill that a clerk typed by hand: audited, and without any mark of the CRM."""
        books, org = self.books, self._seller
        customer = books.find("BD_Customer", self.customers.get(order.customer) or "?", org)
        digits = 0 if order.currency == "JPY" else 2
        rows = [row for line in order.lines if (row := self._order_row(line, order, digits))]
        _spread(rows, order.discount, digits)
        anybody = next(iter(self.salesmen.values()), None)
        self._put("SAL_SaleOrder", {
            "FBillNo": order.erp_number, "FDate": _midnight(order.order_date),
            "FBillTypeID": books.require("BOS_BillType", "XSDD01_SYS").id, "FSaleOrgId": org,
            "FCustId": customer.id if customer else None,
            "FSalerId": self.salesmen.get(order.salesperson, anybody),
            "FReceiveAddress": order.address, "FNote": order.note,
            "FSettleCurrId": self._currency(order.currency),
        }, _evening(order.order_date), FSaleOrderEntry=rows)  # fmt: skip

    def _order_row(self, line: Any, order: Order, digits: int) -> Row | None:
        material = self._material(line.material, self._seller)
        if material is None:
            return None
        row = self.books.new_row(self.books.tables["SAL_SaleOrder"].form, "FSaleOrderEntry")
        unit = material.values["FBaseUnitId"]
        row.values |= {
            "FMaterialId": material.id, "FUnitID": unit, "FPriceUnitId": unit,
            "FStockUnitID": unit, "FReserveType": "1", "FOUTLMTUNIT": "SAL",
            "FSettleOrgIds": self._seller, "FIsFree": line.kind == "gift",
            "FDeliveryDate": _midnight(line.wanted_date or order.order_date),
            "FQty": plain(line.quantity),
        }  # fmt: skip
        typed = {
            "FEntryTaxRate": plain(line.tax_rate * 100), "FTaxPrice": rounded(line.price, 6),
            "FAllAmount": rounded(line.amount, digits),
        }  # fmt: skip
        for key, value in typed.items():
            row.values[key] = value
            retype(row.values, key, Digits(digits), tax_included=True)
        return row

    def _work_orders(self) -> None:
        bills = {order.number: order.erp_number for order in self.company.orders}
        for work in self.company.work_orders:
            self._work_order(work, bills.get(work.order_number) or work.order_number)

    def _work_order(self, work: WorkOrder, order_number: str) -> None:
        books = self.books
        material = next(iter(books.tables["BD_MATERIAL"].find("FNumber", work.material)), None)
        if material is None:
            return
        org = material.values["FUseOrgId"]
        row = books.new_row(books.tables["PRD_MO"].form, "FTreeEntity")
        is_done = work.stocked + work.scrapped >= work.ordered
        bom = books.find("ENG_BOM", f"{work.material}_V1.0")
        start, end = f"{work.start}T08:00:00", f"{work.end or work.due}T17:30:00"
        row.values |= {
            "FMaterialId": material.id, "FUnitId": material.values["FBaseUnitId"],
            "FQty": plain(work.ordered), "FPlanStartDate": start,
            "FPlanFinishDate": f"{work.due}T17:30:00", "FBomId": bom.id if bom else None,
            "FWorkShopID": books.require("BD_Department", WORKSHOP).id,
            "FStockInQuaQty": plain(work.stocked), "FScrapQty": plain(work.scrapped),
            "FSaleOrderNo": order_number, "FStatus": CLOSED if is_done else STARTED,
            "FPlanConfirmDate": start, "FConveyDate": start, "FStartDate": start,
            "FFinishDate": end if is_done else None, "FCloseDate": end if is_done else None,
        }  # fmt: skip
        self._put("PRD_MO", {
            "FBillNo": work.number, "FDate": _midnight(work.start), "FPrdOrgId": org,
            "FBillType": books.require("BOS_BillType", "SCDD01_SYS").id, "FOwnerId": org,
        }, end if is_done else start, FTreeEntity=[row])  # fmt: skip


def _spread(rows: list[Row], discount: Decimal, digits: int) -> None:
    """The clerk takes the discount off row by row; the last one takes what is left."""
    total = sum((row.values["FAllAmount"] for row in rows), Decimal(0))
    if not discount or not total:
        return
    left = discount
    for row in rows:
        amount = row.values["FAllAmount"]
        part = left if row is rows[-1] else rounded(discount * amount / total, digits)
        left -= part
        row.values["FAllAmount"] = rounded(amount - part, digits)
        retype(row.values, "FAllAmount", Digits(digits), tax_included=True)


def _midnight(day: date) -> str:
    return f"{day}T00:00:00"


def _evening(day: date) -> str:
    return f"{day}T17:45:12.407"
