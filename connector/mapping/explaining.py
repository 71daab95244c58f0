"""What each rule of a mapping makes of a record, one by one, and of what.

A document is made in one go, and stops at the first thing that is in its way. Here every rule is
compiled alone, so that each is told for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from connector.errors import MappingFault, Words
from connector.mapping.convert import own_field
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.kinds import kinds
from connector.mapping.level import needed
from connector.mapping.model import RECORD, Each, Rule, Side
from connector.mapping.read_level import ReadLevel
from connector.mapping.write_level import WriteLevel
from connector.mapping.writing import getter
from connector.messages import say
from connector.objects.base import Part

Values = Mapping[str, Any]
Get = Callable[[str], Any]

NOTHING = object()
"""In the place of a value: the rule gives none."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one rule makes of a head or a row."""

    rule: Rule
    value: Any
    """As it stands in the document, links not followed; `NOTHING`: none."""
    sources: dict[str, Any] = field(default_factory=dict)
    """The fields that it names, and what they hold."""
    holds: bool = True
    """False: its condition does not."""
    fault: Words = ""
    """What is wrong with it here."""


@dataclass(frozen=True, slots=True)
class Row:
    """A head or a row, and what its rules make of it."""

    tables: tuple[Each, ...]
    """Those that it stands in, the outermost first; of a head none."""
    keys: tuple[str, ...]
    """Of the lines that it is made of, the outermost first."""
    given: tuple[Given, ...]
    holds: bool = True
    """False: there is none, for the condition of its table does not hold."""
    fault: Words = ""
    """Why that cannot be told."""


def names(rule: Rule) -> Iterator[str]:
    """Every field that has a part in what a rule makes."""
    yield from needed(rule)
    if rule.link and rule.link.scope:
        yield rule.link.scope


def written(side: Side, model: type[Part], record: Values, rows: int) -> Iterator[Row]:
    """What a write side makes of a stored record; of each list so many rows at most."""
    return _Writing(model, record, rows).all(side)


def read(side: Side, model: type[Part], fields: Values, zone: ZoneInfo, rows: int) -> Iterator[Row]:
    """What a read side makes of a remote's record, likewise."""
    return _Reading(model, fields, rows, zone).all(side)


def kept(side: Side, model: type[Part], record: Values, rows: int) -> Iterator[Row]:
    """What a read side has made of a record that is stored: of what nobody knows any more."""
    return _Kept(model, record, rows).all(side)


class _Explaining:
    """One side over one record."""

    def __init__(self, model: type[Part], head: Values, rows: int) -> None:
        self._model = model
        self._head = head
        self._rows = rows
        self._compiled: dict[int, Any] = {}

    def all(self, side: Side) -> Iterator[Row]:
        return self._level(side.rules, side.each, self._model, self._head, (), ())

    def _level(
        self,
        rules: Sequence[Rule],
        tables: Sequence[Each],
        model: type[Part],
        item: Values,
        inside: tuple[Each, ...],
        keys: tuple[str, ...],
    ) -> Iterator[Row]:
        given = tuple(self._given(rule, model, item) for rule in rules)
        yield Row(inside, keys, given)
        for each in tables:
            line = self._line(each, model)
            for position, inner in enumerate(islice(self._items(each, item), self._rows), 1):
                within = (*inside, each)
                lines = (*keys, self._key(each, inner) or str(position))
                try:
                    holds = each.when is None or each.when.holds(self._get(line, inner))
                except ExpressionFault as error:
                    words = self._words(each, str(error))
                    yield Row(within, lines, (), fault=words)
                    continue
                if holds:
                    yield from self._level(each.rules, each.each, line, inner, within, lines)
                else:
                    yield Row(within, lines, (), holds=False)

    def _given(self, rule: Rule, model: type[Part], item: Values) -> Given:
        get = self._get(model, item)
        sources = {name: get(name) for name in dict.fromkeys(names(rule))}
        try:
            value = self._made(rule, model, item)
        except MappingFault as error:
            return Given(rule, NOTHING, sources, fault=error.words)
        holds = value is not NOTHING or _holds(rule.when, get)
        return Given(rule, value, sources, holds)

    def _made(self, rule: Rule, model: type[Part], item: Values) -> Any:
        """What the rule alone makes. Raises MappingFault."""
        raise NotImplementedError

    def _get(self, model: type[Part], item: Values) -> Get:
        """The fields that rules name, by their names."""
        raise NotImplementedError

    def _items(self, each: Each, item: Values) -> Sequence[Any]:
        """The lines that a table is made of."""
        found = item.get(each.source)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else ()

    def _line(self, each: Each, model: type[Part]) -> type[Part]:
        found = kinds(model)[each.target]
        assert isinstance(found, type)
        return found

    def _key(self, each: Each, inner: Values) -> str:
        return str(inner.get("id") or "")

    def _words(self, each: Each, detail: str) -> Words:
        return say("field_unreadable", path=each.target, detail=detail, place=each.place)


