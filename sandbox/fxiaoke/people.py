"""What people do in Fxiaoke's own pages: they need no token and respect no lock of ours.

Every function takes JSON arguments by keyword. `by` is the person's name in the ledger.
Records are named by `number` (order number, account or product code) or by `key` (`_id`).
Fields have their API names; numbers may be numbers, and dates days ("2026-11-21").
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from .auth import ADMINISTRATOR
from .dealers import Dealers
from .desk import ACCOUNT, LINE, ORDER, Desk, person
from .index import Record
from .objects import OBJECTS
from .orders import change, drop_line
from .records import Records
from .write import remove, set_life_status, set_lock


class People(Desk):
    """Salespeople and their assistants at work in the CRM."""

    def __init__(self, records: Records) -> None:
        super().__init__(records)
        self._dealers = Dealers(self)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """By the name under which `/_sandbox/people/…` offers them."""
        offered = (
            self.edit,
            self.bulk_edit,
            self.renumber,
            self.add_order,
            self.add_customer,
            self.edit_line,
            self.add_line,
            self.drop_line,
            self.approve,
            self.start_change,
            self.invalidate,
            self.recover,
            self.delete,
            self.lock,
            self.unlock,
        )
        calls: tuple[Callable[..., Any], ...] = (*offered, *self._dealers.functions())
        return {function.__name__: function for function in calls}

    def edit(
        self,
        fields: dict[str, Any],
        form: str = ORDER,
        number: str = "",
        key: str = "",
        stamp: int | None = None,
        by: str = "sales",
    ) -> str:
        """Set `fields` of a record (null clears); returns its key.

        `stamp` (ms) gives the change an old stamp: a commit that took long and shows up late.
        """
        key = str(self.find(form, number, key)["_id"])
        changes = self.accept(form, fields)
        change(self.records, form, key, changes, by=person(by), stamp=stamp)
        return key

    def bulk_edit(
        self,
        count: int,
        fields: dict[str, Any],
        form: str = ORDER,
        seed: int = 1,
        by: str = "sales",
    ) -> list[str]:
        """Set `fields` of `count` records drawn by `seed`; returns the numbers of the changed."""
        alive = [row for row in self.records.live(form).values() if _is_alive(row)]
        drawn = random.Random(seed).sample(alive, count)
        for record in drawn:
            self.edit(fields, form, key=record["_id"], by=by)
        return [str(record.get(OBJECTS[form].number)) for record in drawn]

    def renumber(self, number: str, new: str, form: str = ORDER, by: str = "sales") -> str:
        """Give a record another number; its key stays."""
        return self.edit({OBJECTS[form].number: new}, form, number, by=by)

    def add_customer(
        self,
        name: str,
        number: str = "",
        owner: str = ADMINISTRATOR,
        by: str = "sales",
        **fields: Any,
    ) -> str:
        """Add an account with any further `fields`; returns its number, made up if not given."""
        number = number or self.next_number("C")
        values = {**fields, "name": name, "account_no": number}
        self.create(ACCOUNT, values, [owner], person(by))
        return number

    def add_order(
        self,
        customer: str,
        lines: Sequence[dict[str, Any]],
        number: str = "",
        owner: str = "",
        life_status: str = "normal",
        stamp: int | None = None,
        by: str = "sales",
        **fields: Any,
    ) -> str:
        """Add an order of a customer (its number) with `lines`; returns the order's number.

        A line is `{product, quantity, price}` by product code, and may have `kind` and any
        field. Further `fields` go to the header. `stamp` (ms) makes a late commit of it.
        """
        account = self.find(ACCOUNT, customer)
        number = number or self.next_number()
        values = {
            "order_time": self.today(),
            "mc_currency": "CNY",
            "kind__c": "standard",
            "order_amount": "0",
            **fields,
            "name": number,
            "account_id": account["_id"],
        }
        owners = [owner] if owner else account["owner"]
        self.create_with_lines(ORDER, values, lines, owners, person(by), stamp, life_status)
        return number

    def add_line(
        self,
        order: str,
        product: str,
        quantity: str | int | Decimal,
        price: str | int | Decimal,
        kind: str = "goods",
        by: str = "sales",
        **fields: Any,
    ) -> str:
        """Add a line to an order (its number); returns the line's key."""
        record = self.find(ORDER, order)
        line = {"product": product, "quantity": quantity, "price": price, "kind": kind, **fields}
        return self.type_line(ORDER, record["_id"], line, record["owner"], None, person(by))

    def edit_line(
        self,
        fields: dict[str, Any],
        order: str = "",
        line_no: int = 0,
        key: str = "",
        stamp: int | None = None,
        by: str = "sales",
    ) -> str:
        """Set `fields` of a line, named by order and `line_no` or by `key`; returns its key.

        The subtotal and the order's amount follow; the order's stamp does not.
        """
        key = str(self._line(order, line_no, key)["_id"])
        return self.edit(fields, LINE, key=key, stamp=stamp, by=by)

    def drop_line(self, order: str = "", line_no: int = 0, key: str = "", by: str = "sales") -> str:
        """Delete a line, named by order and `line_no` or by `key`; returns its key."""
        key = str(self._line(order, line_no, key)["_id"])
        drop_line(self.records, LINE, key, by=person(by))
        return key

    def approve(
        self, number: str, locked: bool = False, form: str = ORDER, by: str = "manager"
    ) -> None:
        """Pass a record's approval: it is normal, and stays locked if the tenant locks so."""
        self._set_status(form, number, "normal", "approve", locked=locked, by=by)

    def start_change(self, number: str, form: str = ORDER, by: str = "sales") -> None:
        """Put a record into change: under approval again, and locked."""
        self._set_status(form, number, "in_change", "start_change", locked=True, by=by)

    def _set_status(
        self, form: str, number: str, status: str, operation: str, *, locked: bool, by: str
    ) -> None:
        key = self.find(form, number)["_id"]
        changes = {"life_status": status, "lock_status": "1" if locked else "0"}
        self.records.change(form, key, changes, by=person(by), operation=operation)

    def invalidate(self, number: str, form: str = ORDER, by: str = "sales") -> None:
        """Make a record and its lines invalid (作废)."""
        key = self.find(form, number)["_id"]
        set_life_status(self.records, form, key, "invalid", by=person(by))

    def recover(self, number: str, form: str = ORDER, by: str = "sales") -> None:
        """Make an invalid record and its lines normal again."""
        key = self.find(form, number)["_id"]
        set_life_status(self.records, form, key, "normal", by=person(by))

    def delete(self, number: str = "", form: str = ORDER, key: str = "", by: str = "sales") -> None:
        """Delete a record and its lines for good."""
        remove(self.records, form, self.find(form, number, key)["_id"], by=person(by))

    def lock(self, number: str, form: str = ORDER, by: str = "manager") -> None:
        """Lock a record."""
        key = self.find(form, number)["_id"]
        set_lock(self.records, form, key, locked=True, by=person(by))

    def unlock(self, number: str, form: str = ORDER, by: str = "manager") -> None:
        """Unlock a record."""
        key = self.find(form, number)["_id"]
        set_lock(self.records, form, key, locked=False, by=person(by))

    def _line(self, order: str, line_no: int, key: str) -> Record:
        if key:
            return self.records.get(LINE, key)
        lines = self.records.having(LINE, "order_id", self.find(ORDER, order)["_id"])
        found = [line for line in lines if line.get("line_no__c") == str(line_no)]
        if not found:
            raise ValueError(f"order {order!r} has no line {line_no}")
        return found[0]


def _is_alive(record: Record) -> bool:
    return bool(record["life_status"] != "invalid")
