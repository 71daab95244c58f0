"""The read side, compiled: a remote's record becomes a business object, or a named fault."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from connector.contract import Record, Shape, Table
from connector.errors import MappingFault
from connector.mapping.expr import Expression
from connector.mapping.kinds import kinds
from connector.mapping.level import needed
from connector.mapping.model import Mapping, Rule
from connector.mapping.read_level import Level, ReadLevel
from connector.messages import say
from connector.objects import OBJECTS
from connector.objects.base import BusinessObject, Part

Row = dict[str, Any]


class Reader:
    """Reads one form into one object. Built once per mapping and connection."""

    def __init__(self, mapping: Mapping, zone: ZoneInfo, *, marked: bool = False) -> None:
        """`zone` is the connection's: an instant becomes a date there.

        `marked`: flows carry the object both ways, so that our own mark is read, too.
        """
        if mapping.read is None:
            raise ValueError(f"{mapping.file} does not read")
        self.mapping = mapping
        self._reference = mapping.reference if marked else ""
        self.shape = read_shape(mapping, self._reference)
        self._zone = zone
        self._model = OBJECTS[mapping.object]
        self._level = ReadLevel(self._model, zone).compiled(mapping.read.rules, mapping.read.each)

    def __call__(self, record: Record) -> BusinessObject:
        """The business object. Raises MappingFault that names the field."""
        if record.fault:
            raise MappingFault("", record.fault)
        values = self._level(record.fields, record.fields) or {}
        if record.number:
            values.setdefault("number", record.number)
        try:
            made = self._model.model_validate(values)
        except ValidationError as error:
            raise fault_of(error) from None
        made.settle()
        return made

    def partial(self, record: Record) -> Row:
        """Whatever of a broken record can be read, unchecked: enough to see whether it is ours.

        Own fields are by their whole name: `custom.NAME`.
        """
        values: Row = {}
        for _, field in self._fields:
            with suppress(MappingFault):
                values |= _whole_names(field, record.fields)
        return values

    def told_by(self, fields: Row) -> Row:
        """What these fields of the form by themselves tell of the object; None: it is empty."""
        told: Row = {}
        for rule, field in self._fields:
            names = set(needed(rule))
            if names and names <= fields.keys():
                with suppress(MappingFault):
                    told[rule.target] = _whole_names(field, fields).get(rule.target)
        return told

    def read_from(self, name: str) -> set[str]:
        """The object's fields that a field of the form has a part in."""
        assert self.mapping.read is not None
        return {rule.target for rule in self.mapping.read.rules if name in needed(rule)}

    @cached_property
    def _fields(self) -> list[tuple[Rule, Level]]:
        """Each field of the head as a level of its own."""
        assert self.mapping.read is not None
        rules = self.mapping.read.rules
        return [(rule, ReadLevel(self._model, self._zone).compiled((rule,), ())) for rule in rules]

    def mark(self, record: Record) -> str:
        """Our own mark on it, where it is read."""
        return str(record.fields.get(self._reference) or "").strip()

    def usable(self, record: Record) -> bool:
        """Whether other records may refer to it in this system."""
        return _holds(self.mapping.usable, record, when_absent=True)

    def open(self, record: Record) -> bool:
        """Whether it may still change without its stamp moving."""
        return _holds(self.mapping.open, record, when_absent=False)


def _whole_names(field: Level, fields: Row) -> Row:
    """What a level of one field reads. Raises MappingFault."""
    found = field(fields, fields) or {}
    own = found.pop("custom", {})
    return found | {f"custom.{name}": value for name, value in own.items()}


def read_shape(mapping: Mapping, reference: str = "") -> Shape:
    """Which fields of the form the read rules need, and the `reference` field, if it is named."""
    assert mapping.read is not None
    model = OBJECTS[mapping.object]
    names = [name for rule in mapping.read.rules for name in needed(rule)]
    names += [reference] if reference else []
    head = _kinds(model, mapping.read.rules)
    tables: dict[str, Table] = {}
    for each in mapping.read.each:
        line = kinds(model)[each.target]
        assert isinstance(line, type)
        known = _kinds(line, each.rules)
        head |= {name[7:]: kind for name, kind in known.items() if name.startswith("record.")}
        inner = [name for rule in each.rules for name in needed(rule)]
        inner += each.when.names if each.when else ()
        names += [name[7:] for name in inner if name.startswith("record.")]
        wanted = [name for name in inner if not name.startswith("record.")]
        tables[each.source] = Table(each.key, _unique(wanted), each.form, each.by, known)
    for expression in (mapping.usable, mapping.open):
        names += expression.names if expression else ()
    return Shape(
        mapping.form, mapping.key, _unique(names), mapping.number, tables, mapping.sums, head
    )


KINDS = ("text", "number", "date", "instant", "bool", "any")
TAKEN_FOR = {"whole": "number", **{kind: kind for kind in KINDS}}


def _kinds(model: type[Part], rules: Iterable[Rule]) -> dict[str, str]:
    """What the fields are taken for that go over as they are; a code for a value map is text."""
    found: dict[str, str] = {}
    for rule in rules:
        own = "any" if rule.target.startswith("custom.") else ""
        kind = "text" if rule.map else rule.type or kinds(model).get(rule.target, own)
        if kind in TAKEN_FOR and not rule.call:
            found |= dict.fromkeys((*rule.sources, *rule.otherwise), TAKEN_FOR[str(kind)])
    return found


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _holds(expression: Expression | None, record: Record, *, when_absent: bool) -> bool:
    return when_absent if expression is None else expression.holds(record.fields.get)


def fault_of(error: ValidationError) -> MappingFault:
    """Why values are no business object: the first of the reasons."""
    first = error.errors(include_url=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return MappingFault(path, say("field_missing", path=path))
    value = str(first.get("input"))[:80]
    return MappingFault(path, say("field_invalid", path=path, value=value, detail=first["msg"]))
