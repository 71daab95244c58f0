"""The write side, compiled: a business object as stored becomes a document."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from connector.contract import Shape, Table
from connector.errors import MappingFault
from connector.mapping.convert import own_field
from connector.mapping.document import Document, LinkRef
from connector.mapping.kinds import FROM_JSON, defaults, kinds
from connector.mapping.level import needed
from connector.mapping.model import Each, Mapping, Rule
from connector.mapping.write_level import Level as Compiled
from connector.mapping.write_level import Made, WriteLevel
from connector.objects import OBJECTS
from connector.objects.base import Part

Values = MappingOf[str, Any]
Get = Callable[[str], Any]


class Level(NamedTuple):
    """How the target shows a head or a row."""

    key: str
    """The field that identifies a row; empty for the head."""
    linked: tuple[str, ...]
    """Fields that show another record's number."""
    shown_as: MappingOf[str, str]
    """Our field by the name under which the target shows it; those that are ours for good."""


class Writer:
    """Writes one object into one form. Built once per mapping."""

    def __init__(self, mapping: Mapping) -> None:
        if mapping.write is None:
            raise ValueError(f"{mapping.file} does not write")
        self.mapping = mapping
        rules, tables = mapping.write.rules, mapping.write.each
        self.tables: dict[str, Each] = {each.target: each for each in tables}
        self.rules: dict[str, Rule] = dict(_by_path(rules, tables))
        """Every rule by its path, `field` or `table/field`."""
        self.made_of = {path: frozenset(needed(rule)) for path, rule in self.rules.items()}
        """The object's fields that each of them names."""
        self.create_only = frozenset(p for p, r in self.rules.items() if r.on == "create")
        self.checks = frozenset(p for p, r in self.rules.items() if r.on == "check")
        self.not_wanted = self.create_only | self.checks
        """Paths that are no part of what should stand in the target for good."""
        self.levels = {name: self._shown_level(name) for name in ("", *self.tables)}
        """By table; the head under the empty name."""
        self.expected = {
            path: rule.tolerance for path, rule in self.rules.items() if rule.tolerance is not None
        }
        """Amounts that must stand in the target before any further step, and how nearly."""
        self.checked_tables = frozenset(path.rpartition("/")[0] for path in self.checks)
        """Tables with fields that are only compared; the head under the empty name."""
        self.shape = self._shown()
        model = OBJECTS[mapping.object]
        self._level = WriteLevel(model, model, self.not_wanted).compiled(rules, tables)

    def __call__(self, record: Values) -> Document:
        """The document of a record in its stored form. Raises MappingFault."""
        return self.made(record)[0]

    def made(self, record: Values) -> Made:
        """The document and the canonical form of what should stand there for good."""
        made = self._level(record, record)
        assert made is not None
        return made

    def taken_apart(self, record: Values) -> tuple[list[LinkRef], list[MappingFault]]:
        """Of a record that cannot be written: its links, and everything that is in the way."""
        links: list[LinkRef] = []
        faults: list[MappingFault] = []
        for rows, piece in self._pieces:
            for row in record.get(rows) or () if rows else [None]:
                try:
                    made = piece({**record, rows: [row]} if rows else record, record)
                except MappingFault as fault:
                    faults.append(fault)
                else:
                    links += made[0].links() if made else ()
        return links, faults

    @cached_property
    def _pieces(self) -> list[tuple[str, Compiled]]:
        """Each rule compiled alone, with the field that holds its rows; empty for the head."""
        assert self.mapping.write is not None
        model, write = OBJECTS[self.mapping.object], self.mapping.write

        def compiled(rules: tuple[Rule, ...], tables: tuple[Each, ...]) -> Compiled:
            return WriteLevel(model, model, self.not_wanted).compiled(rules, tables)

        head = [("", compiled((rule,), ())) for rule in write.rules]
        alone = [
            replace(each, rules=rules, each=inner)
            for each in write.each
            for rules, inner in [
                *(((rule,), ()) for rule in each.rules),
                *(((), (table,)) for table in each.each),
            ]
        ]
        return head + [(each.rows, compiled((), (each,))) for each in alone]

    def _shown_level(self, table: str) -> Level:
        prefix = f"{table}/" if table else ""
        rules = {
            path.removeprefix(prefix): rule
            for path, rule in self.rules.items()
            if path.rpartition("/")[0] == table and path not in self.not_wanted
        }
        linked = tuple(name for name, rule in rules.items() if rule.link)
        shown_as = {rule.reads_as or name: name for name, rule in rules.items()}
        return Level(self.tables[table].key if table else "", linked, shown_as)

    def _shown(self) -> Shape:
        """The fields to be read back: our mark, and everything ours but what is written once."""
        head = [self.mapping.reference] if self.mapping.reference else []
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
                return own_field(values, name[7:])
            return usual.get(name)
        kind = known.get(name)
        return FROM_JSON[kind](value) if isinstance(kind, str) and kind in FROM_JSON else value

    return get
