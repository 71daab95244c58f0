"""What is stored, as people read it: lines by their number, not by their key; plain numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


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


def plainly(value: Any) -> str:
    """A value of a document as people write it: `7`, not `7.0000000000`."""
    text = str(value)
    whole, point, digits = text.partition(".")
    if not (whole.lstrip("-").isdigit() and digits.isdigit() and point):
        return text
    return text.rstrip("0").rstrip(".")
