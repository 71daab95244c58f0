"""Which codes of the other system a mapping names, for which field, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from connector.mapping.model import Each, Mapping, Rule, Side
from connector.mapping.values import ANY


class Coded(NamedTuple):
    """A code that a field of a form is given, or is compared with."""

    form: str
    field: str
    """As `Adapter.codes` wants it: a row's is `table/field`."""
    code: str
    place: str


def written(mapping: Mapping) -> Iterator[Coded]:
    """Constants, defaults and the target side of value maps that writing may send."""
    side = mapping.write or Side()
    for path, rule in _rules(side.rules, side.each):
        for code in _sent(rule):
            yield Coded(mapping.form, path + rule.target, code, rule.place)


def read(mapping: Mapping) -> Iterator[Coded]:
    """The codes that value maps know when a field is read."""
    side = mapping.read or Side()
    for rule in side.rules:
        yield from _compared(mapping.form, mapping.form, "", rule)
    for each in side.each:
        form, path = (each.form, "") if each.form else (mapping.form, f"{each.source}/")
        for rule in each.rules:
            yield from _compared(mapping.form, form, path, rule)


def plain_sources(rule: Rule) -> tuple[str, ...]:
    """The fields that a rule takes as they are: not computed, not put together."""
    return (*rule.sources, *rule.otherwise) if len(rule.sources) == 1 and not rule.call else ()


def _rules(
    rules: tuple[Rule, ...], tables: tuple[Each, ...], path: str = ""
) -> Iterator[tuple[str, Rule]]:
    yield from ((path, rule) for rule in rules)
    for each in tables:
        yield from _rules(each.rules, each.each, f"{path}{each.target}/")


def _sent(rule: Rule) -> Iterator[str]:
    if rule.has_value:
        yield from _codes(rule.map.write(rule.value) if rule.map else rule.value)
    elif rule.map is not None:
        yield from dict.fromkeys(rule.map.forward.values())
    yield from _codes(rule.default)


def _compared(top: str, form: str, path: str, rule: Rule) -> Iterator[Coded]:
    """`top` is the form of the head, whose fields rows name `record.NAME`."""
    codes = [code for code in rule.map.inverse if code not in (ANY, "")] if rule.map else []
    for source in plain_sources(rule):
        inside = source.removeprefix("record.")
        where = (form, path + source) if inside == source else (top, inside)
        yield from (Coded(*where, code, rule.place) for code in codes)


def _codes(value: Any) -> Iterator[str]:
    """Texts and whole numbers may be codes; yes, no and amounts are none."""
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield str(value)
