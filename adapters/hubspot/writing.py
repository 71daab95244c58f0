"""Writes of up to a hundred records by one call, and what came of each.

An answer need not say of all of them what was done. What it leaves open goes once more, alone: an
update sets the same values again, and new records go together only where a unique property holds
our mark, so that HubSpot itself refuses a second one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from adapters.hubspot.client import Client
from adapters.hubspot.codec import own_names
from adapters.hubspot.describing import Codecs
from adapters.hubspot.forms import ASSOCIATED, BATCH, KEY, PRIMARY
from adapters.hubspot.jobs import Job, made, refused, unsaid
from adapters.hubspot.reading import Reading
from adapters.hubspot.results import Batch, Row
from connector.contract import Shape, Write, Written, by_key, chunks
from connector.errors import (
    AdapterError,
    AlreadyExists,
    Gone,
    HalfDone,
    Locked,
    Rejected,
    Transient,
)
from connector.kit.expected import head_paths
from connector.messages import say

REQUESTS = 4
"""Requests of a write that may each take as long as they are allowed to: properties, the write,
whose a value is, and reading back. What goes alone after a batch and does not fit into that time
any more is not sent, and comes again."""
REFUSED = (Rejected, AlreadyExists, Gone, Locked)
"""What refuses a call as a whole, because of one of its records."""


class Writing:
    """Writes of one connection."""

    def __init__(self, client: Client, codecs: Codecs, reading: Reading) -> None:
        self._client = client
        self._codecs = codecs
        self._reading = reading

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        """One outcome per write, in order."""
        for _, some in groupby(map(self._prepared, writes), _kind):
            jobs = list(some)
            for together in chunks(jobs, self._size(jobs)):
                self._send([job for job in together if job.waits])
                self._see([job for job in together if job.key and not job.error])
                yield from (job.outcome() for job in together)

    # -- what is sent -----------------------------------------------------------------------

    def _prepared(self, write: Write) -> Job:
        job = Job(write, write.key)
        try:
            if write.tables:
                tables = ", ".join(write.tables)
                raise Rejected(say("hubspot_no_rows", form=write.form, tables=tables))
            if write.verb != "put":
                raise Rejected(say("hubspot_no_verb", form=write.form, verb=write.verb))
            fields = _given(write)
            codec = self._codecs.having(write.form, fields)
            job.links = [_link(write, name) for name in fields if name.startswith(ASSOCIATED)]
            job.values = codec.write({name: fields[name] for name in own_names(fields)})
        except AdapterError as error:
            job.error = error
        return job

    def _size(self, jobs: Sequence[Job]) -> int:
        """How many of these go out by one call."""
        write = next((job.write for job in jobs if job.waits), None)
        if write is None or write.key:
            return BATCH
        marked = write.reference and self._codecs.of(write.form).unique(write.reference[0])
        return BATCH if marked else 1

    # -- sending ----------------------------------------------------------------------------

    def _send(self, jobs: Sequence[Job]) -> None:
        """Afterwards each has a key or an error."""
        if not jobs:
            return
        write = jobs[0].write
        send = self._client.update if write.key else self._client.create
        try:
            batch = send(write.form, [job.input(place) for place, job in enumerate(jobs)])
        except REFUSED as refusal:
            if len(jobs) == 1:
                jobs[0].error = self._meant(jobs[0], refusal)
            else:
                self._send_alone(jobs)
        except AdapterError as error:
            for job in jobs:
                job.error = error
        else:
            self._note(jobs, batch)

    def _send_alone(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._send([job])

    def _note(self, jobs: Sequence[Job], batch: Batch) -> None:
        """What the answer says of each; what it does not say is found out alone."""
        keys, errors = made(jobs, batch.results), refused(jobs, batch.errors)
        left = []
        for place, job in enumerate(jobs):
            if place in keys:
                job.key = keys[place]
            elif place in errors:
                job.error = self._meant(job, errors[place])
            else:
                left.append(job)
        if len(jobs) > 1:
            self._send_alone(left)
        elif left:
            jobs[0].error = self._meant(jobs[0], unsaid(jobs[0], batch))

    def _meant(self, job: Job, refusal: AdapterError) -> AdapterError:
        """What the refusal of one record means: that another one has a value, whatever the words;
        or that what a new one should belong to is not there."""
        write, words = job.write, refusal.words
        code, answer = refusal.code, refusal.answer
        if isinstance(refusal, Gone) and not write.key:
            return Rejected(words, code=code, answer=answer)
        if isinstance(refusal, Rejected | AlreadyExists) and (holder := self._holder(job)):
            return AlreadyExists(words, key=holder, code=code, answer=answer)
        return refusal

    def _holder(self, job: Job) -> str:
        """The key of another record that has a value which may not be there twice."""
        form, codec = job.write.form, self._codecs.of(job.write.form)
        try:
            for name in filter(codec.unique, job.values):
                for record in self._reading.find(Shape(form, (KEY,), ()), name, [job.values[name]]):
                    if record.key != job.write.key:
                        return record.key
        except AdapterError:
            pass  # whose it is, is not worth another error
        return ""

    # -- what came of it --------------------------------------------------------------------

    def _see(self, jobs: Sequence[Job]) -> None:
        """Note the records as HubSpot shows them, where that is asked for or amounts are expected.

        The writes are done all the same; but amounts that nobody saw are not as expected yet.
        """
        jobs = [job for job in jobs if job.show or job.write.expect]
        if not jobs:
            return
        shape = jobs[0].show or Shape(jobs[0].write.form, (KEY,), ())
        paths = [path for job in jobs for path in head_paths(job.write)]
        shape = replace(shape, fields=tuple(dict.fromkeys([*shape.fields, *paths])))
        unseen: AdapterError | None = None
        try:
            found = by_key(self._reading.fetch(shape, [job.key for job in jobs]))
        except AdapterError as error:
            found, unseen = {}, error
        for job in jobs:
            job.shown = found.get(job.key)
            if job.shown is None and job.write.expect:
                why = unseen or Transient(say("hubspot_unseen", key=job.key))
                job.error = HalfDone(job.written(), why)


def _kind(job: Job) -> tuple[Any, ...]:
    """What must be equal in writes that go out together."""
    write = job.write
    mark = write.reference[0] if write.reference else ""
    return (write.form, bool(write.key), mark, job.show)


def _given(write: Write) -> dict[str, Any]:
    """What a record is to hold; a new one has nothing to be emptied, and our mark."""
    if write.key:
        return dict(write.fields)
    given = {name: value for name, value in write.fields.items() if value is not None}
    return given | dict([write.reference] if write.reference else [])


def _link(write: Write, name: str) -> Row:
    """What a new record belongs to. Raises Rejected."""
    to = name.removeprefix(ASSOCIATED)
    kind = PRIMARY.get((write.form, to))
    if write.key or kind is None:
        raise Rejected(say("hubspot_association", form=write.form, to=to), field=name)
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}]
    return {"to": {"id": str(write.fields[name])}, "types": types}
