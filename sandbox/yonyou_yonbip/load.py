"""Filling a tenant from a company: the state on the evening before go-live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sandbox.books import Books
from sandbox.company.model import BomLine, Company, Order, OrderLine, Purchase, WorkOrder

from .forms import (
    AUDITED,
    BOM,
    CURRENCY,
    CUSTOMER,
    ORDER,
    ORG,
    PRODUCT,
    PRODUCTION,
    PURCHASE,
    STAFF,
    STOCK,
    TAX,
    TYPE,
    UNIT,
    VENDOR,
    WAREHOUSE,
)

IMPORTED = datetime(2024, 1, 6, 18, 0, 0, tzinfo=UTC)
"""One night long ago, in which everything was imported under one stamp."""
CURRENCIES = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港元", "JPY": "日元"}
RATES = (0, 1, 3, 5, 6, 9, 13)
STANDARD = "SO-STD"
CENT = Decimal("0.01")


def load(books: Books, company: Company) -> None:
    """Put the whole company into the books."""
    _Loading(books, company).everything()


class _Loading:
    def __init__(self, books: Books, company: Company) -> None:
        self._books = books
        self._company = company
        self._keys: dict[str, dict[str, str]] = defaultdict(dict)
        """By form and code."""

    def everything(self) -> None:
        company = self._company
        self._base(ORG, company.organisations)
        self._base(CURRENCY, CURRENCIES.items())
        units = {"Pcs": "个", **{one.unit: one.unit for one in company.materials}}
        self._base(UNIT, units.items())
        for rate in RATES:
            self._one(TAX, f"VAT{rate}", name=f"{rate}%", rate=rate)
        self._base(TYPE, [(STANDARD, "普通销售"), ("QUOTE-001", "一般报价")])
        org = company.organisations[0][0]
        for number, name in company.warehouses:
            self._one(
                WAREHOUSE, number, name=name, org=self._keys[ORG][org], org___code=org, iUsed="0"
            )
        for person in company.people:
            if person.erp_number:
                self._one(
                    STAFF, person.erp_number, name=person.name, mobile=person.mobile, enable=1
                )
        for supplier in company.suppliers:
            self._one(
                VENDOR,
                supplier.number,
                name=supplier.name,
                creditcode=supplier.credit_code,
                stop=False,
            )
        self._goods()
        for customer in company.customers:
            if customer.erp_number:
                self._one(CUSTOMER, customer.erp_number, name=customer.name, createOrgCode=org,
                          creditCode=customer.credit_code, contactTel=customer.phone,
                          enterpriseNature="0")  # fmt: skip
        for order in company.orders:
            if order.erp_number:
                self._order(order)
        for work in company.work_orders:
            self._work(work)
        for purchase in company.purchases:
            self._purchase(purchase)

    @property
    def _org(self) -> str:
        return next(iter(self._keys[ORG].values()))

    def _base(self, form: str, named: Iterable[tuple[str, str]]) -> None:
        for code, name in named:
            self._one(form, code, name=name)

    def _one(self, form: str, code: str, **values: Any) -> str:
        made = self._books.load(form, {"code": code, **values}, stamp=IMPORTED)
        self._keys[form][code] = made.key
        return made.key

    def _goods(self) -> None:
        lines: dict[str, list[BomLine]] = defaultdict(list)
        for one in self._company.materials:
            self._one(PRODUCT, one.number, name=one.name, modelDescription=one.specification,
                      unitId=self._keys[UNIT][one.unit], manageClassCode=one.group or "01",
                      realProductAttribute="1", stopStatus=False)  # fmt: skip
        for line in self._company.bom:
            lines[line.parent].append(line)
        for parent, components in lines.items():
            self._bom(parent, components)
        for stock in self._company.stock:
            values = {
                "org": self._keys[ORG].get(stock.organisation, self._org),
                "warehouse": self._keys[WAREHOUSE][stock.warehouse],
                "product": self._keys[PRODUCT][stock.material],
                "currentqty": stock.quantity, "availableqty": stock.quantity,
            }  # fmt: skip
            self._books.load(STOCK, values, stamp=IMPORTED)

    def _bom(self, parent: str, components: list[BomLine]) -> None:
        product = self._keys[PRODUCT][parent]
        rows = [
            ("", {"productId": self._keys[PRODUCT][one.component], "denominatorQuantity": 1,
                  "numeratorQuantity": one.quantity, "scrap": one.scrap,
                  "effectiveDate": "2020-01-01", "expiryDate": "2099-12-31"})
            for one in components
        ]  # fmt: skip
        values = {"versionCode": f"{parent}-1.0", "productId": product, "bomType": 1,
                  "effectiveDate": "2020-01-01", "expiryDate": "2099-12-31"}  # fmt: skip
        self._books.load(BOM, values, {"BomComponent": rows}, state=AUDITED, stamp=IMPORTED)

    # -- bills ------------------------------------------------------------------------------

    def _order(self, order: Order) -> None:
        """One that somebody typed in by hand and audited."""
        org = self._org
        numbers = {one.number: one.erp_number for one in self._company.customers}
        customer = self._keys[CUSTOMER].get(numbers.get(order.customer, ""))
        if customer is None:
            return
        rows = [("", self._line(place, line, org)) for place, line in enumerate(order.lines, 1)]
        values = {
            "code": order.erp_number, "salesOrgId": org, "settlementOrgId": org,
            "transactionTypeId": self._keys[TYPE][STANDARD], "vouchdate": order.order_date,
            "agentId": customer, "invoiceAgentId": customer,
            "payMoney": sum((values["oriSum"] for _, values in rows), Decimal(0)),
            "orderPrices.currency": self._keys[CURRENCY]["CNY"], "orderPrices.exchRate": 1,
            "orderPrices.natCurrency": self._keys[CURRENCY]["CNY"],
            "orderPrices.exchangeRateType": "01", "orderPrices.taxInclusive": True,
            "maker": "person:clerk", "editor": "person:clerk",
        }  # fmt: skip
        self._books.load(
            ORDER, values, {"orderDetails": rows}, state=AUDITED, stamp=_at(order.order_date)
        )

    def _line(self, place: int, line: OrderLine, org: str) -> dict[str, Any]:
        product = self._keys[PRODUCT][line.material]
        unit = self._books.get(PRODUCT, product).values["unitId"]
        money = (line.amount / (1 + line.tax_rate)).quantize(CENT)
        rate = int(line.tax_rate * 100)
        return {
            "productId": product, "stockOrgId": org, "settlementOrgId": org, "masterUnitId": unit,
            "iProductAuxUnitId": unit, "iProductUnitId": unit, **line_numbers(line.quantity),
            "taxId": self._keys[TAX][f"VAT{rate}"], "taxRate": rate, "lineno": place * 10,
            "orderProductType": "GIFT" if line.kind == "gift" else "SALE",
            "oriTaxUnitPrice": line.price, "oriSum": line.amount,
            **prices(line.price, line.amount, money),
        }  # fmt: skip

    def _work(self, work: WorkOrder) -> None:
        done = 2 if work.stocked >= work.ordered else int(work.stocked > 0)
        row = {
            "productId": self._keys[PRODUCT][work.material], "lineNo": 10, "stockStatus": done,
            "quantity": work.ordered, "completedQuantity": work.stocked,
            "incomingQuantity": work.stocked,
            "startDate": work.start, "finishDate": work.due,
        }  # fmt: skip
        values = {"code": work.number, "orgId": self._org,
                  "vouchdate": work.start, "out_sys_code": work.order_number,
                  "progress": "2" if work.end else "5"}  # fmt: skip
        self._books.load(
            PRODUCTION, values, {"orderProduct": [("", row)]}, state=AUDITED, stamp=_at(work.start)
        )

    def _purchase(self, one: Purchase) -> None:
        row = {
            "product": self._keys[PRODUCT][one.material], "qty": one.quantity,
            "totalInQty": one.received, "oriTaxUnitPrice": one.price, "recieveDate": one.due,
            "inWHStatus": "2" if one.received >= one.quantity else "3",
        }  # fmt: skip
        values = {"code": one.number, "org": self._org,
                  "vendor": self._keys[VENDOR][one.supplier], "vouchdate": one.order_date,
                  "currency_code": "CNY"}  # fmt: skip
        self._books.load(
            PURCHASE,
            values,
            {"purchaseOrders": [("", row)]},
            state=AUDITED,
            stamp=_at(one.order_date),
        )


def line_numbers(quantity: Decimal) -> dict[str, Any]:
    """The quantities of a row in one unit."""
    return {
        "qty": quantity, "subQty": quantity, "priceQty": quantity, "invExchRate": 1,
        "invPriceExchRate": 1, "unitExchangeType": 0, "unitExchangeTypePrice": 0,
    }  # fmt: skip


def prices(price: Decimal, amount: Decimal, money: Decimal) -> Mapping[str, Decimal]:
    """The prices and amounts of a row in the home currency."""
    tax = amount - money
    values = {
        "oriUnitPrice": price, "oriMoney": money, "oriTax": tax, "natUnitPrice": price,
        "natTaxUnitPrice": price, "natMoney": money, "natSum": amount, "natTax": tax,
    }  # fmt: skip
    return {f"orderDetailPrices.{name}": value for name, value in values.items()}


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, 0, tzinfo=UTC)
