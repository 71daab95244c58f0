"""Sheets that people edit: .xlsx for spreadsheet programs, .csv for everything else.

The first line holds the headings. Text stays text: a number of something keeps its zeros, and what
begins like a formula is none. Amounts and quantities are numbers, with which Excel can go on.
"""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from connector.errors import ConfigError, Problem
from connector.messages import Message, say
from connector.objects.showing import Cell, Rate, plainly, shown

WIDEST = 60
"""Characters of the widest column."""
READY = 500
"""Rows of a template that are formatted beforehand."""
FORMATS = {"text": "@", "date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm"}
"""By kind: how a cell takes what is typed, so that `0012` keeps its zeros."""
MOST_CHOICES = 255
"""Characters that Excel takes for a list in a cell."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that Excel takes for a formula."""


def write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a sheet; one that is there is replaced. Raises ConfigError."""
    lines = [list(headings), *rows]
    kinds = {".xlsx": _write_xlsx, ".csv": _write_csv}
    try:
        _kind(path, kinds)(path, lines)
    except OSError as error:
        raise _fault(path, say("file_unwritable", detail=error.strerror or str(error))) from None


def read(path: Path) -> list[dict[str, str]]:
    """The lines of a sheet, cells by their heading, blank ones empty. Raises ConfigError."""
    kinds = {".xlsx": _read_xlsx, ".csv": _read_csv}
    if not path.is_file():
        raise _fault(path, say("no_sheet_there"))
    lines = _kind(path, kinds)(path)
    headings: list[str] = next(lines, [])
    if len(set(headings)) < len(headings):
        twice = next(name for name in headings if headings.count(name) > 1)
        raise _fault(path, say("heading_twice", name=twice))
    found = [dict(zip(headings, [*row, *[""] * len(headings)], strict=False)) for row in lines]
    return [row for row in found if any(row.values())]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a template."""

    heading: str
    kind: str = ""
    """`text`, `number`, `date`, `instant` or `bool`, where that is known."""
    needed: bool = False
    choices: tuple[str, ...] = ()
    """What may stand in it; empty: anything."""


def write_template(path: Path, title: str, columns: Sequence[Column]) -> None:
    """Write an empty workbook with these columns. Raises ConfigError."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = titled(title)
    for place, column in enumerate(columns, 1):
        heading = column.heading + ("*" if column.needed else "")
        put_text(sheet.cell(1, place), heading)
        sheet.cell(1, place).font = Font(bold=True)
        widen(sheet, place, [heading, "2026-01-01"])
        for row in range(2, READY + 2):
            sheet.cell(row, place).number_format = FORMATS.get(column.kind, "General")
        _offer(sheet, get_column_letter(place), column.choices)
    sheet.freeze_panes = "A2"
    book.properties.version = version(column.heading for column in columns)
    try:
        _kind(path, {".xlsx": book.save})(path)
    except OSError as error:
        raise _fault(path, say("file_unwritable", detail=error.strerror or str(error))) from None


def _offer(sheet: Any, letter: str, choices: Sequence[str]) -> None:
    """Let a column offer what may stand in it."""
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = ",".join(choices)
    if choices and len(listed) <= MOST_CHOICES and not any("," in one for one in choices):
        offered = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
        offered.add(f"{letter}2:{letter}{READY + 1}")
        sheet.add_data_validation(offered)


def version(headings: Iterable[str]) -> str:
    """Of a template with these headings, in whatever order."""
    text = "\n".join(sorted(set(headings)))
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _kind(path: Path, kinds: dict[str, Any]) -> Any:
    found = kinds.get(path.suffix.lower())
    if found is None:
        raise _fault(path, say("no_sheet", known=", ".join(kinds)))
    return found


def _fault(path: Path, words: Message) -> ConfigError:
    return ConfigError([Problem(path.as_posix(), words)])


# -- .xlsx ------------------------------------------------------------------------------------


def _write_xlsx(path: Path, lines: Sequence[Sequence[Cell]]) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Any = book.active
    for number, line in enumerate(lines, 1):
        for place, value in enumerate(line, 1):
            _put(sheet.cell(number, place), value)
    for place, column in enumerate(zip(*lines, strict=True), 1):
        sheet.cell(1, place).font = Font(bold=True)
        widen(sheet, place, map(shown, column))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    book.save(path)


def titled(name: str) -> str:
    """A sheet's name of this, as Excel allows it."""
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31]


def _put(cell: Any, value: Cell) -> None:
    """Write a value as what it is."""
    if isinstance(value, Decimal | int):
        cell.value, cell.number_format = value, _format(value)
    elif value is not None:
        put_text(cell, shown(value))


def _format(value: Decimal | int) -> str:
    if isinstance(value, Rate):
        return "0.0%"
    digits = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    return f"0.{'0' * digits}" if digits > 0 else "0"


def put_text(cell: Any, text: str) -> None:
    """Write text that stays what somebody wrote, `=1+1` and `0012` too: a type of its own."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.data_type, cell.number_format = "s", "@"
    cell._value = ILLEGAL_CHARACTERS_RE.sub("", text)


def widen(sheet: Any, place: int, texts: Iterable[str]) -> None:
    """Make a column as wide as these; Chinese characters are twice as wide."""
    from openpyxl.utils import get_column_letter

    width = max(map(_width, texts))
    sheet.column_dimensions[get_column_letter(place)].width = min(width, WIDEST) + 2


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def _read_xlsx(path: Path) -> Iterator[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise _fault(path, say("not_xlsx")) from None
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_text(value) for value in row]
    finally:
        book.close()


def _text(value: Any) -> str:
    """A cell as a person sees it: a whole number has no point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


# -- .csv -------------------------------------------------------------------------------------


def _write_csv(path: Path, lines: Sequence[Sequence[Cell]]) -> None:
    # With a mark at its beginning, without which Excel takes it for the system's old code page.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([[_in_csv(value) for value in line] for line in lines])


def _in_csv(value: Cell) -> str:
    return plainly(value) if isinstance(value, Decimal | int) else no_formula(shown(value))


def no_formula(text: str) -> str:
    """Excel would compute what begins like a formula; an apostrophe makes a text of it."""
    return f"'{text}" if text[:1] in FORMULAS else text


def _read_csv(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise _fault(path, say("csv_not_utf8")) from None
    for row in csv.reader(text.splitlines(keepends=True)):
        yield [unguarded(cell.strip()) for cell in row]


def unguarded(text: str) -> str:
    """The text again."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULAS else text
