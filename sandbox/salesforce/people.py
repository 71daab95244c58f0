"""What people do in Salesforce's own pages: they need no session.

Every function takes JSON arguments by keyword. `by` is the person's name in the ledger.
Records are named by `number` (order number, account number, product code) or by `key` (`Id`).
Fields have their API names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.books import Books, Record, Refused
from sandbox.clock import CHINA

from .amounts import Amounts
from .forms import DETAILS
from .shown import DELETED
from .write import Writer

ORDER, LINE, ACCOUNT, PRODUCT = "Order", "OrderItem", "Account", "Product2"
SHORT_NAMES = {
    "quantity": "Quantity",
    "price": "UnitPrice",
    "kind": "Kind__c",
    "line_no": "Line_No__c",
}
"""How a line's fields are called in the arguments of `add_order` and its like."""


class People:
    """Salespeople and their assistants at work."""

    def __init__(self, books: Books, amounts: Amounts, writer: Writer) -> None:
        self._books = books
        self._amounts = amounts
        self._writer = writer
        self._numbers = count(1)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """By the name under which `/_sandbox/people/…` offers them."""
        offered: tuple[Callable[..., Any], ...] = (
            self.add_customer,
            self.add_order,
            self.add_opportunity,
            self.add_quote,
            self.add_line,
            self.add,
            self.edit,
            self.edit_line,
            self.drop_line,
            self.submit,
            self.approve,
            self.cancel,
            self.delete,
            self.undelete,
        )
        return {function.__name__: function for function in offered}

    def add_customer(self, name: str, number: str = "", by: str = "sales", **fields: Any) -> str:
        """Add an account with any further `fields`; returns its number, made up if not given."""
        number = number or self._number("C", ACCOUNT)
        self.add(ACCOUNT, {**fields, "Name": name, "AccountNumber": number}, by=by)
        return number

    def add_order(
        self,
        customer: str,
        lines: Sequence[Mapping[str, Any]],
        number: str = "",
        status: str = "Activated",
        by: str = "sales",
        **fields: Any,
    ) -> str:
        """Add an order of a customer (its number) with `lines`; returns the order's number.

        A line is `{product, quantity, price}` by product code, and may have any field. Further
        `fields` go to the order.
        """
        account = self._find(ACCOUNT, customer)
        usual = {
            "OwnerId": account.values.get("OwnerId"),
            "EffectiveDate": self._today(),
            "CurrencyIsoCode": "CNY",
            "Type": "standard",
        }
        own = {"OrderNumber": number or None, "Status": status, "AccountId": account.key}
        key = self._add_with_lines(ORDER, {**usual, **fields, **own}, lines, by)
        return self._books.get(ORDER, key).number

    def add_opportunity(
        self, customer: str, lines: Sequence[Mapping[str, Any]], by: str = "sales", **fields: Any
    ) -> str:
        """Add an opportunity of a customer (its number) with `lines`; returns its key."""
        account = self._find(ACCOUNT, customer)
        usual = {"Name": "商机", "StageName": "Negotiation", "CloseDate": self._today()}
        owner = account.values.get("OwnerId")
        own = {"AccountId": account.key, "OwnerId": owner, "CurrencyIsoCode": "CNY"}
        return self._add_with_lines("Opportunity", {**usual, **own, **fields}, lines, by)

    def add_quote(
        self, opportunity: str, lines: Sequence[Mapping[str, Any]], by: str = "sales", **fields: Any
    ) -> str:
        """Add a quote for an opportunity (its key) with `lines`; returns its key."""
        usual = {"Name": "报价", "Status": "Draft", "CurrencyIsoCode": "CNY"}
        own = {**usual, "OpportunityId": opportunity, **fields}
        return self._add_with_lines("Quote", own, lines, by)

    def add_line(
        self, key: str, product: str, form: str = ORDER, by: str = "sales", **line: Any
    ) -> str:
        """Add a line to a record (its key); returns the line's key."""
        detail, its, _ = DETAILS[form]
        known = self._books.forms[detail].fields
        usual = {"Kind__c": "goods", "Tax_Rate__c": 13, "Line_No__c": 0}
        given = {SHORT_NAMES.get(name, name): value for name, value in line.items()}
        links = {its: key, "Product2Id": self._find(PRODUCT, product).key}
        fields = {**usual, **given, **links}
        return self.add(detail, {n: v for n, v in fields.items() if n in known}, by=by)

    def add(self, form: str, fields: Mapping[str, Any], by: str = "sales") -> str:
        """Add any record; returns its key."""
        record = self._books.create(form, fields, by=f"person:{by}")
        self._amounts.follow(record)
        return record.key

    def edit(
        self,
        fields: Mapping[str, Any],
        form: str = ORDER,
        number: str = "",
        key: str = "",
        stamp: str = "",
        by: str = "sales",
    ) -> str:
        """Set `fields` of a record (null clears); returns its key.

        `stamp` (ISO) gives the change an old stamp: a commit that took long and shows up late.
        """
        record = self._find(form, number, key)
        late = datetime.fromisoformat(stamp) if stamp else None
        made = self._books.change(form, record.key, fields, by=f"person:{by}", stamp=late)
        self._amounts.follow(made)
        return record.key

    def edit_line(
        self, order: str, line_no: int, fields: Mapping[str, Any], by: str = "sales"
    ) -> str:
        """Set `fields` of the line at `line_no`; returns its key. Totals follow."""
        return self.edit(fields, LINE, key=self._line(order, line_no).key, by=by)

    def drop_line(self, order: str, line_no: int, by: str = "sales") -> str:
        """Delete the line at `line_no`; returns its key."""
        line = self._line(order, line_no)
        self._writer.drop(line, f"person:{by}")
        return line.key

    def submit(self, number: str, by: str = "sales") -> str:
        """Submit an order for approval: nobody edits it meanwhile."""
        return self.edit({"Status": "In Approval"}, number=number, by=by)

    def approve(self, number: str, by: str = "manager") -> str:
        """Approve an order: it is activated."""
        return self.edit({"Status": "Activated"}, number=number, by=by)

    def cancel(self, number: str, by: str = "sales") -> str:
        """Cancel an order; returns its key."""
        return self.edit({"Status": "Cancelled"}, number=number, by=by)

    def delete(self, number: str = "", form: str = ORDER, key: str = "", by: str = "sales") -> None:
        """Delete a record, its lines with it, into the recycle bin."""
        self._writer.drop(self._find(form, number, key), f"person:{by}")

    def undelete(self, key: str, form: str = ORDER, by: str = "sales") -> None:
        """Take a record out of the recycle bin, and the lines that went with it."""
        made = self._books.move(form, key, "", by=f"person:{by}", operation="undelete")
        line, its, _ = DETAILS.get(form, ("", "", ""))
        for one in self._books.having(line, its, key) if line else ():
            self.undelete(one.key, line, by=by)
        self._amounts.follow(made)

    def _add_with_lines(
        self, form: str, fields: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], by: str
    ) -> str:
        with self._books.at_once():
            key = self.add(form, fields, by=by)
            for place, line in enumerate(lines, 1):
                self.add_line(key=key, form=form, by=by, **{"line_no": place, **line})
        return key

    def _find(self, form: str, number: str, key: str = "") -> Record:
        record = self._books.get(form, key) if key else self._books.named(form, number)
        if record.state == DELETED:
            raise Refused("missing", form, value=key or number)
        return record

    def _line(self, order: str, line_no: int) -> Record:
        lines = self._books.having(LINE, "OrderId", self._find(ORDER, order).key)
        found = [one for one in lines if one.values.get("Line_No__c") == line_no]
        if not found:
            raise Refused("missing", LINE, "Line_No__c", line_no)
        return found[0]

    def _today(self) -> str:
        return self._books.clock.now().astimezone(CHINA).date().isoformat()

    def _number(self, prefix: str, form: str) -> str:
        field = self._books.forms[form].number
        made = (f"{prefix}{n:05}" for n in self._numbers)
        return next(number for number in made if not self._books.having(form, field, number))
