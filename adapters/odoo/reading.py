"""Reading: records with their rows, by windows of `write_date`; stock in full, added up.

Odoo stamps a record with the time at which its transaction began, shows whole seconds of it, and
compares them otherwise from version to version. So windows begin and end at whole seconds, with
`>=` and `<`, and start again `lookback` seconds back for what was committed late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.odoo import codec
from adapters.odoo.client import Client, Domain, Row
from adapters.odoo.following import Following
from adapters.odoo.forms import KEY, MARK, STAMP, form_of, model_of
from adapters.odoo.marks import Marks
from adapters.odoo.models import Models
from adapters.odoo.settings import OdooSettings
from connector.contract import Page, Record, Shape, Table, chunks
from connector.kit.details import Reader, Records, Source
from connector.kit.window import Window


class Reading:
    """Reads the forms of one connection."""

    def __init__(
        self,
        client: Client,
        models: Models,
        marks: Marks,
        following: Following,
        settings: OdooSettings,
    ) -> None:
        self._client = client
        self._models = models
        self._marks = marks
        self._following = following
        self._settings = settings

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their ids."""
        lag, lookback = self._settings.lag, self._settings.lookback
        window = Window.open(after, self._client.now(), lag=lag, lookback=lookback)
        yield from self._records(shape).changed(window)

    def everything(self, shape: Shape) -> Iterator[Page]:
        """Every record of a form, added up by key. Nothing is given before all was seen."""
        made = list(self._totals(shape, ()).values())
        yield from (Page(some) for some in chunks(made, self._settings.page))

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now, archived and cancelled ones included."""
        if form_of(shape.form).reads != "full":
            yield from self._records(shape, belonging=False).having(shape.key[0], keys)
            return
        firsts = sorted({int(first) for key in keys if (first := key.split("|")[0]).isdecimal()})
        for some in chunks(firsts, self._settings.page):
            made = self._totals(shape, [(shape.key[0], "in", list(some))])
            yield from (made[key] for key in keys if key in made)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter."""
        wanted = replace(shape, fields=tuple(dict.fromkeys([*shape.fields, field])))
        if field != MARK:
            found = self._records(wanted).having(field, values)
            # Odoo compares some fields without regard to case and accents.
            yield from (record for record in found if str(record.fields[field]) in values)
            return
        ids = {str(self._marks.find(shape.form, value)): value for value in values}
        for record in self._records(wanted).having(KEY, list(ids)):
            record.fields[MARK] = ids[record.key]
            yield record

    def rows_of(self, model: str, ids: Sequence[int], paths: Sequence[str]) -> list[Row]:
        """Fields of records by id, whatever form they belong to."""
        return self._following.rows(model, model, [(KEY, "in", list(ids))], paths)

    def _records(self, shape: Shape, *, belonging: bool = True) -> Records:
        tables = {name: self._table(shape.form, name, t) for name, t in shape.tables.items()}
        queries = Queries(self._following, self._models, belonging=belonging)
        return Records(queries, replace(shape, tables=tables))

    def _table(self, form: str, name: str, table: Table) -> Table:
        """The records of another form as they are; a one2many as those of its model."""
        if table.form:
            return table
        field = self._models.rows(form, name)
        return replace(table, form=field.relation, by=field.back)

    def _totals(self, shape: Shape, where: Domain) -> dict[str, Record]:
        """What matches, by key, in the order of the first of each key."""
        made: dict[str, Record] = {}
        paths = (*shape.key, *shape.fields)
        domain = [*form_of(shape.form).where, *where]
        for rows in self._following.pages(shape.form, model_of(shape.form), domain, paths):
            for row in rows:
                key = "|".join("" if row[n] is None else str(row[n]) for n in shape.key)
                known = made.get(key)
                if known is None:
                    made[key] = Record(key, {n: row[n] for n in shape.fields}, "", "")
                else:
                    known.fields.update({n: _sum(known.fields[n], row[n]) for n in shape.sums})
        return made


@dataclass(frozen=True, slots=True)
class Queries(Source):
    """What is asked about forms. `belonging`: only for what belongs to them by now; what is asked
    for by its key may have left."""

    key = KEY
    stamp = STAMP
    most = 200

    following: Following
    models: Models
    belonging: bool

    def changed(
        self, form: str, fields: Sequence[str], window: Window, after: str
    ) -> Iterator[list[Row]]:
        where = [*form_of(form).where, *self._within(window)]
        return self.following.pages(form, model_of(form), where, fields, int(after or 0))

    def having(
        self, form: str, fields: Sequence[str], field: str, values: Sequence[str]
    ) -> Iterator[list[Row]]:
        where = form_of(form).where if self.belonging else ()
        end = self.models.end(model_of(form), field)
        whole = end is not None and end.kind in codec.WHOLE
        wanted = [int(v) for v in values if v.isdecimal()] if whole else list(values)
        domain = [*where, (field, "in", wanted)]
        return self.following.pages(form, model_of(form), domain, fields)

    def reader(self, form: str, names: Sequence[str]) -> Reader:
        return lambda row: {name: row[name] for name in names}  # pages have come as read

    def spelt(self, instant: datetime) -> str:
        return codec.stamp(instant)

    def _within(self, window: Window) -> Domain:
        # From the beginning of time means everything: what is left out would count as gone.
        if window.start is None:
            return ()
        start, end = self.spelt(window.start), self.spelt(window.end)
        return ((STAMP, ">=", start), (STAMP, "<", end))


def _sum(one: Any, other: Any) -> Decimal:
    return Decimal(one or 0) + Decimal(other or 0)
