"""Who uses a value map: the rules, the fields on both sides, and the codes that records need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from connector.errors import MappingFault
from connector.mapping.coding import Field, Spot, spots
from connector.mapping.document import Node
from connector.mapping.model import Each, Mapping, Rule
from connector.mapping.values import ValueMap, code_of
from connector.mapping.write_level import Values, WriteLevel
from connector.objects import OBJECTS

Needed = Callable[[Values], set[str]]
"""Of a stored record, our codes that a rule asks the table for."""


@dataclass(frozen=True, slots=True)
class Use:
    """A rule that takes a field through a value map."""

    map: ValueMap
    reads: bool
    place: str
    theirs: tuple[Field, ...]
    """Their fields; none of what is computed."""
    ours: tuple[str, ...]
    """Our fields; none of what is computed."""
    needed: Needed | None = None
    """Where it writes."""


def read(mapping: Mapping, table: str) -> Iterator[Use]:
    """The rules of the read side that use the table."""
    for spot in _using(spots(mapping.read), table):
        assert spot.rule.map is not None
        theirs, ours = tuple(spot.read(mapping)), tuple(spot.ours(reads=True))
        yield Use(spot.rule.map, True, spot.rule.place, theirs, ours)


def written(mapping: Mapping, table: str) -> Iterator[Use]:
    """The rules of the write side that use the table."""
    for spot in _using(spots(mapping.write), table):
        assert spot.rule.map is not None
        theirs, ours = (spot.written(mapping),), tuple(spot.ours(reads=False))
        needed = _needed(mapping, spot)
        yield Use(spot.rule.map, False, spot.rule.place, theirs, ours, needed)


def _using(found: Iterator[Spot], table: str) -> Iterator[Spot]:
    return (spot for spot in found if spot.rule.map and spot.rule.map.name == table)


def _needed(mapping: Mapping, spot: Spot) -> Needed:
    """The rule alone, compiled as if there were no table: with its conditions and its rows."""
    bare = replace(
        spot.rule, map=None, type="", scale="", max_bytes=0, cut=0, default=None, clear=False
    )
    rules: tuple[Rule, ...] = (bare,)
    tables: tuple[Each, ...] = ()
    for each in reversed(spot.tables):
        tables, rules = (replace(each, rules=rules, each=tables),), ()
    model = OBJECTS[mapping.object]
    level = WriteLevel(model, model, frozenset()).compiled(rules, tables)

    def needed(values: Values) -> set[str]:
        try:
            made = level(values, values)
        except MappingFault:
            return set()
        return {code_of(value) for value in _values(made[0])} if made else set()

    return needed


def _values(node: Node) -> Iterator[Any]:
    yield from node.fields.values()
    for rows in node.tables.values():
        for row in rows.values():
            yield from _values(row)
