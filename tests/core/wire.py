"""A tiny server on the loopback that answers as badly as it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.contract import Settings
from connector.http import Http

Act = Callable[[socket.socket], None]
"""What happens to a connection once a request was read whole."""


@dataclass
class StillClock:
    """Wall-clock time stands still; waits are noted and take no time."""

    time: datetime = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)
    tick: float = 0.0
    """Seconds that pass with every look at the clock."""

    def now(self) -> datetime:
        return self.time + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        self.seconds += self.tick
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Server:
    """Does one act per request, the last one for ever; remembers what it was asked."""

    def __init__(self, *acts: Act, wrap: Callable[[socket.socket], socket.socket] | None) -> None:
        self._acts = list(acts)
        self._wrap = wrap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http{'s' if self._wrap else ''}://127.0.0.1:{self.port}"

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(10)
                with connection, suppress(OSError):
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        with self._wrap(connection) if self._wrap else connection as spoken:
            request = _request(spoken)
            if not request:
                return
            self.requests.append(request)
            act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
            act(spoken)

    def close(self) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [h for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length and (part := connection.recv(65536)):
        body += part
    return head + b"\r\n\r\n" + body


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Act:
    """A whole answer with its length; header names with underscores."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def raw(data: bytes) -> Act:
    """Exactly these bytes, and then the connection ends."""
    return lambda connection: connection.sendall(data)


def hang_up(connection: socket.socket) -> None:
    """The request was read; nobody will ever know what became of it."""
    connection.close()


@contextmanager
def serving(*acts: Act, wrap: Any = None) -> Iterator[Server]:
    server = Server(*acts, wrap=wrap)
    try:
        yield server
    finally:
        server.close()


def client(url: str, clock: StillClock | None = None, **settings: Any) -> Http:
    """Our client of a server on the loopback."""
    made = {"adapter": "x", "base_url": url, "allow_insecure_http": ("127.0.0.1",), **settings}
    return Http(Settings.model_validate(made), clock or StillClock())
