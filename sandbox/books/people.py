"""What people do in the pages of a small CRM: they need no key.

Every function takes JSON arguments by keyword. `by` is the person's name in the ledger. Records
are named by `number` (order number, account or product number) or by `key`. Fields have the names
of the forms; dates are days ("2026-11-21").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.clock import CHINA

from .books import Books
from .forms import Refused
from .records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What a CRM calls its customers, products, orders and their lines: forms, then fields."""

    account: str
    account_name: str
    account_owner: str
    product: str
    order: str
    order_account: str
    order_owner: str
    order_date: str
    order_status: str
    confirmed: str
    """The status of an order as people enter it."""
    cancelled: str
    """The status of an order that is void."""
    line: str
    line_order: str
    line_product: str
    line_no: str
    short: Mapping[str, str]
    """How a line's fields are called in the arguments of `add_order`: `price`, `kind`."""
    usual: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of an order that nobody says otherwise."""
    usual_line: Mapping[str, Any] = field(default_factory=dict)
    """Likewise of a line."""


class People:
    """Salespeople and their assistants at work."""

    def __init__(self, books: Books, trade: Trade, follow: Callable[[Record], None]) -> None:
        """`follow` reckons what a change of a record moves elsewhere."""
        self._books = books
        self._trade = trade
        self._follow = follow
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
        account = self._trade.account
        number = number or self._number("C", account)
        own = {self._trade.account_name: name, self._books.forms[account].number: number}
        self.add(account, {**fields, **own}, by=by)
        return number

    def add_order(
        self,
        customer: str,
        lines: Sequence[Mapping[str, Any]],
        number: str = "",
        status: str = "",
        by: str = "sales",
        **fields: Any,
    ) -> str:
        """Add an order of a customer (its number) with `lines`; returns the order's number.

        A line is `{product, quantity, price}` by product number and price with tax, and may have
        any field. Further `fields` go to the order.
        """
        trade = self._trade
        account = self._find(trade.account, customer)
        number = number or self._number("SO-", trade.order)
        usual = {
            **trade.usual,
            trade.order_owner: account.values.get(trade.account_owner),
            trade.order_date: self._books.clock.now().astimezone(CHINA).date(),
        }
        own = {
            self._books.forms[trade.order].number: number,
            trade.order_status: status or trade.confirmed,
            trade.order_account: account.key,
        }
        self.add(trade.order, {**usual, **fields, **own}, by=by)
        for place, line in enumerate(lines, 1):
            self.add_line(order=number, by=by, **{"line_no": place, **line})
        return number

    def add_line(
        self, order: str, product: str, line_no: int = 0, by: str = "sales", **line: Any
    ) -> str:
        """Add a line to an order (its number); returns the line's key."""
        trade = self._trade
        fields = {trade.short.get(name, name): value for name, value in line.items()}
        own = {
            trade.line_no: line_no,
            trade.line_order: self._find(trade.order, order).key,
            trade.line_product: self._find(trade.product, product).key,
        }
        return self.add(trade.line, {**trade.usual_line, **fields, **own}, by=by)

    def add(self, form: str, fields: Mapping[str, Any], by: str = "sales") -> str:
        """Add any record; returns its key."""
        record = self._books.create(form, fields, by=f"person:{by}")
        self._follow(record)
        return record.key

    def edit(
        self,
        fields: Mapping[str, Any],
        form: str = "",
        number: str = "",
        key: str = "",
        stamp: str = "",
        by: str = "sales",
    ) -> str:
        """Set `fields` of a record (null clears), of an order unless `form` says otherwise; returns
        its key.

        `stamp` (ISO) gives the change an old stamp: a commit that took long and shows up late.
        """
        record = self._find(form or self._trade.order, number, key)
        late = datetime.fromisoformat(stamp) if stamp else None
        made = self._books.change(record.form, record.key, fields, by=f"person:{by}", stamp=late)
        self._follow(made)
        return record.key

    def edit_line(
        self, order: str, line_no: int, fields: Mapping[str, Any], by: str = "sales"
    ) -> str:
        """Set `fields` of the line at `line_no`; returns its key. Its amounts follow."""
        return self.edit(fields, self._trade.line, key=self._line(order, line_no).key, by=by)

    def drop_line(self, order: str, line_no: int, by: str = "sales") -> str:
        """Delete the line at `line_no`; returns its key."""
        line = self._line(order, line_no)
        self.delete(form=line.form, key=line.key, by=by)
        return line.key

    def approve(self, number: str, by: str = "manager") -> str:
        """Put an order in force; returns its key."""
        return self.edit({self._trade.order_status: self._trade.confirmed}, number=number, by=by)

    def cancel(self, number: str, by: str = "sales") -> str:
        """Make an order void; returns its key."""
        return self.edit({self._trade.order_status: self._trade.cancelled}, number=number, by=by)

    def delete(self, number: str = "", form: str = "", key: str = "", by: str = "sales") -> None:
        """Delete a record, an order unless `form` says otherwise; its lines go with it."""
        record = self._find(form or self._trade.order, number, key)
        for line in self._lines(record.key) if record.form == self._trade.order else ():
            self._books.remove(line.form, line.key, by=f"person:{by}")
        self._books.remove(record.form, record.key, by=f"person:{by}")
        self._follow(record)

    def _find(self, form: str, number: str, key: str = "") -> Record:
        return self._books.get(form, key) if key else self._books.named(form, number)

    def _lines(self, order: str) -> list[Record]:
        return self._books.having(self._trade.line, self._trade.line_order, order)

    def _line(self, order: str, line_no: int) -> Record:
        field = self._trade.line_no
        lines = self._lines(self._find(self._trade.order, order).key)
        found = [line for line in lines if line.values.get(field) == line_no]
        if not found:
            raise Refused("missing", self._trade.line, field, line_no)
        return found[0]

    def _number(self, prefix: str, form: str) -> str:
        field = self._books.forms[form].number
        made = (f"{prefix}{n:05}" for n in self._numbers)
        return next(number for number in made if not self._books.having(form, field, number))
