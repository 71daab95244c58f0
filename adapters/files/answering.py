"""Answers: what is written onto a record that came in a file stands beside it in a copy.

The copy is for people: they may mend it and drop it again. It is made anew with every answer,
from the file as it came and from what is kept beside that; one of many records less often.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import Font

from adapters.files.books import Books
from adapters.files.inbox import Inbox, Taken
from adapters.files.index import Index, Place
from adapters.files.layout import normal, shown
from adapters.files.rendering import put, saved
from adapters.files.settings import FilesSettings
from connector import exact, sheets
from connector.contract import Fields
from connector.errors import Locked
from connector.messages import say

KEPT = ".answers.json"
MANY = 500
"""Records of a file whose copy is not made with every answer, but when the form is read next."""

Answers = dict[str, Fields]
"""By the record's key, what was written onto it."""


class Answering:
    """Answers of one connection. Safe for several threads."""

    def __init__(self, inbox: Inbox, books: Books, settings: FilesSettings) -> None:
        self._inbox = inbox
        self._books = books
        self._settings = settings
        self._lock = threading.Lock()

    def answers(self, entry: Taken) -> Answers:
        """What was written onto the records of a file."""
        kept = self._inbox.kept(entry, KEPT)
        return exact.loads(kept) if kept else {}

    def answer(self, form: str, index: Index, entry: Taken, told: Mapping[str, Fields]) -> None:
        """Write onto some records of a file, by their keys. Raises Locked."""
        zone = self._settings.zone
        with self._lock:
            answers = self.answers(entry)
            for key, fields in told.items():
                told_now = {name: _told(value, zone) for name, value in fields.items()}
                answers[key] = {**answers.get(key, {}), **told_now}
            self._inbox.keep(entry, KEPT, exact.encode(answers), lasting=True)
            if len(index.places(entry)) > MANY:
                self._inbox.note_late(form, {*self._inbox.late(form), entry.number})
            else:
                self._inbox.answer(form, entry, self._copy(index, entry, answers))

    def catch_up(self, form: str, index: Index) -> None:
        """Make the copies that lack answers."""
        with self._lock:
            late = self._inbox.late(form)
            if not late:
                return
            left = []
            for entry in (entry for entry in index.files if entry.number in late):
                try:
                    content = self._copy(index, entry, self.answers(entry))
                    self._inbox.answer(form, entry, content)
                except Locked:
                    left.append(entry.number)
            self._inbox.note_late(form, left)

    def follow(self, form: str, index: Index, files: Sequence[Taken]) -> None:
        """New files take over what older ones were answered of the same records; those say so."""
        for entry in files:
            known, mine = self.answers(entry), Answers()
            words = str(say("files_replaced", name=entry.name))
            for older, keys in _replaced(index, entry):
                before = self.answers(older)
                mine |= {k: before[k] for k in keys if k in before and k not in known}
                self._quietly(form, index, older, {key: {_note(): words} for key in keys})
            self._quietly(form, index, entry, {k: _without_note(told) for k, told in mine.items()})

    def _quietly(self, form: str, index: Index, entry: Taken, told: Mapping[str, Fields]) -> None:
        """Where it is new; a copy that somebody has open follows with the next answer."""
        known = self.answers(entry)
        if any(not fields.items() <= known.get(key, {}).items() for key, fields in told.items()):
            with suppress(Locked):
                self.answer(form, index, entry, told)

    # -- the copy ---------------------------------------------------------------------------

    def _copy(self, index: Index, entry: Taken, answers: Answers) -> bytes:
        """The file with answers beside its rows; what has no row stands on a sheet of its own."""
        book = self._book(entry)
        places = [place for place in index.places(entry) if place.key in answers]
        for place in places:
            if place.note:
                told = answers[place.key]
                answers[place.key] = {**told, _note(): told.get(_note()) or place.note}
        headings = list(dict.fromkeys(name for told in answers.values() for name in told))
        loose = [place for place in places if not place.rows]
        for title in dict.fromkeys(place.sheet for place in places if place.rows):
            sheet = book[title] if title else book.worksheets[0]
            here = [place for place in places if place.sheet == title and place.rows]
            columns = _columns(sheet, here[0].at, headings)
            for place in here:
                for row in place.rows:
                    self._fill(sheet, row, columns, answers[place.key])
        if loose:
            self._loose(book.create_sheet(str(say("files_answers"))), loose, headings, answers)
        return saved(book)

    def _book(self, entry: Taken) -> Any:
        """A workbook as it came; of anything else what could be read."""
        book = self._books.workbook(entry)
        if book is None:
            book = Workbook()
            for sheet in self._books.of(entry).sheets:
                for n, row in enumerate(sheet.rows, 1):
                    for place, cell in enumerate(row, 1):
                        put(book.worksheets[0].cell(n, place), shown(cell), self._settings)
        return book

    def _loose(
        self, sheet: Any, places: Sequence[Place], headings: Sequence[str], answers: Answers
    ) -> None:
        columns = {name: n for n, name in enumerate(headings, 2)}
        for name, n in columns.items():
            sheets.put_text(sheet.cell(1, n), name)
        for row, place in enumerate(places, 2):
            sheets.put_text(sheet.cell(row, 1), place.key)
            self._fill(sheet, row, columns, answers[place.key])

    def _fill(self, sheet: Any, row: int, columns: Mapping[str, int], told: Fields) -> None:
        for name, value in told.items():
            put(sheet.cell(row, columns[name]), value, self._settings)


def _replaced(index: Index, entry: Taken) -> Iterable[tuple[Taken, list[str]]]:
    """The files that counted for the records of this one before it came, and for which."""
    found: dict[int, tuple[Taken, list[str]]] = {}
    for place in index.places(entry):
        older = index.before(place.key, entry)
        if older is not None:
            found.setdefault(older.number, (older, []))[1].append(place.key)
    return found.values()


def _note() -> str:
    """The heading of what is to be said of a file."""
    return str(say("files_note"))


def _without_note(told: Fields) -> Fields:
    return {name: value for name, value in told.items() if name != _note()}


def _columns(sheet: Any, at: int, headings: Sequence[str]) -> dict[str, int]:
    """The column of each answer, behind the last one where the sheet has none of that name."""
    there = {normal(str(cell.value)): cell.column for cell in sheet[at] if cell.value is not None}
    free = max(there.values()) + 1
    columns: dict[str, int] = {}
    for heading in headings:
        if normal(heading) not in there:
            sheets.put_text(sheet.cell(at, free), heading)
            sheet.cell(at, free).font = Font(bold=True)
            sheets.widen(sheet, free, [heading * 2])
            there[normal(heading)] = free
            free += 1
        columns[heading] = there[normal(heading)]
    return columns


def _told(value: Any, zone: ZoneInfo) -> Any:
    """A value as people read it beside a row: days and moments as text."""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value
