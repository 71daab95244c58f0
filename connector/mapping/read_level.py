"""One level of the read side, compiled: a head or a row of a remote's record, with its lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from connector.errors import MappingFault
from connector.mapping import template
from connector.mapping.convert import (
    as_bool,
    as_date,
    as_instant,
    as_number,
    as_text,
    first_filled,
)
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.function import Function, Operands
from connector.mapping.functions import FUNCTIONS
from connector.mapping.kinds import kinds
from connector.mapping.model import Each, Rule
from connector.messages import say
from connector.objects.base import Part

Row = dict[str, Any]
Level = Callable[[Row, Row], Row | None]
"""`(row, head)` -> the object's values, empty ones left out; None where the level's condition
does not hold."""

UNREADABLE = (ValueError, TypeError, ArithmeticError, OSError, ExpressionFault)
"""What conversions raise when a remote sends something else than it should."""
FILLED = "value is not None and value != ''"


class ReadLevel:
    """Compiles one level; used once."""

    def __init__(self, model: type[Part], zone: ZoneInfo) -> None:
        self._model = model
        self._zone = zone
        self._code = Function("level", "row", "head")

    def compiled(
        self, rules: tuple[Rule, ...], tables: tuple[Each, ...], when: Expression | None = None
    ) -> Level:
        """The level's function."""
        code, names = self._code, [name for rule in rules for name in needed(rule)]
        self._x = Operands([*(when.names if when else ()), *names])
        for name, local in self._x:
            source, field = ("head", name[7:]) if name.startswith("record.") else ("row", name)
            code.add(f"{local} = {source}.get({field!r})")
        if when is not None:
            code.add(f"if not {self._computed(when)}: return None")
        code.add("values, at = {}, 0")
        with code.block("try:"):
            code.add("pass")
            for number, rule in enumerate(rules):
                code.add(f"at = {number}")
                self._rule(rule)
        code.add(f"except {code.keep(UNREADABLE)} as error:")
        code.add(f"    raise {code.keep(partial(_fault, rules))}(at, error) from None")
        for each in tables:
            code.add(f"values[{each.target!r}] = {code.keep(self._lines(each))}(row, head)")
        code.add("return values")
        return code.made()

    def _lines(self, each: Each) -> Callable[[Row, Row], list[Row]]:
        model = kinds(self._model)[each.target]
        assert isinstance(model, type)
        line = ReadLevel(model, self._zone).compiled(each.rules, each.each, each.when)
        source, key, keyed = each.source, each.key, "id" in kinds(model)

        def lines(row: Row, head: Row) -> list[Row]:
            made: list[Row] = []
            for item in row.get(source) or ():
                values = line(item, head)
                if values is None:
                    continue
                if keyed:
                    if item.get(key) in (None, ""):
                        raise MappingFault(each.target, say("field_missing", path=key))
                    values["id"] = str(item[key])
                made.append(values)
            return made

        return lines

    def _computed(self, expression: Expression) -> str:
        return f"{self._code.keep(expression)}.on({self._x.all(expression.names)})"

    # -- one rule ---------------------------------------------------------------------------

    def _rule(self, rule: Rule) -> None:
        if rule.when is None:
            self._value(rule)
            return
        with self._code.block(f"if {self._computed(rule.when)}:"):
            self._value(rule)

    def _value(self, rule: Rule) -> None:
        code = self._code
        code.add(f"value = {self._origin(rule)}")
        with code.block(f"if {FILLED}:"):
            self._finish(rule)
        if rule.default not in (None, ""):
            with code.block("else:"):
                code.add(f"value = {code.keep(rule.default)}")
                self._put(rule)

    def _finish(self, rule: Rule) -> None:
        """Through the value map and to the declared kind; what is empty then is left out."""
        code, kind = self._code, rule.type or kinds(self._model).get(rule.target, "")
        changes = rule.map is not None
        if rule.map is not None:
            code.add(f"value = {code.keep(partial(_coded, rule))}(value)")
        if isinstance(kind, str) and kind in CONVERT:
            as_is, convert = CONVERT[kind]
            converted = f"value = {code.keep(convert)}(value{self._zoned(kind)})"
            code.add(f"if type(value) is not {as_is}: {converted}" if as_is else converted)
            changes = True
        if not changes:
            self._put(rule)
            return
        with code.block(f"if {FILLED}:"):
            self._put(rule)

    def _zoned(self, kind: str) -> str:
        return f", {self._code.keep(self._zone)}" if kind in ("date", "instant") else ""

    def _put(self, rule: Rule) -> None:
        if rule.target.startswith("custom."):
            self._code.add(f"values.setdefault('custom', {{}})[{rule.target[7:]!r}] = value")
        else:
            self._code.add(f"values[{rule.target!r}] = value")

    def _origin(self, rule: Rule) -> str:
        """An expression for where the value comes from, before conversion."""
        code, x = self._code, self._x
        if rule.has_value:
            return code.keep(rule.value)
        if rule.expr is not None:
            return self._computed(rule.expr)
        if rule.template:
            values = ", ".join(f"{name!r}: {x[name]}" for name in template.names(rule.template))
            return f"{code.keep(template.filled)}({rule.template!r}, {{{values}}}.get)"
        if rule.call:
            return f"{code.keep(FUNCTIONS[rule.call])}{x.all(rule.sources)}"
        if rule.otherwise:
            names = (rule.sources[0], *rule.otherwise)
            return f"{code.keep(first_filled)}({x.all(names)})"
        return x[rule.sources[0]]


CONVERT: dict[str, tuple[str, Callable[..., Any]]] = {
    "text": ("str", as_text),
    "bool": ("bool", as_bool),
    "number": ("", as_number),
    "date": ("", as_date),
    "instant": ("", as_instant),
}
"""By kind: the type that needs no conversion, and the conversion."""


def needed(rule: Rule) -> Iterator[str]:
    """The fields that a rule of the read side asks for."""
    yield from (*rule.sources, *rule.otherwise)
    for expression in (rule.expr, rule.when):
        yield from expression.names if expression else ()
    yield from template.names(rule.template)


def _coded(rule: Rule, value: Any) -> Any:
    assert rule.map is not None
    found = rule.map.read(value)
    if found is not None:
        return found
    if rule.missing == "default":
        return rule.default
    raise MappingFault(rule.target, say("unmapped_code", value=value, table=rule.map.name))


def _fault(rules: tuple[Rule, ...], at: int, error: Exception) -> MappingFault:
    rule = rules[at]
    words = say("field_unreadable", path=rule.target, detail=str(error), place=rule.place)
    return MappingFault(rule.target, words)
