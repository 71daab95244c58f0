"""How a record shows: nested where it is asked through a relationship, stamps of whole seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Field, Record

from .errors import READ_ONLY, Refusal, no_column
from .fields import CURRENCY, relationship

DELETED = "deleted"
"""The state of what lies in the recycle bin."""
STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
SYSTEM = ("Id", *STAMPS, "IsDeleted")
WITHOUT_BIN = frozenset({"User"})
"""Objects without `IsDeleted`."""


def moment(instant: datetime) -> str:
    """As Salesforce prints it: the fraction is always zero."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


@dataclass(frozen=True, slots=True)
class Column:
    """A field as a query names it."""

    path: tuple[str, ...]
    """As it is really spelt; the last is the field, those before it relationships."""
    kind: str
    """The type of the field, as `Field.type` says it."""
    read: Callable[[Record], Any]


def row(record: Record, columns: Iterable[Column]) -> dict[str, Any]:
    """The record as a query shows these fields of it."""
    made: dict[str, Any] = {}
    for column in columns:
        value, node, (*steps, name) = column.read(record), made, column.path
        if value is None and steps:
            node.setdefault(steps[0], None)
            continue
        for step in steps:
            node[step] = node.get(step) or {}
            node = node[step]
        node[name] = value
    return made


class Shown:
    """What the records of these books are called outside."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches
        self._whole: dict[tuple[str, bool], list[Column]] = {}

    def fields(self, form: str) -> dict[str, Field]:
        """The fields of an object that are there in this org."""
        fields = self._books.forms[form].fields
        if self._switches["multi_currency"]:
            return fields
        return {name: field for name, field in fields.items() if name != CURRENCY}

    def names(self, form: str) -> list[str]:
        """Every field of an object."""
        system = [name for name in SYSTEM if name != "IsDeleted" or form not in WITHOUT_BIN]
        return [*system, *self.fields(form)]

    def whole(self, record: Record) -> dict[str, Any]:
        """The whole record."""
        known = (record.form, bool(self._switches["multi_currency"]))
        if known not in self._whole:
            self._whole[known] = [self.column(record.form, n) for n in self.names(record.form)]
        return {column.path[0]: column.read(record) for column in self._whole[known]}

    def column(self, form: str, path: str) -> Column:
        """A field, perhaps through relationships, whatever its letter case. Raises Refusal."""
        head, _, rest = path.partition(".")
        if rest:
            return self._through(form, head, rest)
        name = _spelt(self.names(form), head, form)
        if name in SYSTEM:
            kind = {"Id": "reference", "IsDeleted": "bool"}.get(name, "any")
            return Column((name,), kind, lambda record: _system(record, name))
        field = self.fields(form)[name]
        return Column((name,), field.type, lambda record: printed(field, record.values.get(name)))

    def _through(self, form: str, link: str, rest: str) -> Column:
        links = {relationship(f.name): f for f in self.fields(form).values() if f.target}
        name = _spelt(links, link, form)
        field = links[name]
        inner = self.column(field.target, rest)

        def read(record: Record) -> Any:
            other = self._books.live(field.target).get(str(record.values.get(field.name)))
            return inner.read(other) if other else None

        return Column((name, *inner.path), inner.kind, read)

    def given(self, form: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a call may set, by field. Raises Refusal."""
        found: dict[str, Any] = {}
        for name, value in body.items():
            field = self.fields(form).get(name)
            if field is None and name not in SYSTEM:
                words = f"No such column '{name}' on sobject of type {form}"
                raise Refusal(400, "INVALID_FIELD", words)
            if field is None or not field.writable:
                words = READ_ONLY.format(name)
                raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", words, (name,))
            found[name] = _taken(field, value)
        return found


def _spelt(known: Iterable[str], name: str, form: str) -> str:
    for one in known:
        if one.lower() == name.lower():
            return one
    raise no_column(name, form)


def _system(record: Record, name: str) -> Any:
    if name == "Id":
        return record.key
    if name == "IsDeleted":
        return record.state == DELETED
    return moment(record.made if name == "CreatedDate" else record.stamp)


def printed(field: Field, value: Any) -> Any:
    """A kept value as JSON: doubles always with a point, a box always ticked or not."""
    if field.type == "bool":
        return bool(value)
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return value.quantize(Decimal("0.1")) if whole else value.normalize()
    return value


def _taken(field: Field, value: Any) -> Any:
    """A value out of JSON; one of another type is not guessed at. Raises Refusal."""
    kinds: dict[str, tuple[type, ...]] = {"number": (int, Decimal), "bool": (bool,)}
    fits = isinstance(value, kinds.get(field.type, (str,)))
    if value is not None and (not fits or (field.type == "number" and isinstance(value, bool))):
        words = f"Cannot deserialize {field.name} from value {value}"
        raise Refusal(400, "JSON_PARSER_ERROR", words, (field.name,))
    if field.type == "any" and value is not None:
        return _instant(field, value)
    return value.strip() or None if isinstance(value, str) else value


def _instant(field: Field, value: str) -> str:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        instant = datetime.min
    if instant.tzinfo is None:
        words = f"Cannot deserialize {field.name} from value {value}"
        raise Refusal(400, "JSON_PARSER_ERROR", words, (field.name,))
    return moment(instant)
