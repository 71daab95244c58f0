"""Reading what changed: an object's own records first, then those whose rows changed.

A search only says which records there are; what they hold is read by their ids, and so never
older than what we knew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.hubspot.client import GROUPS, READ, Client, Filter
from adapters.hubspot.codec import spelt
from adapters.hubspot.describing import Codecs
from adapters.hubspot.forms import ASSOCIATED, KEY, LOGIN, MODIFIED, MODIFIED_OF, OWNERS, STAMP
from adapters.hubspot.results import Associated, Row
from adapters.hubspot.settings import HubSpotSettings
from connector.clock import Clock
from connector.contract import Page, Record, Shape, chunks
from connector.kit.details import Reader, Records, Source
from connector.kit.millis import millis
from connector.kit.window import Window


class Searches(Source):
    """HubSpot's searches, and its readings by id."""

    key = KEY
    stamp = STAMP

    def __init__(self, client: Client, codecs: Codecs) -> None:
        self._client = client
        self._codecs = codecs

    def changed(
        self, form: str, fields: Sequence[str], window: Window, after: str
    ) -> Iterator[list[Row]]:
        for keys in self._client.ids(form, [_within(form, window)], after):
            if rows := self._rows(form, keys, fields):
                yield rows

    def having(
        self, form: str, fields: Sequence[str], field: str, values: Sequence[str]
    ) -> Iterator[list[Row]]:
        if field == KEY:
            rows = self._rows(form, [one for one in values if one.isdecimal()], fields)
            # A record that was merged into another one may be answered by that one.
            yield [row for row in rows if row[KEY] in values]
        elif field.startswith(ASSOCIATED):
            yield from self._belonging(form, fields, field, values)
        elif self._codecs.of(form).unique(field):
            yield self._rows(form, values, fields, by=field)
        else:
            # `IN` finds text in small letters alone; so each value is a group of its own.
            for some in chunks(values, GROUPS):
                groups: list[list[Filter]] = [[(field, "EQ", one)] for one in some]
                for keys in self._client.ids(form, groups):
                    yield self._rows(form, keys, fields)

    def _belonging(
        self, form: str, fields: Sequence[str], field: str, parents: Sequence[str]
    ) -> Iterator[list[Row]]:
        """The rows of these parents, each with its parent."""
        found = self._client.associated(field.removeprefix(ASSOCIATED), form, parents)
        owner = {one.key: parent for parent, ones in found.items() for one in ones}
        names = [name for name in fields if name != field]
        for some in chunks(sorted(owner, key=int), READ):
            yield [{**row, field: owner[row[KEY]]} for row in self._rows(form, some, names)]

    def _rows(
        self, form: str, keys: Sequence[str], fields: Sequence[str], *, by: str = ""
    ) -> list[Row]:
        rows = self._client.read(form, keys, fields, by)
        for name in fields:
            if rows and name.startswith(ASSOCIATED):
                to = name.removeprefix(ASSOCIATED)
                found = self._client.associated(form, to, [row[KEY] for row in rows])
                for row in rows:
                    row[name] = _the_one(found.get(row[KEY], []))
        return rows

    def reader(self, form: str, names: Sequence[str]) -> Reader:
        return self._codecs.of(form).reader(names)

    def spelt(self, instant: datetime) -> str:
        return spelt(instant)


class Reading:
    """Reads the objects of one connection."""

    def __init__(
        self, client: Client, codecs: Codecs, settings: HubSpotSettings, clock: Clock
    ) -> None:
        self._client = client
        self._clock = clock
        self._looked: dict[str, float] = {}
        """When the recycling bin of an object was last looked into."""
        self._codecs = codecs
        self._searches = Searches(client, codecs)
        self._settings = settings

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their ids."""
        records = self._asked(shape)  # The time is HubSpot's own: it must have answered.
        lag, lookback = self._settings.lag, self._settings.lookback
        window = Window.open(after, self._client.now(), lag=lag, lookback=lookback)
        yield from records.changed(window)
        if window.start is not None:
            yield from self._deleted(shape.form)

    def _deleted(self, form: str) -> Iterator[Page]:
        """What lies in the recycling bin, now and then: no stamp tells that it came there."""
        now, every = self._clock.monotonic(), self._settings.reread
        if form not in self._settings.bins or now < self._looked.get(form, -every) + every:
            return
        yield from (Page((), gone=keys) for keys in self._client.archived(form))
        self._looked[form] = now

    def everything(self, shape: Shape) -> Iterator[Page]:
        """Every user. Nothing is given before all were seen."""
        read = self._codecs.having(OWNERS, shape.fields).reader(shape.fields)
        records = []
        for row in (row for rows in self._client.owners() for row in rows):
            row[LOGIN] = str(row.get("email") or "").partition("@")[0]
            number, key = str(row.get(shape.number) or ""), str(row[shape.key[0]])
            records.append(Record(key, read(row), number))
        yield from (Page(some) for some in chunks(records, self._settings.page))

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        if shape.form == OWNERS:
            every = (record for page in self.everything(shape) for record in page.records)
            return (record for record in every if record.key in keys)
        return self._asked(shape).having(shape.key[0], keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """By any property. HubSpot finds text in other letter case, too: left out here."""
        wanted = {value for value in values if value}
        fields = tuple(dict.fromkeys([*shape.fields, field]))
        found = self._asked(replace(shape, fields=fields)).having(field, sorted(wanted))
        return (record for record in found if str(record.fields[field]) in wanted)

    def _asked(self, shape: Shape) -> Records:
        """For somebody who counts on every property: one that is not there would look empty."""
        self._codecs.having(shape.form, [*shape.key, *shape.fields, *filter(None, [shape.number])])
        for table in shape.tables.values():
            self._codecs.having(table.form, [table.by, table.key, *table.fields])
        return Records(self._searches, shape)


def _within(form: str, window: Window) -> list[Filter]:
    # From the beginning of time means everything: what is left out would count as gone.
    if window.start is None:
        return []
    stamp, start, end = MODIFIED_OF.get(form, MODIFIED), millis(window.start), millis(window.end)
    return [(stamp, "GTE", str(start)), (stamp, "LT", str(end))]


def _the_one(found: Sequence[Associated]) -> str | None:
    """The primary one; else the only one. Which of several is meant nobody can tell."""
    first = [one.key for one in found if one.primary] or [one.key for one in found]
    return first[0] if len(first) == 1 else None
