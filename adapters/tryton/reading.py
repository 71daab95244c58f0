"""Reading: what changed in a closed window, in the order of ids, each record whole in one query.

A record has changed when it, one of its rows or what it is a part of was written. Tryton stamps
each of them with the beginning of the transaction that wrote it, which others see later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.tryton.client import Client
from adapters.tryton.codec import Row, at, decoded, encoded, first, instant, rows_at, stamp_of
from adapters.tryton.describing import Models
from adapters.tryton.forms import STAMP, STOCK, form_of
from adapters.tryton.names import Only, Referred, Summed, asked, name_of, referred, summed
from adapters.tryton.settings import TrytonSettings
from adapters.tryton.stock import Stock
from connector.contract import Page, Record, Shape, chunks
from connector.errors import Rejected
from connector.kit.window import Window
from connector.messages import say

PAGE = 100
"""Records a page."""
Reader = Callable[[Row], dict[str, Any]]
"""What makes fields of a row, as the contract has them."""


class Reading:
    """Reads the forms of one connection."""

    def __init__(self, client: Client, models: Models, settings: TrytonSettings) -> None:
        self._client = client
        self._models = models
        self._settings = settings
        self._page = settings.page or PAGE
        self._stock = Stock(client, models, self._page)

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their ids."""
        if shape.form == STOCK:
            yield from self._stock.everything(shape)
            return
        view = self.view(shape)
        now = self._client.now()
        lag, lookback = self._settings.lag, self._settings.lookback
        window = Window.open(after, now, lag=lag, lookback=lookback)
        for rows in view.pages(view.within(window), self._page, int(window.after or 0)):
            ended = len(rows) < self._page
            cursor = window.done() if ended else window.at(str(rows[-1]["id"]))
            yield Page(view.records(rows, window.fresh), cursor)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        if shape.form == STOCK:
            yield from self._stock.some(shape, keys)
            return
        view = self.view(shape)
        ids = [int(key) for key in keys if key.isdecimal()]
        for some in chunks(ids, self._page):
            yield from view.records(view.search([["id", "in", list(some)]], len(some)))

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter."""
        view = self.view(replace(shape, fields=tuple(dict.fromkeys([*shape.fields, field]))))
        kind, wanted = self._models.field(view.model, field).type, set(values)
        for some in chunks(list(wanted), self._page):
            domain = [[field, "in", [encoded(kind, value) for value in some]]]
            for rows in view.pages(domain, self._page):
                yield from view.matching(rows, field, wanted)

    def looked_up(self, model: str, field: str, value: str) -> int:
        """The id of the one record that a field's value names. Raises Rejected."""
        domain = [[field, "=", value], *self._active(model)]
        rows = self._client.search(model, domain, [field], 3)
        found = [row["id"] for row in rows if str(at(row, field)) == value]
        if len(found) != 1:
            words = "tryton_nobody" if not found else "tryton_several"
            raise Rejected(say(words, form=model, field=field, value=value), field=field)
        return int(found[0])

    def _active(self, model: str) -> list[object]:
        return [["active", "=", True]] if "active" in self._models.of(model) else []

    def view(self, shape: Shape) -> View:
        """The records of a shape. Raises Rejected for one that cannot be shown."""
        return View(self._client, self._models, shape)


