"""A write from beginning to end: create, update or invalidate, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from adapters.fxiaoke.client import Client, Row
from adapters.fxiaoke.describing import Codecs
from adapters.fxiaoke.forms import INVALID, KEY, LIFE, OWNER
from adapters.fxiaoke.locks import Locks
from adapters.fxiaoke.reading import Reading
from connector.contract import Record, Shape, Write, Written
from connector.errors import (
    AdapterError,
    AlreadyExists,
    Gone,
    HalfDone,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.kit.expected import difference, head_paths
from connector.kit.recent import Recent
from connector.messages import say

T = TypeVar("T")

TRIES = 3
"""Requests of a change, until it is done or known to be held by a lock."""
REQUESTS = TRIES + 2
"""The same with unlocking and writing. Locking again may come later: it changes no value."""


class Writing:
    """Writes of one connection, with workflows and approvals off."""

    def __init__(
        self, client: Client, codecs: Codecs, reading: Reading, recent: Recent, locks: Locks
    ) -> None:
        self._client = client
        self._codecs = codecs
        self._reading = reading
        self._recent = recent
        self._locks = locks

    def write(self, write: Write) -> Written:
        """One record. What failed before it was changed is raised as it is."""
        if write.tables:
            raise Rejected(say("fxiaoke_no_rows", form=write.form, tables=", ".join(write.tables)))
        if write.verb == "close":
            raise Rejected(say("fxiaoke_no_close", form=write.form))
        if write.verb == "cancel":
            return self._cancel(write)
        if not write.key:
            return self._create(write)
        if not write.fields:
            return self._written(write, write.key) if write.expect else Written(write.key)
        return self._update(write)

    # -- new records ------------------------------------------------------------------------

    def _create(self, write: Write) -> Written:
        given = {name: value for name, value in write.fields.items() if value is not None}
        given |= _mark(write)
        with self._client.within(REQUESTS):
            values = self._codecs.having(write.form, given).write(given)
            create = partial(self._client.create, write.form, values)
            key = self._told(write, create) or self._created(write)
        return self._written(write, key)

    def _created(self, write: Write) -> str:
        """The key of the record just made, by our mark: for custom objects none is answered."""
        field, mark = write.reference or ("", "")
        try:
            shape = Shape(write.form, (KEY,), ())
            found = list(self._reading.find(shape, field, [mark])) if field else []
        except AdapterError as error:
            raise OutcomeUnknown(error.words, code=error.code, answer=error.answer) from error
        keys = [record.key for record in found if record.fields[field] == mark]
        if len(keys) != 1:
            raise OutcomeUnknown(say("fxiaoke_no_id", form=write.form))
        return keys[0]

    def _told(self, write: Write, send: Callable[[], T]) -> T:
        """Send it; where it is refused for a number or mark in use, say whose that is."""
        try:
            return send()
        except Rejected as refusal:
            raise self._taken(write, refusal) from None

    def _taken(self, write: Write, refusal: Rejected) -> AdapterError:
        """A number or mark that is in use: with the key of the record that has it.

        No code tells such a refusal from others, and words are for people. So it is looked up
        whether another record holds a value that may not be there twice.
        """
        shape = Shape(write.form, (KEY,), ())
        try:
            for name, value in self._unique(write).items():
                for record in self._reading.find(shape, name, [value]):
                    if record.key != write.key and record.fields[name] == value:
                        words, code, answer = refusal.words, refusal.code, refusal.answer
                        return AlreadyExists(words, key=record.key, code=code, answer=answer)
        except AdapterError:
            pass  # whose it is, is not worth another error
        return refusal

    def _unique(self, write: Write) -> dict[str, str]:
        """What was given and may not be there twice: as described; else our mark and number."""
        codec = self._codecs.of(write.form)
        given = {**write.fields, **_mark(write)}
        usual = {*_mark(write), write.number}
        single = {name for name in given if codec.unique(name)}
        single |= {name for name in usual if codec.unique(name) is None}
        return {n: v for n, v in given.items() if n in single and isinstance(v, str)}

    # -- known records ----------------------------------------------------------------------

    def _update(self, write: Write) -> Written:
        form, key = write.form, write.key
        if OWNER in write.fields:
            raise Rejected(say("fxiaoke_owner"), field=OWNER)
        with self._client.within(TRIES):
            values = self._codecs.having(form, write.fields).write(write.fields)
            update = partial(self._told, write, partial(self._client.update, form, key, values))
            done = self._locks.passes(form, key, update)
        if not done:
            self._locks.opens(form, key, update)
        return self._written(write, key)

    def _cancel(self, write: Write) -> Written:
        form, key = write.form, write.key
        with self._client.within(TRIES):
            record = self._client.get(form, key)
            if record is None:
                raise Gone(say("fxiaoke_gone", key=key))
            cancel = partial(self._client.invalidate, form, key)
            done = record.get(LIFE) == INVALID or self._locks.passes(form, key, cancel)
        if not done:
            self._locks.opens(form, key, cancel)
        self._recent.note(form, key)
        return Written(key)

    # -- what came of it --------------------------------------------------------------------

    def _written(self, write: Write, key: str) -> Written:
        """What is written now, as Fxiaoke shows it, where that is asked for or amounts are
        expected; a mapping may spare the former."""
        self._recent.note(write.form, key)
        written = Written(key, str(write.fields.get(write.number) or ""))
        show = write.show if write.options.get("read_back") is not False else None
        if show is None and not write.expect:
            return written
        try:
            row = self._client.get(write.form, key)
            if row is None:
                raise Transient(say("fxiaoke_unseen", key=key))
            shown = self._reading.record(show, row) if show else None
        except AdapterError as error:
            return _unseen(write, written, error)
        if shown is not None:
            written = Written(key, shown.number or written.number, shown=shown)
        self._check(write, written, row)
        return written

    def _check(self, write: Write, written: Written, row: Row) -> None:
        """Amounts beyond tolerance. Raises HalfDone."""
        if write.expect:
            fields = self._codecs.of(write.form).read(row, head_paths(write))
            wrong = difference(write, Record(written.key, fields))
            if wrong is not None:
                raise HalfDone(written, wrong)


def _mark(write: Write) -> dict[str, Any]:
    """Our mark, as a field."""
    return dict([write.reference]) if write.reference else {}


def _unseen(write: Write, written: Written, error: AdapterError) -> Written:
    """The write is done all the same; but amounts that nobody saw are not as expected yet."""
    if write.expect:
        raise HalfDone(written, error)
    return written
