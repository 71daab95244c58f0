"""From the cells of a file to its records.

Rows that carry the same key are one record: what is the record's own may stand in each of them
or in the first, and may not differ. What cannot be read is a record all the same, with the
reason and the cell, so that somebody hears of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from adapters.files.codec import Book, Cell, Merged, Sheet
from adapters.files.layout import (
    PLACE,
    Faulty,
    Headings,
    Names,
    first_text,
    headings,
    is_total,
    normal,
)
from adapters.files.values import Wrong, meant
from connector import sheets
from connector.contract import Shape
from connector.messages import Message, say

LONGEST = 150
"""Characters of a key."""
NAME = 100
"""Of a file's name in the key of what has none."""


@dataclass(slots=True)
class Found:
    """A record in a file, or what cannot be one."""

    key: str
    number: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    sheet: str = ""
    at: int = 0
    """The row of the headings, and those in which it stands, counted from one; 0: nowhere."""
    rows: list[int] = field(default_factory=list)
    fault: Message | str = ""
    nameless: bool = False
    """It has no key but its place in the file."""
    note: str = ""
    """What is to be said of the file besides."""


def records(book: Book, file: str, shape: Shape, only: str = "") -> list[Found]:
    """All that is in a file of this name; `only` names the sheet that is read."""
    if book.fault:
        return [_nameless(file, book.fault)]
    names = Names.of(shape)
    found: list[Found] = []
    for sheet in book.sheets:
        if not only or normal(sheet.name) == normal(only):
            found += _in_sheet(sheet, book, names, shape, file)
    if not found:
        wanted = ", ".join((*names.keys, *names.line))
        return [_nameless(file, say("files_no_headings", names=wanted))]
    return _once(found)


def _nameless(file: str, words: Message | str, sheet: str = "", at: int = 0, row: int = 0) -> Found:
    """What cannot be a record, by its place."""
    place = f"{file[:NAME]} {sheet}".strip()
    key, rows = (f"{place}!{row}", [row]) if row else (place, [])
    return Found(key, file, {}, sheet, at, rows, words, nameless=True)


def _in_sheet(sheet: Sheet, book: Book, names: Names, shape: Shape, file: str) -> list[Found]:
    try:
        where = headings(sheet, names)
    except Faulty as fault:
        return [_nameless(file, fault.words, sheet.name)]
    if where is None:
        return []
    found = list(_Reading(sheet, where, names, shape, file, book.from_1904))
    if where.lacking:
        other = book.version and book.version != sheets.version((*names.head, *names.line))
        words = say(
            "files_old_template" if other else "files_lacks", names=", ".join(where.lacking)
        )
        for one in found:
            one.note = str(words)
    return found


def _once(found: Sequence[Found]) -> list[Found]:
    """A record that stands in two sheets of one file is neither."""
    by_key: dict[str, Found] = {}
    for one in found:
        first = by_key.setdefault(one.key, one)
        if first is not one:
            first.fault = say("files_in_two_sheets", one=first.sheet, other=one.sheet)
    return list(by_key.values())


