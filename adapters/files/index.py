"""Which file of a form shows which record, and where in it.

What was found in a file when it was read is kept beside it, so that nothing is taken apart
again to know where an answer belongs.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from adapters.files.inbox import Inbox, Taken
from adapters.files.records import Found
from connector import exact
from connector.messages import Message, say

NEAR = 2.0
"""Seconds in which two stamps may be one: some file systems count in steps of two."""


class Place(NamedTuple):
    """Where a record stands in a file; rows are counted from one."""

    key: str
    sheet: str
    at: int
    rows: Sequence[int]
    nameless: bool
    note: str
    """What is to be said of its file besides."""


class Index:
    """That of one form, for one choice of key fields. Not safe for several threads."""

    def __init__(self, inbox: Inbox, form: str, keys: Sequence[str]) -> None:
        self._inbox = inbox
        self._form = form
        digest = hashlib.blake2b("|".join(keys).encode(), digest_size=4).hexdigest()
        self._kept_as = f".found-{digest}.json"
        self._files: dict[int, Taken] = {}
        self._places: dict[int, dict[str, Place]] = {}
        self._kept: set[int] = set()
        self._showing: dict[str, tuple[int, ...]] = {}
        self._named: defaultdict[str, set[int]] = defaultdict(set)

    def refresh(self) -> list[Taken]:
        """Learn of files that came and went; those of which it is not known what they show."""
        there = {entry.number: entry for entry in self._inbox.taken(self._form)}
        for number in self._files.keys() - there.keys():
            self._forget(number)
        unknown = []
        for number, entry in there.items():
            if number in self._places:
                continue
            kept = self._inbox.kept(entry, self._kept_as)
            if kept:
                self._put(entry, [Place(*item) for item in exact.loads(kept)])
                self._kept.add(number)
            else:
                unknown.append(entry)
        return unknown

    def note(self, entry: Taken, found: Sequence[Found], *, keep: bool) -> None:
        """What a file shows; `keep`: to whoever reads it as a whole."""
        places = [Place(f.key, f.sheet, f.at, f.rows, f.nameless, f.note) for f in found]
        if not self.knows(entry) or places != self.places(entry):
            self._put(entry, places)
        if keep and entry.number not in self._kept:
            self._inbox.keep(entry, self._kept_as, exact.encode(places))
            self._kept.add(entry.number)

    def _put(self, entry: Taken, places: Sequence[Place]) -> None:
        self._forget(entry.number)
        self._files[entry.number] = entry
        self._places[entry.number] = {place.key: place for place in places}
        self._named[entry.name].add(entry.number)
        for place in places:
            showing = (*self._showing.get(place.key, ()), entry.number)
            self._showing[place.key] = tuple(sorted(showing))

    def _forget(self, number: int) -> None:
        self._kept.discard(number)
        entry = self._files.pop(number, None)
        for key in self._places.pop(number, ()):
            self._showing[key] = tuple(n for n in self._showing[key] if n != number)
        if entry is not None:
            self._named[entry.name].discard(number)

    # -- asking -----------------------------------------------------------------------------

    def keys(self) -> list[str]:
        """Of every record that some file shows."""
        return [key for key, files in self._showing.items() if files and self.newest(key)]

    @property
    def files(self) -> list[Taken]:
        """All of them, oldest first."""
        return [self._files[number] for number in sorted(self._places)]

    def knows(self, entry: Taken) -> bool:
        """It is known what a file shows, and it has not been cleared away."""
        return entry.number in self._places

    def places(self, entry: Taken) -> Sequence[Place]:
        """All that stands in a file."""
        return list(self._places[entry.number].values())

    def showing(self, key: str) -> list[Taken]:
        """The files that show a record, oldest first."""
        return [self._files[number] for number in self._showing.get(key, ())]

    def newest(self, key: str) -> Taken | None:
        """The file that counts for a record.

        What has no key is known by its file's name; a newer file of that name replaces it.
        """
        files = self.showing(key)
        if not files:
            return None
        newest = files[-1]
        nameless = self._places[newest.number][key].nameless
        replaced = nameless and max(self._named[newest.name]) > newest.number
        return None if replaced else newest

    def before(self, key: str, entry: Taken) -> Taken | None:
        """The file that counted until this one came, if it counts."""
        older = [one for one in self.showing(key) if one.number < entry.number]
        return older[-1] if older and not self.contradiction(key, entry) else None

    def contradiction(self, key: str, entry: Taken) -> Message | None:
        """Why a file that came later does not count: it was saved before another one."""
        for other in self.showing(key):
            if other.number < entry.number and other.saved > entry.saved + NEAR:
                return say("files_older", name=entry.name, other=other.name)
        return None
