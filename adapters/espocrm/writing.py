"""A write from beginning to end: create or update, and what came of it.

EspoCRM answers a write with the whole record, so nothing of it is read again.
"""

from __future__ import annotations

from adapters.espocrm.answers import FORBIDDEN
from adapters.espocrm.client import Client, Row
from adapters.espocrm.describing import Codecs
from adapters.espocrm.reading import Reading
from connector.contract import Record, Write, Written
from connector.errors import AccessDenied, AdapterError, HalfDone, Rejected
from connector.kit.expected import difference, head_paths
from connector.messages import say

REQUESTS = 5
"""Of one write: metadata twice, the write, what our role allows, and the rows that are shown."""
SKIP = "skip_duplicate_check"
"""The mapping's option by which a record is made although others are like it."""


class Writing:
    """Writes of one connection."""

    def __init__(self, client: Client, codecs: Codecs, reading: Reading) -> None:
        self._client = client
        self._codecs = codecs
        self._reading = reading

    def write(self, write: Write) -> Written:
        """One record. What failed before it was changed is raised as it is."""
        if write.tables:
            raise Rejected(say("espocrm_no_rows", form=write.form, tables=", ".join(write.tables)))
        if write.verb != "put":
            raise Rejected(say("espocrm_no_verb", form=write.form, verb=write.verb))
        if write.key and not write.fields and not write.expect:
            return Written(write.key)
        with self._client.within(REQUESTS):
            return self._written(write, self._sent(write))

    def _sent(self, write: Write) -> Row:
        """The record as it stands after the write."""
        try:
            if not write.key:
                return self._create(write)
            return self._update(write) if write.fields else self._client.get(write.form, write.key)
        except Rejected as refusal:
            raise self._denied(write, refusal) from None

    def _create(self, write: Write) -> Row:
        given = {name: value for name, value in write.fields.items() if value is not None}
        given |= dict([write.reference] if write.reference else [])
        values = self._codecs.writing(write.form, given).write(given)
        skip = write.options.get(SKIP) is True
        return self._client.create(write.form, values, skip_duplicates=skip)

    def _update(self, write: Write) -> Row:
        values = self._codecs.writing(write.form, write.fields).write(write.fields)
        return self._client.update(write.form, write.key, values)

    def _denied(self, write: Write, refusal: Rejected) -> AdapterError:
        """The refusal; where our role allows no such write at all, the connection's own."""
        action = "edit" if write.key else "create"
        if refusal.code != str(FORBIDDEN) or self._client.may(write.form, action):
            return refusal
        return AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer)

    # -- what came of it --------------------------------------------------------------------

    def _written(self, write: Write, row: Row) -> Written:
        key, number = str(row["id"]), str(row.get(write.number) or "")
        shown = self._shown(write, row)
        written = Written(key, number, shown=shown)
        if write.expect:
            fields = self._codecs.of(write.form).reader(head_paths(write))(row)
            wrong = difference(write, Record(key, fields))
            if wrong is not None:
                raise HalfDone(written, wrong)
        return written

    def _shown(self, write: Write, row: Row) -> Record | None:
        """The write is done, even if the rows beside it cannot be shown."""
        try:
            return self._reading.record(write.show, row) if write.show else None
        except AdapterError:
            return None
