"""One level of the read side, compiled: a head or a row of a remote's record, with its lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from connector.contract import is_empty
from connector.errors import MappingFault
from connector.mapping.convert import (
    as_bool,
    as_date,
    as_instant,
    as_number,
    as_text,
)
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.kinds import kinds
from connector.mapping.level import FILLED, LevelCompiler, coded, needed
from connector.mapping.model import Each, Rule
from connector.messages import say
from connector.objects.base import Part

Row = dict[str, Any]
Level = Callable[[Row, Row], Row | None]
"""`(row, head)` -> the object's values, empty ones left out; None where the level's condition
does not hold."""

UNREADABLE = (ValueError, TypeError, ArithmeticError, OSError, ExpressionFault)
"""What conversions raise when a remote sends something else than it should."""


class ReadLevel(LevelCompiler):
    """Compiles one level; used once."""

    def __init__(self, model: type[Part], zone: ZoneInfo) -> None:
        super().__init__(model, "row", "head")
        self._zone = zone

    def compiled(
        self, rules: tuple[Rule, ...], tables: tuple[Each, ...], when: Expression | None = None
    ) -> Level:
        """The level's function."""
        code = self._code
        self._operands(when, (name for rule in rules for name in needed(rule)))
        code.add("values = {}")
        self._rules(rules, UNREADABLE, _fault)
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
            found = row.get(source) or ()
            if not isinstance(found, list | tuple):
                raise _no_rows(each, found)
            for item in found:
                if not isinstance(item, dict):
                    raise _no_rows(each, item)
                try:
                    values = line(item, head)
                except ExpressionFault as error:  # of its condition: those of rules are named
                    raise _fault(each, error) from None
                if values is None:
                    continue
                if keyed:
                    if is_empty(item.get(key)):
                        raise MappingFault(each.target, say("field_missing", path=key))
                    values["id"] = str(item[key])
                made.append(values)
            return made

        return lines

    def _load(self, name: str, local: str) -> None:
        source, field = ("head", name[7:]) if name.startswith("record.") else ("row", name)
        self._code.add(f"{local} = {source}.get({field!r})")

    # -- one rule ---------------------------------------------------------------------------

    def _value(self, rule: Rule) -> None:
        code = self._code
        code.add(f"value = {self._origin(rule)}")
        with code.block(f"if {FILLED.format('value')}:"):
            self._finish(rule)
        if not is_empty(rule.default):
            with code.block("else:"):
                code.add(f"value = {code.keep(rule.default)}")
                self._put(rule)

    def _finish(self, rule: Rule) -> None:
        """Through the value map and to the declared kind; what is empty then is left out."""
        code, kind = self._code, rule.type or kinds(self._model).get(rule.target, "")
        changes = rule.map is not None
        if rule.map is not None:
            code.add(f"value = {code.keep(partial(coded, rule, rule.map.read))}(value)")
        if isinstance(kind, str) and kind in CONVERT:
            as_is, convert = CONVERT[kind]
            converted = f"value = {code.keep(convert)}(value{self._zoned(kind)})"
            code.add(f"if type(value) is not {as_is}: {converted}" if as_is else converted)
            changes = True
        if not changes:
            self._put(rule)
            return
        with code.block(f"if {FILLED.format('value')}:"):
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
            return self._filled_in(rule)
        if rule.call:
            return self._called(rule)
        if rule.otherwise:
            return self._first_filled((rule.sources[0], *rule.otherwise), FILLED)
        return x[rule.sources[0]]


CONVERT: dict[str, tuple[str, Callable[..., Any]]] = {
    "text": ("str", as_text),
    "bool": ("bool", as_bool),
    "number": ("", as_number),
    "date": ("", as_date),
    "instant": ("", as_instant),
}
"""By kind: the type that needs no conversion, and the conversion."""


def _no_rows(each: Each, found: Any) -> MappingFault:
    detail = f"{str(found)[:80]!r} is no row"
    words = say("field_unreadable", path=each.target, detail=detail, place=each.place)
    return MappingFault(each.target, words)


def _fault(rule: Rule | Each, error: Exception) -> MappingFault:
    words = say("field_unreadable", path=rule.target, detail=str(error), place=rule.place)
    return MappingFault(rule.target, words)
