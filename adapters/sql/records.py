"""The records of one shape: what is asked for, and what becomes of the rows that come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Numeric,
    Select,
    and_,
    cast,
    false,
    func,
    or_,
    select,
    union,
)

from adapters.sql.codec import Codec, joined, parted, reader, text_of
from adapters.sql.spans import Span
from adapters.sql.tables import Form, Tables
from connector.contract import Record, Shape, chunks
from connector.errors import Rejected
from connector.messages import say

AT_ONCE = 500
"""Values in one condition; SQL Server takes 2100 of all kinds, Oracle 1000."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A row that was read."""

    values: Row
    raw: Sequence[Any]
    """As the driver has them."""


class Columns:
    """The columns of one form that are asked for, its stamps with them."""

    def __init__(self, form: Form, names: Iterable[str], sums: Sequence[str] = ()) -> None:
        self.form = form
        self.names = [name for name in dict.fromkeys(names) if name]
        # Where rows are added up, none of their stamps is the record's.
        self.stamped = () if sums else form.settings.stamp
        self.names += [name for name in self.stamped if name not in self.names]
        read = {name: reader(form.kinds[name], summed=name in sums) for name in self.names}
        self._read = {n: one for n, one in read.items() if form.kinds[n] not in form.plain}
        self._places = [self.names.index(name) for name in self.stamped]

    def asked(self, name: str) -> ColumnElement[Any]:
        """A column as it is asked for: an amount of money comes with the signs of a locale."""
        column = self.form.column(name)
        return cast(column, Numeric).label(name) if self.form.kinds[name] == "money" else column

    def line(self, row: Sequence[Any]) -> Line:
        values = dict(zip(self.names, row, strict=True))
        for name, read in self._read.items():
            values[name] = read(values[name])
        return Line(values, row)

    def stamps(self, line: Line) -> Iterator[Any]:
        """A row's stamps as the driver has them."""
        return (line.raw[place] for place in self._places)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table: records of a form of their own."""

    columns: Columns
    shown: Sequence[str]
    """The fields that a row shows, its key first."""
    by: str

    @property
    def form(self) -> Form:
        return self.columns.form


class Records:
    """The records of one shape, their rows with them."""

    def __init__(self, tables: Tables, codec: Codec, shape: Shape, extra: str = "") -> None:
        """`extra` is one more field. Raises Rejected for what the database does not have."""
        names = (*shape.key, *shape.fields, *shape.sums, shape.number, extra)
        self.form = tables.having(shape.form, names)
        self._shape = shape
        self._codec = codec
        self._fields = [name for name in dict.fromkeys((*shape.fields, *shape.sums, extra)) if name]
        self._columns = Columns(self.form, names, shape.sums)
        self._parts = {name: _part(tables, shape, name) for name in shape.tables}

    @property
    def has_rows(self) -> bool:
        """They have rows in tables of their own."""
        return bool(self._parts)

    # -- what is asked for ------------------------------------------------------------------

    def select(self) -> Select[Any]:
        """All of them. Where rows share a key, the rest of a record is the least of each."""
        shape, asked = self._shape, self._columns.asked
        if not shape.sums:
            return select(*map(asked, self._columns.names))
        made = [
            asked(n) if n in shape.key else (func.sum if n in shape.sums else func.min)(asked(n))
            for n in self._columns.names
        ]
        return select(*made).group_by(*map(self.form.column, shape.key))

    @property
    def order(self) -> list[ColumnElement[Any]]:
        return [self.form.column(name) for name in self._shape.key]

    def behind(self, key: str) -> ColumnElement[bool]:
        """The keys above this one."""
        columns, values = self.order, self._values(key)
        return or_(
            *(
                and_(
                    *(c == v for c, v in zip(columns[:place], values[:place], strict=True)),
                    columns[place] > values[place],
                )
                for place in range(len(columns))
            )
        )

    def having(self, keys: Sequence[str]) -> ColumnElement[bool]:
        """One of these keys; those that the columns cannot hold are left out."""
        columns, held = self.order, []
        for key in keys:
            with suppress(ValueError):
                held.append(self._values(key))
        if not held:
            return false()
        if len(columns) == 1:
            return columns[0].in_([values[0] for values in held])
        return or_(
            *(
                and_(*(_equal(c, v) for c, v in zip(columns, values, strict=True)))
                for values in held
            )
        )

    def one_of(self, field: str, values: Sequence[str]) -> ColumnElement[bool]:
        """A field has one of these values, as nearly as the database compares them."""
        kind = self.form.kinds[field]
        held: list[Any] = []
        for value in values:
            with suppress(ValueError):
                held.append(self._codec.key(kind, value))
        return self.form.column(field).in_(held) if held else false()

    def changed(self, span: Span) -> ColumnElement[bool]:
        """Stamped inside the span, or with a row that is."""
        parts = [part for part in self._parts.values() if part.form.settings.stamp]
        if not parts:
            return span.within(self.form)
        (key,) = self.order
        keys = [select(key).where(span.within(self.form))]
        for part in parts:
            if (part.form.settings.kind == "version") != (self.form.settings.kind == "version"):
                words = say("sql_kinds_differ", form=part.form.name, parent=self.form.name)
                raise Rejected(words)
            keys.append(select(part.form.column(part.by)).where(span.within(part.form)))
        return key.in_(union(*keys))

    def newest(self) -> Iterator[Select[Any]]:
        """The newest stamp of the records, and those of their rows: all of one counter."""
        for form in (self.form, *(part.form for part in self._parts.values())):
            yield from (select(func.max(form.column(name))) for name in form.settings.stamp)

    def _values(self, key: str) -> list[Any]:
        """The parts of a key as the columns hold them. Raises ValueError."""
        names, kinds = self._shape.key, self.form.kinds
        parts = parted(key, len(names))
        return [
            None if not part and len(names) > 1 else self._codec.key(kinds[name], part)
            for name, part in zip(names, parts, strict=True)
        ]

    # -- what becomes of it -----------------------------------------------------------------

    def made(
        self, connection: Connection, rows: Sequence[Sequence[Any]], span: Span | None = None
    ) -> list[Record]:
        """The records that the rows are. What lies before `span` is no news."""
        lines = {self._key_of(line): line for line in map(self._columns.line, rows)}
        if len(lines) < len(rows):
            key = ", ".join(self._shape.key)
            raise Rejected(say("sql_key_twice", form=self._shape.form, key=key))
        found = {name: self._rows(connection, p, lines) for name, p in self._parts.items()}
        return [
            self._record(key, line, {name: own[key] for name, own in found.items()}, span)
            for key, line in lines.items()
        ]

    def last(self, rows: Sequence[Sequence[Any]]) -> str:
        """The key of the last one."""
        return self._key_of(self._columns.line(rows[-1]))

    def _key_of(self, line: Line) -> str:
        return joined([text_of(line.values[name]) for name in self._shape.key])

    def _rows(
        self, connection: Connection, part: Part, keys: Iterable[str]
    ) -> defaultdict[str, list[Line]]:
        """The rows of these records, in the order of their keys."""
        found: defaultdict[str, list[Line]] = defaultdict(list)
        columns, by = part.columns, part.form.column(part.by)
        for some in chunks(list(keys), AT_ONCE):
            held = [self._codec.key(part.form.kinds[part.by], key) for key in some]
            asked = select(*map(columns.asked, columns.names)).where(by.in_(held))
            asked = asked.order_by(part.form.column(part.shown[0]))
            for line in map(columns.line, connection.execute(asked).all()):
                found[text_of(line.values[part.by])].append(line)
        return found

    def _record(
        self, key: str, line: Line, tables: Mapping[str, Sequence[Line]], span: Span | None
    ) -> Record:
        fields = {name: line.values[name] for name in self._fields}
        told = [text_of(line.values[name]) for name in self._columns.stamped]
        old = span is not None and span.is_old(self.form, self._columns.stamps(line))
        for name, rows in tables.items():
            part, columns = self._parts[name], self._parts[name].columns
            fields[name] = [{n: row.values[n] for n in part.shown} for row in rows]
            if self._columns.stamped:
                stamps = [text_of(row.values[n]) for row in rows for n in columns.stamped]
                told += [max(stamps, default=""), str(len(rows))]
            if old and span is not None:
                old = all(span.is_old(part.form, columns.stamps(row)) for row in rows)
        number = text_of(line.values[self._shape.number]) if self._shape.number else ""
        return Record(key, fields, number, "/".join(told), again=old)


def _part(tables: Tables, shape: Shape, name: str) -> Part:
    table = shape.tables[name]
    form = table.form or name
    if len(shape.key) > 1:
        raise Rejected(say("sql_one_key", form=shape.form, table=name))
    by = table.by or tables.by(form, shape.form)
    shown = list(dict.fromkeys((table.key, *table.fields)))
    return Part(Columns(tables.having(form, (by, *shown)), (*shown, by)), shown, by)


def _equal(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value
