"""What stands between a client and a PostgreSQL: it loses the answer to a commit, or breaks."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress


class Wire:
    """A port of our own before the server's socket. Nothing is wrong until somebody says so."""

    def __init__(self, path: str) -> None:
        """`path` is that of the server's socket."""
        self._path = path
        self.loses_commit = False
        """The next commit is done, and its answer lost."""
        self._lost, self._random = 0.0, random.Random()
        self.mute = False
        """Requests arrive, and nothing is answered."""
        self.left: int | None = None
        """Requests that still pass before everything breaks; None: nothing breaks."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def heal(self) -> None:
        """All is well again."""
        self.loses_commit, self.mute, self.left = False, False, None

    def lose_commits(self, rate: float, seed: int) -> None:
        """From now on so many commits are done, and their answers lost."""
        self._lost, self._random = rate, random.Random(seed)

    def loses(self) -> bool:
        """The commit that comes now does."""
        lost = self.loses_commit or self._random.random() < self._lost
        self.loses_commit = False
        return lost

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if self.left == 0:
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._path)
                Pair(self, near, far)


class Pair:
    """One connection through the wire."""

    def __init__(self, wire: Wire, near: socket.socket, far: socket.socket) -> None:
        self._wire = wire
        self._near, self._far = near, far
        self._loses = False
        for pump in (self._requests, self._answers):
            threading.Thread(target=pump, daemon=True).start()

    def _requests(self) -> None:
        with suppress(OSError):
            while data := self._near.recv(1 << 16):
                if self._wire.left is not None:
                    if self._wire.left == 0:
                        break
                    self._wire.left -= 1
                if b"COMMIT\0" in data and self._wire.loses():
                    self._loses = True
                self._far.sendall(data)
        self._end()

    def _answers(self) -> None:
        with suppress(OSError):
            while (data := self._far.recv(1 << 16)) and not self._loses:
                if not self._wire.mute:
                    self._near.sendall(data)
        self._end()

    def _end(self) -> None:
        for end in (self._near, self._far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
