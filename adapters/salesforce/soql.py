"""Queries in SOQL: typed literals, names of a known shape, nothing put together from text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from connector.errors import Rejected
from connector.messages import say

Filter = tuple[str, str, str | datetime | Sequence[str]]
"""`(field, operator, value or values)`; filters are ANDed, nothing else is offered."""

LONGEST = 6_000
"""Characters of an address that the values of one filter may take; it may have 16384 in all."""

_NAME = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*")
_ESCAPES = str.maketrans({
    "\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
})  # fmt: skip


def query(
    form: str, fields: Sequence[str], filters: Sequence[Filter], order: str, limit: int
) -> str:
    """`SELECT … ORDER BY order LIMIT limit`. Raises Rejected for what is no name."""
    where = " AND ".join(_condition(*one) for one in filters)
    names = ", ".join(_name(field) for field in dict.fromkeys(fields))
    chosen = ["SELECT", names, "FROM", _name(form), *(["WHERE", where] if where else [])]
    return " ".join([*chosen, f"ORDER BY {order} LIMIT {limit}"])


def fitting(values: Sequence[str]) -> Iterator[list[str]]:
    """The values in portions that one address can carry."""
    some: list[str] = []
    left = LONGEST
    for value in values:
        size = len(quote(_literal(value))) + 1
        if some and size > left:
            yield some
            some, left = [], LONGEST
        some.append(value)
        left -= size
    if some:
        yield some


def _condition(field: str, operator: str, value: str | datetime | Sequence[str]) -> str:
    if isinstance(value, str | datetime):
        return f"{_name(field)} {operator} {_literal(value)}"
    return f"{_name(field)} {operator} ({','.join(map(_literal, value))})"


def _literal(value: str | datetime) -> str:
    """Stamps have whole seconds, so an instant is cut to them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"'{value.translate(_ESCAPES)}'"


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Rejected(say("salesforce_no_name", name=name), field=name)
    return name
