"""How what is stored is shown on pages: times, amounts, browsers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from connector.messages import say, word
from connector.objects.showing import Rate, amount, called, plainly, shown
from connector.operations.mappings.rules import named

BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "MicroMessenger/": "WeChat",
            "DingTalk/": "DingTalk", "Chrome/": "Chrome", "Safari/": "Safari"}  # fmt: skip
"""What browsers call themselves, and who they are; the first that fits: most claim to be others,
too."""
MACHINES = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
            "Mac OS": "macOS", "Linux": "Linux"}  # fmt: skip


def moment(at: float | datetime | None, zone: ZoneInfo | None) -> str:
    """A time as people read it there; empty: there is none."""
    if not at:
        return ""
    time = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def ago(seconds: float | None) -> str:
    """How long something took, or ago it was, in its largest unit."""
    if seconds is None:
        return ""
    span = timedelta(seconds=max(seconds, 0))
    if span.days:
        return str(say("span_days", n=span.days))
    if span.seconds >= 3600:
        return str(say("span_hours", n=span.seconds // 3600))
    if span.seconds >= 60:
        return str(say("span_minutes", n=span.seconds // 60))
    return str(say("span_seconds", n=span.seconds))


def money(value: Any) -> str:
    """A number with its thousands apart and two digits behind the point at least, as people write
    what they pay."""
    text = amount(value)
    whole, _, digits = text.partition(".")
    return f"{whole}.{digits:0<2}" if whole[-1:].isdigit() else text


def evidence(name: str, value: Any) -> str:
    """A value of a field that departments are shown."""
    field = name.rpartition(".")[2]
    if field == "rate" and _NUMBER.fullmatch(str(value)):
        return shown(Rate(value))
    return money(value) if field.startswith("amount") else "" if value is None else plainly(value)


_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def browser(name: str) -> str:
    """A browser by what it is and where it runs; a program by the name that it was given."""
    what = next((known for mark, known in BROWSERS.items() if mark in name), "")
    where = next((known for mark, known in MACHINES.items() if mark in name), "")
    return " · ".join(filter(None, (what, where))) if what else name[:60]


def first_up(text: str) -> str:
    """A text that begins what is said, where its language has capital letters."""
    return text[:1].upper() + text[1:]


def path(part: Any) -> str:
    """A text as one part of a path."""
    return quote(str(part), safe="")


def query(values: Mapping[str, Any], **other: Any) -> str:
    """A query of these values, others in their place; those that are empty are left out."""
    merged: Iterable[tuple[str, Any]] = {**values, **other}.items()
    return urlencode([(name, value) for name, value in merged if value])


def inputs(objects: Iterable[str]) -> str:
    """Kinds of records, one after the other."""
    return str(say("comma")).join(word("object", one) for one in objects)


def numeric(rows: Iterable[Sequence[Any]]) -> set[int]:
    """The columns that hold numbers, by their places."""
    return {n for row in rows for n, cell in enumerate(row) if isinstance(cell, Decimal | int)}


def said(id: str, /, **params: Any) -> str:
    """A sentence of the catalogue."""
    return str(say(id, **params))


GLOBALS = {"t": said, "word": word, "query": query, "inputs": inputs, "evidence": evidence,
           "numeric": numeric}  # fmt: skip
FILTERS = {
    "moment": moment, "plainly": plainly, "ago": ago, "path": path, "amount": amount,
    "money": money, "shown": shown, "field": called, "browser": browser, "first_up": first_up,
    "named": named,
}  # fmt: skip
"""What templates may use."""
