"""Which fields of which form a mapping names, and where: what can be checked with a live form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connector.mapping.expr import Expression
from connector.mapping.level import needed
from connector.mapping.model import Mapping, Rule, Side


class Named(NamedTuple):
    """A field that a mapping counts on."""

    form: str
    table: str
    """The table of the form that the field stands in; empty: the head."""
    field: str
    place: str


def read(mapping: Mapping) -> Iterator[Named]:
    """The fields that reading asks for."""
    side = mapping.read or Side()
    for rule in side.rules:
        yield from _asked(mapping.form, "", rule)
    for expression in (mapping.usable, mapping.open):
        yield from _within(mapping.form, "", expression, mapping.file)
    for each in side.each:
        form, table = (each.form, "") if each.form else (mapping.form, each.source)
        found = [Named(form, table, each.by, each.place)] if each.by else []
        found += _within(form, table, each.when, each.place)
        for rule in each.rules:
            found += _asked(form, table, rule)
        yield from (_of_head(mapping.form, named) for named in found)


def written(mapping: Mapping) -> Iterator[Named]:
    """The fields that writing sends, and those under which the form shows them again."""
    side = mapping.write or Side()
    if mapping.reference:
        yield Named(mapping.form, "", mapping.reference, mapping.file)
    for table, rules in [("", side.rules), *((each.target, each.rules) for each in side.each)]:
        for rule in rules:
            for name in filter(None, (rule.target, rule.reads_as)):
                yield Named(mapping.form, table, name, rule.place)


def _asked(form: str, table: str, rule: Rule) -> list[Named]:
    return [Named(form, table, name, rule.place) for name in needed(rule)]


def _within(form: str, table: str, expression: Expression | None, place: str) -> list[Named]:
    return [Named(form, table, name, place) for name in (expression.names if expression else ())]


def _of_head(form: str, named: Named) -> Named:
    """`record.NAME` inside rows is the head's."""
    if not named.field.startswith("record."):
        return named
    return Named(form, "", named.field.removeprefix("record."), named.place)
