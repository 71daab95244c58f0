"""Base data and stock: customers that are kept by calls, and what lies where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.books import Books, Refused

from .faults import business, worded
from .forms import STOCK
from .saving import Saving
from .showing import Showing

ALWAYS = ("code", "name", "createOrgCode", "enterpriseNature")
"""What an update must carry, whatever stands there."""
RULES = frozenset(("billnum", "bNeedSubQty", "bStockStatusDocNotNull", "bIncludeTransitQty"))
"""What is asked of stock besides which."""


class Archives:
    """Base data of one tenant."""

    def __init__(self, books: Books, saving: Saving, showing: Showing) -> None:
        self._books = books
        self._saving = saving
        self._showing = showing

    def insert(self, form: str, data: Mapping[str, Any], by: str) -> list[dict[str, Any]]:
        """A new customer."""
        try:
            made = self._books.create(form, self._saving.values(form, data), by=by)
        except Refused as refused:
            raise worded(refused) from None
        return [{"id": int(made.key), "code": made.number}]

    def update(self, form: str, data: Mapping[str, Any], by: str) -> list[dict[str, Any]]:
        """Change a customer, found by id, else by code."""
        values = self._saving.values(form, data)
        for name in ALWAYS:
            if values.get(name) in (None, ""):
                raise business(f"{name}不能为空")
        key = str(data.get("id") or "")
        old = self._books.live(form).get(key) if key else self._books.named(form, values["code"])
        if old is None:
            raise business("客户不存在")
        try:
            self._books.change(form, old.key, values, by=by)
        except Refused as refused:
            raise worded(refused) from None
        return [{"id": int(old.key), "code": values["code"]}]

    def details(self, form: str, body: Any) -> list[dict[str, Any]]:
        """Customers by id, those that are not there left out."""
        if not isinstance(body, list):
            raise business("请求参数格式不正确")
        keys = [str(one.get("id")) for one in body]
        live = self._books.live(form)
        return [self._showing.head(live[key]) for key in keys if key in live]

    def stock(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All rows, or those of some warehouses or products."""
        asked = [(name, value) for name, value in body.items() if name not in RULES]
        return [row for row in self._stock() if all(_wanted(row, *one) for one in asked)]

    def _stock(self) -> Iterator[dict[str, Any]]:
        for record in self._books.seen(STOCK):
            yield {n: v for n, v in self._showing.head(record).items() if n not in ("id", "pubts")}


def _wanted(row: Mapping[str, Any], name: str, value: Any) -> bool:
    shown = {"warehouse.code": "warehouse_code", "productn.code": "product_code"}.get(name, name)
    wanted = value if isinstance(value, list) else [value]
    return str(row.get(shown)) in {str(one) for one in wanted}
