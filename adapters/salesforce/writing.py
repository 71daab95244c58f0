"""Writes from beginning to end: collections of up to 200, and what came of each record.

A query sees what was written as soon as the call has ended, so one of them shows all records
of a collection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from adapters.salesforce.answers import DUPLICATES, NO_SUCH_ID
from adapters.salesforce.client import Client
from adapters.salesforce.describing import Codecs
from adapters.salesforce.forms import KEY
from adapters.salesforce.reading import Reading
from connector.contract import Record, Shape, Write, Written, by_key, chunks
from connector.errors import AdapterError, Gone, HalfDone, Rejected
from connector.kit.expected import difference, head_paths
from connector.messages import say

REQUESTS = 5
"""Of a collection: a session, the description, the write, the records that are shown and their
lines. What else it takes, such as its halves after a refusal, is sent while there is time."""

Outcome = Written | AdapterError


class Writing:
    """Writes of one connection."""

    def __init__(self, client: Client, codecs: Codecs, reading: Reading, batch: int) -> None:
        self._client = client
        self._codecs = codecs
        self._reading = reading
        self._batch = batch

    def write_many(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """One outcome per write, in order."""
        groups: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
        for place, write in enumerate(writes):
            groups[_kind(write)].append(place)
        outcomes: dict[int, Outcome] = {}
        with self._client.within(REQUESTS):
            for places in groups.values():
                for some in chunks(places, self._batch):
                    made = self._alike([writes[place] for place in some])
                    outcomes |= zip(some, made, strict=True)
        yield from (outcomes[place] for place in range(len(writes)))

    def _alike(self, writes: Sequence[Write]) -> list[Outcome]:
        """What became of writes that go out in one call."""
        try:
            _check(writes[0])
            changes = bool(writes[0].fields) or not writes[0].key
            sent = self._sent(writes[0], self._records(writes)) if changes else None
            return self._shown(writes, sent or [write.key for write in writes])
        except AdapterError as error:
            return [error] * len(writes)

    # -- sending ----------------------------------------------------------------------------

    def _records(self, writes: Sequence[Write]) -> list[dict[str, Any]]:
        """What is sent: of a known record its key and what changed, of a new one all it has."""
        write = self._codecs.of(writes[0].form).write
        if writes[0].key:
            return [{"id": one.key, **write(one.fields)} for one in writes]
        return [write({n: v for n, v in _given(one).items() if v is not None}) for one in writes]

    def _sent(self, like: Write, records: Sequence[dict[str, Any]]) -> list[str | AdapterError]:
        """The key of each record, or why it was not written.

        A call that is refused as a whole did nothing, and it may be one record's fault alone: its
        halves are sent by themselves.
        """
        try:
            if like.key:
                done = self._client.update(like.form, records)
                return [self._missing(like.form, *one) for one in zip(records, done, strict=True)]
            accepted = DUPLICATES in like.accept
            return self._client.create(like.form, records, save_duplicates=accepted)
        except Rejected as refusal:
            if len(records) == 1:
                return [refusal]
            middle = len(records) // 2
            return [*self._half(like, records[:middle]), *self._half(like, records[middle:])]

    def _half(self, like: Write, records: Sequence[dict[str, Any]]) -> list[str | AdapterError]:
        try:
            return self._sent(like, records)
        except AdapterError as error:
            return [error] * len(records)

    def _missing(
        self, form: str, record: dict[str, Any], outcome: str | AdapterError
    ) -> str | AdapterError:
        """An unknown id and an unknown id in a field are refused by one code: look which it is."""
        key = str(record["id"])
        refused = isinstance(outcome, Rejected) and outcome.code == NO_SUCH_ID
        if not refused or self._is_there(form, key):
            return outcome
        return Gone(say("salesforce_gone", form=form, key=key), code=NO_SUCH_ID)

    def _is_there(self, form: str, key: str) -> bool:
        try:
            return any(self._reading.fetch(Shape(form, (KEY,), ()), [key]))
        except AdapterError:
            return True  # whether it is, is not worth another error

    # -- what came of it --------------------------------------------------------------------

    def _shown(
        self, writes: Sequence[Write], outcomes: Sequence[str | AdapterError]
    ) -> list[Outcome]:
        """What is written now, as Salesforce shows it, where that is asked for or amounts are
        expected; a mapping may spare the former."""
        keys = [key for key in outcomes if isinstance(key, str)]
        shape, shown, unseen = _shape(writes[0]), dict[str, Record](), None
        try:
            shown = by_key(self._reading.fetch(shape, keys)) if shape and keys else shown
        except AdapterError as error:
            unseen = error
        return [
            outcome
            if isinstance(outcome, AdapterError)
            else _written(write, outcome, shown, unseen)
            for write, outcome in zip(writes, outcomes, strict=True)
        ]


def _kind(write: Write) -> tuple[Any, ...]:
    """What must be equal in writes that go out in one call."""
    told = bool(write.fields), DUPLICATES in write.accept, repr(write.options), bool(write.expect)
    return write.form, bool(write.key), write.verb, bool(write.tables), id(write.show), *told


def _check(write: Write) -> None:
    """Raises Rejected for what cannot be said to Salesforce."""
    if write.tables:
        raise Rejected(say("salesforce_no_rows", form=write.form, tables=", ".join(write.tables)))
    if write.verb != "put":
        raise Rejected(say("salesforce_no_verb", form=write.form, verb=write.verb))


def _given(write: Write) -> dict[str, Any]:
    """The fields of a new record, our mark among them."""
    return {**write.fields, **dict([write.reference] if write.reference else [])}


def _shape(write: Write) -> Shape | None:
    """Which fields are to be shown after a write; None: nobody asks."""
    show = write.show if write.options.get("read_back") is not False else None
    if show is None and not write.expect:
        return None
    shape = show or Shape(write.form, (KEY,), ())
    fields = dict.fromkeys([*shape.fields, *head_paths(write)])
    return replace(shape, fields=tuple(fields))


def _written(
    write: Write, key: str, shown: dict[str, Record], unseen: AdapterError | None
) -> Outcome:
    record = shown.get(key)
    number = record.number if record else str(write.fields.get(write.number) or "")
    written = Written(key, number, shown=record if write.show else None)
    if not write.expect:
        return written
    # The write is done all the same; but amounts that nobody saw are not as expected yet.
    gone = Gone(say("salesforce_gone", form=write.form, key=key))
    wrong = difference(write, record) if record else unseen or gone
    return HalfDone(written, wrong) if wrong is not None else written
