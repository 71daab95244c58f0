"""A write from beginning to end: create or update, alone or many at once, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from adapters.neocrm.client import Client, Row, with_key
from adapters.neocrm.describing import Codecs
from adapters.neocrm.forms import KEY, RECORD_TYPE
from adapters.neocrm.reading import Reading
from connector.contract import Record, Shape, Write, Written, chunks
from connector.errors import (
    AdapterError,
    AlreadyExists,
    Gone,
    HalfDone,
    Rejected,
    Transient,
)
from connector.kit.expected import difference, head_paths
from connector.kit.recent import Recent
from connector.messages import say

REQUESTS = 8
"""Of one write: description and record types, the write, what a refusal meant, what is shown."""
OPTION = "record_type"
"""The mapping's option that names the record type of what is created."""


class Writing:
    """Writes of one connection."""

    def __init__(
        self, client: Client, codecs: Codecs, reading: Reading, recent: Recent, batch: int
    ) -> None:
        self._client = client
        self._codecs = codecs
        self._reading = reading
        self._recent = recent
        self._batch = batch

    def write(self, write: Write) -> Written:
        """One record. What failed before it was changed is raised as it is."""
        if write.tables:
            raise Rejected(say("neocrm_no_rows", form=write.form, tables=", ".join(write.tables)))
        if write.verb != "put":
            raise Rejected(say("neocrm_no_verb", form=write.form, verb=write.verb))
        if not _is_sent(write) and not write.expect:
            return Written(write.key)
        with self._client.within(REQUESTS):
            key = self._sent(write, self._values(write)) if _is_sent(write) else write.key
            return self._written(write, key)

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        """One outcome per write, in order; neighbours that are alike go out by one call."""
        with self._client.within(REQUESTS):
            for alike, some in groupby(writes, _group):
                for batch in chunks(list(some), self._batch if alike else 1):
                    yield from self._alike(batch) if len(batch) > 1 else self._alone(batch[0])

    def _alone(self, write: Write) -> Iterator[Written | AdapterError]:
        try:
            yield self.write(write)
        except AdapterError as error:
            yield error

    # -- sending ----------------------------------------------------------------------------

    def _sent(self, write: Write, values: Row) -> str:
        """The key of the record that was written."""
        try:
            if not write.key:
                return self._client.create(write.form, values)
            self._client.update(write.form, write.key, values)
        except Rejected as refusal:
            raise self._meant(write, refusal) from None
        return write.key

    def _alike(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        """Records of one form that are all new, or all known."""
        outcomes: dict[int, str | AdapterError] = {}
        sent: dict[int, Row] = {}
        for place, write in enumerate(writes):
            try:
                values = self._values(write)
                sent[place] = with_key(write.key, values) if write.key else values
            except AdapterError as error:
                outcomes[place] = error
        outcomes |= zip(sent, self._told(writes[0], [*sent.values()]), strict=True)
        for place, write in enumerate(writes):
            yield self._outcome(write, outcomes[place])

    def _told(self, alike: Write, records: Sequence[Row]) -> Sequence[str | AdapterError]:
        """What Neocrm says of each record of a batch."""
        if not records:
            return ()
        method = "PATCH" if alike.key else "POST"
        try:
            return self._client.write_many(alike.form, method, records)
        except AdapterError as error:
            return [error] * len(records)

    def _outcome(self, write: Write, told: str | AdapterError) -> Written | AdapterError:
        try:
            if isinstance(told, AdapterError):
                return self._meant(write, told) if isinstance(told, Rejected) else told
            return self._written(write, write.key or told)
        except AdapterError as error:
            return error

    def _values(self, write: Write) -> Row:
        """What is sent. Raises Rejected for a field that is not there."""
        if write.key:
            return self._codecs.having(write.form, write.fields).write(write.fields)
        given: dict[str, Any] = {n: v for n, v in write.fields.items() if v is not None}
        given |= dict([write.reference] if write.reference else [])
        if RECORD_TYPE not in given:
            wanted = str(write.options.get(OPTION) or "")
            given[RECORD_TYPE] = self._codecs.record_type(write.form, wanted)
        return self._codecs.having(write.form, given).write(given)

    def _meant(self, write: Write, refusal: Rejected) -> AdapterError:
        """What a refusal meant, for codes are not told: the record is gone, or the number taken."""
        words, code, answer = refusal.words, refusal.code, refusal.answer
        try:
            shape = Shape(write.form, (KEY,), ())
            if write.key and not list(self._reading.fetch(shape, [write.key])):
                return Gone(say("neocrm_gone", key=write.key), code=code, answer=answer)
            number = write.fields.get(write.number)
            if isinstance(number, str):
                for record in self._reading.find(shape, write.number, [number]):
                    if record.key != write.key:
                        return AlreadyExists(words, key=record.key, code=code, answer=answer)
        except AdapterError:
            pass  # what it meant is not worth another error
        return refusal

    # -- what came of it --------------------------------------------------------------------

    def _written(self, write: Write, key: str) -> Written:
        """What is written now, as Neocrm shows it, where that is asked for or amounts are
        expected; a mapping may spare the former."""
        self._recent.note(write.form, key)
        written = Written(key, str(write.fields.get(write.number) or ""))
        show = write.show if write.options.get("read_back") is not False else None
        if show is None and not write.expect:
            return written
        try:
            row = self._client.get(write.form, key)
            if row is None:
                raise Transient(say("neocrm_unseen", key=key))
            shown = self._reading.record(show, row) if show else None
        except AdapterError as error:
            return _unseen(write, written, error)
        if shown is not None:
            written = Written(key, shown.number or written.number, shown=shown)
        fields = self._codecs.of(write.form).reader(head_paths(write))(row)
        wrong = difference(write, Record(key, fields))
        if wrong is not None:
            raise HalfDone(written, wrong)
        return written


def _is_sent(write: Write) -> bool:
    """There is something to be written."""
    return bool(not write.key or write.fields)


def _group(write: Write) -> tuple[Any, ...]:
    """What must be equal in writes that go out in one call; empty: it goes alone."""
    if write.verb != "put" or write.tables or not _is_sent(write):
        return ()
    return (write.form, bool(write.key))


def _unseen(write: Write, written: Written, error: AdapterError) -> Written:
    """The write is done all the same; but amounts that nobody saw are not as expected yet."""
    if write.expect:
        raise HalfDone(written, error)
    return written
