"""Lists: which records match, in what order, and one page of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.books import Books, Record

from .faults import business, nothing_found
from .forms import ENTRY, FORMS, LISTINGS, ORDER, STOCK, Listing
from .showing import Showing, version

Test = Callable[[Record], bool]
SEARCHED = frozenset(f"define{n}" for n in (1, 2, 3, 8, 9, 10, 11, 12, 13, 14))
ROWS, MOST = 20, 8000


class Lists:
    """Answers `batch_get` of one account set."""

    def __init__(self, books: Books, showing: Showing, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._showing = showing
        self._switches = switches

    def page(self, form: str, query: Mapping[str, str]) -> dict[str, Any]:
        """The answer, without its code. Filters that it does not know are ignored."""
        listing = LISTINGS[form]
        index, size = _whole(query, "page_index", 1), _whole(query, "rows_per_page", ROWS)
        size = min(size, MOST)
        tests = list(self._tests(form, listing, query))
        found = [one for one in self._books.seen(form) if all(test(one) for test in tests)]
        if not found and self._switches["empty_is_error"]:
            raise nothing_found(FORMS[form].label)
        self._sort(form, listing, found)
        shown = [self._showing.listed(one) for one in found[(index - 1) * size : index * size]]
        pages = -(-len(found) // size)
        return {
            "page_index": str(index), "rows_per_page": str(size), "row_count": str(len(found)),
            "page_count": str(pages), listing.resource: shown,
        }  # fmt: skip

    def _sort(self, form: str, listing: Listing, found: list[Record]) -> None:
        if self._switches["list_order"] == "changed":
            found.sort(key=lambda one: (one.stamp, one.key), reverse=True)
        else:
            found.sort(key=lambda one: self._code(form, one), reverse=listing.newest_first)

    def _code(self, form: str, record: Record) -> str:
        """The database looks at neither case nor trailing blanks."""
        return _folded(self._shown(form, record, LISTINGS[form].code))

    def _shown(self, form: str, record: Record, name: str) -> str:
        value = record.values.get(name, "")
        target = FORMS[form].fields[name].target
        return (
            str(self._books.get(target, value).values["code"]) if target and value else str(value)
        )

    # -- filters ----------------------------------------------------------------------------

    def _tests(self, form: str, listing: Listing, query: Mapping[str, str]) -> Iterator[Test]:
        if low := query.get(f"{listing.code}_begin"):
            yield lambda one: self._code(form, one) >= _folded(low)
        if high := query.get(f"{listing.code}_end"):
            yield lambda one: self._code(form, one) <= _folded(high)
        if listing.day and (day := query.get(f"{listing.day}_begin")):
            yield lambda one: str(one.values.get(listing.day, "")) >= day
        if listing.stamped:
            yield from self._versions(query)
        if form == ORDER and self._switches["define_filter"] == "works":
            for name in SEARCHED & query.keys():
                yield lambda one, n=name: _folded(one.values.get(n, "")) == _folded(query[n])  # type: ignore[misc]
        if form == ORDER and "fhstatus" in query:
            yield lambda one: _shipped(one) == query["fhstatus"]
        if form == STOCK:
            first, last = query.get("whcode_begin", ""), query.get("whcode_end", "~")
            yield lambda one: first <= self._shown(form, one, "whcode") <= last

    def _versions(self, query: Mapping[str, str]) -> Iterator[Test]:
        """Whether the bounds themselves count, no page says."""
        closed = self._switches["bounds"] == "closed"
        if low := query.get("timestamp_begin"):
            first = _number(low) if closed else _number(low) + 1
            yield lambda one: version(one) >= first
        if high := query.get("timestamp_end"):
            last = _number(high) if closed else _number(high) - 1
            yield lambda one: version(one) <= last


def _shipped(order: Record) -> str:
    """发货状态: 0 nothing, 1 a part, 2 all."""
    rows = [row.values for row in order.each(ENTRY)]
    if not any(row.get("shipped") for row in rows):
        return "0"
    return "2" if all(row.get("shipped", 0) >= row["quantity"] for row in rows) else "1"


def _folded(value: Any) -> str:
    return str(value).rstrip().lower()


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise business(f"timestamp格式不正确：{text}") from None


def _whole(query: Mapping[str, str], name: str, usual: int) -> int:
    try:
        return max(int(query.get(name) or usual), 1)
    except ValueError:
        raise business(f"{name}格式不正确") from None
