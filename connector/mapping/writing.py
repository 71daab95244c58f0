"""The write side, compiled: a business object as stored becomes a document."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from connector.contract import Shape, Table
from connector.errors import MappingFault
from connector.mapping import template
from connector.mapping.document import Document, LinkRef, Node
from connector.mapping.expr import ExpressionFault
from connector.mapping.functions import FUNCTIONS
from connector.mapping.kinds import FROM_JSON, defaults, kinds
from connector.mapping.model import Each, Mapping, Rule
from connector.mapping.reading import as_bool, first_filled
from connector.messages import say
from connector.objects import OBJECTS, money
from connector.objects.base import NUMBER, Part

Values = MappingOf[str, Any]
Get = Callable[[str], Any]
EMPTY = object()
"""The source is empty and the target is left as it is."""


class Writer:
    """Writes one object into one form. Built once per mapping."""

    def __init__(self, mapping: Mapping) -> None:
        if mapping.write is None:
            raise ValueError(f"{mapping.file} does not write")
        self.mapping = mapping
        self.tables: dict[str, Each] = {each.target: each for each in mapping.write.each}
        self._model = OBJECTS[mapping.object]
        self._build = _Level(mapping.write.rules, mapping.write.each, self._model, self._model)
        self.rules: dict[str, Rule] = dict(_by_path(mapping.write.rules, mapping.write.each))
        """Every rule by its path, `field` or `table/field`."""
        self.create_only = frozenset(p for p, r in self.rules.items() if r.on == "create")
        self.checks = frozenset(p for p, r in self.rules.items() if r.on == "check")
        self.not_wanted = self.create_only | self.checks
        """Paths that are no part of what should stand in the target for good."""
        self.shape = self._shown()

    def __call__(self, record: Values) -> Document:
        """The document of a record in its stored form. Raises MappingFault."""
        get = getter(record, self._model)
        return self._build(get, get)

    def _shown(self) -> Shape:
        """The fields to be read back: everything ours but what is written once."""
        head: list[str] = []
        tables: dict[str, list[str]] = {name: [] for name in self.tables}
        for path, rule in self.rules.items():
            table, _, name = path.rpartition("/")
            if rule.on != "create" and "/" not in table:
                (tables[table] if table else head).append(rule.reads_as or name)
        mapping = self.mapping
        return Shape(
            mapping.form,
            mapping.key,
            tuple(head),
            mapping.number,
            {n: Table(self.tables[n].key, tuple(fields)) for n, fields in tables.items()},
        )


class _Level:
    """A head or a row: its rules and tables."""

    def __init__(
        self, rules: tuple[Rule, ...], each: tuple[Each, ...], model: type[Part], top: type[Part]
    ) -> None:
        self._takes = [(rule.target, _take(rule, model, top), rule) for rule in rules]
        self._tables = [(table, _rows(table, model, top)) for table in each]

    def __call__(self, get: Get, head: Get) -> Node:
        fields: dict[str, Any] = {}
        for target, take, rule in self._takes:
            try:
                value = take(get, head)
            except (ValueError, ArithmeticError, ExpressionFault) as error:
                words = say("field_unwritable", path=target, detail=str(error), place=rule.place)
                raise MappingFault(target, words) from None
            if value is not EMPTY:
                fields[target] = value
        return Node(fields, {each.target: rows(get, head) for each, rows in self._tables})


def _rows(each: Each, model: type[Part], top: type[Part]) -> Callable[[Get, Get], dict[str, Node]]:
    line = kinds(model)[each.source]
    assert isinstance(line, type)
    level = _Level(each.rules, each.each, line, top)
    source, when = each.source, each.when

    def rows(get: Get, head: Get) -> dict[str, Node]:
        made: dict[str, Node] = {}
        for position, values in enumerate(get(source) or ()):
            inner = getter(values, line)
            if when is None or when.holds(_within(inner, head)):
                made[values.get("id") or str(position + 1)] = level(inner, head)
        return made

    return rows


def _by_path(
    rules: tuple[Rule, ...], tables: tuple[Each, ...], prefix: str = ""
) -> list[tuple[str, Rule]]:
    found = [(prefix + rule.target, rule) for rule in rules]
    for each in tables:
        found += _by_path(each.rules, each.each, f"{prefix}{each.target}/")
    return found


def getter(values: Values, model: type[Part]) -> Get:
    """Fields of a stored record by name, typed as the object declares them."""
    known, usual = kinds(model), defaults(model)

    def get(name: str) -> Any:
        value = values.get(name)
        if value is None:
            if name.startswith("custom."):
                return _own((values.get("custom") or {}).get(name[7:]))
            return usual.get(name)
        kind = known.get(name)
        return FROM_JSON[kind](value) if isinstance(kind, str) and kind in FROM_JSON else value

    return get


def _day(value: Any) -> Any:
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.date() if isinstance(value, datetime) else value


def _own(value: Any) -> Any:
    """A company's own field as it was read: numbers are marked."""
    return Decimal(value[NUMBER]) if isinstance(value, dict) else value


