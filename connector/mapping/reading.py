"""The read side, compiled: a remote's record becomes a business object, or a named fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from connector.contract import Record, Shape, Table
from connector.errors import MappingFault
from connector.mapping import template
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.functions import FUNCTIONS
from connector.mapping.kinds import kinds
from connector.mapping.model import Each, Mapping, Rule
from connector.messages import say
from connector.objects import OBJECTS
from connector.objects.base import BusinessObject, Part

Row = dict[str, Any]
Take = Callable[[Row, Row], Any]
"""`(row, head) -> value`."""

UNREADABLE = (ValueError, TypeError, ArithmeticError, OSError, ExpressionFault)
"""What conversions raise when a remote sends something else than it should."""
TRUE = frozenset({"true", "1", "yes", "y", "是"})
FALSE = frozenset({"false", "0", "no", "n", "否"})


class Reader:
    """Reads one form into one object. Built once per mapping and connection."""

    def __init__(self, mapping: Mapping, zone: ZoneInfo) -> None:
        """`zone` is the connection's: an instant becomes a date there."""
        if mapping.read is None:
            raise ValueError(f"{mapping.file} does not read")
        self.mapping = mapping
        self.shape = read_shape(mapping)
        self._zone = zone
        self._model = OBJECTS[mapping.object]
        self._fill = self._compile(mapping.read.rules, mapping.read.each, self._model)

    def __call__(self, record: Record) -> BusinessObject:
        """The business object. Raises MappingFault that names the field."""
        values: Row = {}
        if record.number:
            values["number"] = record.number
        self._fill(values, record.fields, record.fields)
        try:
            made = self._model.model_validate(values)
        except ValidationError as error:
            raise _fault(error) from None
        made.settle()
        return made

    def partial(self, record: Record) -> Row:
        """Whatever of a broken record can be read, unchecked: enough to see whether it is ours."""
        assert self.mapping.read is not None
        values: Row = {}
        for rule in self.mapping.read.rules:
            take = self._take(rule, kinds(self._model).get(rule.target, ""))
            with suppress(*UNREADABLE, MappingFault):
                values[rule.target] = take(record.fields, record.fields)
        return values

    def usable(self, record: Record) -> bool:
        """Whether other records may refer to it in this system."""
        return _holds(self.mapping.usable, record, when_absent=True)

    def open(self, record: Record) -> bool:
        """Whether it may still change without its stamp moving."""
        return _holds(self.mapping.open, record, when_absent=False)

    def _compile(
        self, rules: tuple[Rule, ...], tables: tuple[Each, ...], model: type[Part]
    ) -> Callable[[Row, Row, Row], None]:
        takes = [(rule, self._take(rule, kinds(model).get(rule.target, ""))) for rule in rules]
        lists = [(table, self._list(table, model)) for table in tables]

        def fill(values: Row, row: Row, head: Row) -> None:
            for rule, take in takes:
                try:
                    value = take(row, head)
                except UNREADABLE as error:
                    raise MappingFault(rule.target, _why(rule, error)) from None
                if value is None or value == "":
                    continue
                if rule.target.startswith("custom."):
                    values.setdefault("custom", {})[rule.target[7:]] = value
                else:
                    values[rule.target] = value
            for table, rows in lists:
                values[table.target] = rows(row, head)

        return fill

    def _list(self, table: Each, model: type[Part]) -> Callable[[Row, Row], list[Row]]:
        line = kinds(model)[table.target]
        assert isinstance(line, type)
        fill = self._compile(table.rules, table.each, line)
        source, key, when = table.source, table.key, table.when
        keyed = "id" in kinds(line)

        def rows(row: Row, head: Row) -> list[Row]:
            made: list[Row] = []
            for item in row.get(source) or ():
                if when is not None and not when.holds(_scope(item, head)):
                    continue
                if keyed and item.get(key) in (None, ""):
                    raise MappingFault(table.target, say("field_missing", path=key))
                values: Row = {"id": str(item[key])} if keyed else {}
                fill(values, item, head)
                made.append(values)
            return made

        return rows

    def _take(self, rule: Rule, kind: str | type[Part]) -> Take:
        origin = _origin(rule)
        kind = rule.type or kind
        convert = self._converter(kind if isinstance(kind, str) else "")
        table, when = rule.map, rule.when

        def take(row: Row, head: Row) -> Any:
            if when is not None and not when.holds(_scope(row, head)):
                return None
            value = origin(row, head)
            if value is None or value == "":
                return rule.default
            if table is not None:
                value = _looked_up(rule, table.read(value), value)
            return convert(value) if convert else value

        if table is None and when is None and rule.default is None and not convert:
            return origin
        return take

    def _converter(self, kind: str) -> Callable[[Any], Any] | None:
        zone = self._zone
        return {
            "date": lambda value: as_date(value, zone),
            "instant": lambda value: as_instant(value, zone),
            "bool": as_bool,
            "text": as_text,
            "number": as_number,
        }.get(kind)


