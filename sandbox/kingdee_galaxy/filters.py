"""FilterString: SQL-like text, or an array of comparisons, compiled to functions.

The parser knows comparisons, `in`, `like`, `between`, `is null`, `and`, `or`, `not` and
parentheses. A text it cannot read is MsgCode 4, as on a real server.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from .columns import BOOL, ID, NUMBER, TEXT, TIME, Column
from .errors import MsgCode, Refused
from .records import Bill, Row
from .values import BadValue, read_time

Test = Callable[[Bill, Row | None], bool]
Resolve = Callable[[str], Column]

TOKEN = re.compile(
    r"\s*(?:(?P<text>[Nn]?'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][\w.]*)|(?P<op><>|!=|>=|<=|=|>|<)|(?P<mark>[(),]))"
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "!=": operator.ne, ">": operator.gt, "<": operator.lt,
    ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
ARRAY_COMPARE = {"67": "=", "=": "=", "statusequalto": "="} | {op: op for op in COMPARE}
"""Known codes of array filters; nobody published the others."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What an index can use: the field has one of `values`, or compares so with the one value."""

    key: str
    op: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. `parts` are the conditions that must all hold."""

    test: Test
    entities: frozenset[str]
    hint: Hint | None = None
    parts: tuple[Condition, ...] = ()

    def conjuncts(self) -> tuple[Condition, ...]:
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str

    def is_word(self, *words: str) -> bool:
        return self.kind == "name" and self.text.lower() in words


END = Token("end", "")


def bad_filter(text: Any) -> Refused:
    return Refused(MsgCode.EXCEPTION, f"GetRealExpress error, 过滤条件无法解析：{text}")


def compile_filter(given: Any, resolve: Resolve) -> tuple[Condition, ...]:
    """The conditions of a FilterString that must all hold; none for an empty one."""
    if isinstance(given, list):
        tokens, text = list(_array_tokens(given)), str(given)
    else:
        text = str(given or "")
        tokens = list(_tokens(text))
    if not tokens:
        return ()
    parser = _Parser(tokens, text, resolve)
    found = parser.either()
    if parser.token is not END:
        raise bad_filter(text)
    return found.conjuncts()


def _tokens(text: str) -> Iterable[Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise bad_filter(text)
        position = match.end()
        found = match[match.lastgroup]
        if match.lastgroup == "text":
            found = found[found.index("'") + 1 : -1].replace("''", "'")
        yield Token(match.lastgroup, found)


def _array_tokens(items: list[Any]) -> Iterable[Token]:
    """`{"Left","FieldName","Compare","Value","Right","Logic"}` as the same tokens."""
    for position, item in enumerate(items):
        if not isinstance(item, dict) or not item.get("FieldName"):
            raise bad_filter(items)
        compare = ARRAY_COMPARE.get(str(item.get("Compare", "")).lower())
        if compare is None:
            raise bad_filter(items)
        yield from (Token("mark", mark) for mark in str(item.get("Left") or "").strip())
        yield Token("name", item["FieldName"])
        yield Token("op", compare)
        yield Token("text", str(item.get("Value", "")))
        yield from (Token("mark", mark) for mark in str(item.get("Right") or "").strip())
        if position < len(items) - 1:
            yield Token("name", "or" if str(item.get("Logic", "0")) == "1" else "and")


class _Parser:
    """Recursive descent: `either` ▸ `both` ▸ `one` ▸ a comparison."""

    def __init__(self, tokens: list[Token], text: str, resolve: Resolve) -> None:
        self._tokens = [*tokens, END]
        self._at = 0
        self._text = text
        self._resolve = resolve

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self.token
        self._at += 1
        if token is END:
            raise bad_filter(self._text)
        return token

    def _accept(self, *words: str) -> bool:
        if self.token.is_word(*words) or (self.token.kind == "mark" and self.token.text in words):
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise bad_filter(self._text)

    def either(self) -> Condition:
        found = self._both()
        while self._accept("or"):
            found = _any_of(found, self._both())
        return found

    def _both(self) -> Condition:
        parts = [*self._one().conjuncts()]
        while self._accept("and"):
            parts += self._one().conjuncts()
        return parts[0] if len(parts) == 1 else _all_of(parts)

    def _one(self) -> Condition:
        if self._accept("not"):
            return _negated(self._one())
        if self._accept("("):
            found = self.either()
            self._expect(")")
            return found
        return self._comparison()

    def _comparison(self) -> Condition:
        token = self._next()
        if token.kind != "name":
            return self._constant(token)
        column = self._resolve(token.text)
        if self._accept("is"):
            is_not = self._accept("not")
            self._expect("null")
            found = _is_null(column)
            return _negated(found) if is_not else found
        negated = self._accept("not")
        if self._accept("in"):
            found = _in(column, [self._literal(column, value) for value in self._list()])
        elif self._accept("like"):
            found = _like(column, self._next().text)
        elif self._accept("between"):
            low = self._literal(column, self._next())
            self._expect("and")
            high = self._literal(column, self._next())
            found = _all_of([_compare(column, ">=", low), _compare(column, "<=", high)])
        else:
            found = self._operator(column)
        return _negated(found) if negated else found

    def _operator(self, column: Column) -> Condition:
        op = self._next()
        if op.kind != "op":
            raise bad_filter(self._text)
        value = self._next()
        if value.kind == "name":
            return _compare_columns(column, op.text, self._resolve(value.text))
        return _compare(column, op.text, self._literal(column, value))

    def _constant(self, left: Token) -> Condition:
        """`1 = 1`, which people put before their conditions."""
        op, right = self._next(), self._next()
        if op.kind != "op" or left.kind == "mark" or right.kind == "mark":
            raise bad_filter(self._text)
        holds = COMPARE[op.text](left.text, right.text)
        return Condition(lambda bill, row: holds, frozenset())

    def _list(self) -> list[Token]:
        self._expect("(")
        found = [self._next()]
        while self._accept(","):
            found.append(self._next())
        self._expect(")")
        return found

    def _literal(self, column: Column, token: Token) -> Any:
        if token.kind not in ("text", "number"):
            raise bad_filter(self._text)
        try:
            return _literal_of(column.kind, token.text)
        except (BadValue, InvalidOperation, ValueError) as error:
            raise bad_filter(self._text) from error


def _literal_of(kind: str, text: str) -> Any:
    if kind == TIME:
        return read_time(text)
    if kind == BOOL:
        return text.lower() in ("1", "true")
    if kind == ID:
        return int(text or 0)
    if kind == NUMBER:
        return Decimal(text)
    return text.rstrip()


def _comparable(column: Column) -> Callable[[Bill, Row | None], Any]:
    """Read a value so that it compares: texts and ids are never null in this database."""
    read = column.read
    if column.joined or column.kind in (NUMBER, TIME):
        return read
    empty: Any = {TEXT: "", ID: 0, BOOL: False}[column.kind]
    return lambda bill, row: read(bill, row) or empty


def _compare(column: Column, op: str, value: Any) -> Condition:
    read, holds = _comparable(column), COMPARE[op]

    def test(bill: Bill, row: Row | None) -> bool:
        found = read(bill, row)
        return found is not None and holds(found, value)

    hint = Hint(column.path, op, (value,)) if column.path else None
    return Condition(test, _entities(column), hint)


def _compare_columns(left: Column, op: str, right: Column) -> Condition:
    read_left, read_right, holds = _comparable(left), _comparable(right), COMPARE[op]

    def test(bill: Bill, row: Row | None) -> bool:
        one, other = read_left(bill, row), read_right(bill, row)
        return one is not None and other is not None and holds(one, other)

    return Condition(test, _entities(left) | _entities(right))


def _in(column: Column, values: list[Any]) -> Condition:
    read, wanted = _comparable(column), frozenset(values)
    hint = Hint(column.path, "in", tuple(values)) if column.path else None
    return Condition(lambda bill, row: read(bill, row) in wanted, _entities(column), hint)


def _like(column: Column, pattern: str) -> Condition:
    read = _comparable(column)
    parts = {"%": ".*", "_": "."}
    text = "".join(parts.get(char, re.escape(char)) for char in pattern)
    match = re.compile(text, re.DOTALL).fullmatch
    return Condition(
        lambda bill, row: match(str(read(bill, row) or "")) is not None, _entities(column)
    )


def _is_null(column: Column) -> Condition:
    read = _comparable(column)
    return Condition(lambda bill, row: read(bill, row) is None, _entities(column))


def _entities(column: Column) -> frozenset[str]:
    return frozenset((column.entity,)) if column.entity else frozenset()


def _negated(condition: Condition) -> Condition:
    test = condition.test
    return Condition(lambda bill, row: not test(bill, row), condition.entities)


def _any_of(one: Condition, other: Condition) -> Condition:
    first, second = one.test, other.test
    return Condition(
        lambda bill, row: first(bill, row) or second(bill, row), one.entities | other.entities
    )


def _all_of(parts: list[Condition]) -> Condition:
    tests = [part.test for part in parts]
    entities = frozenset().union(*(part.entities for part in parts))
    return Condition(
        lambda bill, row: all(test(bill, row) for test in tests), entities, None, tuple(parts)
    )
