"""Records as answers print them: heads in lists, whole in details."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Record
from sandbox.clock import CHINA

from .forms import FORMS, MATERIAL, OPEN, ORDER, ROWS, SENSITIVE, STOCK

LISTED = frozenset((
    "id", "bill_no", "bill_date", "bill_status", "customer_id", "customer_number", "customer_name",
    "emp_id", "emp_number", "emp_name", "total_amount", "settle_status", "io_status",
    "real_io_status", "create_time", "number", "name", "enable",
))  # fmt: skip
"""What lists show of a record."""


def local(moment: datetime) -> str:
    """A time as answers print it: China's, whole seconds."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


class Showing:
    """Prints the records of one account set."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def document(self, record: Record) -> dict[str, Any]:
        """The whole, as a detail prints it."""
        made = self._head(record)
        if ROWS in FORMS[record.form].tables:
            made[ROWS] = [
                {"id": row.key, "inv_qty": self._number(Decimal(0)),
                 **self._values(record.form, row.values, ROWS)}
                for row in record.each(ROWS)
            ]  # fmt: skip
        return made

    def listed(self, record: Record) -> dict[str, Any]:
        """A row of a list."""
        if record.form == STOCK:
            return self._values(STOCK, record.values)
        if self._switches["lists"] == "whole":
            return self.document(record)
        return {name: value for name, value in self._head(record).items() if name in LISTED}

    def _head(self, record: Record) -> dict[str, Any]:
        shown = {"id": record.key, **self._values(record.form, record.values)}
        shown["create_time"] = local(record.made)
        if record.stamp != record.made:
            shown["modify_time"] = local(record.stamp)
        if "bill_no" in FORMS[record.form].fields:
            shown["bill_status"] = record.state or OPEN
            shown.setdefault("bill_close_state", "")
        if record.form == ORDER:
            shown = {"io_status": "N", "real_io_status": "N", "settle_status": "A", **shown}
        return shown

    def _values(self, form: str, values: Mapping[str, Any], table: str = "") -> dict[str, Any]:
        known = FORMS[form].columns[table] if table else FORMS[form].fields
        shown: dict[str, Any] = {}
        for name, value in values.items():
            shown[name] = self._number(value) if isinstance(value, Decimal) else value
            if name in SENSITIVE and not self._switches["plain_text"]:
                shown[name] = base64.b64encode(str(value).encode()[::-1]).decode()
            if known[name].target:
                shown |= self._pointed(known[name].target, name, value)
        return shown

    def _pointed(self, target: str, name: str, key: str) -> dict[str, Any]:
        """What is printed beside a reference."""
        values, stem = self._books.get(target, key).values, name.removesuffix("_id")
        shown = {f"{stem}_number": values.get("number"), f"{stem}_name": values["name"]}
        return shown | ({f"{stem}_model": values.get("model")} if target == MATERIAL else {})

    def _number(self, value: Decimal) -> Any:
        plain = value.normalize()
        return f"{plain:f}" if self._switches["texts"] else Decimal(f"{plain:f}")