class View:
    """The records of one shape, their rows with them."""

    def __init__(self, client: Client, models: Models, shape: Shape) -> None:
        if shape.key != ("id",):
            raise Rejected(say("tryton_key", form=shape.form))
        self._client = client
        self._models = models
        self._shape = shape
        self._name = name_of(shape.form)
        self.model = self._name.plain
        self._tables = {name: name_of(name) for name in shape.tables}
        self._parents = form_of(self.model).parents
        models.check(self.model, [*shape.fields, *filter(None, [shape.number])])
        for name, table in shape.tables.items():
            if table.form:
                raise Rejected(say("tryton_foreign_rows", table=name, form=shape.form))
            rows = models.field(self.model, self._tables[name].plain).relation
            models.check(rows, [table.key, *table.fields, *self._tables[name].only])

    # -- asking -----------------------------------------------------------------------------

    def search(self, domain: Sequence[object], limit: int, *more: str) -> list[Row]:
        """Rows as Tryton shows them; of this form alone."""
        fields = [*self._asked(), *more]
        return self._client.search(self.model, [*self._name.domain, *domain], fields, limit)

    def pages(self, domain: Sequence[object], size: int, after: int = 0) -> Iterator[list[Row]]:
        """The same, all of them behind an id."""
        wanted, fields = [*self._name.domain, *domain], list(self._asked())
        return self._client.pages(self.model, wanted, fields, size, after)

    def within(self, window: Window) -> list[object]:
        """The filter of what was modified in a window."""
        # From the beginning of time means everything: what is left out would count as gone.
        if window.start is None:
            return []
        start, end = instant(window.start), instant(window.end)
        span = [[STAMP, ">=", start], [STAMP, "<", end]]
        others = [[name, "where", span] for name in (*self._parents, *self._stamped())]
        return [["OR", span, *others]]

    def _stamped(self) -> list[str]:
        """Tables by whose stamps can be searched."""
        fields = self._models.of(self.model)
        names = dict.fromkeys(name.plain for name in self._tables.values())
        return [name for name in names if fields[name].searchable]

    def _asked(self) -> Iterator[str]:
        shape = self._shape
        yield from (STAMP, *(f"{name}.{STAMP}" for name in self._parents))
        yield from (one for path in shape.fields for one in asked(path))
        if shape.number:
            yield shape.number
        for name, table in shape.tables.items():
            plain, only = self._tables[name].plain, self._tables[name].only
            paths = (one for path in table.fields for one in asked(path))
            for field in (STAMP, table.key, *paths, *only):
                yield f"{plain}.{field}"

    # -- making records ---------------------------------------------------------------------

    def records(self, rows: Sequence[Row], fresh: datetime | None = None) -> list[Record]:
        """The records that these rows are; `again` those stamped before `fresh`."""
        shape, others = self._shape, self._others(rows)
        read = others.reader(shape.fields)
        readers = {
            name: others.reader(dict.fromkeys((table.key, *table.fields)))
            for name, table in shape.tables.items()
        }
        return [self._record(row, read, readers, fresh) for row in rows]

    def matching(self, rows: Sequence[Row], field: str, wanted: set[str]) -> Iterator[Record]:
        """Those of them in which the field is one of these values."""
        for row, record in zip(rows, self.records(rows), strict=True):
            held = at(row, field)
            for value in held if isinstance(held, list) else [held]:
                if str(value) in wanted:
                    record.fields[field] = value
                    yield record
                    break

    def _record(
        self, row: Row, read: Reader, readers: Mapping[str, Reader], fresh: datetime | None
    ) -> Record:
        fields, stamps = read(row), [stamp_of(row)]
        stamps += [stamp_of(row.get(f"{name}.") or {}) for name in self._parents]
        marks = []
        for name, part in readers.items():
            rows = self._rows(row, name)
            fields[name] = [part(one) for one in rows]
            stamps += map(stamp_of, rows)
            marks.append(str(len(rows)))
        newest = max(filter(None, stamps), default=None)
        number = str(first(row, self._shape.number) or "") if self._shape.number else ""
        again = fresh is not None and newest is not None and newest < fresh
        stamp = "/".join([newest.isoformat() if newest else "", *marks])
        return Record(str(row["id"]), fields, number, stamp, again)

    def _rows(self, row: Row, table: str) -> list[Row]:
        """Rows of a table, in the order in which they were made."""
        name = self._tables[table]
        rows = row.get(f"{name.plain}.") or ()
        found = [one for one in rows if matches(one, name.only)] if name.only else rows
        return sorted(found, key=_id)

    def _others(self, rows: Sequence[Row]) -> Others:
        """What references point to, asked for once for all rows."""
        others = Others(self._client)
        for path in self._shape.fields:
            others.note(path, rows)
        for name, table in self._shape.tables.items():
            parts = [part for row in rows for part in self._rows(row, name)]
            for path in table.fields:
                others.note(path, parts)
        others.ask()
        return others


class Others:
    """Records of several models, to which references point."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wanted: dict[str, tuple[set[str], set[int]]] = {}
        self._found: dict[str, dict[int, Row]] = {}

    def note(self, path: str, rows: Iterable[Row]) -> None:
        """Rows in which that path is to be shown."""
        through = referred(path)
        if through is None or not through.rest:
            return
        paths, ids = self._wanted.setdefault(through.model, (set(), set()))
        paths.add(through.rest)
        ids.update(key for row in rows if (key := _pointed(row, through)) is not None)

    def ask(self) -> None:
        for model, (paths, ids) in self._wanted.items():
            self._found[model] = {}
            for some in chunks(sorted(ids), PAGE):
                rows = self._client.search(model, [["id", "in", list(some)]], paths, len(some))
                self._found[model].update({int(row["id"]): row for row in rows})

    def reader(self, paths: Collection[str]) -> Reader:
        """What takes what stands at the end of each of these paths out of a row."""
        plain = [path for path in paths if path.isidentifier()]
        others = [(path, self._getter(path)) for path in paths if path not in plain]

        def read(row: Row) -> dict[str, Any]:
            found = {name: decoded(row.get(name)) for name in plain}
            for path, get in others:
                found[path] = get(row)
            return found

        return read

    def _getter(self, path: str) -> Callable[[Row], Any]:
        if total := summed(path):
            return lambda row: _total(row, total)
        if through := referred(path):
            return lambda row: self._referred(row, through)
        return lambda row: first(row, path)

    def _referred(self, row: Row, through: Referred) -> Any:
        key = _pointed(row, through)
        if key is None or not through.rest:
            return key
        found = self._found[through.model].get(key)
        return at(found, through.rest) if found else None


def _pointed(row: Row, through: Referred) -> int | None:
    """The id of the record that a reference points to, if it is one of that model."""
    model, _, key = str(at(row, through.field) or "").partition(",")
    return int(key) if model == through.model and key.isdecimal() else None


def matches(row: Row, only: Only) -> bool:
    """Whether every one of these fields has one of its values."""
    return all(str(at(row, name)).lower() in values for name, values in only.items())


def _total(row: Row, total: Summed) -> Decimal:
    parts = rows_at(row, total.table)
    found = (at(part, total.rest) for part in parts if matches(part, total.only))
    return sum((Decimal(str(value or 0)) for value in found), Decimal(0))


def _id(row: Row) -> int:
    return int(row["id"])
