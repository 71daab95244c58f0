"""What comes in: which files are finished, taking them, and what we keep of each.

    in/FORM/A.xlsx                          dropped, not taken yet
    in/FORM/done/000012/A.xlsx              taken, as it was, with what we keep of it beside
    in/FORM/answered/A-12-answered.xlsx     for people: a copy with answers

What lies in the folder of a form has not been read. So it does not matter what stamp a file
carries.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from adapters.files.client import Numbered, is_young, put, reached, safe, settle
from adapters.files.codec import is_workbook
from adapters.files.settings import FilesSettings
from connector.clock import Clock
from connector.errors import Gone, Locked
from connector.messages import say

DONE, ANSWERED = "done", "answered"
PATIENCE = 600.0
"""Seconds in which a file that is cut off may yet be completed."""
FORGOTTEN = 86_400.0
"""Seconds after which the mark of a program that has a file open was left behind by it."""
AHEAD = 300.0
"""Seconds by which a stamp may lie ahead of us; one beyond that tells nothing."""
PARTS = (".tmp", ".part", ".crdownload", ".download")
NOBODYS = ("thumbs.db", "desktop.ini")
_OURS = re.compile(r"-\d+-answered$")


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in."""

    number: int
    path: Path
    saved: float
    """When somebody saved it, by its stamp."""

    @property
    def name(self) -> str:
        return self.path.name


class Inbox:
    """The files of all forms. Safe for several threads and processes."""

    def __init__(self, settings: FilesSettings, clock: Clock) -> None:
        self._folder = settings.folder / settings.inbox
        self._lag = settings.lag
        self._clock = clock

    # -- taking -----------------------------------------------------------------------------

    def take(self, form: str) -> None:
        """Take in what is finished, in the order in which it was saved."""
        folder, done = self._of(form), self._done(form)
        with reached(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for path in self._finished(folder):
                number = done.new()
                try:
                    path.rename(done.path(number) / path.name)
                except (FileNotFoundError, PermissionError):
                    # Somebody else has taken it, or holds it open.
                    done.path(number).rmdir()

    def _finished(self, folder: Path) -> list[Path]:
        with os.scandir(folder) as found:
            names = {item.name for item in found if item.is_file()}
        ready = []
        for name in filter(_is_meant, names):
            with suppress(FileNotFoundError):
                if not self._is_open(folder, name, names) and self._rests(folder / name):
                    ready.append((_when(folder / name), folder / name))
        return [path for _, path in sorted(ready)]

    def _is_open(self, folder: Path, name: str, names: Collection[str]) -> bool:
        """Excel, WPS and LibreOffice leave a mark beside what they have open."""
        marks = (f"~${name}", f".~{name}", f".~lock.{name}#")
        return any(m in names and self._age(folder / m) < FORGOTTEN for m in marks)

    def _rests(self, path: Path) -> bool:
        """Nobody has touched it for a while, and as far as one can see nothing of it is missing."""
        age = self._age(path)
        return age >= self._lag and not (age < PATIENCE and _is_cut_off(path))

    def _age(self, path: Path) -> float:
        """Seconds since anything happened to it: what is copied keeps the stamp of its content."""
        now, known = self._clock.now().timestamp(), path.stat()
        moments = [m for m in (known.st_mtime, known.st_ctime) if m < now + AHEAD]
        return now - max(moments) if moments else inf

    # -- what was taken ---------------------------------------------------------------------

    def taken(self, form: str) -> list[Taken]:
        """What was taken in, in order, as far as nobody is at it right now."""
        done, found = self._done(form), []
        with reached(self._folder):
            for number in done.numbers():
                entry = _entry(number, done.path(number))
                if entry is not None:
                    found.append(entry)
                elif is_young(done.path(number), self._clock):
                    break
        return found

    def content(self, entry: Taken, most: int) -> bytes | None:
        """What is in it; None: more than that. Gone where people have cleared it away."""
        with reached(entry.path):
            try:
                return entry.path.read_bytes() if entry.path.stat().st_size <= most else None
            except FileNotFoundError:
                raise Gone(say("files_gone", key=entry.name)) from None

    def kept(self, entry: Taken, name: str) -> bytes:
        """What we keep beside it under a name; empty: nothing."""
        with reached(entry.path), suppress(FileNotFoundError):
            return entry.path.with_name(name).read_bytes()
        return b""

    def keep(self, entry: Taken, name: str, content: bytes, *, lasting: bool = False) -> None:
        """Keep something beside it; `lasting`: it cannot be made anew."""
        with reached(entry.path):
            put(entry.path.with_name(name), content, lasting=lasting)
            if lasting:
                settle(entry.path.parent)

    def answer(self, form: str, entry: Taken, content: bytes) -> None:
        """Put the answered copy where people find it. Locked where somebody has it open.

        It is for reading: what people change in it they save elsewhere, at best for us to take.
        """
        stem = _OURS.sub("", entry.path.stem)
        path = self._of(form) / ANSWERED / f"{stem}-{entry.number}-answered.xlsx"
        with reached(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                if path.exists():
                    path.chmod(0o644)  # Windows replaces no file that is for reading alone
                put(path, content, lasting=False)
                path.chmod(0o444)
            except PermissionError:
                raise Locked(say("files_open", name=path.name)) from None

    def late(self, form: str) -> list[int]:
        """Files whose copies lack answers, by number."""
        with reached(self._folder), suppress(FileNotFoundError):
            return [int(n) for n in self._late(form).read_text("utf-8").split()]
        return []

    def note_late(self, form: str, numbers: Iterable[int]) -> None:
        """Remember which copies lack answers."""
        with reached(self._folder):
            self._late(form).parent.mkdir(parents=True, exist_ok=True)
            text = " ".join(str(number) for number in sorted(numbers))
            put(self._late(form), text.encode(), lasting=False)

    def _late(self, form: str) -> Path:
        return self._of(form) / ANSWERED / ".late"

    def _of(self, form: str) -> Path:
        return self._folder / safe(form)

    def _done(self, form: str) -> Numbered:
        return Numbered(self._of(form) / DONE)


def _entry(number: int, folder: Path) -> Taken | None:
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            if not path.name.startswith("."):
                return Taken(number, path, path.stat().st_mtime)
    return None


def _when(path: Path) -> tuple[int, int, str]:
    """When it was saved; of those saved in one moment, when it came."""
    known = path.stat()
    return known.st_mtime_ns, known.st_ctime_ns, path.name


def _is_meant(name: str) -> bool:
    """No file of a program's own."""
    ours = name.startswith((".", "~")) or name.lower().endswith(PARTS)
    return not ours and name.lower() not in NOBODYS


def _is_cut_off(path: Path) -> bool:
    """A workbook ends with the list of what is in it."""
    return is_workbook(path.name) and not zipfile.is_zipfile(path)