class _Writing(_Explaining):
    def _made(self, rule: Rule, model: type[Part], item: Values) -> Any:
        level = self._compiled.get(id(rule))
        if level is None:
            compiler = WriteLevel(model, self._model, frozenset())
            level = self._compiled[id(rule)] = compiler.compiled((rule,), ())
        made = level(item, self._head)
        assert made is not None
        return made[0].fields.get(rule.target, NOTHING)

    def _get(self, model: type[Part], item: Values) -> Get:
        own, head = getter(item, model), getter(self._head, self._model)
        return lambda name: head(name[7:]) if name.startswith("record.") else own(name)

    def _items(self, each: Each, item: Values) -> Sequence[Any]:
        return (item,) if each.source == RECORD else super()._items(each, item)

    def _line(self, each: Each, model: type[Part]) -> type[Part]:
        found = model if each.source == RECORD else kinds(model)[each.source]
        assert isinstance(found, type)
        return found

    def _words(self, each: Each, detail: str) -> Words:
        return say("field_unwritable", path=each.target, detail=detail, place=each.place)


class _Reading(_Explaining):
    def __init__(self, model: type[Part], head: Values, rows: int, zone: ZoneInfo) -> None:
        super().__init__(model, head, rows)
        self._zone = zone

    def _made(self, rule: Rule, model: type[Part], item: Values) -> Any:
        level = self._compiled.get(id(rule))
        if level is None:
            compiler = ReadLevel(model, self._zone)
            level = self._compiled[id(rule)] = compiler.compiled((rule,), ())
        return _found(level(dict(item), dict(self._head)) or {}, rule.target)

    def _get(self, model: type[Part], item: Values) -> Get:
        head = self._head
        return lambda name: head.get(name[7:]) if name.startswith("record.") else item.get(name)

    def _key(self, each: Each, inner: Values) -> str:
        return str(inner.get(each.key) or "")


class _Kept(_Explaining):
    def _given(self, rule: Rule, model: type[Part], item: Values) -> Given:
        value = getter(item, model)(rule.target)
        return Given(rule, NOTHING if value is None else value, dict.fromkeys(names(rule)))

    def _level(
        self,
        rules: Sequence[Rule],
        tables: Sequence[Each],
        model: type[Part],
        item: Values,
        inside: tuple[Each, ...],
        keys: tuple[str, ...],
    ) -> Iterator[Row]:
        yield Row(inside, keys, tuple(self._given(rule, model, item) for rule in rules))
        for each in tables:
            line = self._line(each, model)
            for position, inner in enumerate((item.get(each.target) or ())[: self._rows], 1):
                lines = (*keys, inner.get("id") or str(position))
                yield from self._level(each.rules, each.each, line, inner, (*inside, each), lines)


def _holds(when: Expression | None, get: Get) -> bool:
    return when is None or when.holds(get)


def _found(values: Values, target: str) -> Any:
    own = target.startswith("custom.")
    found = own_field(values, target[7:]) if own else values.get(target)
    return NOTHING if found is None else found
