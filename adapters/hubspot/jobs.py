"""Writes on their way: what is sent of each, and which part of a batch's answer is about it.

Results come in no order. They are told by the record's id, or by our mark in a new one; errors
by the trace that was sent along, or by the id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.hubspot.answers import SHOWN, entry_error
from adapters.hubspot.results import Batch, Row
from connector.contract import Record, Shape, Write, Written
from connector.errors import AdapterError, Gone, HalfDone, OutcomeUnknown
from connector.kit.expected import difference
from connector.messages import say


@dataclass(slots=True)
class Job:
    """One write, and what is known of it so far."""

    write: Write
    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    """Properties as they go out."""
    links: Sequence[Row] = ()
    """What a new record belongs to."""
    error: AdapterError | None = None
    shown: Record | None = None

    @property
    def waits(self) -> bool:
        """It has something to send."""
        return self.error is None and bool(not self.write.key or self.values)

    @property
    def show(self) -> Shape | None:
        """What is asked of the record afterwards; a mapping may spare that."""
        return self.write.show if self.write.options.get("read_back") is not False else None

    @property
    def identity(self) -> str:
        """What a result says of whose it is: the id, or our mark."""
        write = self.write
        return write.key or (write.reference[1] if write.reference else "")

    def input(self, trace: int) -> Row:
        """As an input of a call."""
        known: Row = {"id": self.write.key} if self.write.key else {"associations": self.links}
        return {**known, "properties": self.values, "objectWriteTraceId": str(trace)}

    def written(self) -> Written:
        """The record so far."""
        number = str(self.write.fields.get(self.write.number) or "")
        if self.shown is None or self.show is None:
            return Written(self.key, number)
        return Written(self.key, self.shown.number or number, shown=self.shown)

    def outcome(self) -> Written | AdapterError:
        """What came of it. Amounts beyond tolerance are half of it."""
        written = self.written()
        if self.error is None and self.shown is not None:
            wrong = difference(self.write, self.shown)
            return HalfDone(written, wrong) if wrong is not None else written
        return self.error or written


def made(jobs: Sequence[Job], results: Sequence[Row]) -> dict[int, str]:
    """The ids of records that were made or changed, by the place of the write."""
    first = jobs[0].write
    if len(jobs) == len(results) == 1 and not first.key:
        key = str(results[0].get("id"))
        return {0: key} if key.isdecimal() else {}
    places = {job.identity: place for place, job in enumerate(jobs)}
    mark = first.reference[0] if first.reference else ""
    found: dict[int, str] = {}
    for one in results:
        key, properties = str(one.get("id")), one.get("properties")
        its = properties.get(mark) if isinstance(properties, dict) else None
        place = places.get(key if first.key else str(its))
        if key.isdecimal() and place is not None:
            found[place] = key
    return found


def refused(jobs: Sequence[Job], entries: Sequence[Row]) -> dict[int, AdapterError]:
    """Errors that name their input, by the place of the write."""
    places = {job.write.key: place for place, job in enumerate(jobs) if job.write.key}
    places |= {_trace(place): place for place in range(len(jobs))}
    found: dict[int, AdapterError] = {}
    for entry in entries:
        context = entry.get("context")
        named = context if isinstance(context, dict) else {}
        traces = [_trace(one) for one in _listed(named.get("objectWriteTraceId"))]
        for name in (*traces, *_listed(named.get("ids"))):
            if name in places:
                found[places[name]] = entry_error(entry)
    return found


def unsaid(job: Job, batch: Batch) -> AdapterError:
    """The answer about one write alone does not say by name what became of it."""
    if batch.errors:
        return entry_error(batch.errors[0])
    if batch.results and job.write.key:
        # Two records were merged, and the one that stayed answers for both.
        return Gone(say("hubspot_merged", key=job.write.key))
    return OutcomeUnknown(say("hubspot_no_result"), answer=str(batch.results)[:SHOWN])


def _trace(place: object) -> str:
    """No id looks like it."""
    return f"trace {place}"


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
