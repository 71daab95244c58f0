"""Reading: what came in since, and what we sent; of each record the newest file counts.

A cursor holds the numbers of the last file that came in and of the last that went out. Files
are read from the newest back, and of what stands in several the newest alone: so an old
version never follows a new one.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from adapters.files.answering import Answering
from adapters.files.books import Books
from adapters.files.inbox import Inbox, Taken
from adapters.files.index import Index
from adapters.files.records import Found, records
from adapters.files.sent import Sent
from adapters.files.settings import FilesSettings
from connector import exact
from connector.contract import Fields, Page, Record, Shape, chunks
from connector.errors import Gone, Transient

PAGE = 100
HELD = 10_000
"""Records of the files read last that are held in memory."""


class Reading:
    """Reads of one connection. Safe for several threads."""

    def __init__(
        self,
        inbox: Inbox,
        books: Books,
        answering: Answering,
        sent: Sent,
        settings: FilesSettings,
    ) -> None:
        self._inbox = inbox
        self._books = books
        self._answering = answering
        self._sent = sent
        self._whole = settings.whole
        self._sheet = settings.sheet
        self._page = settings.page or PAGE
        self._indexes: dict[tuple[str, tuple[str, ...]], Index] = {}
        self._recent: dict[tuple[str, int], tuple[Shape, list[Found]]] = {}
        """What was found last: a file is asked for several times in a row."""
        self._lock = threading.RLock()

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """What changed since; from nothing, and of forms that are read whole: everything."""
        known = exact.loads(after) if after else {}
        index = self.noted(shape, keep=True)
        files = [entry for entry in index.files if entry.number > known.get("in", 0)]
        self._answering.follow(shape.form, index, files)
        self._answering.catch_up(shape.form, index)
        last = {"in": max((e.number for e in files), default=known.get("in", 0))}
        if shape.form in self._whole:
            files = index.files[-1:]
        sent = self._sent.since(shape, known.get("out", 0))
        ours = self._sent.keys(shape.form)
        for entry in reversed(files):
            shown = self._shown(index, entry, shape, ours, keep=True)
            yield from (Page(some) for some in chunks(shown, self._page))
        last["out"] = max((number for number, _ in sent), default=known.get("out", 0))
        yield from (Page([record for _, record in some]) for some in chunks(sent, self._page))
        yield Page((), exact.dumps(last))

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records, from the newest file that shows them."""
        yield from self._sent.fetch(shape, keys)
        index = self.noted(shape)
        yield from self._of(index, shape, dict.fromkeys(keys))

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records in which a field says one of these."""
        fields = tuple(dict.fromkeys((*shape.fields, field)))
        shape = replace(shape, fields=fields, kinds={**shape.kinds, field: "text"})
        index = self.noted(shape)
        keys = values if (field,) == shape.key else index.keys()
        for found in (self._sent.having(shape, field, values), self._of(index, shape, keys)):
            yield from (r for r in found if r.fields.get(field) in values)

    # -- files ------------------------------------------------------------------------------

    def noted(self, shape: Shape, *, keep: bool = False) -> Index:
        """Which files show which records, of what came in by now."""
        with self._lock:
            self._inbox.take(shape.form)
            known = (shape.form, shape.key)
            index = self._indexes.setdefault(known, Index(self._inbox, *known))
            for entry in index.refresh():
                with suppress(Gone):
                    index.note(entry, self._found(entry, shape), keep=keep)
            return index

    def _of(self, index: Index, shape: Shape, keys: Iterable[str]) -> Iterator[Record]:
        wanted: dict[int, tuple[Taken, set[str]]] = {}
        for key in keys:
            entry = index.newest(key)
            if entry is not None:
                wanted.setdefault(entry.number, (entry, set()))[1].add(key)
        ours = self._sent.keys(shape.form)
        for entry, some in wanted.values():
            yield from (r for r in self._shown(index, entry, shape, ours) if r.key in some)

    def _shown(
        self, index: Index, entry: Taken, shape: Shape, ours: Collection[str], *, keep: bool = False
    ) -> list[Record]:
        """The records for which a file counts; not those of `ours`, that we sent."""
        with self._lock:
            try:
                found = self._found(entry, shape) if index.knows(entry) else []
            except Gone:
                return []
            if keep and index.knows(entry):
                index.note(entry, found, keep=True)
            mine = [f for f in found if index.newest(f.key) == entry and f.key not in ours]
            answers = self._answering.answers(entry)
        if shape.form in self._whole and any(one.nameless for one in mine):
            # Nothing may count as gone because its file cannot be read.
            raise Transient(next(one.fault for one in mine if one.nameless))
        return [_record(one, entry, index, shape, answers.get(one.key, {})) for one in mine]

    def _found(self, entry: Taken, shape: Shape) -> list[Found]:
        """What a file shows."""
        place = (shape.form, entry.number)
        known, found = self._recent.get(place, (None, []))
        if known != shape:
            found = records(self._books.of(entry), entry.name, shape, self._sheet)
            self._recent[place] = shape, found
            self._forget()
        return found

    def _forget(self) -> None:
        """Hold no more than the files read last."""
        held = sum(len(found) for _, found in self._recent.values())
        while held > HELD and len(self._recent) > 1:
            _, found = self._recent.pop(next(iter(self._recent)))
            held -= len(found)


def _record(found: Found, entry: Taken, index: Index, shape: Shape, answers: Fields) -> Record:
    """What was answered counts from then on."""
    fault = found.fault or index.contradiction(found.key, entry) or ""
    fields = {**found.fields, **{n: v for n, v in answers.items() if n in shape.fields}}
    return Record(found.key, fields, found.number, stamp=str(entry.number), fault=fault)
