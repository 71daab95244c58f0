"""FilterString: the one place where values become part of a query.

The server takes SQL-like text, so nothing may reach it that was not looked at: fields come
from a list of known names, values are typed, texts are quoted with their quotes doubled, and
whatever no number, name or mark ever looks like is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal, Self

from connector.errors import Rejected
from connector.messages import say

Value = str | int | datetime
"""A literal's type decides how it is written: a number is bare, all else is quoted."""
Operator = Literal["=", "<>", "<", "<=", ">", ">="]

LONGEST = 200
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAME = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*){0,2}", re.ASCII)


class Where:
    """Conditions that must all hold. `str` gives the text."""

    def __init__(self, known: Collection[str]) -> None:
        """`known` are the fields that may stand in it."""
        self._known = known
        self._parts: list[str] = []

    def has(self, field: str, operator: Operator, value: Value) -> Self:
        """`field operator value`."""
        self._parts.append(f"{self._name(field)} {operator} {literal(value)}")
        return self

    def among(self, field: str, values: Iterable[Value]) -> Self:
        """`field` is one of `values`, of which there must be some."""
        listed = ",".join(map(literal, values))
        self._parts.append(f"{self._name(field)} in ({listed})")
        return self

    def __str__(self) -> str:
        return " and ".join(self._parts)

    def _name(self, field: str) -> str:
        if field not in self._known or not _NAME.fullmatch(field):
            raise Rejected(say("kingdee_filter_field", field=field[:LONGEST]))
        return field


def literal(value: Value) -> str:
    """A value as the server's filter reads it. Raises Rejected for texts nobody would mean."""
    if isinstance(value, bool) or not isinstance(value, str | int | datetime):
        raise TypeError(type(value).__name__)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return f"'{value.isoformat(' ', 'seconds')}'"
    if len(value) > LONGEST or _CONTROL.search(value):
        raise Rejected(say("kingdee_filter_value", value=ascii(value[:LONGEST])))
    return "'" + value.replace("'", "''") + "'"