class _Reading:
    """Reads one sheet."""

    def __init__(
        self, sheet: Sheet, where: Headings, names: Names, shape: Shape, file: str, from_1904: bool
    ) -> None:
        self._sheet = sheet
        self._where = where
        self._names = names
        self._shape = shape
        self._file = file
        self._from_1904 = from_1904
        self._kinds = {**shape.kinds, **dict.fromkeys((*shape.key, shape.number), "text")}
        row, columns = names.rows, where.columns
        kinds = {**row.kinds, row.key: "text"} if row else {}
        self._columns = [(columns[n], n, kinds.get(n, "")) for n in names.line if n in columns]
        """Those of a row: where, its name, and of which kind what stands there is."""
        self._telling = [at for name, at in columns.items() if not row or name != row.key]
        """Columns in which something stands of every row that is not blank."""

    def __iter__(self) -> Iterator[Found]:
        if self._where.labels is not None:
            yield self._form()
            return
        groups: dict[str, list[int]] = {}
        for n in range(self._where.at + 1, self._where.end):
            if self._is_blank(n):
                continue
            try:
                parts = [str(self._own(name, [n]) or "") for name in self._names.keys]
            except Wrong as wrong:
                yield self._row(n, wrong.words)
                continue
            key = "|".join(parts)
            if len(key) > LONGEST:
                yield self._row(n, say("files_key_too_long", row=n + 1, most=LONGEST))
            elif any(parts) and not is_total(parts[0]):
                groups.setdefault(key, []).append(n)
            elif not is_total(parts[0] or first_text(self._sheet.rows[n])):
                yield self._row(n, say("files_no_key", row=n + 1, name=self._names.keys[0]))
        for key, lines in groups.items():
            yield self._record(key, lines)

    def _form(self) -> Found:
        lines = [n for n in range(self._where.at + 1, self._where.end) if not self._is_blank(n)]
        try:
            key = "|".join(str(self._own(name, ()) or "") for name in self._names.keys)
        except Wrong as wrong:
            return _nameless(self._file, wrong.words, self._sheet.name)
        if not key.strip("|"):
            words = say("files_no_key_in_form", name=self._names.keys[0])
            return _nameless(self._file, words, self._sheet.name)
        return self._record(key, lines)

    def _row(self, n: int, words: Message) -> Found:
        """A row that belongs to no record."""
        return _nameless(self._file, words, self._sheet.name, self._where.at + 1, n + 1)

    def _record(self, key: str, lines: Sequence[int]) -> Found:
        found = Found(key, sheet=self._sheet.name, at=self._where.at + 1)
        found.rows = [n + 1 for n in lines]
        fields = found.fields
        try:
            for name in self._names.head:
                of = self._sum if name in self._shape.sums else self._own
                fields[name] = of(name, lines)
            if self._names.rows is not None:
                fields[self._names.table] = list(self._lines(lines))
        except Wrong as wrong:
            found.fault = wrong.words
        found.number = str(fields.get(self._shape.number) or key) if self._shape.number else ""
        return found

    # -- the record's own -------------------------------------------------------------------

    def _own(self, name: str, lines: Sequence[int]) -> Any:
        """What stands in one of its rows, or beside the name. Raises Wrong."""
        labels = self._where.labels or {}
        if name in labels:
            cell, n, place = labels[name]
            return self._meant(cell, self._kinds.get(name, ""), n, place, name)
        if name not in self._where.columns:
            return None
        told, at = None, 0
        for n in lines:
            value = self._value(n, name)
            if told is None:
                told, at = value, n
            elif value is not None and value != told:
                one, other = (self._cell(m, self._where.columns[name]) for m in (at, n))
                raise Wrong(say("files_differ", name=name, one=one, other=other))
        return told

    def _value(self, n: int, name: str) -> Any:
        place = self._where.columns[name]
        return self._meant(self._at(n, place), self._kinds.get(name, ""), n, place, name)

    def _sum(self, name: str, lines: Sequence[int]) -> Any:
        """What they add up to. Raises Wrong."""
        if name not in self._where.columns:
            return None
        values = [self._value(n, name) for n in lines]
        return sum((value for value in values if value is not None), Decimal(0))

    # -- its rows ---------------------------------------------------------------------------

    def _lines(self, lines: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Each row. What is merged over several is no row's own. Raises Wrong."""
        rows = self._names.rows
        assert rows is not None
        keys: set[str] = set()
        for place, n in enumerate(lines, 1):
            row = self._line(n)
            if all(value is None for name, value in row.items() if name != rows.key):
                continue  # numbered beforehand, and left empty
            if rows.key == PLACE:
                row[PLACE] = str(place)
            if not row.get(rows.key):
                raise Wrong(say("files_no_row_key", row=n + 1, name=rows.key))
            if row[rows.key] in keys:
                raise Wrong(say("files_row_twice", row=n + 1, name=rows.key, key=row[rows.key]))
            keys.add(row[rows.key])
            yield row

    def _line(self, n: int) -> dict[str, Any]:
        return {
            name: self._meant(cell, kind, n, column, name)
            for column, name, kind in self._columns
            if not isinstance(cell := self._at(n, column), Merged)
        }

    # -- cells ------------------------------------------------------------------------------

    def _at(self, n: int, place: int) -> Cell:
        row = self._sheet.rows[n]
        return row[place] if place < len(row) else None

    def _is_blank(self, n: int) -> bool:
        """Nothing stands in it that is looked for but its number, or what is merged into it."""
        return all(
            cell is None or isinstance(cell, Merged)
            for cell in (self._at(n, place) for place in self._telling)
        )

    def _meant(self, cell: Cell, kind: str, n: int, place: int, name: str) -> Any:
        try:
            return meant(cell, kind, from_1904=self._from_1904)
        except Wrong as wrong:
            where = self._cell(n, place)
            raise Wrong(say("files_at_cell", cell=where, name=name, why=wrong.words)) from None

    def _cell(self, n: int, place: int) -> str:
        return f"{get_column_letter(place + 1)}{n + 1}"
