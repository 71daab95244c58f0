"""`data/query`: filters that are ANDed, pages of at most 100, offsets up to 10,000."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import InvalidOperation
from itertools import islice
from typing import Any

from .errors import OUT_OF_RANGE, Refusal, bad_parameter
from .fields import ObjectType
from .index import Index, Record
from .values import comparable

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
MAX_OFFSET = 10_000
FOREVER = 1 << 62

Values = Sequence[Any]
Test = Callable[[Record], bool]

OPERATORS: dict[str, Callable[[Values, Values], bool]] = {
    "EQ": lambda have, want: bool(have) and have == want,
    "N": lambda have, want: have != want,
    "GT": lambda have, want: bool(have) and have[0] > want[0],
    "GTE": lambda have, want: bool(have) and have[0] >= want[0],
    "LT": lambda have, want: bool(have) and have[0] < want[0],
    "LTE": lambda have, want: bool(have) and have[0] <= want[0],
    "LIKE": lambda have, want: bool(have) and str(want[0]) in str(have[0]),
    "NLIKE": lambda have, want: not have or str(want[0]) not in str(have[0]),
    "IS": lambda have, want: not have,
    "ISN": lambda have, want: bool(have),
    "IN": lambda have, want: any(value in want for value in have),
    "NIN": lambda have, want: not any(value in want for value in have),
    "BETWEEN": lambda have, want: bool(have) and want[0] <= have[0] <= want[1],
    "NBETWEEN": lambda have, want: not (bool(have) and want[0] <= have[0] <= want[1]),
    "STARTWITH": lambda have, want: bool(have) and str(have[0]).startswith(str(want[0])),
    "ENDWITH": lambda have, want: bool(have) and str(have[0]).endswith(str(want[0])),
    "HASANYOF": lambda have, want: any(value in want for value in have),
    "NHASANYOF": lambda have, want: not any(value in want for value in have),
    "CONTAINS": lambda have, want: all(value in have for value in want),
}
"""What a record has (no value: an empty list) against what the filter wants."""

NEEDED = {"IS": 0, "ISN": 0, "BETWEEN": 2, "NBETWEEN": 2}
"""How many values an operator needs; all others need one."""


@dataclass(frozen=True, slots=True)
class Filter:
    field: str
    operator: str
    values: Values
    test: Test


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood."""

    filters: tuple[Filter, ...]
    orders: tuple[tuple[str, bool], ...]
    """`(field, ascending)` pairs; without any, the newest stamp comes first."""
    limit: int
    offset: int
    counted: bool
    """Whether the total was asked for."""
    projection: tuple[str, ...]


def parse(kind: ObjectType, data: Mapping[str, Any], projection: Any, *, strict: bool) -> Query:
    """Read the `data` of a query. Misspelt names are ignored, or refused when `strict`."""
    info = data.get("search_query_info") or {}
    if not isinstance(info, dict):
        raise bad_parameter("search_query_info 格式错误")
    limit, offset = info.get("limit", DEFAULT_LIMIT), info.get("offset", 0)
    if not (isinstance(limit, int) and 0 < limit <= MAX_LIMIT):
        raise bad_parameter(f"limit 必须在 1 到 {MAX_LIMIT} 之间")
    if not isinstance(offset, int) or offset < 0 or offset > MAX_OFFSET or offset % limit:
        raise Refusal(OUT_OF_RANGE, f"offset out of range {MAX_OFFSET}")
    return Query(
        tuple(_filters(kind, info.get("filters") or [], strict)),
        tuple(_orders(kind, info.get("orders") or [], strict)),
        limit,
        offset,
        data.get("find_explicit_total_num", True) is not False,
        tuple(projection or ()),
    )


