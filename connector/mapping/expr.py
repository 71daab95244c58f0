"""`expr` and `when`: one small, exact language, behind a gate.

The library `rule-engine` parses and evaluates; this module decides what is let through:
short expressions of plain operators and four functions, no loops, no patterns, nothing that
could run code, hang, or differ from one day to the next. Arithmetic is Decimal.

Expressions are pure, so each remembers its results by the values of its operands: an order
with five lines of one tax rate computes `tax_rate * 100` once.
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import rule_engine
from rule_engine import ast
from rule_engine.ast.base import ASTNodeBase

MAX_CHARACTERS = 500
MAX_NODES = 100
REMEMBERED = 4096

FUNCTIONS = frozenset({"abs", "min", "max", "sum"})

_ALLOWED = {
    ast.AddExpression,
    ast.ArithmeticComparisonExpression,
    ast.ArithmeticExpression,
    ast.ArrayExpression,
    ast.BooleanExpression,
    ast.CoalesceExpression,
    ast.ComparisonExpression,
    ast.ContainsExpression,
    ast.DatetimeExpression,
    ast.FloatExpression,
    ast.FunctionCallExpression,
    ast.LogicExpression,
    ast.NullExpression,
    ast.SetExpression,
    ast.StringExpression,
    ast.SubtractExpression,
    ast.SymbolExpression,
    ast.TernaryExpression,
    ast.UnaryExpression,
}
_EXACT = decimal.Context(prec=28, rounding=decimal.ROUND_HALF_UP)
_TOKENS = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<dotted>[A-Za-z_]\w*(?:\.[^\W\d]\w*)+)"""
)
_FAULTS = (
    rule_engine.EngineError, ArithmeticError, AttributeError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""The library's own errors, and what it lets through where operands do not fit."""
_LINE = re.compile(r"\bline \d+:")
_PATTERN = re.compile(r"[=!]~|<<|>>")


class ExpressionFault(Exception):
    """An expression that may not be used; the text says why."""


class Expression:
    """A compiled expression over named values; dotted names are names like any other."""

    def __init__(self, source: str) -> None:
        """Compile `source`. Raises ExpressionFault."""
        self.source = source
        if len(source) > MAX_CHARACTERS:
            raise ExpressionFault(f"> {MAX_CHARACTERS} characters")
        if _PATTERN.search(_TOKENS.sub("", source)):
            # Before parsing: the parser folds constants, and a pattern can hang.
            raise ExpressionFault("=~ not allowed")
        context = rule_engine.Context(
            resolver=lambda values, name: values[name],
            default_timezone="utc",
            decimal_context=_EXACT,
            mapping_attribute_lookup=False,
        )
        # The parser knows plain names only, so dotted ones (and Chinese ones) get plain ones.
        dotted: dict[str, str] = {}

        def plain(match: re.Match[str]) -> str:
            if match["text"]:
                return match["text"]
            return dotted.setdefault(match["dotted"], f"dotted_{len(dotted)}")

        try:
            self._rule = rule_engine.Rule(_TOKENS.sub(plain, source), context=context)
            names = _check(self._rule.statement.expression)
        except _FAULTS as error:
            raise ExpressionFault(_words_of(error)) from None
        self._symbols = tuple(names)
        real = {symbol: name for name, symbol in dotted.items()}
        self.names = tuple(real.get(name, name) for name in names)
        self.tolerant = "??" in _TOKENS.sub("", source)
        """It says itself what a missing operand means."""
        self._memory: dict[Any, Any] = {}

    def __call__(self, get: Callable[[str], Any]) -> Any:
        """The value, with `get(name)` giving the operands; None if any operand is missing."""
        operands = tuple(map(get, self.names))
        return self.on(operands) if self.tolerant or None not in operands else None

    def on(self, operands: tuple[Any, ...]) -> Any:
        """The value for these operands, in the order of `names`; all are there, if it is not
        `tolerant`."""
        # 1, True and Decimal(1) are equal and yet not the same operand.
        known = (operands, tuple(map(type, operands)))
        try:
            return self._memory[known]
        except KeyError:
            pass
        except TypeError:
            return self._evaluate(operands)
        if len(self._memory) >= REMEMBERED:
            self._memory.clear()
        result = self._memory[known] = self._evaluate(operands)
        return result

    def holds(self, get: Callable[[str], Any]) -> bool:
        """For conditions: true, or false where an operand is missing."""
        return bool(self(get))

    def _evaluate(self, operands: tuple[Any, ...]) -> Any:
        values = dict(zip(self._symbols, map(_operand, operands), strict=True))
        try:
            return _result(self._rule.evaluate(values), operands)
        except _FAULTS as error:
            raise ExpressionFault(_words_of(error)) from None


def _check(root: Any) -> list[str]:
    """The gate: refuse what is not allowed; the names of the operands otherwise."""
    names: list[str] = []
    for count, node in enumerate(_nodes(root), 1):
        if count > MAX_NODES:
            raise ExpressionFault(f"> {MAX_NODES} parts")
        if type(node) not in _ALLOWED:
            raise ExpressionFault(f"{type(node).__name__.removesuffix('Expression')} not allowed")
        if isinstance(node, ast.FunctionCallExpression):
            called = node.function
            if getattr(called, "scope", None) != "built-in":
                raise ExpressionFault(f"{getattr(called, 'name', called)}() not allowed")
        if isinstance(node, ast.SymbolExpression):
            if node.scope == "built-in":
                if node.name not in FUNCTIONS:
                    raise ExpressionFault(f"${node.name} not allowed")
            elif node.name not in names:
                names.append(node.name)
    return names


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    slots = (name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ()))
    for attribute in (*slots, *getattr(node, "__dict__", ())):
        value = getattr(node, attribute, None)
        for child in value if isinstance(value, list | tuple) else (value,):
            if isinstance(child, ASTNodeBase):
                yield from _nodes(child)


def _result(value: Any, operands: tuple[Any, ...]) -> Any:
    """A date that went in as midnight comes out as a date; infinity is no result."""
    if isinstance(value, datetime) and any(type(operand) is date for operand in operands):
        return value.date()
    if isinstance(value, decimal.Decimal) and not value.is_finite():
        raise ExpressionFault(str(value))
    return value


def _words_of(error: Exception) -> str:
    """What the library says; its line numbers go on counting from one expression to the next."""
    return _LINE.sub("", str(getattr(error, "message", error)))


def _operand(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value
