"""Records as answers print them: whole, or as a list shows them. Every value is a text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Record

from .forms import FORMS, LISTINGS, STATES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HIDDEN = frozenset(("shipped", "invoiced", "ordercode", "receivedqty"))
"""What the books know and no page says that it is shown, but of these resources."""
SHOWN = {"saleout": HIDDEN, "productin": HIDDEN}
NAMES = {
    "custcode": "cusname", "customercode": "customername", "deptcode": "deptname",
    "personcode": "personname", "vendorcode": "vendorname", "warehousecode": "warehousename",
    "whcode": "whname", "typecode": "typename", "inventorycode": "inventoryname",
    "invcode": "invname", "cinvcode": "cinvname",
}  # fmt: skip
"""Beside a code its name is printed."""


def version(record: Record) -> int:
    """The row version: a number that every change raises."""
    return (record.stamp - EPOCH) // timedelta(microseconds=1)


class Showing:
    """Prints the records of one account set."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def whole(self, record: Record) -> dict[str, Any]:
        """As `get` prints it; what is empty is left out."""
        shown = self._head(record)
        if LISTINGS[record.form].shows_stamp and not LISTINGS[record.form].heads:
            shown["timestamp"] = str(version(record))
        for table in FORMS[record.form].tables:
            rows = record.each(table)
            shown[table] = [self._values(record.form, row.values, table) for row in rows]
        return shown

    def listed(self, record: Record) -> dict[str, Any]:
        """As a list prints it."""
        listing = LISTINGS[record.form]
        shown = self.whole(record)
        if listing.heads:
            shown = {n: v for n, v in shown.items() if n in listing.heads}
            if "id" in listing.heads:
                shown["id"] = record.key
        if listing.shows_stamp:
            shown["timestamp"] = str(version(record))
        return shown

    def _head(self, record: Record) -> dict[str, Any]:
        shown = self._values(record.form, record.values)
        if FORMS[record.form].states == STATES:
            shown["state"] = record.state
        return shown

    def _values(self, form: str, values: dict[str, Any], table: str = "") -> dict[str, Any]:
        fields = FORMS[form].columns[table] if table else FORMS[form].fields
        hidden = HIDDEN - SHOWN.get(form, frozenset())
        shown: dict[str, Any] = {}
        for name, value in values.items():
            if name in hidden:
                continue
            if fields[name].target:
                pointed = self._books.get(fields[name].target, value).values
                shown[name] = pointed["code"]
                if name in NAMES:
                    shown[NAMES[name]] = pointed.get("name", "")
                if name == "inventorycode":
                    shown["invstd"] = pointed.get("specs", "")
            else:
                shown[name] = _text(value)
        return shown


def _text(value: Any) -> str:
    """`494.0000`, as live answers have it: four digits at least."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        number = Decimal(value)
        places = max(4, -int(number.as_tuple().exponent))
        return f"{number:.{places}f}"
    return str(value)
