"""Files in a folder, as the contract wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from adapters.files import client
from adapters.files.answering import Answering
from adapters.files.books import Books
from adapters.files.describing import fields_of
from adapters.files.inbox import Inbox
from adapters.files.outbox import Outbox
from adapters.files.reading import Reading
from adapters.files.receipts import Receipts
from adapters.files.sending import STEPS, Sending
from adapters.files.sent import Sent
from adapters.files.settings import FilesSettings
from adapters.files.writing import Writing
from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
    FormCapabilities,
    FormField,
    Http,
    Identity,
    Page,
    Record,
    Settings,
    Shape,
    Write,
    Written,
)
from connector.errors import AdapterError

WRITTEN = frozenset({"create", "update", "cancel"})
BATCH = 50
"""Answers that are put into one copy at once."""
WHOLE = FormCapabilities(reads="full", operations=frozenset({"update"}), batch=BATCH)


class Files(Adapter):
    """One folder."""

    settings_type: ClassVar[type[Settings]] = FilesSettings
    speaks_http = False

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, FilesSettings)
        self._root = settings.folder
        inbox, outbox = Inbox(settings, clock), Outbox(settings, clock)
        self._books, sent = Books(inbox, settings), Sent(outbox)
        answering = Answering(inbox, self._books, settings)
        self._reading = Reading(inbox, self._books, answering, sent, settings)
        sending = Sending(outbox, sent, Receipts(self._reading), settings)
        self._writing = Writing(self._reading, answering, sending, sent)
        self.capabilities = Capabilities(
            forms=dict.fromkeys(settings.whole, WHOLE),
            other=FormCapabilities(operations=WRITTEN, batch=BATCH, steps=STEPS),
            longest_write=settings.timeout,
        )

    def check(self) -> Identity:
        """The folder is there, and it is the one that it was."""
        return Identity(client.tenant(self._root), str(self._root))

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        self.check()  # Where a share is not mounted, folders are empty, or made anew.
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        for outcome in self._writing.many([write]):
            if isinstance(outcome, Written):
                return outcome
            raise outcome
        raise AssertionError("no outcome")

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        return self._writing.many(writes)

    def describe(self, form: str) -> Sequence[FormField]:
        return list(fields_of(self._books.newest(form)))
