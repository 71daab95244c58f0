"""Which codes of the other system a mapping names, for which field, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from connector.mapping.model import Each, Mapping, Rule, Side
from connector.mapping.values import ANY

Field = tuple[str, str]
"""A form and its field as `Adapter.codes` wants it: a row's is `table/field`."""


class Coded(NamedTuple):
    """A code that a field of a form is given, or is compared with."""

    form: str
    field: str
    code: str
    place: str


class Spot(NamedTuple):
    """A rule and the tables in which it stands, the outermost first."""

    tables: tuple[Each, ...]
    rule: Rule

    def written(self, mapping: Mapping) -> Field:
        """The field that it writes."""
        return mapping.form, "/".join([*(each.target for each in self.tables), self.rule.target])

    def read(self, mapping: Mapping) -> list[Field]:
        """The fields that it takes as they are."""
        form, inside = mapping.form, list[str]()
        for each in self.tables:
            form, inside = (each.form, []) if each.form else (form, [*inside, each.source])
        return [
            (form, "/".join([*inside, name])) if not head else (mapping.form, name)
            for head, name in self._taken()
        ]

    def ours(self, *, reads: bool) -> list[str]:
        """Our fields, `lines.kind`: the one that it fills, or those that it takes as they are."""
        if reads:
            return [".".join([*(each.target for each in self.tables), self.rule.target])]
        lists = [each.rows for each in self.tables if each.rows]
        return [".".join([name] if head else [*lists, name]) for head, name in self._taken()]

    def _taken(self) -> Iterator[tuple[bool, str]]:
        """Whether a field is the head's, and its name; none of what is computed."""
        if len(self.rule.sources) == 1 and not self.rule.call:
            for name in (*self.rule.sources, *self.rule.otherwise):
                plain = name.removeprefix("record.")
                yield plain != name or not self.tables, plain


def spots(side: Side | None) -> Iterator[Spot]:
    """Every rule of a side."""
    if side is not None:
        yield from _spots((), side.rules, side.each)


def _spots(
    tables: tuple[Each, ...], rules: tuple[Rule, ...], inner: tuple[Each, ...]
) -> Iterator[Spot]:
    yield from (Spot(tables, rule) for rule in rules)
    for each in inner:
        yield from _spots((*tables, each), each.rules, each.each)


def written(mapping: Mapping) -> Iterator[Coded]:
    """Constants, defaults and the target side of value maps that writing may send."""
    for spot in spots(mapping.write):
        for code in _sent(spot.rule):
            yield Coded(*spot.written(mapping), code, spot.rule.place)


def read(mapping: Mapping) -> Iterator[Coded]:
    """The codes that value maps know when a field is read."""
    for spot in spots(mapping.read):
        for code in spot.rule.map.inverse if spot.rule.map else ():
            if code not in (ANY, ""):
                yield from (Coded(*f, code, spot.rule.place) for f in spot.read(mapping))


def _sent(rule: Rule) -> Iterator[str]:
    if rule.has_value:
        yield from _codes(rule.map.write(rule.value) if rule.map else rule.value)
    elif rule.map is not None:
        yield from dict.fromkeys(rule.map.forward.values())
    yield from _codes(rule.default)


def _codes(value: Any) -> Iterator[str]:
    """Texts and whole numbers may be codes; yes, no and amounts are none."""
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield str(value)
