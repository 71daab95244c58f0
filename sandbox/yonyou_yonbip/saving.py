"""Saving bills: what is sent, what is demanded of it, and what must add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Field, Record, Refused

from .faults import MISSING, business, worded
from .forms import FORMS, OPEN, ORDER, REJECTED, TAX
from .showing import local

CENT = Decimal("0.01")
FLAT = ("orderPrices", "orderDetailPrices")
"""Objects whose fields are sent as `object!field`."""
OURS = frozenset(("id", "_status", "resubmitCheckKey", "pubts", "orderId"))
"""Keys of what is sent that are no fields."""
API = "api"


class Saving:
    """Saves bills and base data of one tenant."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def bill(self, form: str, data: Mapping[str, Any], by: str = API) -> Record:
        """Insert or update a bill. Raises Fault."""
        status = data.get("_status")
        if status not in ("Insert", "Update"):
            raise business("_status不能为空")
        try:
            record = (
                self._update(form, data, by) if status == "Update" else self._insert(form, data, by)
            )
        except Refused as refused:
            raise worded(refused) from None
        return record

    def _insert(self, form: str, data: Mapping[str, Any], by: str) -> Record:
        values = self.values(form, data)
        if not values.get("code"):
            if self._switches["numbering"] == "manual" and form == ORDER and by == API:
                raise business("单据编号不能为空")
            values["code"] = self.next_code(form)
        rows = {
            name: [("", row) for row in self._new_rows(form, name, data)]
            for name in FORMS[form].tables
        }
        self._demand(form, values, {name: [row for _, row in own] for name, own in rows.items()})
        values |= {"maker": by, "editor": by}
        return self._books.create(form, values, rows, by=by)

    def _update(self, form: str, data: Mapping[str, Any], by: str) -> Record:
        old = self._books.live(form).get(str(data.get("id")))
        if old is None:
            raise MISSING
        if old.state not in (OPEN, REJECTED):
            raise business(f"单据{old.number}状态不允许修改")
        if data.get("pubts") and data["pubts"] != local(old.stamp):
            raise business("单据已被他人修改，请刷新后重试")
        values, changed, drop = self.values(form, data), {}, {}
        for name in FORMS[form].tables:
            changed[name], drop[name] = self._changed_rows(form, name, data)
        after = self._after(old, changed, drop)
        self._demand(form, values, after)
        return self._books.change(form, old.key, values | {"editor": by}, changed, drop, by=by)

    def _after(self, old: Record, changed: Any, drop: Any) -> dict[str, list[Any]]:
        after: dict[str, list[Any]] = {}
        for name, rows in changed.items():
            new = dict(rows)
            kept = [row for row in old.each(name) if row.key not in drop[name]]
            after[name] = [row.values | new.get(row.key, {}) for row in kept]
            after[name] += [values for key, values in rows if not key]
        return after

    def next_code(self, form: str) -> str:
        return f"{form.rpartition('/')[2][:2].upper()}-{len(self._books.live(form)) + 1:08}"

    # -- what is sent -----------------------------------------------------------------------

    def values(self, form: str, data: Mapping[str, Any], table: str = "") -> dict[str, Any]:
        """Fields as the books keep them; base data is named by id or code. Unknown keys are
        ignored without a word."""
        known = FORMS[form].columns[table] if table else FORMS[form].fields
        found = {}
        for name, value in _flat(data):
            field = known.get(name)
            absent = name.startswith("headItem.") and self._switches["define_filter"] == "absent"
            if field is not None and name not in OURS and not absent:
                found[name] = self._kept(field, value)
        return found

    def _kept(self, field: Field, value: Any) -> Any:
        if value is None or value == "" or not field.target:
            return value
        table = self._books.live(field.target)
        if str(value) in table:
            return str(value)
        found = self._books.having(field.target, "code", str(value))
        if not found or found[0].values.get("stopStatus"):
            raise field.refused("reference", value)
        return found[0].key

    def _new_rows(self, form: str, table: str, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for place, row in enumerate(_list(data, table), 1):
            yield self._row(form, table, row, place)

    def _row(self, form: str, table: str, row: Mapping[str, Any], place: int) -> dict[str, Any]:
        values = self.values(form, row, table)
        if form == ORDER:
            values.setdefault("lineno", place * 10)
            if values.get("taxId"):
                values["taxRate"] = self._books.get(TAX, values["taxId"]).values["rate"]
        return values

    def _changed_rows(
        self, form: str, table: str, data: Mapping[str, Any]
    ) -> tuple[list[tuple[str, dict[str, Any]]], list[str]]:
        changed, drop = [], []
        for place, row in enumerate(_list(data, table), 1):
            key, kind = str(row.get("id") or ""), row.get("_status")
            if kind == "Delete":
                drop.append(key)
            elif kind == "Insert" or not key:
                changed.append(("", self._row(form, table, row, place)))
            else:
                changed.append((key, self.values(form, row, table)))
        return changed, drop

    # -- what must add up -------------------------------------------------------------------

    def _demand(
        self,
        form: str,
        values: Mapping[str, Any],
        tables: Mapping[str, Sequence[Mapping[str, Any]]],
    ) -> None:
        """Demanded head fields must be sent each time, whatever stands there already."""
        for field in FORMS[form].own:
            if field.required and values.get(field.name) in (None, ""):
                raise Refused("required", form, field.name)
        if form == ORDER:
            check_amounts(values, tables["orderDetails"])


def check_amounts(head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """The rules of an order's amounts. Raises Fault."""
    if not rows:
        raise business("订单明细不能为空")
    for row in rows:
        missing = [name for name in ("qty", "oriSum", "oriTaxUnitPrice") if row.get(name) is None]
        if missing:
            raise business(f"{missing[0]}不能为空")
        quantities = row["subQty"] * row["invExchRate"], row["priceQty"] * row["invPriceExchRate"]
        if any(quantity != row["qty"] for quantity in quantities):
            raise business("数量与换算率不符")
        prices = {
            name: row[f"orderDetailPrices.{name}"] for name in ("oriMoney", "oriTax", "natSum")
        }
        if row["oriSum"] != prices["oriMoney"] + prices["oriTax"]:
            raise business("含税金额不等于无税金额与税额之和")
        if abs(row["priceQty"] * row["oriTaxUnitPrice"] - row["oriSum"]) > CENT:
            raise business("含税金额与数量、含税单价不符")
    if sum((Decimal(row["oriSum"]) for row in rows), Decimal(0)) != head["payMoney"]:
        raise business("合计含税金额不等于表体含税金额合计")


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Fields by the names of the books: `orderPrices!currency` and `headItem: {define1}`."""
    for name, value in data.items():
        outer, _, inner = name.partition("!")
        if inner and outer in FLAT:
            yield f"{outer}.{inner}", value
        elif isinstance(value, Mapping) and "simplifiedName" in value:
            yield name, value["simplifiedName"]
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        elif not isinstance(value, list):
            yield name, value


def _list(data: Mapping[str, Any], table: str) -> list[Mapping[str, Any]]:
    rows = data.get(table) or []
    if not isinstance(rows, list):
        raise business(f"{table}格式不正确")
    return rows
