"""The longest that a connection is waited for, where its driver sets no limit of its own.

A server that vanished without a word is noticed by the network; one that is there and does not
answer is not. So the wait is cut from outside: the socket is shut, or the database told to stop.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BEAT = 1.0
"""Seconds between two looks at what is waited for: a cut may come so much late."""


class Watch:
    """Cuts the connections that are waited for too long. Safe for several threads.

    One thread for all of them, which ends when nothing is waited for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waits: dict[object, tuple[float, Any]] = {}
        self._looks = False

    @contextmanager
    def limited(self, connection: Any, seconds: float) -> Iterator[None]:
        """Whatever is waited for inside ends in so many seconds. `connection` is the driver's."""
        wait = object()
        with self._lock:
            self._waits[wait] = (time.monotonic() + seconds, connection)
            begins, self._looks = not self._looks, True
        if begins:
            threading.Thread(target=self._look, daemon=True).start()
        try:
            yield
        finally:
            # Once it was given back, the connection serves others: it is not cut any more.
            with self._lock:
                self._waits.pop(wait, None)

    def _look(self) -> None:
        while True:
            time.sleep(BEAT)
            with self._lock:
                now = time.monotonic()
                for wait, (ends, connection) in list(self._waits.items()):
                    if ends < now:
                        del self._waits[wait]
                        _cut(connection)
                if not self._waits:
                    self._looks = False
                    return


def _cut(connection: Any) -> None:
    if hasattr(connection, "interrupt"):
        connection.interrupt()
    elif hasattr(connection, "fileno") and not connection.closed:
        shared = socket.socket(fileno=connection.fileno())
        try:
            shared.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was quicker
        finally:
            shared.detach()
