"""Lists that are known by page numbers alone: read again until they stand still.

What is deleted while pages are turned moves others onto pages that were read already. One page is
complete by itself; several are read again until two readings in a row have shown the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from connector.errors import Transient
from connector.messages import say

PASSES = 20
"""After so many readings two in a row must have been alike."""

R = TypeVar("R", bound=Mapping[str, Any])
"""A row of a list."""


def passes(
    pages: Callable[[], Iterable[Sequence[R]]], known_by: Callable[[R], str], form: str
) -> Iterator[list[R]]:
    """All rows of a list, each as often as it is seen with another mark of `known_by`.

    `pages` reads the list once, from its beginning. Rows come as they are read, so that one that
    was deleted meanwhile may be among them. Raises Transient where `form` goes on moving.
    """
    seen: set[str] = set()
    before: list[str] | None = None
    for _ in range(PASSES):
        marks: list[str] = []
        read = 0
        for rows in pages():
            read += 1
            shown = [(known_by(row), row) for row in rows]
            marks += [mark for mark, _ in shown]
            new = [row for mark, row in shown if mark not in seen]
            seen.update(mark for mark, _ in shown)
            if new:
                yield new
        marks.sort()
        if read <= 1 or marks == before:
            return
        before = marks
    raise Transient(say("list_moving", form=form))


def agreed(
    pages: Callable[[], Iterable[Sequence[R]]], known_by: Callable[[R], str], form: str
) -> list[R]:
    """All rows of a list as its last reading showed them. Raises Transient like `passes`."""
    shown: list[R] = []

    def once() -> Iterator[Sequence[R]]:
        shown.clear()
        for rows in pages():
            shown.extend(rows)
            yield rows

    for _ in passes(once, known_by, form):
        pass
    return shown