def _filters(kind: ObjectType, filters: Iterable[Any], strict: bool) -> Iterator[Filter]:
    for each in filters:
        field = kind.fields.get(str(each.get("field_name")))
        operator, values = each.get("operator", "EQ"), each.get("field_values", [])
        if operator not in OPERATORS:
            raise bad_parameter(f"operator[{operator}]不支持")
        if field is None:
            if strict:
                raise bad_parameter(f"字段[{each.get('field_name')}]不存在")
            continue
        if not isinstance(values, list) or len(values) < NEEDED.get(operator, 1):
            raise bad_parameter(f"{field.name}：field_values 必须是列表")
        read = comparable(field)
        try:
            wanted = [read(value) for value in values]
        except (ValueError, InvalidOperation):
            raise bad_parameter(f"{field.name}：field_values 格式错误") from None
        yield Filter(field.name, operator, wanted, _test(field.name, operator, wanted, read))


def _test(field: str, operator: str, wanted: Values, read: Callable[[Any], Any]) -> Test:
    holds = OPERATORS[operator]

    def test(record: Record) -> bool:
        value = record.get(field)
        if value is None:
            return holds([], wanted)
        many = value if isinstance(value, list) else [value]
        return holds([read(one) for one in many], wanted)

    return test


def _orders(kind: ObjectType, orders: Iterable[Any], strict: bool) -> Iterator[tuple[str, bool]]:
    for each in orders:
        name = str(each.get("fieldName"))
        if name in kind.fields:
            yield name, each.get("isAsc", True) is not False
        elif strict:
            raise bad_parameter(f"字段[{name}]不存在")


def run(
    kind: ObjectType, index: Index, query: Query, visible: Sequence[Test]
) -> tuple[list[Record], int]:
    """One page of records, and the total (0 when it was not asked for)."""
    tests = [*visible, *(each.test for each in query.filters)]
    streamed = query.orders[:1] == (("_id", True),) and not query.counted
    keys = _candidates(index, query, streamed)
    found = (index.records[key] for key in keys)
    matching = (record for record in found if all(test(record) for test in tests))
    end = query.offset + query.limit
    if streamed:
        return list(islice(matching, query.offset, end)), 0
    rows = _sorted(kind, list(matching), query.orders or (("last_modified_time", False),))
    return rows[query.offset : end], len(rows) if query.counted else 0


def _sorted(
    kind: ObjectType, rows: list[Record], orders: Sequence[tuple[str, bool]]
) -> list[Record]:
    for name, ascending in reversed(orders):
        read = comparable(kind.fields[name])
        empty = [row for row in rows if row.get(name) is None]
        filled = [row for row in rows if row.get(name) is not None]
        filled.sort(key=lambda row, name=name, read=read: read(row[name]), reverse=not ascending)  # type: ignore[misc]
        rows = filled + empty
    return rows


def _candidates(index: Index, query: Query, streamed: bool) -> Iterable[str]:
    """The smallest set of keys, ascending, that holds every match."""
    cursor = _cursor(query)
    chosen = _by_value(index, query)
    if chosen is None:
        ahead, following = index.after(cursor)
        size, stamped = index.stamped(*_stamps(query))
        # Going through the keys in order meets a match every ahead/size records.
        scan = (query.offset + query.limit) * ahead // max(size, 1) if streamed else ahead
        if min(scan, ahead) <= size:
            return following
        chosen = stamped
    return sorted(key for key in chosen if key >= cursor)


def _by_value(index: Index, query: Query) -> Iterable[str] | None:
    """The keys that an equality leaves, if the query has one on plain text."""
    sets = [
        index.having(each.field, each.values)
        for each in query.filters
        if each.operator in ("EQ", "IN") and each.field != "owner" and _is_text(each.values)
    ]
    return min(sets, key=len) if sets else None


def _is_text(values: Values) -> bool:
    return all(isinstance(value, str) for value in values)


def _cursor(query: Query) -> str:
    keys = (
        each.values[0]
        for each in query.filters
        if each.field == "_id" and each.operator in ("GT", "GTE")
    )
    return max(keys, default="")


def _stamps(query: Query) -> tuple[int, int]:
    low, high = 0, FOREVER
    for each in query.filters:
        if each.field == "last_modified_time":
            if each.operator in ("GT", "GTE", "EQ", "BETWEEN"):
                low = max(low, each.values[0])
            if each.operator in ("LT", "LTE", "EQ", "BETWEEN"):
                high = min(high, each.values[-1])
    return low, high
