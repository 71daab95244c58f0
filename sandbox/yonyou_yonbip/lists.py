"""Lists: which records match, in what order, and one page of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from sandbox.books import Books, Record

from .faults import NOTHING_FOUND, Fault, business
from .forms import CHANGE, CUSTOMER, FORMS, ORDER, PRODUCTION, RECEIVABLE
from .listings import LISTINGS, Listing
from .showing import Showing, local

Test = Callable[[Record], bool]
SYSTEM = frozenset(("id", "pubts", "createTime", "status", "verifystate"))
"""Fields that every form can be filtered by."""


class Lists:
    """Answers `list` of one tenant."""

    def __init__(self, books: Books, showing: Showing, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._showing = showing
        self._switches = switches

    def page(self, form: str, body: Mapping[str, Any]) -> Any:
        """The answer's `data`. Raises Fault."""
        listing = LISTINGS[form]
        index, size = _whole(body, "pageIndex"), _whole(body, "pageSize")
        if form == RECEIVABLE and size > listing.cap:
            raise business("pageSize不能超过500")
        size = min(size, listing.cap)
        table = "" if body.get("isSum") else listing.table
        rows = [
            (record, place)
            for record in self._found(form, listing, body)
            for place in range(len(record.rows.get(table, ())) if table else 1)
        ]
        shown = list(self._shown(rows[(index - 1) * size : index * size], table))
        if listing.bare:
            if not shown:
                raise NOTHING_FOUND
            return shown
        pages = -(-len(rows) // size)
        return {
            "pageIndex": index, "pageSize": size, "recordCount": len(rows), "pageCount": pages,
            "beginPageIndex": 1, "endPageIndex": pages, "recordList": shown,
        }  # fmt: skip

    def _shown(self, rows: list[tuple[Record, int]], table: str) -> Iterator[dict[str, Any]]:
        for record, own in groupby(rows, key=lambda row: row[0]):
            flat = list(self._showing.flat(record)) if table else [self._showing.head(record)]
            yield from (flat[place] for _, place in own)

    def _found(self, form: str, listing: Listing, body: Mapping[str, Any]) -> list[Record]:
        tests = list(self._tests(form, listing, body))
        found = [one for one in self._books.seen(form) if all(test(one) for test in tests)]
        found.sort(key=lambda one: (one.stamp, int(one.key)), reverse=True)
        if listing.ordered:
            self._sort(found, body.get("queryOrders") or ())
        return found

    def _sort(self, found: list[Record], orders: Any) -> None:
        orders = [orders] if isinstance(orders, Mapping) else orders
        for one in reversed(list(orders)):
            name = str(one.get("field"))
            backwards = one.get("order") == "desc"
            found.sort(key=lambda record: self._field(record, name), reverse=backwards)

    # -- filters ----------------------------------------------------------------------------

    def _tests(self, form: str, listing: Listing, body: Mapping[str, Any]) -> Iterator[Test]:
        given = body.get(listing.since) if listing.since else None
        if given:
            yield lambda record: local(record.stamp) >= str(given)
        if form == CUSTOMER:
            yield from self._equal(body, ("code", "name", "creditCode", "shortname"))
        if form == CHANGE:
            yield from self._equal(body, ("code",))
        if form in (CUSTOMER, PRODUCTION) and body.get("id"):
            keys = {str(key) for key in _several(body["id"])}
            yield lambda record: record.key in keys
        for one in _conditions(body.get("simpleVOs") or (), listing):
            yield self._test(form, listing, one)

    def _equal(self, body: Mapping[str, Any], names: Sequence[str]) -> Iterator[Test]:
        for name in names:
            if body.get(name):
                wanted = str(body[name])
                yield lambda record, n=name, w=wanted: record.values.get(n) == w  # type: ignore[misc]

    def _test(self, form: str, listing: Listing, one: Mapping[str, Any]) -> Test:
        name, op = str(one.get("field") or ""), str(one.get("op") or "")
        mark = name.startswith("headItem.")
        if form == ORDER and mark and self._switches["define_filter"] == "ignored":
            return lambda record: True
        if form == ORDER and mark and self._switches["define_filter"] == "refused":
            raise business(f"字段{name}不存在")
        allowed = listing.operators | ({"in"} if self._switches["in_everywhere"] else set())
        if op not in allowed:
            raise Fault("506", f"操作符{op}不支持")
        if name not in SYSTEM and name not in FORMS[form].fields:
            raise business(f"字段{name}不存在")
        first, second = one.get("value1"), one.get("value2")
        return lambda record: _holds(self._field(record, name), op, first, second)

    def _field(self, record: Record, name: str) -> Any:
        if name == "id":
            return int(record.key)
        if name in ("pubts", "createTime"):
            return local(record.stamp if name == "pubts" else record.made)
        if name in ("status", "verifystate"):
            return self._showing.head(record).get(name)
        return record.values.get(name, "")


def _conditions(filters: Any, listing: Listing) -> Iterator[Mapping[str, Any]]:
    for one in filters:
        inner = one.get("conditions")
        if bool(inner) != listing.nested:
            raise business("simpleVOs格式不正确")
        yield from inner if inner else [one]


def _holds(value: Any, op: str, first: Any, second: Any) -> bool:
    if op in ("in", "nin"):
        wanted = [_like(value, each) for each in _several(first)]
        return (_folded(value) in wanted) == (op == "in")
    low, here = _like(value, first), _folded(value)
    match op:
        case "eq":
            return bool(here == low)
        case "neq":
            return bool(here != low)
        case "like":
            return str(low) in str(here)
        case "between":
            return bool(low <= here <= _like(value, second))
        case "lt" | "elt":
            return bool(here < low or (op == "elt" and here == low))
    return bool(here > low or (op == "egt" and here == low))


def _like(value: Any, given: Any) -> Any:
    """A filter's value, comparable with a field's: the database looks at neither case nor
    trailing blanks."""
    if isinstance(value, int | Decimal):
        try:
            return Decimal(str(given))
        except ArithmeticError:
            raise business(f"查询条件值{given}格式不正确") from None
    return _folded(given)


def _folded(value: Any) -> Any:
    return value.rstrip().lower() if isinstance(value, str) else value


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else str(value).split(",")


def _whole(body: Mapping[str, Any], name: str) -> int:
    try:
        number = int(body[name])
    except (KeyError, TypeError, ValueError):
        raise Fault("310008", f"参数{name}不能为空") from None
    if number < 1:
        raise Fault("310015", f"参数{name}校验失败")
    return number
