"""Salespeople at work on quotes, contracts, returns, forecasts, projects and payment plans.

Each is added here; they are changed, approved and made invalid by the functions that do so for
any record (`edit`, `approve`, `start_change`, `invalidate`), which take its `form`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from .desk import ACCOUNT, LINE, ORDER, PRODUCT, Desk, person

QUOTE, CONTRACT, RETURN = "QuoteObj", "SaleContractObj", "ReturnedGoodsInvoiceObj"
FORECAST, PROJECT, PLAN = "sales_forecast__c", "project__c", "PaymentPlanObj"
Quantity = str | int | Decimal
Lines = Sequence[dict[str, Any]]


class Dealers:
    """What salespeople add besides orders."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.add_quote, self.add_contract, self.add_return, self.add_forecast,
            self.add_project, self.plan_payment,
        )  # fmt: skip

    def add_quote(
        self, customer: str, lines: Lines, number: str = "", life_status: str = "normal",
        by: str = "sales", **fields: Any,
    ) -> str:  # fmt: skip
        """Add a quote of a customer (its number) with `lines` as `add_order` has them; returns
        its number."""
        values = {"quote_time": self._desk.today(), "quote_amount": "0", **fields}
        return self._paper(QUOTE, customer, values, lines, number, life_status, by)

    def add_contract(
        self, customer: str, lines: Lines, number: str = "", life_status: str = "normal",
        by: str = "sales", **fields: Any,
    ) -> str:  # fmt: skip
        """Add a contract of a customer, which orders name by `contract_no__c`; returns its
        number."""
        values = {"sign_date__c": self._desk.today(), "contract_amount__c": "0", **fields}
        return self._paper(CONTRACT, customer, values, lines, number, life_status, by)

    def add_return(
        self, order: str, lines: Lines, number: str = "", handling: str = "refund",
        life_status: str = "normal", by: str = "sales", **fields: Any,
    ) -> str:  # fmt: skip
        """Take goods of an order (its number) back: a line is `{line_no, quantity}` of the order;
        `handling` is `refund` or `replace`. Returns its number."""
        source = self._desk.find(ORDER, order)
        customer = self._desk.find(ACCOUNT, "", source["account_id"])["account_no"]
        values = {
            "returned_goods_time": self._desk.today(), "returned_goods_inv_amount": "0",
            "handling__c": handling, "order_id": source["_id"], **fields,
        }  # fmt: skip
        back = [self._back(order, source["_id"], line) for line in lines]
        return self._paper(RETURN, customer, values, back, number, life_status, by)

    def _back(self, number: str, order: str, line: dict[str, Any]) -> dict[str, Any]:
        rows = self._desk.records.having(LINE, "order_id", order)
        wanted = str(line["line_no"])
        row = next(row for row in rows if row.get("line_no__c") == wanted)
        code = self._desk.find(PRODUCT, "", row["product_id"])["product_code"]
        return {
            "product": code, "quantity": line["quantity"], "price": row.get("sales_price", "0"),
            "tax_rate__c": row.get("tax_rate__c", "13"), "order_number__c": number,
            "order_product_id": row["_id"],
        }  # fmt: skip

    def add_forecast(
        self, product: str, quantity: Quantity, starts_on: str, ends_on: str, customer: str = "",
        number: str = "", life_status: str = "normal", by: str = "sales", **fields: Any,
    ) -> str:  # fmt: skip
        """Expect to sell a product (its code) in a period; returns the forecast's number."""
        item = self._desk.find(PRODUCT, product)
        account = self._desk.find(ACCOUNT, customer) if customer else {}
        values = {
            "product__c": item["_id"], "account__c": account.get("_id", ""), "probability__c": 100,
            "quantity__c": quantity, "starts_on__c": starts_on, "ends_on__c": ends_on, **fields,
        }  # fmt: skip
        owner = account.get("owner") or item["owner"]
        return self._single(FORECAST, values, owner, number, life_status, by)

    def add_project(
        self, title: str, customer: str, order: str = "", number: str = "",
        life_status: str = "normal", by: str = "sales", **fields: Any,
    ) -> str:  # fmt: skip
        """Begin a project for a customer, of an order (its number); returns its number."""
        account = self._desk.find(ACCOUNT, customer)
        begun = self._desk.find(ORDER, order)["_id"] if order else ""
        values = {"title__c": title, "account__c": account["_id"], "order__c": begun, **fields}
        return self._single(PROJECT, values, account["owner"], number, life_status, by)

    def plan_payment(
        self, order: str, amount: Quantity, due_on: str, by: str = "sales", **fields: Any
    ) -> str:
        """Plan when a part of an order's price is to be paid; returns the part's key."""
        record = self._desk.find(ORDER, order)
        values = {
            "account_id": record["account_id"], "order_id": record["_id"],
            "plan_payment_amount": amount, "plan_payment_time": due_on, **fields,
        }  # fmt: skip
        return self._desk.create(PLAN, values, record["owner"], person(by))

    def _paper(
        self, form: str, customer: str, values: dict[str, Any], lines: Lines, number: str,
        life_status: str, by: str,
    ) -> str:  # fmt: skip
        account = self._desk.find(ACCOUNT, customer)
        number = number or self._desk.next_number(forms=(form,))
        head = {"mc_currency": "CNY", **values, "name": number, "account_id": account["_id"]}
        self._desk.create_with_lines(
            form, head, lines, account["owner"], person(by), life_status=life_status
        )
        return number

    def _single(
        self, form: str, values: dict[str, Any], owner: list[str], number: str, life_status: str,
        by: str,
    ) -> str:  # fmt: skip
        number = number or self._desk.next_number(forms=(form,))
        given = {name: value for name, value in values.items() if value != ""}
        head = {**given, "name": number}
        self._desk.create(form, head, owner, person(by), life_status=life_status)
        return number
