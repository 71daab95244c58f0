"""Sheets as they are read: cells of workbooks and CSV files, before anybody asks what they mean.

Excel holds numbers in binary floating point and shows 15 digits of them; no more can be
entered. So a number is its first 15 digits, exact: what somebody typed, and what a formula came
to less the noise behind it (`0.1 + 0.2` is 0.3). Longer ones have lost digits, and say so.

What was read is kept as JSON, so that a file is taken apart once.
"""

from __future__ import annotations

import csv
import io
import threading
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from connector import exact, sheets
from connector.messages import Message, dump, load, say

DIGITS = 15
PLAIN = frozenset((str, Decimal, bool, type(None)))
"""What JSON holds as it is."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell that cannot be read; `id` of the sentence that says why."""

    id: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell below the first one of merged cells: it shows what stands there."""

    value: Any


Cell = str | Decimal | bool | date | datetime | Flaw | Merged | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Book:
    """The visible sheets of a file, or why it has none."""

    sheets: Sequence[Sheet] = ()
    fault: Message | str = ""
    version: str = ""
    """Of the template that it was made from; empty: unknown."""
    from_1904: bool = False
    """Days are counted from 1904, as old Macs did."""


class Unreadable(Exception):
    """A file that cannot be read."""

    def __init__(self, id: str, **params: Any) -> None:
        super().__init__(id)
        self.words = say(id, **params)


def is_workbook(name: str) -> bool:
    """By its name."""
    return name.lower().endswith((".xlsx", ".xlsm"))


def read(name: str, content: bytes | None, most: int) -> Book:
    """What is in a file, not `most` bytes or more."""
    try:
        if content is None:
            raise Unreadable("files_too_large", most=most // 1_000_000)
        if is_workbook(name):
            return _workbook(content, most)
        if name.lower().endswith(".csv"):
            return Book([Sheet("", _csv(content))])
        raise Unreadable("files_no_sheet")
    except Unreadable as fault:
        return Book(fault=fault.words)


# -- workbooks --------------------------------------------------------------------------------

_quiet = threading.Lock()


def _workbook(content: bytes, most: int) -> Book:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > most:
                raise Unreadable("files_too_large", most=most // 1_000_000)
            parts = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
            computed = any(b"<f" in archive.read(part) for part in parts)
        book = opened(content, data_only=True)
        formulas = opened(content, data_only=False) if computed else None
        found = [
            Sheet(sheet.title, _rows(sheet, formulas[sheet.title] if formulas else None))
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - whatever the library says of a broken file
        raise Unreadable("files_broken") from None
    version = str(book.properties.version or "")
    return Book(found, version=version, from_1904=book.epoch == CALENDAR_MAC_1904)


def opened(content: bytes, *, data_only: bool) -> Any:
    """A workbook for openpyxl; `data_only`: values in place of formulas."""
    # What it cannot keep (drawings, lists of other sheets) is nothing to us. Filters are global.
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(content), data_only=data_only)


def _rows(sheet: Any, formulas: Any | None) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[_cell(cell) for cell in line] for line in sheet.iter_rows()]
    for line in formulas.iter_rows() if formulas is not None else ():
        for cell in line:
            if cell.data_type == "f" and rows[cell.row - 1][cell.column - 1] is None:
                rows[cell.row - 1][cell.column - 1] = Flaw("files_no_value")
    for span in sheet.merged_cells.ranges:
        first = rows[span.min_row - 1][span.min_col - 1]
        for n in range(span.min_row, span.max_row):
            rows[n][span.min_col - 1] = Merged(first)
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    return rows


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = value.strip()
        if text and cell.data_type == "e":
            return Flaw("files_error_value")
        return text or None
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    return day_of(value) if isinstance(value, datetime) else str(value)


def day_of(moment: datetime) -> date:
    """A moment; midnight is the day."""
    return moment.date() if moment == datetime.combine(moment, time()) else moment


def _number(value: float, format: str) -> Cell:
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{DIGITS}g}")
    if abs(number) >= 10**DIGITS:
        return Flaw("files_digits_lost")
    whole = number == number.to_integral_value()
    if whole and number >= 0 and len(format) > 1 and not format.strip("0"):
        return f"{int(number):0{len(format)}}"  # 0012 is twelve, shown with zeros
    return number


# -- CSV --------------------------------------------------------------------------------------


def _csv(content: bytes) -> list[list[Cell]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise Unreadable("files_broken") from None
    return [[_text(cell) for cell in row] for row in found]


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel writes for `Unicode text` and in China for CSV."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    for encoding in (marks.get(content[:2], "utf-8-sig"), "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("files_no_encoding")


def _text(cell: str) -> Cell:
    text = cell.strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]  # how exports keep zeros at the beginning of a code
    return sheets.unguarded(text) or None


# -- what is kept -----------------------------------------------------------------------------


def dumped(book: Book) -> bytes:
    """A book as JSON."""
    kept = {
        "fault": dump(book.fault),
        "version": book.version,
        "from_1904": book.from_1904,
        "sheets": [
            [sheet.name, [list(map(as_json, row)) for row in sheet.rows]] for sheet in book.sheets
        ],
    }
    return exact.encode(kept)


def loaded(text: bytes) -> Book:
    """The book again."""
    kept = exact.loads(text)
    found = [
        Sheet(name, [list(map(from_json, row)) for row in rows]) for name, rows in kept["sheets"]
    ]
    return Book(found, load(kept["fault"]), kept["version"], kept["from_1904"])


def as_json(value: Any) -> Any:
    """A value as JSON holds it, with its kind where JSON has none."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, Flaw):
        return {"flaw": value.id}
    if isinstance(value, Merged):
        return {"merged": as_json(value.value)}
    if isinstance(value, date):
        return {"moment" if isinstance(value, datetime) else "day": value.isoformat()}
    return value


def from_json(kept: Any) -> Any:
    """The value again; a number is a Decimal."""
    if type(kept) in PLAIN:
        return kept
    if isinstance(kept, dict):
        ((kind, value),) = kept.items()
        return _KINDS[kind](value)
    return Decimal(kept) if isinstance(kept, int) else kept


_KINDS: dict[str, Any] = {
    "flaw": Flaw,
    "merged": lambda value: Merged(from_json(value)),
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
}
