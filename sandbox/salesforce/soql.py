"""SOQL, as much of it as clients use: one object, conditions, an order, a limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from .errors import malformed

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:\\.|[^'\\])*')
    | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))
    | (?P<day>\d{4}-\d\d-\d\d)
    | (?P<number>[+-]?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z_][\w.]*)
    | (?P<sign>!=|<>|<=|>=|[=<>(),])
    )""",
    re.X | re.S,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
LISTS = ("IN", "NOT IN")
LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Compare:
    """A field and what it is compared with; `value` is a list for IN."""

    path: str
    sign: str
    value: Any


@dataclass(frozen=True, slots=True)
class Join:
    """Conditions that all hold (AND) or of which one does (OR); NOT has one."""

    word: str
    parts: tuple[Condition, ...]


Condition = Compare | Join


@dataclass(frozen=True, slots=True)
class Query:
    form: str
    paths: tuple[str, ...]
    """Empty: only the number of records is wanted."""
    where: Condition | None
    order: tuple[tuple[str, bool], ...]
    """`(path, descending)`."""
    limit: int | None


def parse(text: str) -> Query:
    """Raises Refusal."""
    if len(text) > LONGEST:
        raise malformed("SOQL statements cannot be longer than 100000 characters.")
    return _Parser(text).query()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise malformed(f"unexpected token: '{text[at : at + 10].strip()}'")
        at = match.end()
        yield match.lastgroup, match[match.lastgroup]


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [*_tokens(text), ("end", "")]
        self._at = 0

    def query(self) -> Query:
        self._expect("SELECT")
        paths = self._paths()
        self._expect("FROM")
        form = self._take("name")
        where = self._either() if self._skip("WHERE") else None
        order = self._order() if self._skip("ORDER") else ()
        limit = int(self._take("number")) if self._skip("LIMIT") else None
        if self._peek()[0] != "end":
            raise malformed(f"unexpected token: '{self._peek()[1]}'")
        return Query(form, paths, where, order, limit)

    def _paths(self) -> tuple[str, ...]:
        if self._skip("COUNT"):
            self._expect("(")
            self._expect(")")
            return ()
        found = [self._take("name")]
        while self._skip(","):
            found.append(self._take("name"))
        if len({path.lower() for path in found}) < len(found):
            raise malformed(f"duplicate field selected: {found[-1]}")
        return tuple(found)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._expect("BY")
        found = [self._ordered()]
        while self._skip(","):
            found.append(self._ordered())
        return tuple(found)

    def _ordered(self) -> tuple[str, bool]:
        path = self._take("name")
        descending = self._skip("DESC")
        if not descending:
            self._skip("ASC")
        return path, descending

    # -- conditions -------------------------------------------------------------------------

    def _either(self) -> Condition:
        """AND and OR do not mix without parentheses."""
        parts = [self._single()]
        word = next((word for word in ("AND", "OR") if self._is(word)), "")
        while word and self._skip(word):
            parts.append(self._single())
        if self._is("AND") or self._is("OR"):
            raise malformed("unexpected token: 'OR' (mixed with AND)")
        return Join(word, tuple(parts)) if word else parts[0]

    def _single(self) -> Condition:
        if self._skip("NOT"):
            return Join("NOT", (self._single(),))
        if self._skip("("):
            inner = self._either()
            self._expect(")")
            return inner
        path = self._take("name")
        sign = self._sign()
        return Compare(path, sign, self._list() if sign in LISTS else self._value())

    def _sign(self) -> str:
        if self._skip("NOT"):
            self._expect("IN")
            return "NOT IN"
        if self._skip("IN"):
            return "IN"
        sign = self._take("sign")
        return "!=" if sign == "<>" else sign

    def _list(self) -> list[Any]:
        self._expect("(")
        found = [self._value()]
        while self._skip(","):
            found.append(self._value())
        self._expect(")")
        return found

    def _value(self) -> Any:
        kind, text = self._peek()
        self._at += 1
        if kind == "text":
            return _unescaped(text[1:-1])
        if kind == "moment":
            return datetime.fromisoformat(text)
        if kind == "number":
            return Decimal(text)
        if kind == "day":
            return Day(text)
        if text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text.lower()]
        raise malformed(f"unexpected token: '{text}'")

    # -- tokens -----------------------------------------------------------------------------

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _is(self, word: str) -> bool:
        kind, text = self._peek()
        return kind in ("name", "sign") and text.upper() == word

    def _skip(self, word: str) -> bool:
        found = self._is(word)
        self._at += found
        return found

    def _expect(self, word: str) -> None:
        if not self._skip(word):
            raise malformed(f"unexpected token: '{self._peek()[1]}', expecting {word}")

    def _take(self, kind: str) -> str:
        found, text = self._peek()
        if found != kind:
            raise malformed(f"unexpected token: '{text}'")
        self._at += 1
        return text


class Day(str):
    """A date literal, which is no text."""

    __slots__ = ()


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise malformed(f"Illegal string literal: \\{match[1]}")
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", one, text, flags=re.S)
