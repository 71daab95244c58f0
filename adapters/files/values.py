"""What a cell means where a text, a number or a day is wanted; in full or half width.

A cell whose field only conditions and formulas of the mapping use is taken for what it looks
like: in a CSV file everything is text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from adapters.files.codec import Cell, Flaw, Merged, day_of
from connector.messages import Message, say

LAST_DAY = 2_958_465
"""The number under which Excel knows the last day of the year 9999."""
_NUMBER = re.compile(r"([-+]?)[¥$￥]?(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(%?)")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d{2,3}")
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
    r"(?:[T ]+(\d.*))?"
)


class Wrong(ValueError):
    """A cell that is not what is wanted there."""

    def __init__(self, words: Message) -> None:
        super().__init__(words)
        self.words = words


def meant(cell: Cell, kind: str, *, from_1904: bool = False) -> Any:
    """What a cell means; None: nothing. Raises Wrong."""
    if _is_meant(cell, kind):
        return cell
    if isinstance(cell, Merged):
        cell = cell.value
    if isinstance(cell, Flaw):
        raise Wrong(say(cell.id))
    if cell is None or cell == "":
        return None
    if kind in ("date", "instant"):
        return _moment(cell, from_1904)
    return _MEANT.get(kind, _by_its_looks)(cell)


def _is_meant(cell: Cell, kind: str) -> bool:
    """It is of its kind already, as most are."""
    if kind == "text":
        return type(cell) is str and "E+" not in cell and cell != ""
    return cell is None or (kind == "number" and type(cell) is Decimal)


def _text(cell: Any) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    if "E+" in text and _SCIENTIFIC.fullmatch(text):
        raise Wrong(say("files_digits_lost"))  # a CSV file that was saved by a program once more
    return text.upper() if isinstance(cell, bool) else text


def _number(cell: Any) -> Any:
    if isinstance(cell, Decimal | bool):
        return cell
    number = _as_number(str(cell))
    if number is None:
        raise Wrong(say("files_need_number", text=_short(cell)))
    return number


def _as_number(text: str) -> Decimal | None:
    """A number as people write it: `1,234.50`, `¥12`, `13%`, in full width, too."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    match = _NUMBER.fullmatch(plain)
    if match is None or not (match[2] or match[3]):
        return None
    try:
        number = Decimal(f"{match[1]}{(match[2] or '0').replace(',', '')}{match[3] or ''}")
    except InvalidOperation:
        return None
    return number / 100 if match[4] else number


def _moment(cell: Any, from_1904: bool) -> str:
    """A day or an instant as ISO text, in the zone of whoever wrote it."""
    if isinstance(cell, Decimal) and 0 < cell <= LAST_DAY:
        epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
        cell = day_of(from_excel(float(cell), epoch))
    if isinstance(cell, date):
        return cell.isoformat()
    text = unicodedata.normalize("NFKC", _text(cell))
    match = _DAY.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year, _, *parts, clock = match.groups()
        month, day = (int(part) for part in parts if part)
        found = date(int(year), month, day).isoformat()
        return datetime.fromisoformat(f"{found} {clock.strip()}").isoformat() if clock else found
    except ValueError:
        raise Wrong(say("files_need_date", text=_short(cell))) from None


def _by_its_looks(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell.isoformat() if isinstance(cell, date) else cell
    number = None if cell[:1] == "0" and cell[1:2].isdigit() else _as_number(cell)
    return cell if number is None else number


def _short(cell: Any) -> str:
    return str(cell)[:40]


_MEANT: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "number": _number,
    "any": lambda cell: cell.isoformat() if isinstance(cell, date) else cell,
    "bool": lambda cell: cell if isinstance(cell, bool) else _text(cell),
}
