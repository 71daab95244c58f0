"""Lists: which records match, the newest first, and one page of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.books import Books, Record

from .faults import business
from .forms import TASK
from .showing import Showing

CAP = 100
"""Most records of a page; nobody knows the real figure."""
USUAL = 10


class Lists:
    """Answers lists of one account set."""

    def __init__(self, books: Books, showing: Showing, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._showing = showing
        self._switches = switches

    def page(self, form: str, query: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's `data`. Raises Fault."""
        index, size = _whole(query, "page", 1), min(_whole(query, "page_size", USUAL), CAP)
        found = [one for one in self._books.seen(form) if self._matches(one, query)]
        found.sort(key=lambda one: one.key, reverse=True)
        rows = [self._showing.listed(one) for one in found[(index - 1) * size : index * size]]
        count, texts = len(found), self._switches["texts"]
        return {
            "page": index, "page_size": size, "current_page_size": len(rows),
            "total_page": -(-count // size), "count": str(count) if texts else count,
            "rows": rows,
        }  # fmt: skip

    def _matches(self, record: Record, query: Mapping[str, Any]) -> bool:
        wanted = str(query.get("bill_status") or record.state)
        return wanted == record.state and all(
            _between(times(record), query.get(start), query.get(end))
            for start, end, times in self._spans(record.form)
        )

    def _spans(self, form: str) -> list[tuple[str, str, Callable[[Record], datetime | None]]]:
        """Parameters of spans, and which time of a record each is about."""
        if form == TASK:
            by = self._modified if self._switches["tasks_by"] == "modified" else _made
            return [("begin_time", "end_time", by)]
        return [
            ("create_start_time", "create_end_time", _made),
            ("modify_start_time", "modify_end_time", self._modified),
        ]

    def _modified(self, record: Record) -> datetime | None:
        if record.stamp == record.made and not self._switches["new_is_modified"]:
            return None
        return record.stamp


def _made(record: Record) -> datetime:
    return record.made


def _between(moment: datetime | None, start: Any, end: Any) -> bool:
    """Whole seconds, and neither end counts."""
    if not start and not end:
        return True
    if moment is None:
        return False
    stamp = int(moment.timestamp()) * 1000
    return int(start or 0) < stamp and (not end or stamp < int(end))


def _whole(query: Mapping[str, Any], name: str, usual: int) -> int:
    text = str(query.get(name) or usual)
    if not text.isdigit() or int(text) < 1:
        raise business(f"{name}格式不正确")
    return int(text)
