"""ExecuteBillQuery and BillQuery: filter, explode to one line per entry row, order, page."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from random import Random
from typing import Any, TypeVar

from .account_set import AccountSet
from .columns import ID, Column, printer, resolve
from .envelope import whole
from .errors import MsgCode, Refused
from .filters import Condition, Hint, compile_filter
from .forms import Form
from .records import Bill, Row, Table

T = TypeVar("T")
Line = tuple[Bill, Row | None]
Order = tuple[Column, bool]
"""A column, and whether it descends."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its names resolved."""

    books: AccountSet
    table: Table
    columns: tuple[Column, ...]
    conditions: tuple[Condition, ...]
    order: tuple[Order, ...]
    start: int
    limit: int
    end: int | None
    """TopRowCount: an absolute last row over all pages, not a page size."""

    @classmethod
    def read(cls, books: AccountSet, options: Mapping[str, Any]) -> Query:
        table = books.table(str(options.get("formid") or ""))
        form = table.form
        keys = [key.strip() for key in str(options.get("fieldkeys") or "").split(",")]
        if not any(keys):
            raise Refused(MsgCode.PARAMETER, "参数FieldKeys不能为空")
        cap = int(books.switches["query_limit"])
        return cls(
            books,
            table,
            tuple(resolve(books, form, key) for key in keys if key),
            compile_filter(options.get("filterstring"), lambda key: resolve(books, form, key)),
            tuple(_order(books, form, str(options.get("orderstring") or ""))),
            start=whole(options.get("startrow")),
            limit=min(whole(options.get("limit")) or cap, cap),
            end=whole(options.get("toprowcount")) or None,
        )

    def lines(self, rng: Random) -> list[Line]:
        """The asked page. Without an order the database gives big results as it likes."""
        stop = self.start + self.limit
        if self.end is not None:
            stop = min(stop, self.end)
        head = _leading_head(self.order)
        if any(column.key == self.table.form.pk for column, _ in head):
            bills = self._ordered_bills(head)
            lines = self._explode(bills, self.order[len(head) :])
            return list(islice(lines, self.start, max(stop, self.start)))
        found = list(self._explode(self._bills(), ()))
        if self.order:
            found = _sorted(found, self.order, _read_line)
        elif len(found) > self.limit and self.books.switches["unordered_pages_move"]:
            turn = rng.randrange(len(found))
            found = found[turn:] + found[:turn]
        return found[self.start : max(stop, self.start)]

    def _ordered_bills(self, order: Sequence[Order]) -> Iterable[Bill]:
        """Lazy where bills come by their id anyway: paging by it costs one page a page."""
        column, descends = order[0]
        if column.key == self.table.form.pk and not descends and column.kind == ID:
            return self._bills()
        return _sorted(list(self._bills()), order, _read_bill)

    def _bills(self) -> Iterator[Bill]:
        """Bills as a query sees them now, the conditions on the head already applied."""
        tests = [part.test for part in self.conditions if not part.entities]
        now = self.books.clock.now().timestamp()
        for bill in self._candidates():
            seen = bill if bill.shown_at <= now else bill.previous
            if seen is not None and all(test(seen, None) for test in tests):
                yield seen

    def _candidates(self) -> Iterable[Bill]:
        """By ascending id."""
        keys = candidates(self.table, [part.hint for part in self.conditions if part.hint])
        bills = self.table.bills
        return bills.values() if keys is None else [bills[key] for key in keys if key in bills]

    def _explode(self, bills: Iterable[Bill], order: Sequence[Order]) -> Iterator[Line]:
        """One line per row of the entries that are asked for or filtered by."""
        row_parts = [part for part in self.conditions if part.entities]
        tests = [part.test for part in row_parts]
        used = [column for column in self.columns if column.entity]
        used += [column for column, _ in self.order if column.entity]
        entities = dict.fromkeys(column.entity for column in used)
        entities |= dict.fromkeys(entity for part in row_parts for entity in part.entities)
        for bill in bills:
            lines: list[Line] = [(bill, row) for row in _rows(bill, list(entities))]
            if tests:
                lines = [line for line in lines if all(test(*line) for test in tests)]
            yield from _sorted(lines, order, _read_line) if order else lines

    def printed(self, lines: Iterable[Line]) -> list[list[Any]]:
        switches = self.books.switches
        ways = [
            (column.read, printer(column, switches["empty_text"], switches["checkboxes"]))
            for column in self.columns
        ]
        return [[show(read(bill, row)) for read, show in ways] for bill, row in lines]


