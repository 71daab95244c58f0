"""Records as answers print them: whole documents, and the flat rows of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sandbox.books import Books, Record, Row
from sandbox.clock import CHINA

from .forms import (
    AUDITED,
    BOM,
    CHANGE,
    CLOSED,
    CURRENCY,
    CUSTOMER,
    FORMS,
    OPEN,
    OPPOSED,
    ORDER,
    PAYMENT,
    PRODUCT,
    PRODUCTION,
    QUOTE,
    RECEIVABLE,
    REJECTED,
    STATES,
    STOCK,
    SUBMITTED,
    UNIT,
)
from .listings import LISTINGS, Listing

STATUS = {OPEN: 0, REJECTED: 0, OPPOSED: 0, AUDITED: 1, CLOSED: 2, SUBMITTED: 3}
VERIFY = {OPEN: 0, SUBMITTED: 1, AUDITED: 2, CLOSED: 2, REJECTED: -1, OPPOSED: 0}
NEXT = {
    OPEN: "CONFIRMORDER", REJECTED: "CONFIRMORDER", SUBMITTED: "APPROVING",
    AUDITED: "DELIVERGOODS", CLOSED: "ENDORDER", OPPOSED: "OPPOSE",
}  # fmt: skip
LANGUAGES = frozenset(("name", "shortname", "address"))
"""Of a customer: texts by language."""
CODES = frozenset(("product", "productId"))
UNSTAMPED = {CUSTOMER: ("pubts",), PRODUCT: ("pubts", "createTime", "modifyTime")}
"""Their lists do not print these stamps, although they filter by them."""
HIDDEN = frozenset(("lineClosed", "_kind"))
"""What no page says that it is shown."""


def local(moment: datetime) -> str:
    """A time as answers print it: China's, whole seconds."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


class Showing:
    """Prints the records of one tenant."""

    def __init__(self, books: Books, workflow: Callable[[str], bool]) -> None:
        self._books = books
        self._workflow = workflow

    def document(self, record: Record) -> dict[str, Any]:
        """The whole, as `detail` and a save print it."""
        shape = _flattened if record.form == CHANGE else _nested
        made = shape(self._head(record))
        for table in FORMS[record.form].tables:
            rows = [
                self._row(record, table, row) | {"id": int(row.key)} for row in record.each(table)
            ]
            made[table] = [shape(row) for row in rows]
        return made

    def head(self, record: Record) -> dict[str, Any]:
        """A row of a list of heads."""
        return _nested(self._head(record))

    def flat(self, record: Record) -> Iterator[dict[str, Any]]:
        """Its rows in a list, each with the head's fields."""
        listing = LISTINGS[record.form]
        head = self._head(record)
        for row in record.each(listing.table):
            values = {
                _listed(listing, name): value
                for name, value in self._row(record, listing.table, row).items()
            }
            yield _nested({**head, **values, listing.row_id: int(row.key)})

    # -- the fields -------------------------------------------------------------------------

    def _head(self, record: Record) -> dict[str, Any]:
        fields = FORMS[record.form].fields
        shown = {
            name: self._value(fields[name].type, value) for name, value in record.values.items()
        }
        for name, value in record.values.items():
            if fields[name].target:
                shown |= self._pointed(record.form, fields[name].target, name, value)
        shown |= {
            "id": int(record.key), "pubts": local(record.stamp), "createTime": local(record.made),
            "modifyTime": local(record.stamp),
        }  # fmt: skip
        if FORMS[record.form].states == STATES:
            shown |= self._standing(record)
        if record.form == CUSTOMER:
            shown |= {name: {"simplifiedName": shown[name]} for name in LANGUAGES & shown.keys()}
            shown["stopStatus"] = bool(record.values.get("stopStatus"))
        for name in UNSTAMPED.get(record.form, ()):
            shown.pop(name)
        shown.pop("maker", None)
        shown["creatorId"] = record.values.get("maker", "")
        shown["modifierId"] = shown.pop("editor", "")
        return shown

    def _standing(self, record: Record) -> dict[str, Any]:
        state, form = record.state, record.form
        shown: dict[str, Any] = {
            "status": STATUS[state], "verifystate": VERIFY[state],
            "isWfControlled": self._workflow(form),
        }  # fmt: skip
        if form == ORDER:
            shown |= {"nextStatus": self._next(record), "statusCode": self._next(record)}
        elif form == QUOTE:
            shown["quoteStatus"] = str(STATUS[state])
        elif form == RECEIVABLE:
            shown["verifyState"] = {OPEN: 0, SUBMITTED: 1}.get(state, 2)
        elif form == PAYMENT:
            shown["auditstatus"] = 1 if state == AUDITED else 2
        elif form == PRODUCTION and record.values.get("progress"):
            shown["status"] = int(record.values["progress"])
        elif form == BOM:
            shown["status"] = int(state == AUDITED)
        return shown

    def _next(self, record: Record) -> str:
        if record.state != AUDITED:
            return NEXT[record.state]
        sent = [row.values.get("totalOutStockQuantity", 0) for row in record.each("orderDetails")]
        wanted = [row.values["qty"] for row in record.each("orderDetails")]
        if all(has >= needs for has, needs in zip(sent, wanted, strict=True)):
            return "ENDORDER"
        return "DELIVERY_PART" if any(sent) else "DELIVERGOODS"

    def _row(self, record: Record, table: str, row: Row) -> dict[str, Any]:
        fields = FORMS[record.form].columns[table]
        values = {name: value for name, value in row.values.items() if name not in HIDDEN}
        shown = {name: self._value(fields[name].type, value) for name, value in values.items()}
        for name, value in values.items():
            if fields[name].target:
                shown |= self._pointed(record.form, fields[name].target, name, value)
        return shown

    def _value(self, kind: str, value: Any) -> Any:
        if kind == "date":
            return f"{value} 00:00:00"
        return int(value) if kind == "reference" else value

    def _pointed(self, form: str, target: str, name: str, key: str) -> dict[str, Any]:
        """What is printed beside a reference."""
        values = self._books.get(target, key).values
        if target == PRODUCT and name in CODES and form != STOCK:
            called = "product_c" if name == "product" else "product"
            return {f"{called}Code": values["code"], f"{called}Name": values.get("name")}
        if target == CURRENCY and name == "orderPrices.currency":
            return {
                "orderPrices.originalName": values["name"],
                "orderPrices.currency_moneyDigit": 2,
            }
        if target == UNIT and name == "unitId":
            return {"unitCode": values["code"], "unitName": values["name"]}
        return {f"{name}_name": values.get("name"), f"{name}_code": values.get("code")}


def _listed(listing: Listing, name: str) -> str:
    """How a list calls a row's field."""
    if name in listing.renamed:
        return listing.renamed[name]
    if name in listing.inside:
        return f"{listing.table}.{name}"
    return listing.prefix + name if name in listing.prefixed or not listing.prefixed else name


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Names with a point as objects."""
    made: dict[str, Any] = {}
    for name, value in flat.items():
        outer, _, inner = name.partition(".")
        if inner:
            made.setdefault(outer, {})[inner] = value
        else:
            made[name] = value
    return made


def _flattened(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Names with a point as changes of orders have them: `object!field`."""
    return {name.replace(".", "!"): value for name, value in flat.items()}
