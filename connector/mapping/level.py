"""What the levels of both sides have in common: their rules' frame, and where values come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from connector.errors import MappingFault
from connector.mapping import template
from connector.mapping.expr import Expression
from connector.mapping.function import Function, Operands
from connector.mapping.functions import FUNCTIONS
from connector.mapping.model import Rule
from connector.messages import say
from connector.objects.base import Part

FILLED = "{0} or ({0} is not None and {0} != '')"
"""Neither None nor empty text; zero and false are values. Most values are true, so that is asked
first."""

Fault = Callable[[Rule, Exception], MappingFault]


class LevelCompiler(ABC):
    """Compiles one level, a head or the rows of a table; used once."""

    def __init__(self, model: type[Part], *arguments: str) -> None:
        self._model = model
        self._code = Function("level", *arguments)
        self._x = Operands(())

    def _operands(self, when: Expression | None, names: Iterator[str]) -> None:
        """Names what is read once, at the beginning; the function ends where `when` is false."""
        self._x = Operands([*(when.names if when else ()), *names])
        for name, local in self._x:
            self._load(name, local)
        if when is not None:
            self._code.add(f"if not {self._computed(when)}: return None")

    def _rules(
        self, rules: tuple[Rule, ...], caught: tuple[type[Exception], ...], fault: Fault
    ) -> None:
        """The rules one after the other; what is `caught` is raised as the `fault` of its rule."""
        code = self._code
        code.add("at = 0")
        with code.block("try:"):
            code.add("pass")
            for number, rule in enumerate(rules):
                code.add(f"at = {number}")
                self._rule(rule)
        code.add(f"except {code.keep(caught)} as error:")
        named = code.keep(lambda at, error: fault(rules[at], error))
        code.add(f"    raise {named}(at, error) from None")

    def _rule(self, rule: Rule) -> None:
        if rule.when is None:
            self._value(rule)
            return
        with self._code.block(f"if {self._computed(rule.when)}:"):
            self._value(rule)

    def _computed(self, expression: Expression) -> str:
        value = f"{self._code.keep(expression)}.on({self._x.all(expression.names)})"
        if expression.tolerant or not expression.names:
            return value
        absent = " or ".join(f"{self._x[name]} is None" for name in expression.names)
        return f"(None if {absent} else {value})"

    def _first_filled(self, names: tuple[str, ...], filled: str) -> str:
        """The first of these fields that is `filled`, else the last."""
        *before, last = (self._x[name] for name in names)
        return "".join(f"{x} if {filled.format(x)} else " for x in before) + last

    def _filled_in(self, rule: Rule) -> str:
        values = ", ".join(f"{name!r}: {self._x[name]}" for name in template.names(rule.template))
        return f"{self._code.keep(template.filled)}({rule.template!r}, {{{values}}}.get)"

    def _called(self, rule: Rule) -> str:
        return f"{self._code.keep(FUNCTIONS[rule.call])}{self._x.all(rule.sources)}"

    @abstractmethod
    def _load(self, name: str, local: str) -> None:
        """Reads the field `name` into the variable `local`."""

    @abstractmethod
    def _value(self, rule: Rule) -> None:
        """What the rule gives, put where it belongs."""


def needed(rule: Rule) -> Iterator[str]:
    """The fields that a rule names."""
    yield from (*rule.sources, *rule.otherwise, *template.names(rule.template))
    for expression in (rule.expr, rule.when):
        yield from expression.names if expression else ()


def coded(rule: Rule, look_up: Callable[[Any], Any], value: Any) -> Any:
    """What the rule's value map makes of `value`, one way or the other.

    Raises `MappingFault` where it is not in the map and the rule gives no default.
    """
    assert rule.map is not None
    found = look_up(value)
    if found is not None:
        return found
    if rule.missing == "default":
        return rule.default
    raise MappingFault(rule.target, say("unmapped_code", value=value, table=rule.map.name))