def candidates(table: Table, hints: Sequence[Hint]) -> list[Any] | None:
    """Ascending ids that an index proposes for these conditions; None: read the whole table."""
    stamps: dict[str, str] = {}
    after = 0
    for hint in hints:
        value = hint.values[0]
        if hint.op in ("=", "in") and table.is_indexed(hint.key) and all(hint.values):
            return sorted({key for value in hint.values for key in table.lookup(hint.key, value)})
        if hint.key == table.form.pk and hint.op in (">", ">="):
            after = value
        elif hint.key == "FModifyDate" and hint.op in (">", ">="):
            stamps["low"] = value
        elif hint.key == "FModifyDate" and hint.op in ("<", "<="):
            stamps["high"] = value
    proposals: list[list[Any]] = []
    if after:
        keys: list[Any] = sorted(table.bills)  # stock has GUIDs, made in no order
        proposals.append(keys[bisect_left(keys, after) :])
    if stamps:
        proposals.append(table.stamped(stamps.get("low", ""), stamps.get("high", "9999")))
    proposals.sort(key=len)
    return sorted(proposals[0]) if proposals else None


def _order(books: AccountSet, form: Form, text: str) -> Iterator[Order]:
    for part in text.split(","):
        words = part.split()
        if not words:
            continue
        if len(words) > 2 or words[-1].lower() not in (words[0].lower(), "asc", "desc"):
            raise Refused(MsgCode.EXCEPTION, f"GetRealExpress error, 排序条件无法解析：{text}")
        yield resolve(books, form, words[0]), words[-1].lower() == "desc"


def _leading_head(order: Sequence[Order]) -> Sequence[Order]:
    for position, (column, _) in enumerate(order):
        if column.entity:
            return order[:position]
    return order


def _read_bill(column: Column, bill: Bill) -> Any:
    return column.read(bill, None)


def _read_line(column: Column, line: Line) -> Any:
    return column.read(*line)


def _sorted(items: list[T], order: Sequence[Order], read: Callable[[Column, T], Any]) -> list[T]:
    """Stable sorts from the last column to the first; null comes before everything."""
    if len(items) < 2:
        return items
    for column, descends in reversed(order):
        values = [read(column, item) for item in items]
        ranks = [(value is not None, value) for value in values]
        places = sorted(range(len(items)), key=ranks.__getitem__, reverse=descends)
        items = [items[place] for place in places]
    return items


def _rows(bill: Bill, entities: Sequence[str]) -> Sequence[Row | None]:
    """The rows of one entry, or the product of several; a bill without rows keeps one line."""
    if not entities:
        return (None,)
    if len(entities) == 1:
        return bill.rows.get(entities[0]) or (None,)
    parts = [[(entity, row) for row in bill.rows.get(entity, ())] for entity in entities]
    return [_merged(combination) for combination in product(*filter(None, parts))] or (None,)


def _merged(rows: Iterable[tuple[str, Row]]) -> Row:
    values: dict[str, Any] = {}
    for entity, row in rows:
        values |= row.values
        values[f"{entity}_FEntryID"], values[f"{entity}_FSeq"] = row.id, row.values.get("FSeq")
    return Row(0, values)


def execute_bill_query(
    books: AccountSet, options: Mapping[str, Any], rng: Random
) -> list[list[Any]]:
    """Rows as arrays, in the order of FieldKeys."""
    query = Query.read(books, options)
    return query.printed(query.lines(rng))


def bill_query(books: AccountSet, options: Mapping[str, Any], rng: Random) -> list[dict[str, Any]]:
    """Rows as objects, keyed by the keys as they were asked for."""
    query = Query.read(books, options)
    keys = [column.key for column in query.columns]
    return [dict(zip(keys, row, strict=True)) for row in query.printed(query.lines(rng))]
