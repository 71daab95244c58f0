"""The folder as such: whether it is ours, numbered folders in it, and files that are whole.

A number is given once, to whoever makes the folder; the highest one is kept in a file beside
them, so that it does not come again when people delete folders. So what has come in, or gone
out, has an order that no clock and no stamp can disturb.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count, takewhile
from pathlib import Path

from connector.clock import Clock
from connector.errors import AccessDenied, Unreachable
from connector.messages import say

MARK = ".connector-id"
"""The file that tells this folder from any other, wherever it is moved to."""
LAST = ".last"
FEW = 100
"""New folders that are looked for by their names; for more, all are listed."""
FILLED = 60.0
"""Seconds after which whoever made a numbered folder has filled it, or died."""
UNSAFE = '<>:"/\\|?*%'


def tenant(root: Path) -> str:
    """What never changes while it is the same folder. Where nothing is mounted, it is another."""
    with reached(root):
        if not root.is_dir():
            raise Unreachable(say("files_no_folder", path=root))
        if not (root / MARK).is_file():
            put(root / MARK, uuid.uuid4().hex.encode())
            settle(root)
        return (root / MARK).read_text("utf-8").strip()


class Numbered:
    """The numbered folders in one folder. Safe for several threads and processes."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent

    def path(self, number: int) -> Path:
        return self._parent / f"{number:06}"

    def numbers(self, after: int = 0) -> list[int]:
        """Those that are there above `after`, ascending."""
        last = self._last()
        if not after or last - after > FEW:
            return sorted(number for number in self._listed() if number > after)
        found = [number for number in range(after + 1, last + 1) if self._is_there(number)]
        # Whoever made a folder has yet to note its number.
        return found + list(takewhile(self._is_there, count(max(after, last) + 1)))

    def _is_there(self, number: int) -> bool:
        return self.path(number).exists()

    def _listed(self) -> Iterator[int]:
        with suppress(FileNotFoundError), os.scandir(self._parent) as found:
            for item in found:
                if item.name.isdecimal():
                    yield int(item.name)

    def new(self) -> int:
        """A folder with the next number."""
        self._parent.mkdir(parents=True, exist_ok=True)
        number = self._last() + 1
        while not self._made(number):
            number += 1
        self._note(number)
        return number

    def _note(self, number: int) -> None:
        """In its place and always as long, so that nobody sees a part of it."""
        file = os.open(self._parent / LAST, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            os.write(file, b"%012d" % number)
        finally:
            os.close(file)

    def _last(self) -> int:
        try:
            return int((self._parent / LAST).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return max(self._listed(), default=0)

    def _made(self, number: int) -> bool:
        """Whether we made it: of several that try, one does."""
        try:
            self.path(number).mkdir()
        except FileExistsError:
            return False
        return True


def is_young(folder: Path, clock: Clock) -> bool:
    """Whoever made it may still be filling it."""
    try:
        return clock.now().timestamp() - folder.stat().st_mtime < FILLED
    except FileNotFoundError:
        return False


@contextmanager
def reached(path: Path) -> Iterator[None]:
    """What the system says of files inside, as errors of ours; nothing was changed then."""
    try:
        yield
    except PermissionError:
        raise AccessDenied(say("files_no_access", path=path)) from None
    except OSError as error:
        detail = error.strerror or str(error)
        raise Unreachable(say("files_unreachable", path=path, detail=detail)) from None


def put(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Write a file so that whoever looks sees all of it, the old or the new.

    `lasting`: a power cut does not take its content, nor, once its folder is settled, its name.
    """
    part = path.with_name(f".~{os.getpid()}-{uuid.uuid4().hex[:8]}.part")
    try:
        fill(part, content, lasting=lasting)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def fill(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Write a file that nobody looks at yet."""
    with path.open("wb") as file:
        file.write(content)
        if lasting:
            file.flush()
            os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Make names in a folder survive a power cut, where the system lets us."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def safe(name: str) -> str:
    """A name that every file system takes, another one for every name."""
    return "".join(f"%{ord(c):02X}" if c in UNSAFE or ord(c) < 32 else c for c in name)
