"""Lists: PHP arrays in the query string, filters, one order, at most 200 records a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.books import Books, Record
from sandbox.server import NotJson, Request, from_json

from .attributes import Attributes
from .errors import Refusal

MOST = 200
"""`recordListMaxSizeLimit` as it is delivered."""
NAMED = re.compile(r"\[([^\]]*)\]")
Tree = dict[str, Any]


def parameters(request: Request) -> Tree:
    """The query string as PHP reads it: `a[0][b]=1` is `{"a": {"0": {"b": "1"}}}`."""
    made: Tree = {}
    for name, value in parse_qsl(urlsplit(request.path).query, keep_blank_values=True):
        node, (*path, last) = made, [name.partition("[")[0], *NAMED.findall(name)]
        for step in path:
            below = node.setdefault(step or str(len(node)), {})
            node = below if isinstance(below, dict) else {}
        node[last or str(len(node))] = value
    return made


class Lists:
    """Answers `GET Entity`."""

    def __init__(self, books: Books, attributes: Attributes) -> None:
        self._books = books
        self._attributes = attributes

    def page(self, form: str, asked: Tree, *, count: bool) -> dict[str, Any]:
        """The answer to a list. Raises Refusal."""
        asked = _asked(asked)
        size = int(asked.get("maxSize") or MOST)
        if size > MOST:
            raise Refusal(403, f"Max size should not exceed {MOST}. Use offset and limit.")
        holds = [self._condition(form, item) for item in _items(asked.get("where"))]
        found = [one for one in self._books.seen(form) if all(hold(one) for hold in holds)]
        found = self._sorted(form, found, asked)
        offset = int(asked.get("offset") or 0)
        rows = [self._row(one, asked.get("select")) for one in found[offset : offset + size]]
        more = offset + size < len(found)
        total = len(found) if count else -1 if more else -2
        return {"total": total, "list": rows}

    def _row(self, record: Record, select: Any) -> dict[str, Any]:
        if not select:
            return self._attributes.shown(record)
        names = select.split(",") if isinstance(select, str) else list(select)
        known = {"id", *names} & {*self._attributes.names(record.form)}
        return {name: self._attributes.value(record, name) for name in sorted(known)}

    def _sorted(self, form: str, found: list[Record], asked: Tree) -> list[Record]:
        by = asked.get("orderBy") or "createdAt"
        self._known(form, by, "Order by non-existing field '{}'.")
        down = str(asked.get("order", "desc" if by == "createdAt" else "asc")).lower() == "desc"
        return sorted(found, key=lambda one: _key(self._attributes.value(one, by)), reverse=down)

    # -- filters ----------------------------------------------------------------------------

    def _condition(self, form: str, item: Tree) -> Callable[[Record], bool]:
        kind, name, value = item.get("type"), item.get("attribute"), item.get("value")
        if kind in ("or", "and"):
            parts = [self._condition(form, part) for part in _items(value)]
            join = any if kind == "or" else all
            return lambda one: join(part(one) for part in parts)
        if kind not in COMPARISONS or not isinstance(name, str):
            raise Refusal(400, f"Bad where item. Type '{kind}'.")
        self._known(form, name, "Not existing attribute '{}' in where.")
        compare, wanted = COMPARISONS[kind], _values(value)
        if kind in ("in", "notIn", "between") and not isinstance(value, dict | list):
            raise Refusal(400, "Bad where item. Bad value.")
        return lambda one: compare(_key(self._attributes.value(one, name)), wanted)

    def _known(self, form: str, name: str, words: str) -> None:
        if name not in self._attributes.names(form):
            raise Refusal(400, words.format(name))


Key = tuple[int, Any]


def _key(value: Any) -> Key:
    """What the database compares: text without its case and the blanks behind it."""
    if value is None:
        return (0, "")
    if isinstance(value, bool | int | Decimal):
        return (1, Decimal(value))
    return (2, str(value).casefold().rstrip(" "))


def _like(key: Key, other: Key) -> Key:
    """`other`, which came as text, as the kind that `key` is."""
    if key[0] == 1 and other[0] == 2:
        try:
            return (1, Decimal(other[1]))
        except InvalidOperation:
            return other
    return other


def _compared(holds: Callable[[Any, Any], bool]) -> Callable[[Key, list[Key]], bool]:
    def compare(key: Key, wanted: list[Key]) -> bool:
        return bool(key[0]) and all(holds(key, _like(key, one)) for one in wanted[:1])

    return compare


def _among(key: Key, wanted: list[Key]) -> bool:
    return bool(key[0]) and any(key == _like(key, one) for one in wanted)


COMPARISONS: dict[Any, Callable[[Key, list[Key]], bool]] = {
    "equals": _compared(lambda a, b: a == b),
    "notEquals": _compared(lambda a, b: a != b),
    "greaterThan": _compared(lambda a, b: a > b),
    "lessThan": _compared(lambda a, b: a < b),
    "greaterThanOrEquals": _compared(lambda a, b: a >= b),
    "lessThanOrEquals": _compared(lambda a, b: a <= b),
    "between": lambda key, wanted: bool(key[0]) and wanted[0] <= key <= wanted[-1],
    "in": _among,
    "notIn": lambda key, wanted: bool(key[0]) and not _among(key, wanted),
    "isNull": lambda key, _: not key[0],
    "isNotNull": lambda key, _: bool(key[0]),
    "isTrue": lambda key, _: key == (1, 1),
    "isFalse": lambda key, _: key == (1, 0),
    "startsWith": _compared(lambda a, b: str(a[1]).startswith(str(b[1]))),
    "contains": _compared(lambda a, b: str(b[1]) in str(a[1])),
}


def _values(value: Any) -> list[Key]:
    many: Iterable[Any] = value.values() if isinstance(value, dict) else value
    return [_key(one) for one in (many if isinstance(value, dict | list) else [value])]


def _items(node: Any) -> Iterator[Tree]:
    """The filters of a level; anything else than an array of them is ignored."""
    many = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    yield from (item for item in many if isinstance(item, dict))


def _asked(asked: Tree) -> Tree:
    """Parameters by their usual names, whichever way they came."""
    if "searchParams" in asked:
        try:
            made: Tree = from_json(asked["searchParams"].encode())
        except NotJson:
            raise Refusal(400, "Invalid search params JSON.") from None
        return made
    aliases = {"where": asked.get("whereGroup"), "select": asked.get("attributeSelect")}
    return {**asked, **{name: value for name, value in aliases.items() if value is not None}}
