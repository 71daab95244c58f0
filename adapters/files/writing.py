"""A write from beginning to end: what was sent gets a new version, what came in an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.files.answering import Answering
from adapters.files.inbox import Taken
from adapters.files.index import Index
from adapters.files.reading import Reading
from adapters.files.sending import Sending
from adapters.files.sent import Sent
from connector.contract import Fields, Write, Written
from connector.errors import AdapterError, Gone, Rejected
from connector.messages import say

Outcome = Written | AdapterError


class Writing:
    """Writes of one connection. Safe for several threads."""

    def __init__(
        self, reading: Reading, answering: Answering, sending: Sending, sent: Sent
    ) -> None:
        self._reading = reading
        self._answering = answering
        self._sending = sending
        self._sent = sent

    def many(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """One outcome per write, in order. The answers in one copy are written together."""
        outcomes: dict[int, Outcome] = {}
        copies: dict[tuple[str, int], list[tuple[int, Write, Index, Taken]]] = {}
        for place, write in enumerate(writes):
            try:
                if self._is_ours(write):
                    outcomes[place] = self._sent_by_us(write)
                else:
                    index, entry = self._stands(write)
                    copy = copies.setdefault((write.form, entry.number), [])
                    copy.append((place, write, index, entry))
            except AdapterError as error:
                outcomes[place] = error
        for some in copies.values():
            outcomes |= self._answered(some)
        yield from (outcomes[place] for place in range(len(writes)))

    def _is_ours(self, write: Write) -> bool:
        return not write.key or write.key in self._sent.keys(write.form)

    def _sent_by_us(self, write: Write) -> Written:
        if write.verb == "close":
            raise Rejected(say("files_no_close", form=write.form))
        return self._sending.change(write) if write.key else self._sending.create(write)

    def _stands(self, write: Write) -> tuple[Index, Taken]:
        """Where the record stands that is answered. Raises AdapterError."""
        if write.show is None:
            raise Rejected(say("files_no_shape", form=write.form))
        index = self._reading.noted(write.show)
        entry = index.newest(write.key)
        if entry is None:
            raise Gone(say("files_gone", key=write.key))
        if write.verb != "put" or write.tables:
            raise Rejected(say("files_answers_only", form=write.form))
        return index, entry

    def _answered(self, some: Sequence[tuple[int, Write, Index, Taken]]) -> dict[int, Outcome]:
        _, first, index, entry = some[0]
        told: dict[str, Fields] = {write.key: write.fields for _, write, _, _ in some}
        try:
            self._answering.answer(first.form, index, entry, told)
        except AdapterError as error:
            return {place: error for place, _, _, _ in some}
        return {place: Written(write.key) for place, write, _, _ in some}
