"""Changes of audited orders by their own document (销售订单变更)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.books import Books, Record, Refused, Row

from .faults import MISSING, business, worded
from .forms import AUDITED, CHANGE, FORMS, OPEN, ORDER, REJECTED
from .saving import Saving, check_amounts

ROWS = "orderDetails"


class Changes:
    """Change documents of one tenant."""

    def __init__(self, books: Books, saving: Saving, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._saving = saving
        self._switches = switches

    def save(self, data: Mapping[str, Any], by: str) -> Record:
        """Begin a change of an audited order, or edit an open one. Raises Fault."""
        try:
            if data.get("_status") == "Insert":
                return self._begin(data, by)
            return self._edit(data, by)
        except Refused as refused:
            raise worded(refused) from None

    def newest(self, order: str) -> Record:
        """The newest change of an order. Raises Fault."""
        found = [
            one
            for one in self._books.live(CHANGE).values()
            if one.values["originalOrderId"] == order
        ]
        if not found:
            raise MISSING
        return max(found, key=lambda one: int(one.key))

    def _begin(self, data: Mapping[str, Any], by: str) -> Record:
        order = self._books.live(ORDER).get(str(data.get("originalOrderId")))
        if order is None:
            raise MISSING
        if order.state != AUDITED:
            raise business(f"单据{order.number}未审核或已关闭，不能变更")
        if order.values.get("lockIn"):
            raise business(f"单据{order.number}存在未审核的变更单")
        copied = {
            n: v for n, v in order.values.items() if n in FORMS[CHANGE].fields and n != "maker"
        }
        version = sum(
            one.values["originalOrderId"] == order.key for one in self._books.live(CHANGE).values()
        )
        values = copied | self._saving.values(CHANGE, data) | {
            "code": order.number, "changeVersion": version + 1, "maker": by,
            "editor": by,
        }  # fmt: skip
        rows = self._merged(
            {row.key: self._copied(order, row) for row in order.each(ROWS)}, data, order
        )
        self._check(order, values, rows)
        made = self._books.create(CHANGE, values, {ROWS: [("", row) for row in rows]}, by=by)
        self._books.change(ORDER, order.key, {"lockIn": True}, by=by, operation="lock")
        return made

    def _edit(self, data: Mapping[str, Any], by: str) -> Record:
        old = self._books.live(CHANGE).get(str(data.get("id")))
        if old is None:
            raise MISSING
        if old.state not in (OPEN, REJECTED):
            raise business(f"变更单{old.number}状态不允许修改")
        order = self._books.get(ORDER, old.values["originalOrderId"])
        there = {
            str(row.values.get("originalOrderDetailId") or row.key): dict(row.values)
            for row in old.each(ROWS)
        }
        rows = self._merged(there, data, order)
        values = old.values | self._saving.values(CHANGE, data) | {"editor": by}
        self._check(order, values, rows)
        drop = [row.key for row in old.each(ROWS)]
        return self._books.change(
            CHANGE, old.key, values, {ROWS: [("", row) for row in rows]}, {ROWS: drop}, by=by
        )

    def _copied(self, order: Record, row: Row) -> dict[str, Any]:
        known = FORMS[CHANGE].columns[ROWS]
        values = {name: value for name, value in row.values.items() if name in known}
        return values | {"originalOrderDetailId": row.key, "originalOrderId": order.key}

    def _merged(
        self, rows: dict[str, dict[str, Any]], data: Mapping[str, Any], order: Record
    ) -> list[dict[str, Any]]:
        """The rows of a change: those of the order, with what is sent of them."""
        for place, sent in enumerate(data.get(ROWS) or (), 1):
            values = self._saving.values(CHANGE, sent, ROWS)
            key = str(sent.get("originalOrderDetailId") or "")
            if key:
                if key not in rows:
                    raise business(f"原订单行{key}不存在")
                rows[key] |= values
            else:
                rows[f"new {place}"] = values | {"originalOrderId": order.key}
        return list(rows.values())

    def _check(self, order: Record, values: Mapping[str, Any], rows: list[dict[str, Any]]) -> None:
        check_amounts(values, rows)
        there = {row.key: row for row in order.each(ROWS)}
        for row in rows:
            old = there.get(str(row.get("originalOrderDetailId")))
            if old is None:
                continue
            if row["qty"] < old.values.get("totalOutStockQuantity", 0):
                raise business("变更后数量不能小于已出库数量")
            if old.values.get("lineClosed") and row["qty"] != old.values["qty"]:
                raise business("行已关闭，不能变更")

    def forget(self, record: Record, by: str) -> None:
        """An open change is not wanted (恢复)."""
        if record.state not in (OPEN, REJECTED):
            raise business(f"变更单{record.number}状态不允许恢复")
        order = record.values["originalOrderId"]
        self._books.remove(CHANGE, record.key, by=by)
        self._books.change(ORDER, order, {"lockIn": False}, by=by, operation="unlock")

    def audited(self, record: Record, by: str) -> None:
        """What follows an audit: the order changes, unless somebody has to see to it."""
        if self._switches["change_takes_effect"]:
            self.take_effect(record, by)

    def take_effect(self, record: Record, by: str) -> None:
        """Bring a change into its order."""
        order = self._books.get(ORDER, record.values["originalOrderId"])
        known = FORMS[ORDER].fields
        values = {
            n: v for n, v in record.values.items() if n in known and n not in ("code", "maker")
        }
        rows = [
            (row.values.get("originalOrderDetailId") or "", self._to_order(row))
            for row in record.each(ROWS)
        ]
        changed = replace(order, values={**order.values, "lockIn": False})
        self._books.recompute(changed)
        self._books.change(ORDER, order.key, values, {ROWS: rows}, by=by, operation="change")

    def _to_order(self, row: Row) -> dict[str, Any]:
        known = FORMS[ORDER].columns[ROWS]
        return {
            name: value
            for name, value in row.values.items()
            if name in known and name != "lineClosed"
        }
