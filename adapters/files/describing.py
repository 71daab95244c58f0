"""Telling fields: the headings of a file, and names beside which values stand."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.files.codec import Book, Row
from adapters.files.layout import DEEP, shown
from connector.contract import FormField


def fields_of(book: Book) -> Iterator[FormField]:
    """The row with the most texts, and above it every text with something beside it."""
    names: dict[str, None] = {}
    for sheet in book.sheets:
        rows = sheet.rows[:DEEP]
        widest = max(range(len(rows)), key=lambda n: _texts(rows[n]), default=0)
        for n, row in enumerate(rows[: widest + 1]):
            for place, cell in enumerate(row):
                beside = row[place + 1 : place + 2]
                if n == widest or (beside and beside[0] is not None):
                    names.setdefault(shown(cell).strip("*:： "))
    yield from (FormField(name) for name in names if name)


def _texts(row: Row) -> int:
    """How many there are, if there is nothing else."""
    texts = sum(bool(shown(cell)) for cell in row)
    return texts if texts == sum(cell is not None for cell in row) else 0
