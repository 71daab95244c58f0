"""Two ways to query: at most 100 rows a page under `result`, or XOQL, 3,000 under `data`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.books import Books, Record

from .errors import BAD_QUERY, Refusal
from .statement import Statement, parsed
from .values import Values

PLAIN, XOQL = 100, 3_000
"""Rows a page; a limit beyond that is cut without a word."""


class Queries:
    """Answers queries."""

    def __init__(self, books: Books, values: Values, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._values = values
        self._switches = switches

    def plain(self, text: str, *, sees_all: bool) -> dict[str, Any]:
        """`/rest/data/v2/query`. Raises Refusal."""
        statement = parsed(text, self._switches["quotes"])
        if set(statement.order) - {"id"}:
            raise Refusal(BAD_QUERY, "只支持按id排序")
        return {"result": self._page(statement, PLAIN, sees_all=sees_all), "ext": []}

    def xoql(self, text: str, *, simple: bool, sees_all: bool) -> dict[str, Any]:
        """`/rest/data/v2.0/query/xoql`; unless `simple`, choices are answered by their labels.
        Raises Refusal."""
        statement = parsed(text, self._switches["quotes"])
        return {"data": self._page(statement, XOQL, labels=not simple, sees_all=sees_all)}

    def _page(
        self, asked: Statement, most: int, *, labels: bool = False, sees_all: bool
    ) -> dict[str, Any]:
        form = self._form(asked.object)
        self._check(form, asked)
        found = [
            one
            for one in self._books.seen(form)
            if (sees_all or not one.values.get("ownerId"))
            and all(test.holds(self._raw(one, test.field)) for test in asked.conditions)
        ]
        for name in reversed(asked.order):
            found.sort(key=lambda one: _sortable(self._raw(one, name)))
        page = found[asked.offset :][: min(asked.limit or most, most)]
        records = [self._record(one, asked, labels) for one in page]
        total = len(found) if self._switches["total_is_all"] else len(records)
        return {"totalSize": total, "count": len(records), "records": records}

    def _record(self, record: Record, asked: Statement, labels: bool) -> dict[str, Any]:
        found = {n: self._values.value(record, n, labels=labels) for n in asked.fields}
        return {name: value for name, value in found.items() if value is not None}

    def _raw(self, record: Record, name: str) -> Any:
        if name in ("createdAt", "updatedAt"):
            return self._values.value(record, name)
        return record.key if name == "id" else record.values.get(name)

    def _form(self, name: str) -> str:
        """`order` is a word of the language."""
        form = "order" if name == self._switches["order_is"] else name
        if form not in self._books.forms or (name == "order" and form != name):
            raise Refusal(BAD_QUERY, f"对象[{name}]不存在")
        if name == "order" and self._switches["order_is"] != "order":
            raise Refusal(BAD_QUERY, f"语法错误：[{name}]")
        return form

    def _check(self, form: str, asked: Statement) -> None:
        known = self._values.names(form)
        for name in (*asked.fields, *(test.field for test in asked.conditions), *asked.order):
            if name not in known:
                raise Refusal(BAD_QUERY, f"字段[{name}]不存在")


def _sortable(value: Any) -> tuple[int, Any]:
    """Ids by number, the rest by text."""
    return (len(str(value)), str(value))
