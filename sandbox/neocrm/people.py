"""What people do in Neocrm's own pages: they need no token.

Every function takes JSON arguments by keyword. `by` is the person's name in the ledger.
Records are named by `number` (order number, account or product code) or by `key` (`id`).
Fields have their API names; codes and ids are text here, and dates days ("2026-11-21").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.books import Books, Record, Refused
from sandbox.clock import CHINA

from .amounts import Amounts
from .values import Values

ORDER, LINE, ACCOUNT, PRODUCT = "order", "orderProduct", "account", "product"
DRAFT, IN_APPROVAL, CONFIRMED, CANCELLED = "1", "2", "3", "4"
SHORT_NAMES = {"price": "unitPrice", "kind": "kind__c"}
"""How a line's fields are called in the arguments of `add_order` and its like."""


class People:
    """Salespeople and their assistants at work."""

    def __init__(self, books: Books, values: Values, amounts: Amounts) -> None:
        self._books = books
        self._values = values
        self._amounts = amounts
        self._numbers = count(1)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """By the name under which `/_sandbox/people/…` offers them."""
        offered: tuple[Callable[..., Any], ...] = (
            self.add_customer,
            self.add_order,
            self.add_line,
            self.add,
            self.edit,
            self.edit_line,
            self.drop_line,
            self.approve,
            self.cancel,
            self.delete,
        )
        return {function.__name__: function for function in offered}

    def add_customer(self, name: str, number: str = "", by: str = "sales", **fields: Any) -> str:
        """Add an account with any further `fields`; returns its number, made up if not given."""
        number = number or self._number("C", ACCOUNT)
        self.add(ACCOUNT, {**fields, "accountName": name, "accountCode__c": number}, by=by)
        return number

    def add_order(
        self,
        customer: str,
        lines: Sequence[Mapping[str, Any]],
        number: str = "",
        status: str = CONFIRMED,
        by: str = "sales",
        **fields: Any,
    ) -> str:
        """Add an order of a customer (its number) with `lines`; returns the order's number.

        A line is `{product, quantity, price}` by product code and price with tax, and may have
        any field. Further `fields` go to the order.
        """
        account = self._find(ACCOUNT, customer)
        number = number or self._number("SO-", ORDER)
        usual = {
            "ownerId": account.values.get("ownerId"),
            "transactionDate": self._books.clock.now().astimezone(CHINA).date(),
            "currencyUnit": "1",
        }
        own = {"po": number, "poStatus": status, "accountId": account.key}
        self.add(ORDER, {**usual, **fields, **own}, by=by)
        for place, line in enumerate(lines, 1):
            self.add_line(order=number, by=by, **{"lineNo__c": place, **line})
        return number

    def add_line(self, order: str, product: str, by: str = "sales", **line: Any) -> str:
        """Add a line to an order (its number); returns the line's key."""
        fields = {SHORT_NAMES.get(name, name): value for name, value in line.items()}
        links = {
            "orderId": self._find(ORDER, order).key,
            "productId": self._find(PRODUCT, product).key,
        }
        return self.add(LINE, {"taxRate__c": 13, **fields, **links}, by=by)

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
        """Set `fields` of the line at `line_no`; returns its key. Its amount follows."""
        return self.edit(fields, LINE, key=self._line(order, line_no).key, by=by)

    def drop_line(self, order: str, line_no: int, by: str = "sales") -> str:
        """Delete the line at `line_no`; returns its key."""
        line = self._line(order, line_no)
        self.delete(form=LINE, key=line.key, by=by)
        return line.key

    def approve(self, number: str, by: str = "manager") -> str:
        """Pass an order's approval; returns its key."""
        return self.edit({"poStatus": CONFIRMED}, number=number, by=by)

    def cancel(self, number: str, by: str = "sales") -> str:
        """Make an order void; returns its key."""
        return self.edit({"poStatus": CANCELLED}, number=number, by=by)

    def delete(self, number: str = "", form: str = ORDER, key: str = "", by: str = "sales") -> None:
        """Delete a record; the lines of an order go with it."""
        record = self._find(form, number, key)
        if form == ORDER:
            for line in self._books.having(LINE, "orderId", record.key):
                self._books.remove(LINE, line.key, by=f"person:{by}")
        self._books.remove(form, record.key, by=f"person:{by}")
        self._amounts.follow(record)

    def _find(self, form: str, number: str, key: str = "") -> Record:
        return self._books.get(form, key) if key else self._books.named(form, number)

    def _line(self, order: str, line_no: int) -> Record:
        lines = self._books.having(LINE, "orderId", self._find(ORDER, order).key)
        found = [line for line in lines if line.values.get("lineNo__c") == line_no]
        if not found:
            raise Refused("missing", LINE, "lineNo__c", line_no)
        return found[0]

    def _number(self, prefix: str, form: str) -> str:
        field = self._books.forms[form].number
        made = (f"{prefix}{n:05}" for n in self._numbers)
        return next(number for number in made if not self._books.having(form, field, number))
