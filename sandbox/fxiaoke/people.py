"""What people do in Fxiaoke's own pages: they need no token and respect no lock of ours.

Every function takes JSON arguments by keyword. `by` is the person's name in the ledger.
Records are named by `number` (order number, account or product code) or by `key` (`_id`).
Fields have their API names; numbers may be numbers, and dates days ("2026-11-21").
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.clock import CHINA

from .auth import ADMINISTRATOR
from .index import Record
from .objects import OBJECTS
from .orders import add, change, drop_line
from .records import Records
from .values import midnight, typed_in
from .write import remove, set_life_status, set_lock

ORDER, LINE, ACCOUNT, PRODUCT = "SalesOrderObj", "SalesOrderProductObj", "AccountObj", "ProductObj"


class People:
    """Salespeople and their assistants at work in the CRM."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._numbered = 0

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
        return {function.__name__: function for function in offered}

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
        key = str(self._find(form, number, key)["_id"])
        changes = self._accept(form, fields)
        change(self._records, form, key, changes, by=_person(by), stamp=stamp)
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
        alive = [row for row in self._records.live(form).values() if _is_alive(row)]
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
        number = number or self._next("C")
        values = {**fields, "name": name, "account_no": number}
        self._create(ACCOUNT, values, [owner], _person(by))
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
        account = self._find(ACCOUNT, customer)
        number = number or self._next(f"{datetime.now(CHINA):%Y%m%d}-")
        values = {
            "order_time": midnight(self._records.clock.now().astimezone(CHINA).date()),
            "mc_currency": "CNY",
            "kind__c": "standard",
            "order_amount": "0",
            **fields,
            "name": number,
            "account_id": account["_id"],
        }
        owners = [owner] if owner else account["owner"]
        key = self._create(ORDER, values, owners, _person(by), stamp, life_status)
        for place, line in enumerate(lines, 1):
            self._add_line(key, {"line_no__c": str(place), **line}, owners, stamp, _person(by))
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
        record = self._find(ORDER, order)
        line = {"product": product, "quantity": quantity, "price": price, "kind": kind, **fields}
        return self._add_line(record["_id"], line, record["owner"], None, _person(by))

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
        drop_line(self._records, LINE, key, by=_person(by))
        return key

    def approve(self, number: str, locked: bool = False, by: str = "manager") -> None:
        """Pass an order's approval: it is normal, and stays locked if the tenant locks so."""
        self._set_status(number, "normal", "approve", locked=locked, by=by)

    def start_change(self, number: str, by: str = "sales") -> None:
        """Put an order into change: under approval again, and locked."""
        self._set_status(number, "in_change", "start_change", locked=True, by=by)

    def _set_status(
        self, number: str, status: str, operation: str, *, locked: bool, by: str
    ) -> None:
        key = self._find(ORDER, number)["_id"]
        changes = {"life_status": status, "lock_status": "1" if locked else "0"}
        self._records.change(ORDER, key, changes, by=_person(by), operation=operation)

    def invalidate(self, number: str, form: str = ORDER, by: str = "sales") -> None:
        """Make a record and its lines invalid (作废)."""
        key = self._find(form, number)["_id"]
        set_life_status(self._records, form, key, "invalid", by=_person(by))

    def recover(self, number: str, form: str = ORDER, by: str = "sales") -> None:
        """Make an invalid record and its lines normal again."""
        key = self._find(form, number)["_id"]
        set_life_status(self._records, form, key, "normal", by=_person(by))

    def delete(self, number: str = "", form: str = ORDER, key: str = "", by: str = "sales") -> None:
        """Delete a record and its lines for good."""
        remove(self._records, form, self._find(form, number, key)["_id"], by=_person(by))

    def lock(self, number: str, form: str = ORDER, by: str = "manager") -> None:
        """Lock a record."""
        key = self._find(form, number)["_id"]
        set_lock(self._records, form, key, locked=True, by=_person(by))

    def unlock(self, number: str, form: str = ORDER, by: str = "manager") -> None:
        """Unlock a record."""
        key = self._find(form, number)["_id"]
        set_lock(self._records, form, key, locked=False, by=_person(by))

    def _add_line(
        self,
        order: str,
        line: Mapping[str, Any],
        owner: list[str],
        stamp: int | None,
        by: str,
    ) -> str:
        given = {name: value for name, value in line.items() if name not in SHORT_NAMES}
        values = {
            "kind__c": "goods",
            "tax_rate__c": "13",
            **given,
            **{SHORT_NAMES[name]: line[name] for name in SHORT_NAMES if name in line},
            "product_id": self._find(PRODUCT, line["product"])["_id"],
            "order_id": order,
        }
        return self._create(LINE, values, owner, by, stamp)

    def _create(
        self,
        form: str,
        values: Mapping[str, Any],
        owner: list[str],
        by: str,
        stamp: int | None = None,
        life_status: str = "normal",
    ) -> str:
        return add(
            self._records,
            form,
            self._accept(form, values),
            by=by,
            owner=owner,
            life_status=life_status,
            stamp=stamp,
        )

    def _accept(self, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as people type them; a field that is not there is a mistake of the test."""
        kind = OBJECTS[form]
        typed = {
            name: typed_in(kind.fields[name], value) if name in kind.fields else value
            for name, value in values.items()
        }
        return self._records.accept(kind, typed, strict=True)

    def _find(self, form: str, number: str, key: str = "") -> Record:
        if key:
            return self._records.get(form, key)
        found = self._records.having(form, OBJECTS[form].number, number)
        if not found:
            raise ValueError(f"no {form} has the number {number!r}")
        return found[0]

    def _line(self, order: str, line_no: int, key: str) -> Record:
        if key:
            return self._records.get(LINE, key)
        lines = self._records.having(LINE, "order_id", self._find(ORDER, order)["_id"])
        found = [line for line in lines if line.get("line_no__c") == str(line_no)]
        if not found:
            raise ValueError(f"order {order!r} has no line {line_no}")
        return found[0]

    def _next(self, prefix: str) -> str:
        """The next number with that prefix that no order and no account has."""
        while True:
            self._numbered += 1
            number = f"{prefix}{self._numbered:06d}"
            if not any(
                self._records.having(form, OBJECTS[form].number, number)
                for form in (ORDER, ACCOUNT)
            ):
                return number


SHORT_NAMES = {
    "product": "product_id",
    "quantity": "quantity",
    "price": "sales_price",
    "kind": "kind__c",
}
"""How a line's fields are called in the arguments of `add_order` and `add_line`."""


def _person(name: str) -> str:
    return f"person:{name}"


def _is_alive(record: Record) -> bool:
    return bool(record["life_status"] != "invalid")
