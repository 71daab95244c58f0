"""What goes out: files for others to import, and what we keep of each.

    out/FORM/000007-FORM-KEY.xlsx     for others to import, in the order of the numbers
    out/FORM/sent/000007/             what we keep: the record, and until it is out, the file

A file goes out by one renaming, out of the folder in which we keep its record. So whether it
went out can be told at any time, also after somebody has imported and deleted it: it went if
it does not lie there any more.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.files.client import Numbered, fill, is_young, put, reached, safe, settle
from adapters.files.codec import as_json, from_json
from adapters.files.settings import FilesSettings
from connector import exact
from connector.clock import Clock
from connector.errors import OutcomeUnknown, Transient
from connector.messages import say

SENT, RECORD, FILE = "sent", ".record.json", "file.part"
Kept = dict[str, Any]
"""A record as it is kept: `key`, `number`, `mark` (field and value), `fields`, `rows` by table, the
`version`, the `operation` that its file was about, and the last of the `receipts` before it."""
NAME = 70
"""Characters of a file's name, which in UTF-8 may be three bytes each."""


class Outbox:
    """The files of all forms. Safe for several threads and processes."""

    def __init__(self, settings: FilesSettings, clock: Clock) -> None:
        self._folder = settings.folder / settings.outbox
        self._clock = clock

    def since(self, form: str, after: int = 0) -> tuple[list[tuple[int, Kept]], int]:
        """What went out behind a number, in order; and up to where nobody is at it any more."""
        sent, found, upto = self._sent(form), [], after
        at_it = False
        with reached(self._folder):
            for number in sent.numbers(after):
                kept = self._went(sent.path(number))
                if kept is not None:
                    found.append((number, kept))
                at_it = at_it or (kept is None and is_young(sent.path(number), self._clock))
                upto = upto if at_it else number
        return found, upto

    def went(self, form: str, number: int) -> Kept | None:
        """What went out under a number; None: nothing, or people have cleared it away."""
        with reached(self._folder):
            return self._went(self._sent(form).path(number))

    def _went(self, folder: Path) -> Kept | None:
        """The record in a folder; None: its file never went out."""
        try:
            kept = exact.loads((folder / RECORD).read_bytes())
        except FileNotFoundError:
            return None
        return None if (folder / FILE).exists() else _loaded(kept)

    def send(self, form: str, record: Kept, content: bytes, suffix: str) -> None:
        """Put a file out."""
        sent = self._sent(form)
        with reached(self._folder):
            number = sent.new()
            folder = sent.path(number)
            fill(folder / FILE, content)  # until there is a record, it is nothing
            put(folder / RECORD, exact.encode(_dumped(record)))
            settle(folder)
            settle(folder.parent)
        name = safe(f"{number:06}-{form}-{record['key']}"[:NAME])
        self._publish(folder / FILE, self._of(form) / f"{name}{suffix}")

    def _publish(self, file: Path, to: Path) -> None:
        try:
            file.rename(to)
        except OSError as error:
            words = say("files_unreachable", path=to, detail=error.strerror or str(error))
            raise (Transient if _lies_there(file) else OutcomeUnknown)(words) from None
        settle(to.parent)

    def _of(self, form: str) -> Path:
        return self._folder / safe(form)

    def _sent(self, form: str) -> Numbered:
        return Numbered(self._of(form) / SENT)


def _dumped(record: Kept) -> dict[str, Any]:
    rows = {table: [_typed(row, as_json) for row in rows] for table, rows in record["rows"].items()}
    return {**record, "fields": _typed(record["fields"], as_json), "rows": rows}


def _loaded(kept: dict[str, Any]) -> Kept:
    rows = {table: [_typed(r, from_json) for r in rows] for table, rows in kept["rows"].items()}
    return {**kept, "fields": _typed(kept["fields"], from_json), "rows": rows}


def _typed(values: dict[str, Any], how: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: how(value) for name, value in values.items()}


def _lies_there(file: Path) -> bool:
    try:
        return file.stat().st_size >= 0
    except OSError:
        return False