def _within(get: Get, head: Get) -> Get:
    return lambda name: head(name[7:]) if name.startswith("record.") else get(name)


def _take(rule: Rule, model: type[Part], top: type[Part]) -> Callable[[Get, Get], Any]:
    origin = _origin(rule)
    finish = _finisher(rule)
    when = rule.when

    def take(get: Get, head: Get) -> Any:
        scope = _within(get, head)
        if when is not None and not when.holds(scope):
            return EMPTY
        value = origin(scope)
        if value is None or value == "":
            if rule.default is not None and rule.link is None:
                return rule.default
            return None if rule.clear else EMPTY
        return finish(value, scope)

    return take


def _origin(rule: Rule) -> Callable[[Get], Any]:
    if rule.has_value:
        return lambda get: rule.value
    if rule.expr is not None:
        return rule.expr
    if rule.template:
        return partial(template.filled, rule.template)
    if rule.call:
        return lambda get: FUNCTIONS[rule.call](*map(get, rule.sources))
    if rule.link is not None and len(rule.sources) > 1:
        return lambda get: "|".join(str(get(name) or "") for name in rule.sources)
    name = rule.sources[0]
    if rule.otherwise:
        return partial(first_filled, (name, *rule.otherwise))
    return lambda get: get(name)


def _finisher(rule: Rule) -> Callable[[Any, Get], Any]:
    """From the source's value to the document's: link, code, type, scale, length."""
    if rule.link is not None:
        return partial(_linked, rule)
    convert = _CONVERT.get(rule.type)

    def finish(value: Any, get: Get) -> Any:
        if rule.map is not None:
            value = _coded(rule, value)
        if convert:
            value = convert(value)
        if rule.scale != "":
            value = _scaled(rule, value, get)
        if rule.cut:
            value = str(value)[: rule.cut]
        if rule.max_bytes and len(str(value).encode()) > rule.max_bytes:
            size = len(str(value).encode())
            words = say("too_long", path=rule.target, size=size, limit=rule.max_bytes)
            raise MappingFault(rule.target, words)
        return value

    return finish


def _linked(rule: Rule, value: Any, get: Get) -> LinkRef:
    link = rule.link
    assert link is not None
    scope = str(get(link.scope) or "") if link.scope else ""
    return LinkRef(link.object, str(value), link.field, scope, rule.missing, rule.default)


def _coded(rule: Rule, value: Any) -> Any:
    assert rule.map is not None
    found = rule.map.write(value)
    if found is not None:
        return found
    if rule.missing == "default":
        return rule.default
    raise MappingFault(rule.target, say("unmapped_code", value=value, table=rule.map.name))


def _scaled(rule: Rule, value: Any, get: Get) -> Decimal:
    if rule.scale == "money":
        digits = money.places(str(get("currency") or get("record.currency") or "CNY"))
    else:
        digits = money.SCALES.get(str(rule.scale), 0) if isinstance(rule.scale, str) else rule.scale
    return money.rounded(Decimal(value), digits)


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "date": lambda value: _day(value),
    "instant": lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value,
    "text": str,
    "bool": as_bool,
    "number": lambda value: Decimal(str(value)),
}