def read_shape(mapping: Mapping) -> Shape:
    """Which fields of the form the read rules need."""
    assert mapping.read is not None
    names = needed(mapping.read.rules)
    tables: dict[str, Table] = {}
    for each in mapping.read.each:
        asked = [*needed(each.rules), *(each.when.names if each.when else ())]
        names += [name[7:] for name in asked if name.startswith("record.")]
        wanted = [name for name in asked if not name.startswith("record.")]
        tables[each.source] = Table(each.key, _unique(wanted), each.form, each.by)
    for expression in (mapping.usable, mapping.open):
        names += expression.names if expression else ()
    return Shape(
        mapping.form, mapping.key, _unique(names), mapping.number, tables, sums=mapping.sums
    )


def needed(rules: tuple[Rule, ...]) -> list[str]:
    """The fields that these rules look at."""
    names: list[str] = []
    for rule in rules:
        names += rule.sources
        names += rule.otherwise
        names += rule.expr.names if rule.expr else ()
        names += rule.when.names if rule.when else ()
        names += template.names(rule.template)
    return names


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _origin(rule: Rule) -> Take:
    """Where the value comes from, before conversion."""
    if rule.has_value:
        return lambda row, head: rule.value
    if rule.expr is not None:
        expression = rule.expr
        return lambda row, head: expression(_scope(row, head))
    if rule.template:
        return lambda row, head: template.filled(rule.template, _scope(row, head))
    if rule.call:
        function, names = FUNCTIONS[rule.call], rule.sources
        return lambda row, head: function(*map(_scope(row, head), names))
    names = (rule.sources[0], *rule.otherwise)
    if len(names) > 1 or names[0].startswith("record."):
        return lambda row, head: first_filled(names, _scope(row, head))
    return lambda row, head: row.get(names[0])


def first_filled(names: tuple[str, ...], get: Callable[[str], Any]) -> Any:
    """The first of these fields that is not empty."""
    for name in names:
        value = get(name)
        if value is not None and value != "":
            return value
    return None


def _scope(row: Row, head: Row) -> Callable[[str], Any]:
    def get(name: str) -> Any:
        return head.get(name[7:]) if name.startswith("record.") else row.get(name)

    return get


def _looked_up(rule: Rule, found: str | None, value: Any) -> Any:
    if found is not None:
        return found
    assert rule.map is not None
    if rule.missing == "default":
        return rule.default
    raise MappingFault(rule.target, say("unmapped_code", value=value, table=rule.map.name))


def _holds(expression: Expression | None, record: Record, *, when_absent: bool) -> bool:
    return when_absent if expression is None else expression.holds(record.fields.get)


def _why(rule: Rule, error: Exception) -> Any:
    return say("field_unreadable", path=rule.target, detail=str(error), place=rule.place)


def _fault(error: ValidationError) -> MappingFault:
    first = error.errors(include_url=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return MappingFault(path, say("field_missing", path=path))
    value = str(first.get("input"))[:80]
    return MappingFault(path, say("field_invalid", path=path, value=value, detail=first["msg"]))


def as_date(value: Any, zone: ZoneInfo) -> date | None:
    """A date from epoch milliseconds, an ISO date or an ISO instant; 0 is no date."""
    if isinstance(value, str) and (not value.isdigit() or len(value) == 8):
        made = datetime.fromisoformat(value)
        return (made.astimezone(zone) if made.tzinfo else made).date()
    instant = as_instant(value, zone)
    return instant.astimezone(zone).date() if instant else None


def as_instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """An aware instant from epoch milliseconds or ISO text; text without an offset is local."""
    if isinstance(value, str) and not value.isdigit():
        made = datetime.fromisoformat(value)
        return made if made.tzinfo else made.replace(tzinfo=zone)
    millis = int(value)
    return datetime.fromtimestamp(millis / 1000, UTC) if millis else None


def as_bool(value: Any) -> bool:
    """True or false from what remotes send for it; anything else is a ValueError."""
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise ValueError(f"{value!r} is neither true nor false")


def as_text(value: Any) -> str:
    """Codes and names as text; a list of one is that one."""
    if isinstance(value, list):
        return as_text(value[0]) if value else ""
    return value if isinstance(value, str) else str(value)


def as_number(value: Any) -> Any:
    """Numbers stay exact; text is checked by the object itself."""
    return Decimal(str(value)) if isinstance(value, float) else value
