"""What is stored, as people read it: fields by what they are called, lines by their number and
not by their key, plain numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connector.messages import say, word

_OF_LINE = re.compile(r"(?P<part>\w+)\[(?P<line>[^\[\]]+)\]\.(?P<rest>.+)")


class Rate(Decimal):
    """A fraction that people read in per cent."""


Cell = str | int | Decimal | date | None
"""What stands in a table."""


def labels(values: Mapping[str, Any]) -> dict[str, str]:
    """`{line key: its number}` of a stored record; where lines carry none, their place."""
    lines = values.get("lines") or ()
    return {line["id"]: str(line.get("line_no") or n) for n, line in enumerate(lines, 1)}


def readable(text: str, known: Mapping[str, str]) -> str:
    """`rows/6523f…/FQty` as `rows[2].FQty`, for every line that is known, wherever it stands."""
    if not known:
        return text
    keys = "|".join(re.escape(key) for key in sorted(known, key=len, reverse=True))
    return re.sub(rf"[/.]({keys})[/.]", lambda match: f"[{known[match[1]]}].", text)


_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Nothing that people see, but ends of lines and what joins the parts of a character."""
INSTEAD = "\ufffd"


def harmless(value: Any) -> Any:
    """The same, with a sign in the place of what cannot be seen: it may turn the direction of
    reading, steer a terminal, or make two names look alike that are not."""
    text = value if isinstance(value, str) else str(value)
    if _UNSEEN.search(text) is None:
        return value
    shown = _UNSEEN.sub(INSTEAD, text)
    return type(value)(shown) if isinstance(value, str) else shown


def plainly(value: Any) -> str:
    """A value of a document as people write it: `7`, not `7.0000000000`."""
    text = str(value)
    whole, point, digits = text.partition(".")
    if not (whole.lstrip("-").isdigit() and digits.isdigit() and point):
        return text
    return text.rstrip("0").rstrip(".")


def amount(value: Any) -> str:
    """A number with its thousands apart."""
    text = plainly(value) if value is not None else ""
    sign = "-" if text.startswith("-") else ""
    whole, point, digits = text.removeprefix("-").partition(".")
    return f"{sign}{int(whole):,}{point}{digits}" if whole.isdigit() else text


def shown(cell: Cell) -> str:
    """A cell as people read it."""
    if isinstance(cell, Rate):
        return f"{plainly((cell * 100).quantize(Decimal('0.1')))} %"
    if isinstance(cell, Decimal | int):
        return f"{cell:,}"
    return "" if cell is None else str(cell)


def called(path: str) -> str:
    """A field by what people call it: `lines[2].quantity`, `customer.name`, `custom.colour`."""
    found = _OF_LINE.fullmatch(path)
    if found:
        return str(say("field_of_line", line=found["line"], field=called(found["rest"])))
    other, _, name = path.removeprefix("custom.").rpartition(".")
    field = word("called", name)
    return str(say("field_of_other", other=called(other), field=field)) if other else field
