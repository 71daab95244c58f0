"""What everybody's work at the CRM's pages has in common: finding records and typing them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.clock import CHINA

from .index import Record
from .objects import OBJECTS
from .orders import add
from .records import Records
from .values import midnight, typed_in

ORDER, LINE, ACCOUNT, PRODUCT = "SalesOrderObj", "SalesOrderProductObj", "AccountObj", "ProductObj"
SHORT_NAMES = {
    "product": "product_id",
    "quantity": "quantity",
    "price": "sales_price",
    "kind": "kind__c",
}
"""How a line's fields are called in the arguments of `add_order` and its like."""


class Desk:
    """Types records in."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._numbered = 0

    def find(self, form: str, number: str, key: str = "") -> Record:
        """A record by its key, or by the number that people use."""
        if key:
            return self.records.get(form, key)
        found = self.records.having(form, OBJECTS[form].number, number)
        if not found:
            raise ValueError(f"no {form} has the number {number!r}")
        return found[0]

    def accept(self, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as people type them; a field that is not there is a mistake of the test."""
        kind = OBJECTS[form]
        typed = {
            name: typed_in(kind.fields[name], value) if name in kind.fields else value
            for name, value in values.items()
        }
        return self.records.accept(kind, typed, strict=True)

    def create(
        self,
        form: str,
        values: Mapping[str, Any],
        owner: list[str],
        by: str,
        stamp: int | None = None,
        life_status: str = "normal",
    ) -> str:
        """A new record; returns its key."""
        return add(
            self.records, form, self.accept(form, values), by=by, owner=owner,
            life_status=life_status, stamp=stamp,
        )  # fmt: skip

    def create_with_lines(
        self,
        form: str,
        values: Mapping[str, Any],
        lines: Sequence[Mapping[str, Any]],
        owner: list[str],
        by: str,
        stamp: int | None = None,
        life_status: str = "normal",
    ) -> str:
        """A new record with its lines, numbered from 1; returns its key."""
        key = self.create(form, values, owner, by, stamp, life_status)
        for place, line in enumerate(lines, 1):
            self.type_line(form, key, {"line_no__c": str(place), **line}, owner, stamp, by)
        return key

    def type_line(
        self, form: str, key: str, line: Mapping[str, Any], owner: list[str], stamp: int | None,
        by: str,
    ) -> str:  # fmt: skip
        """A new line, its product by code; returns its key."""
        detail = OBJECTS[OBJECTS[form].detail]
        given = {SHORT_NAMES.get(name, name): value for name, value in line.items()}
        usual = {"kind__c": "goods", "tax_rate__c": "13"}
        values = {
            **{name: value for name, value in usual.items() if name in detail.fields},
            **given,
            "product_id": self.find(PRODUCT, line["product"])["_id"],
            detail.master: key,
        }
        return self.create(detail.name, values, owner, by, stamp)

    def today(self) -> int:
        """Midnight, as dates are kept."""
        return midnight(self.records.clock.now().astimezone(CHINA).date())

    def next_number(self, prefix: str = "", forms: Sequence[str] = (ORDER, ACCOUNT)) -> str:
        """The next number with that prefix, else of today, that no record of `forms` has."""
        prefix = prefix or f"{datetime.now(CHINA):%Y%m%d}-"
        while True:
            self._numbered += 1
            number = f"{prefix}{self._numbered:06d}"
            if not any(self.records.having(form, OBJECTS[form].number, number) for form in forms):
                return number


def person(name: str) -> str:
    """Whom the ledger names."""
    return f"person:{name}"
