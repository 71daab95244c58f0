"""Sheets as they are written: every value by its kind, and nothing that Excel would compute."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from adapters.files.codec import DIGITS
from adapters.files.settings import FilesSettings
from connector import sheets
from connector.errors import Rejected
from connector.messages import say

HEADING = Font(bold=True)
Line = Mapping[str, Any]
"""Values by heading."""


def rendered(form: str, headings: Sequence[str], lines: Sequence[Line], to: FilesSettings) -> bytes:
    """A file of one sheet. Raises Rejected where its encoding lacks a character."""
    if to.format == "csv":
        return _csv(headings, lines, to)
    book = Workbook()
    sheet: Any = book.active
    sheet.title = sheets.titled(form)
    for place, heading in enumerate(headings, 1):
        top = sheet.cell(1, place)
        sheets.put_text(top, heading)
        top.font = HEADING
        sheets.widen(sheet, place, [heading, *(str(line.get(heading) or "") for line in lines)])
        for row, line in enumerate(lines, 2):
            put(sheet.cell(row, place), line.get(heading), to)
    sheet.freeze_panes = "A2"
    return saved(book)


def saved(book: Any) -> bytes:
    """A workbook as bytes."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def put(cell: Any, value: Any, to: FilesSettings) -> None:
    """Write a value into a cell; one that a cell cannot hold exactly becomes text."""
    if value is None or value == "":
        cell.value = None
    elif isinstance(value, bool):
        cell.value = value
    elif isinstance(value, Decimal | int):
        exact = len(Decimal(value).normalize().as_tuple().digits) <= DIGITS
        if exact and abs(value) < 10**DIGITS:
            cell.value = value
        else:
            sheets.put_text(cell, plain(value))
    elif isinstance(value, date):
        cell.value = _local(value, to)
        cell.number_format = "yyyy-mm-dd hh:mm:ss" if isinstance(value, datetime) else "yyyy-mm-dd"
    else:
        sheets.put_text(cell, str(value))


def plain(value: Any) -> str:
    """A number as digits alone."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _local(value: date, to: FilesSettings) -> date:
    """An instant by the clock of the settings, to the second; a day as it is."""
    if not isinstance(value, datetime):
        return value
    return value.astimezone(to.zone).replace(tzinfo=None, microsecond=0)


def _csv(headings: Sequence[str], lines: Sequence[Line], to: FilesSettings) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([sheets.no_formula(heading) for heading in headings])
    writer.writerows([_told(line.get(heading), to) for heading in headings] for line in lines)
    try:
        return text.getvalue().encode(to.encoding)
    except UnicodeEncodeError as error:
        wrong = error.object[error.start]
        raise Rejected(say("files_no_character", char=wrong, encoding=to.encoding)) from None


def _told(value: Any, to: FilesSettings) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal | int):
        return plain(value)
    if isinstance(value, date):
        return str(_local(value, to))
    return sheets.no_formula(str(value))
