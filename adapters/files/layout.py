"""Where things stand in a sheet: its headings, and the names beside which values stand.

A field is the column under its heading. Where the heading of the key is not among them, the
sheet is a form: what is the record's own stands beside its name, above or below the rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from adapters.files.codec import Cell, Merged, Row, Sheet
from connector.contract import Shape, Table
from connector.errors import Rejected
from connector.messages import Message, say

DEEP = 60
"""Rows in which headings are looked for."""
FAR = 4
"""Columns in which the value of a name is looked for."""
ALIKE = 0.8
"""How alike two headings are that may mean the same."""
PLACE = "#"
"""The key of rows that have none of their own: their place in the record."""
_TOTAL = re.compile(r"(合计|总计|小计|(grand|sub)?total)(金额|数量|\(.*\))?")


class Faulty(Exception):
    """A sheet that cannot be read."""

    def __init__(self, words: Message) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Names:
    """What is looked for."""

    keys: tuple[str, ...]
    head: tuple[str, ...]
    """The record's own fields, key and number among them."""
    table: str
    rows: Table | None
    line: tuple[str, ...]
    """The fields of rows, their key among them."""

    @classmethod
    def of(cls, shape: Shape) -> Names:
        """Those of a shape. Raises Rejected where a sheet cannot hold it."""
        if len(shape.tables) > 1:
            raise Rejected(say("files_one_table", form=shape.form, tables=", ".join(shape.tables)))
        table, rows = next(iter(shape.tables.items()), ("", None))
        head = (*shape.key, shape.number, *shape.fields, *shape.sums)
        line = dict.fromkeys((rows.key, *rows.fields) if rows else ())
        line.pop(PLACE, None)
        return cls(shape.key, tuple(dict.fromkeys(filter(None, head))), table, rows, tuple(line))

    def are_lines(self, columns: Iterable[str]) -> bool:
        """These headings are those of the rows."""
        if self.rows is None:
            return True
        known = set(columns)
        if self.rows.key == PLACE:
            return 2 * len(known & set(self.line)) > len(self.line)
        return self.rows.key in known


@dataclass(slots=True)
class Headings:
    """Where a sheet has what is looked for."""

    at: int
    """The row of the headings."""
    columns: dict[str, int]
    labels: dict[str, tuple[Cell, int, int]] | None = None
    """Of a form: values by the name beside which they stand, and where."""
    end: int = 0
    """The row behind the last one."""
    unread: list[str] = field(default_factory=list)
    """Headings that nobody asked for."""
    lacking: list[str] = field(default_factory=list)
    """What was looked for in vain."""


def headings(sheet: Sheet, names: Names) -> Headings | None:
    """Where they are; None: nowhere. Raises Faulty."""
    wanted = dict.fromkeys((*names.head, *names.line))
    for at, row in enumerate(sheet.rows[:DEEP]):
        columns = _columns(row, wanted)
        if not names.are_lines(columns):
            continue
        if columns.keys() >= set(names.keys):
            return _checked(row, Headings(at, columns, end=len(sheet.rows)), wanted)
        if names.rows is not None:
            end = _end(sheet, at, columns)
            labels = dict(_labels([*sheet.rows[:at], *sheet.rows[end:]], names.head, at, end))
            if labels.keys() >= set(names.keys):
                return _checked(row, Headings(at, columns, labels, end), wanted)
    return None


def normal(text: str) -> str:
    """A heading without what makes no difference: width, blanks, the star of what is required."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).strip("*:").casefold()


def shown(cell: Cell) -> str:
    """A text in a cell, merged or not."""
    value = cell.value if isinstance(cell, Merged) else cell
    return value if isinstance(value, str) else ""


def first_text(row: Row) -> str:
    """The first cell that is filled, if it is a text."""
    return shown(next((cell for cell in row if cell is not None), None))


def is_total(text: str) -> bool:
    """What stands before a row that adds up the others."""
    return bool(_TOTAL.fullmatch(normal(text)))


def _columns(row: Row, wanted: Iterable[str]) -> dict[str, int]:
    known = {normal(name): name for name in wanted}
    found = ((known.get(normal(shown(cell))), place) for place, cell in enumerate(row))
    return {name: place for name, place in reversed([*found]) if name is not None}


def _checked(row: Row, found: Headings, wanted: Iterable[str]) -> Headings:
    """Raises Faulty where a heading stands twice, or one may be meant by another."""
    texts = [shown(cell) for cell in row if shown(cell)]
    there = [normal(text) for text in texts]
    for name in found.columns:
        if there.count(normal(name)) > 1:
            raise Faulty(say("files_heading_twice", name=name))
    known = {normal(name) for name in wanted}
    found.unread = [text for text in texts if normal(text) not in known]
    found.lacking = [n for n in wanted if n not in found.columns and n not in (found.labels or ())]
    for name in found.lacking:
        near = [text for text in found.unread if _alike(normal(name), normal(text))]
        if near:
            raise Faulty(say("files_near_heading", name=name, found=near[0]))
    return found


def _alike(one: str, other: str) -> bool:
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= ALIKE


# -- forms ------------------------------------------------------------------------------------


def _end(sheet: Sheet, at: int, columns: dict[str, int]) -> int:
    """Rows of a form end at one that is empty, adds up the others, or begins with a name."""
    for n in range(at + 1, len(sheet.rows)):
        row = sheet.rows[n]
        first = unicodedata.normalize("NFKC", first_text(row))
        if not any(cell is not None for cell in row) or is_total(first) or ":" in first:
            return n
    return len(sheet.rows)


def _labels(
    rows: Sequence[Row], wanted: Iterable[str], at: int, end: int
) -> Iterator[tuple[str, tuple[Cell, int, int]]]:
    """Names and what stands beside them; `rows` are those before `at` and from `end` on."""
    known = {normal(name): name for name in wanted}
    for n, row in enumerate(rows):
        line = n if n < at else n - at + end
        for place, cell in enumerate(row):
            before, colon, after = unicodedata.normalize("NFKC", shown(cell)).partition(":")
            name = known.get(normal(before))
            if name is None or isinstance(cell, Merged):
                continue
            if colon and after.strip():
                yield name, (after.strip(), line, place)
            else:
                yield name, _beside(row, place, known, line)


def _beside(row: Row, place: int, known: dict[str, str], line: int) -> tuple[Cell, int, int]:
    """The next cell that is filled, unless it is another name."""
    for beside in range(place + 1, min(place + 1 + FAR, len(row))):
        if row[beside] is not None:
            is_name = normal(shown(row[beside])) in known
            return (None if is_name else row[beside]), line, beside
    return None, line, place + 1
