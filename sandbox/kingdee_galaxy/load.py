"""Filling an account set from a company: the state on the evening before go-live.

Nothing of this is in the ledger, and its stamps lie in the past. Master data were imported in
one night long ago, so they share one stamp, as real imports do.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from sandbox.company.model import BomLine, Company

from .account_set import AccountSet
from .load_bills import LoadingBills
from .loading import CURRENCIES, IMPORTED, Loading, midnight
from .production import WORKSHOP
from .records import Row
from .stock import Place, new_stock_row, put_quantity
from .values import plain, rounded

UNITS = {"Pcs": "Pcs", "kg": "千克", "box": "箱", "m": "米", "set": "套"}
SMALL_TABLES = {
    "BOS_BillType": {
        "XSDD01_SYS": "标准销售订单", "XSCKD01_SYS": "标准销售出库单",
        "SCDD01_SYS": "汇报入库-普通生产", "SCDD03_SYS": "直接入库-普通生产",
        "SCRKD02_SYS": "生产入库单", "SCLLD01_SYS": "普通生产领料单",
        "CGSQD01_SYS": "标准采购申请", "CGDD01_SYS": "标准采购订单", "RKD01_SYS": "标准采购入库",
        "XSTHD01_SYS": "标准销售退货单", "THTZD01_SYS": "标准退货通知单", "YSD01_SYS": "标准应收单",
        "YFD01_SYS": "标准应付单", "XSZZSFP01_SYS": "销售发票", "SKDLX01_SYS": "销售收款单",
        "SKTKDLX01_SYS": "销售业务退款单", "JYD001_SYS": "来料检验单", "JYD002_SYS": "产品检验单",
        "YCD01_SYS": "标准预测单", "XSBJD01_SYS": "标准销售报价单", "JHDD01_SYS": "标准计划订单",
    },
    "BD_RateType": {"HLTX01_SYS": "固定汇率"},
    "BD_SETTLETYPE": {"JSFS01_SYS": "现金", "JSFS04_SYS": "电汇"},
    "BD_RecCondition": {
        "SKTJ01_SYS": "货到收款", "SKTJ03_SYS": "款到发货", "SKTJ05_SYS": "月结30天",
        "SKTJ06_SYS": "月结60天", "SKTJ07_SYS": "月结90天",
    },
    "BD_StockStatus": {
        "KCZT01_SYS": "可用", "KCZT02_SYS": "待检", "KCZT03_SYS": "冻结", "KCZT05_SYS": "在途",
        "KCZT08_SYS": "不良",
    },
    "BD_MATERIALCATEGORY": {"CHLB01_SYS": "原材料", "CHLB05_SYS": "产成品"},
}  # fmt: skip


def load(books: AccountSet, company: Company) -> None:
    """Put the whole company into the account set."""
    loading = _BaseData(books, company)
    loading.everything()
    LoadingBills(loading).everything()


class _BaseData(Loading):
    def everything(self) -> None:
        company = self.company
        for number, name in company.organisations:
            self.orgs[number] = int(self.base("ORG_Organizations", number, name).id)
        self.books.user("api")
        self._small_tables()
        self._people()
        for number, name in company.warehouses:
            self.base("BD_STOCK", number, name, **self.owner())
        self._suppliers()
        self._materials()
        self._customers()
        self._boms()
        self._stock()

    def _small_tables(self) -> None:
        for form_id, names in SMALL_TABLES.items():
            for number, name in names.items():
                self.base(form_id, number, name)
        units = UNITS | {m.unit: m.unit for m in self.company.materials if m.unit not in UNITS}
        for number, name in units.items():
            self.base("BD_UNIT", number, name)
        codes = [self.company.currency, *(order.currency for order in self.company.orders)]
        others = {code: (code, code, 2) for code in codes if code not in CURRENCIES}
        for code, (number, name, digits) in (CURRENCIES | others).items():
            self.base("BD_Currency", number, name, FCODE=code, FAMOUNTDIGITS=digits, FPRICEDIGITS=6)
        self.base("BD_TaxRate", "SL13", "13%增值税", FTaxRate=plain(Decimal(13)))

    def _people(self) -> None:
        departments: dict[str, int] = {}
        names = [person.department for person in self.company.people if person.department]
        for place, name in enumerate(dict.fromkeys(names), 11):
            department = self.base("BD_Department", f"BM{place:06}", name, **self.owner())
            departments[name] = int(department.id)
        self.base("BD_Department", WORKSHOP, "生产车间", FIsStock=True, **self.owner())
        for person in self.company.people:
            if not person.erp_number:
                continue
            department_id = departments.get(person.department)
            employee = self.base(
                "BD_Empinfo", person.erp_number, person.name, FStaffNumber=person.erp_number,
                FMobile=person.mobile, FPostDept=department_id, **self.owner(),
            )  # fmt: skip
            salesman = self.base(
                "BD_OPERATOR", person.erp_number, person.name, FBizOrgId=self.seller,
                FStaffId=employee.id, FDeptId=department_id,
            )  # fmt: skip
            self.salesmen[person.crm_id] = int(salesman.id)

    def _suppliers(self) -> None:
        for supplier in self.company.suppliers:
            self.everywhere("BD_Supplier", {
                "FNumber": supplier.number, "FName": supplier.name, **self.owner(),
                "FSOCIALCRECODE": supplier.credit_code,
                "FPayCurrencyId": self.currency(self.company.currency),
            })  # fmt: skip

    def _materials(self) -> None:
        units = {unit.number: unit.id for unit in self.books.tables["BD_UNIT"].bills.values()}
        category = self.books.require("BD_MATERIALCATEGORY", "CHLB01_SYS").id
        for material in self.company.materials:
            unit = units[material.unit]
            self.everywhere("BD_MATERIAL", {
                "FNumber": material.number, "FName": material.name,
                "FSpecification": material.specification, **self.owner(material.organisation),
                "FErpClsID": "2" if material.make_or_buy == "make" else "1",
                "FBaseUnitId": unit, "FStoreUnitID": unit, "FSaleUnitId": unit,
                "FSalePriceUnitId": unit, "FCategoryID": category,
                "FIsSale": material.saleable, "FIsInventory": True,
                "FIsPurchase": material.make_or_buy == "buy",
                "FIsProduce": material.make_or_buy == "make",
                "FSafeStock": plain(material.safety_stock),
                "FMinPOQty": plain(material.minimum_lot), "FMaterialGroup": material.group,
                "FIncreaseQty": plain(material.lot_multiple),
                "FDefaultVendor": self.supplier(material.supplier),
                "FRefCost": rounded(material.standard_cost, 6),
                "FFixLeadTime": material.lead_days,
            })  # fmt: skip

    def _customers(self) -> None:
        currency = self.currency(self.company.currency)
        for customer in self.company.customers:
            self.customers[customer.number] = customer.erp_number
            if not customer.erp_number:
                continue
            self.everywhere("BD_Customer", {
                "FNumber": customer.erp_number, "FName": customer.name, **self.owner(),
                "FSOCIALCRECODE": customer.credit_code, "FTEL": customer.phone,
                "FADDRESS": customer.address, "FTRADINGCURRID": currency, "FIsTrade": True,
                "FSELLER": self.salesmen.get(customer.salesperson),
            })  # fmt: skip
            master = self.books.find("BD_Customer", customer.erp_number, self.seller)
            for contact in customer.contacts:
                self.base(
                    "BD_CommonContact", contact.number, contact.name, FMobile=contact.mobile,
                    FCompanyType="BD_Customer", FCustId=master.id if master else None,
                )  # fmt: skip

    def _boms(self) -> None:
        organisations = {m.number: m.organisation for m in self.company.materials}
        lines: defaultdict[str, list[BomLine]] = defaultdict(list)
        for line in self.company.bom:
            lines[line.parent].append(line)
        for parent, children in lines.items():
            owner = self.owner(organisations.get(parent, ""))
            material = self.material(parent, owner["FUseOrgId"])
            if material is None:
                continue
            org = owner["FUseOrgId"]
            rows = [self._bom_row(line, org, place) for place, line in enumerate(children, 1)]
            unit = material.values["FBaseUnitId"]
            self.put("ENG_BOM", {
                "FNumber": f"{parent}_V1.0", "FMaterialID": material.id, "FUNITID": unit, **owner,
            }, IMPORTED, FTreeEntity=rows)  # fmt: skip

    def _bom_row(self, line: BomLine, org: int, group: int) -> Row:
        row = self.books.new_row(self.books.tables["ENG_BOM"].form, "FTreeEntity")
        component = self.material(line.component, org)
        unit = self.books.find("BD_UNIT", line.unit)
        row.values |= {
            "FMaterialIDchild": component.id if component else None,
            "FCHILDUNITID": unit.id if unit else None, "FNumerator": plain(line.quantity),
            "FDenominator": plain(Decimal(1)), "FReplaceGroup": group,
            "FSCRAPRATE": plain(line.scrap),
            "FEffectDate": midnight(line.valid_from or date(2020, 1, 1)),
            "FEXPIREDATE": midnight(line.valid_to or date(9999, 12, 31)),
        }  # fmt: skip
        return row

    def _stock(self) -> None:
        table = self.books.tables["STK_Inventory"]
        for stock in self.company.stock:
            org = self.orgs.get(stock.organisation, self.seller)
            material = self.material(stock.material, org)
            warehouse = self.books.find("BD_STOCK", stock.warehouse)
            if material and warehouse and stock.quantity:
                row = new_stock_row(self.books, int(material.id), Place(int(warehouse.id), org))
                put_quantity(row, stock.quantity, self.books.switches["available_in_query"])
                table.put(row)
