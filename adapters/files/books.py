"""Files as books of cells: each is taken apart once, and what it held is kept beside it."""

from __future__ import annotations

from typing import Any

from adapters.files import codec
from adapters.files.codec import Book
from adapters.files.inbox import Inbox, Taken
from adapters.files.settings import FilesSettings

CELLS = ".cells.json"


class Books:
    """Those of one connection. Safe for several threads."""

    def __init__(self, inbox: Inbox, settings: FilesSettings) -> None:
        self._inbox = inbox
        self._most = settings.max_answer_mb * 1_000_000

    def of(self, entry: Taken) -> Book:
        """What is in a file. Gone where people have cleared it away."""
        kept = self._inbox.kept(entry, CELLS)
        if kept:
            return codec.loaded(kept)
        book = codec.read(entry.name, self._inbox.content(entry, self._most), self._most)
        self._inbox.keep(entry, CELLS, codec.dumped(book))
        return book

    def newest(self, form: str) -> Book:
        """What is in the file of a form that came in last; nothing where none did."""
        files = self._inbox.taken(form)
        return self.of(files[-1]) if files else Book()

    def workbook(self, entry: Taken) -> Any | None:
        """A workbook as it came, formulas as their values; None: it is none, or unreadable."""
        if not codec.is_workbook(entry.name) or self.of(entry).fault:
            return None
        content = self._inbox.content(entry, self._most)
        return codec.opened(content, data_only=True) if content is not None else None
