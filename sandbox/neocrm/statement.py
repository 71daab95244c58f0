"""Queries: `select … from … where … and … order by id limit …`, and nothing beyond that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from .errors import BAD_QUERY, Refusal

PLAIN, DOUBLED, SLASHED = r"'[^'\\]*'", r"'(?:[^']|'')*'", r"'(?:[^'\\]|\\.)*'"
QUOTES = {"none": PLAIN, "double": DOUBLED, "backslash": SLASHED}
"""By what the switch `quotes` says: how a quote may stand in a text."""
LONGEST, LONGEST_WHERE = 20_000, 4_000
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """`field operator values`; `in` has several."""

    field: str
    operator: str
    values: tuple[Any, ...]

    def holds(self, value: Any) -> bool:
        """Whether a value passes. What is empty passes nothing but `is null`."""
        if self.operator == "is null":
            return value is None
        if self.operator == "is not null":
            return value is not None
        if value is None:
            return False
        compare = COMPARISONS["=" if self.operator == "in" else self.operator]
        return any(_holds(compare, value, one) for one in self.values)


@dataclass(frozen=True, slots=True)
class Statement:
    """A query, understood."""

    fields: tuple[str, ...]
    object: str
    conditions: tuple[Condition, ...]
    order: tuple[str, ...]
    """The fields it is sorted by."""
    offset: int
    limit: int


def parsed(text: str, quotes: str) -> Statement:
    """Understand a query. Raises Refusal."""
    where = re.search(r"\bwhere\b(.*?)(?:\border by\b|\blimit\b|$)", text, re.I | re.S)
    if len(text) > LONGEST or (where and len(where[1]) > LONGEST_WHERE):
        raise Refusal(BAD_QUERY, "查询语句过长")
    return _Parser(text, QUOTES[quotes], quotes).statement()


class _Parser:
    def __init__(self, text: str, literal: str, quotes: str) -> None:
        pattern = rf"\s*({literal}|[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?|!=|>=|<=|[=<>(),*])"
        self._tokens = list(_tokens(text, re.compile(pattern)))
        self._at, self._quotes = 0, quotes

    def statement(self) -> Statement:
        self._word("select")
        fields = self._list(self._name)
        self._word("from")
        source = self._name()
        conditions: list[Condition] = []
        if self._skip("where"):
            conditions.append(self._condition())
            while self._skip("and"):
                conditions.append(self._condition())
        order: list[str] = []
        if self._skip("order"):
            self._word("by")
            order = self._list(self._sorted)
        offset, limit = self._limits() if self._skip("limit") else (0, 0)
        if self._peek():
            raise _unexpected(self._peek())
        return Statement(tuple(fields), source, tuple(conditions), tuple(order), offset, limit)

    def _limits(self) -> tuple[int, int]:
        first = int(self._next())
        if self._skip(","):
            return first, int(self._next())
        return (int(self._next()) if self._skip("offset") else 0), first

    def _condition(self) -> Condition:
        field = self._name()
        if self._skip("is"):
            negated = self._skip("not")
            self._word("null")
            return Condition(field, "is not null" if negated else "is null", ())
        if self._skip("in"):
            self._word("(")
            values = self._list(self._value)
            self._word(")")
            return Condition(field, "in", tuple(values))
        operator = self._next()
        if operator not in COMPARISONS:
            raise _unexpected(operator)
        return Condition(field, operator, (self._value(),))

    def _sorted(self) -> str:
        name = self._name()
        self._skip("asc")
        return name

    def _value(self) -> Any:
        token = self._next()
        if not token.startswith("'"):
            return Decimal(token) if token[-1:].isdigit() else token
        inner = token[1:-1]
        if self._quotes == "double":
            return inner.replace("''", "'")
        return re.sub(r"\\(.)", r"\1", inner) if self._quotes == "backslash" else inner

    def _name(self) -> str:
        token = self._next()
        if not re.fullmatch(r"[A-Za-z_][\w.]*", token):
            raise _unexpected(token)
        return token

    def _list(self, one: Callable[[], Any]) -> list[Any]:
        found = [one()]
        while self._skip(","):
            found.append(one())
        return found

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        if not token:
            raise _unexpected("语句结尾")
        return token

    def _skip(self, word: str) -> bool:
        found = self._peek().lower() == word
        self._at += found
        return found

    def _word(self, word: str) -> None:
        if not self._skip(word):
            raise _unexpected(self._peek())


def _tokens(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    at = 0
    while text[at:].strip():
        match = pattern.match(text, at)
        if match is None:
            raise _unexpected(text[at : at + 20])
        yield match[1]
        at = match.end()


def _holds(compare: Callable[[Any, Any], bool], value: Any, literal: Any) -> bool:
    """A literal without quotes is a number, and so then is what it is compared with."""
    if not isinstance(literal, Decimal):
        return compare(str(value), literal)
    try:
        return compare(Decimal(str(value)), literal)
    except InvalidOperation:
        return False


def _unexpected(token: str) -> Refusal:
    return Refusal(BAD_QUERY, f"语法错误：[{token}]")
