"""What the accountants do: receivables, invoices, payments, payables, costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox.clock import CHINA

from .account_set import AccountSet
from .amounts import ZERO, decimal
from .finance import PLAN, RECEIVABLE, RED
from .making import Quantity, amount_of, code_of, create_audited, finish_by_hand, today
from .push import open_rows, push_bill, taken
from .records import Bill, Row
from .rules import Act
from .values import plain, rounded

ACCOUNTANT = Act("person:accountant")
ORDINARY, ADVANCE = "SFKYT01_SYS", "SFKYT02_SYS"
"""FPURPOSEID. Only the first is confirmed."""
INVOICES = {"special": "IV_SALESIC", "ordinary": "IV_SALESOC"}


class Accountants:
    """Everything that is owed, paid and booked."""

    def __init__(self, books: AccountSet) -> None:
        self.books = books

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.book_receivable, self.invoice, self.take_payment, self.refund,
            self.book_payable, self.book_cost,
        )  # fmt: skip

    # -- what customers owe -----------------------------------------------------------------

    def book_receivable(self, document: str, days: int = 30, parts: int = 1) -> str:
        """A receivable of a shipment or a return (then a negative one), due in `days`, in equal
        parts a month apart: document, days, parts. Its number."""
        books = self.books
        shipment = books.find("SAL_OUTSTOCK", document)
        source = shipment or books.require("SAL_RETURNSTOCK", document)
        sign, customer = (1, "FCustomerID") if shipment else (-1, "FRetcustId")
        form = books.tables[RECEIVABLE].form
        bill = books.new_bill(form)
        bill.rows["FEntityDetail"] = [self._owed(row, sign, source) for row in source.each_row()]
        org = source.values["FSaleOrgId"]
        bill.values |= {
            "FBillTypeID": code_of(books, "BOS_BillType", "YSD01_SYS"), "FSETTLEORGID": org,
            "FCUSTOMERID": source.values[customer], "FPAYORGID": org, "FSALEORGID": org,
            "FCURRENCYID": source.values.get("FSettleCurrID") or source.values["FSettleCurrId"],
        }  # fmt: skip
        self._plan(bill, days, parts)
        return create_audited(books, bill, ACCOUNTANT)

    def _owed(self, line: Row, sign: int, source: Bill) -> Row:
        values = line.values
        amount = decimal(values, "FAllAmount") * sign
        row = self.books.new_row(self.books.tables[RECEIVABLE].form, "FEntityDetail")
        row.values |= {
            "FMATERIALID": values.get("FMaterialID") or values.get("FMaterialId"),
            "FPRICEUNITID": values.get("FSalUnitID"), "FSourceBillNo": source.number,
            "FPriceQty": plain(decimal(values, "FRealQty") * sign),
            **_taxed(values, amount),
            "FORDERNUMBER": values.get("FSoorDerno") or values.get("FOrderNo"),
            "FORDERENTRYID": values.get("FSOEntryId"),
        }  # fmt: skip
        return row

    def _plan(self, bill: Bill, days: int, parts: int = 1) -> None:
        """Equal parts, the last one takes what is left. Names the order if there is but one."""
        whole = sum((decimal(row.values, "FALLAMOUNTFOR_D") for row in bill.each_row()), ZERO)
        orders = {row.values.get("FORDERNUMBER") for row in bill.each_row()}
        part, left = rounded(whole / parts, 2), whole
        bill.rows[PLAN] = []
        for place in range(parts):
            amount = left if place == parts - 1 else part
            left -= amount
            row = self.books.new_row(bill.form, PLAN)
            row.values |= {
                "FENDDATE": self._in(days + 30 * place), "FPAYAMOUNTFOR": plain(amount),
                "FORDERBILLNO": next(iter(orders)) if len(orders) == 1 else None,
            }  # fmt: skip
            bill.rows[PLAN].append(row)
        bill.values["FENDDATE_H"] = self._in(days + 30 * (parts - 1))

    def _in(self, days: int) -> str:
        then = self.books.clock.now().astimezone(CHINA) + timedelta(days=days)
        return then.strftime("%Y-%m-%dT00:00:00")

    def invoice(
        self,
        receivable: str,
        kind: str = "special",
        quantity: Quantity | None = None,
        blue: str = "",
    ) -> str:
        """An audited invoice with a number of 20 digits; of a negative receivable a red one, which
        names the `blue` one: receivable, kind (special, ordinary), quantity, blue. Its number."""
        books, form = self.books, INVOICES[kind]
        debt = books.require(RECEIVABLE, receivable)
        rows = taken(open_rows(books, debt, form), quantity)
        bill = push_bill(books, debt, form, rows, ACCOUNTANT).copy()
        books.counters["invoice"] += 1
        bill.values["FINVOICENO"] = f"{26330000000000000000 + books.counters['invoice']}"
        if bill.values["FRedBlue"] == RED:
            bill.values["FSOURCEIVNUMBER"] = blue
        books.commit("update", bill, ACCOUNTANT.by)
        finish_by_hand(books, bill, ACCOUNTANT)
        return str(bill.values["FINVOICENO"])

    # -- what is paid -----------------------------------------------------------------------

    def take_payment(
        self,
        amount: Quantity,
        customer: str = "",
        receivable: str = "",
        order_number: str = "",
    ) -> str:
        """A payment, audited. It settles `receivable`, or is an advance on `order_number`, or names
        neither: amount, customer (where nothing else names them), receivable, order_number."""
        books = self.books
        who, org, currency = self._payer(customer, receivable, order_number)
        form, money = books.tables["AR_RECEIVEBILL"].form, amount_of(amount)
        bill = books.new_bill(form)
        row = books.new_row(form, "FRECEIVEBILLENTRY")
        row.values |= {
            "FSETTLETYPEID": code_of(books, "BD_SETTLETYPE", "JSFS04_SYS"),
            "FPURPOSEID": ADVANCE if order_number else ORDINARY, "FRECTOTALAMOUNTFOR": money,
            "FREALRECAMOUNTFOR_D": money, "FPOSTDATE": today(books),
            "FSALEORDERNO": order_number,
        }  # fmt: skip
        bill.rows["FRECEIVEBILLENTRY"] = [row]
        bill.rows["FRECEIVEBILLSRCENTRY"] = [
            self._named(form, "FRECEIVEBILLSRCENTRY", {
                "FSRCBILLTYPEID": kind, "FSRCBILLNO": number, "FREALRECAMOUNTFOR_S": money,
            })
            for kind, number in _documents(receivable, order_number)
        ]  # fmt: skip
        bill.values |= {
            "FBillTypeID": code_of(books, "BOS_BillType", "SKDLX01_SYS"), "FCONTACTUNIT": who,
            "FPAYUNIT": who, "FCURRENCYID": currency, "FSETTLECUR": currency, "FPAYORGID": org,
            "FSETTLEORGID": org,
        }  # fmt: skip
        return create_audited(books, bill, ACCOUNTANT)

    def refund(self, amount: Quantity, customer: str = "", receivable: str = "") -> str:
        """Money back to a customer, audited; settles a negative `receivable`: amount, customer,
        receivable. Its number."""
        books = self.books
        who, org, currency = self._payer(customer, receivable, "")
        form, money = books.tables["AR_REFUNDBILL"].form, amount_of(amount)
        bill = books.new_bill(form)
        row = books.new_row(form, "FREFUNDBILLENTRY")
        row.values |= {
            "FSETTLETYPEID": code_of(books, "BD_SETTLETYPE", "JSFS04_SYS"),
            "FPURPOSEID": ORDINARY, "FREFUNDAMOUNTFOR": money, "FREFUNDAMOUNTFOR_E": money,
        }  # fmt: skip
        bill.rows["FREFUNDBILLENTRY"] = [row]
        bill.rows["FREFUNDBILLSRCENTRY"] = [
            self._named(form, "FREFUNDBILLSRCENTRY", {
                "FSOURCETYPE": kind, "FSRCBILLNO": number, "FREALREFUNDAMOUNTFOR_S": money,
            })
            for kind, number in _documents(receivable, "")
        ]  # fmt: skip
        bill.values |= {
            "FBillTypeID": code_of(books, "BOS_BillType", "SKTKDLX01_SYS"), "FCONTACTUNIT": who,
            "FRECTUNIT": who, "FCURRENCYID": currency, "FSETTLECUR": currency, "FPAYORGID": org,
            "FSETTLEORGID": org,
        }  # fmt: skip
        return create_audited(books, bill, ACCOUNTANT)

    def _named(self, form: Any, entry: str, values: dict[str, Any]) -> Row:
        row = self.books.new_row(form, entry)
        row.values |= values
        return row

    def _payer(self, customer: str, receivable: str, order_number: str) -> tuple[Any, Any, Any]:
        """Customer, organisation and currency, from whatever names them."""
        books = self.books
        if receivable:
            values = books.require(RECEIVABLE, receivable).values
            return values["FCUSTOMERID"], values["FSETTLEORGID"], values["FCURRENCYID"]
        if order_number:
            values = books.require("SAL_SaleOrder", order_number).values
            return values["FCustId"], values["FSaleOrgId"], values["FSettleCurrId"]
        org = next(iter(books.tables["ORG_Organizations"].bills))
        found = books.require("BD_Customer", customer, int(org))
        return found.id, org, code_of(books, "BD_Currency", "PRE001")

    # -- what we owe, and what things cost --------------------------------------------------

    def book_payable(self, receipt: str, days: int = 45) -> str:
        """A payable of a purchase receipt, due in `days`: receipt, days. Its number."""
        books = self.books
        source = books.require("STK_InStock", receipt)
        bill = books.new_bill(books.tables["AP_Payable"].form)
        bill.rows["FEntityDetail"] = []
        for line in source.each_row():
            row = books.new_row(bill.form, "FEntityDetail")
            row.values |= {
                "FMATERIALID": line.values["FMaterialId"], "FPRICEUNITID": line.values["FUnitID"],
                "FPriceQty": line.values["FRealQty"], "FTaxPrice": line.values.get("FTaxPrice"),
                "FEntryTaxRate": line.values.get("FEntryTaxRate"),
                "FALLAMOUNTFOR_D": line.values["FAllAmount"], "FSourceBillNo": source.number,
            }  # fmt: skip
            bill.rows["FEntityDetail"].append(row)
        self._plan(bill, days)
        org = source.values["FStockOrgId"]
        bill.values |= {
            "FBillTypeID": code_of(books, "BOS_BillType", "YFD01_SYS"), "FPAYORGID": org,
            "FSUPPLIERID": source.values["FSupplierId"], "FSETTLEORGID": org,
            "FCURRENCYID": source.values.get("FSettleCurrId")
            or code_of(books, "BD_Currency", "PRE001"),
        }  # fmt: skip
        return create_audited(books, bill, ACCOUNTANT)

    def book_cost(
        self, production_order: str, material: Quantity, labour: Quantity, overhead: Quantity
    ) -> str:
        """What a production order really cost, on the site's own form: production_order, material,
        labour, overhead (amounts). The record's number."""
        books = self.books
        order = books.require("PRD_MO", production_order)
        row = next(order.each_row())
        bill = books.new_bill(books.tables["CRM_ProductionCost"].form)
        bill.values |= {
            "F_CRM_Org": order.values["FPrdOrgId"], "F_CRM_MoNumber": order.number,
            "F_CRM_MoEntryId": row.id, "F_CRM_OrderNo": row.values.get("FSaleOrderNo"),
            "F_CRM_Material": row.values["FMaterialId"], "F_CRM_Qty": row.values["FStockInQuaQty"],
            "F_CRM_Currency": code_of(books, "BD_Currency", "PRE001"),
            "F_CRM_MaterialCost": amount_of(material),
            "F_CRM_LabourCost": amount_of(labour),
            "F_CRM_OverheadCost": amount_of(overhead),
        }  # fmt: skip
        return create_audited(books, bill, ACCOUNTANT)


def _taxed(values: dict[str, Any], amount: Decimal) -> dict[str, Any]:
    """Price, rate and amounts of a row of a receivable."""
    rate = decimal(values, "FEntryTaxRate")
    net = rounded(amount / (1 + rate / 100), 2)
    return {
        "FTaxPrice": values.get("FTaxPrice"), "FEntryTaxRate": plain(rate),
        "FALLAMOUNTFOR_D": plain(amount), "FNoTaxAmountFor_D": net,
        "FTAXAMOUNTFOR_D": plain(amount - net),
    }  # fmt: skip


def _documents(receivable: str, order_number: str) -> Iterable[tuple[str, str]]:
    """What a payment names, with the form that it is."""
    named = ((RECEIVABLE, receivable), ("SAL_SaleOrder", order_number))
    return [(form, number) for form, number in named if number]
