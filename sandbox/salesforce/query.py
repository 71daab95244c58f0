"""Queries: which records, in which order, in batches with a locator for what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sandbox.books import Books, Record
from sandbox.clock import SandboxClock

from . import soql
from .errors import LOST_LOCATOR, Refusal
from .ids import is_id
from .shown import DELETED, Column, Shown, row

LOCATOR_LIFE = timedelta(days=2)
MOST = 2000
Holds = Callable[[Record], bool]
Shown_ = list[dict[str, Any]]


class Queries:
    """Answers `/query` and `/queryAll`."""

    def __init__(
        self, books: Books, shown: Shown, clock: SandboxClock, switches: Mapping[str, Any]
    ) -> None:
        self._books = books
        self._shown = shown
        self._clock = clock
        self._switches = switches
        self._left: dict[str, tuple[datetime, Shown_, int]] = {}
        """By locator since when it is, all the rows, and how many were given before it."""
        self._count = count(1)

    def first(self, text: str, base: str, *, deleted: bool) -> dict[str, Any]:
        """The first batch. Raises Refusal."""
        query = soql.parse(text)
        form = next((f for f in self._books.forms if f.lower() == query.form.lower()), "")
        if not form:
            words = f"sObject type '{query.form}' is not supported."
            raise Refusal(400, "INVALID_TYPE", words)
        holds = self._condition(form, query.where) if query.where else lambda _: True
        found = [
            one
            for one in self._books.seen(form)
            if (deleted or one.state != DELETED) and holds(one)
        ]
        for path, descending in reversed(query.order):
            column = self._shown.column(form, path)
            found.sort(key=lambda one: _sortable(column.read(one)), reverse=descending)
        found = found[: query.limit]
        if not query.paths:
            return {"totalSize": len(found), "done": True, "records": []}
        columns = [self._shown.column(form, path) for path in query.paths]
        about = {"type": form, "url": f"{base}/sobjects/{form}/"}
        rows = [
            {"attributes": {**about, "url": about["url"] + one.key}, **row(one, columns)}
            for one in found
        ]
        return self._batch(rows, 0, base)

    def more(self, locator: str, base: str) -> dict[str, Any]:
        """The next batch. Raises Refusal."""
        since, rows, given = self._left.get(locator, (datetime.min, [], 0))
        if not rows or self._clock.now() > since + LOCATOR_LIFE:
            raise Refusal(*LOST_LOCATOR)
        return self._batch(rows, given, base)

    def forget(self) -> None:
        """Whoever has a locator finds it lost."""
        self._left.clear()

    def _batch(self, rows: Shown_, given: int, base: str) -> dict[str, Any]:
        size = min(int(self._switches["batch"]), MOST)
        answer = {"totalSize": len(rows), "records": rows[given : given + size]}
        if given + size >= len(rows):
            return {**answer, "done": True}
        locator = f"01g5g{next(self._count):010}-{given + size}"
        self._left[locator] = (self._clock.now(), rows, given + size)
        return {**answer, "done": False, "nextRecordsUrl": f"{base}/query/{locator}"}

    # -- conditions -------------------------------------------------------------------------

    def _condition(self, form: str, tree: soql.Condition) -> Holds:
        if isinstance(tree, soql.Compare):
            return _comparison(self._shown.column(form, tree.path), tree)
        parts = [self._condition(form, part) for part in tree.parts]
        if tree.word == "NOT":
            return lambda one: not parts[0](one)
        join = all if tree.word == "AND" else any
        return lambda one: join(part(one) for part in parts)


def _comparison(column: Column, tree: soql.Compare) -> Holds:
    name = column.path[-1]
    many: Sequence[Any] = tree.value if tree.sign in soql.LISTS else [tree.value]
    wanted = [_literal(column.kind, name, value) for value in many]
    read = column.read
    if tree.sign in ("=", "IN"):
        return lambda one: _known(column.kind, read(one)) in wanted
    if tree.sign in ("!=", "NOT IN"):
        return lambda one: _known(column.kind, read(one)) not in wanted
    compare = _ORDERED[tree.sign]
    return lambda one: _holds(compare, _known(column.kind, read(one)), wanted[0])


_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _holds(compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    return value is not None and wanted is not None and compare(value, wanted)


_TYPES: dict[str, tuple[type, str]] = {
    "any": (datetime, "dateTime"),
    "date": (soql.Day, "date"),
    "number": (Decimal, "double"),
    "bool": (bool, "boolean"),
}


def _literal(kind: str, name: str, value: Any) -> Any:
    """What a field of this type is compared with. Raises Refusal."""
    if value is None:
        return None
    expected, called = _TYPES.get(kind, (str, "string"))
    if not isinstance(value, expected) or (expected is str and isinstance(value, soql.Day)):
        words = f"value of filter criterion for field '{name}' must be of type {called}"
        quoted = " and should not be enclosed in quotes" if isinstance(value, str) else ""
        raise Refusal(400, "INVALID_FIELD", words + quoted)
    if kind == "reference" and not is_id(str(value)):
        raise Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value}")
    return _known(kind, value)


def _known(kind: str, value: Any) -> Any:
    """A value as it is compared: text without its letter case, ids without their last three."""
    if kind == "any" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if kind == "reference":
        return value and value[:15]
    return value.casefold() if isinstance(value, str) and kind != "date" else value


def _sortable(value: Any) -> tuple[bool, Any]:
    """Nothing comes first."""
    return value is not None, value
