"""Sockets with one deadline for a whole request, and old handshakes where they are allowed.

A read timeout counts the silence between two bytes: a server that trickles never trips it, in
its headers as little as in its body. So every single connecting, sending and receiving is
given what is left of the request's own time, and no more. Only the look-up of a host's name
is left to the operating system's limits.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

PIECE = 1 << 14
"""Bytes that are sent under one look at the clock: one record of TLS."""


@dataclass(slots=True)
class Limit:
    """What one request may take, and how far it came."""

    left: Callable[[], float]
    """Seconds that are left to it."""
    sent: bool = True
    """Some of it may have been handed to a connection that stood; false only where it surely was
    not, for then nothing was done."""

    def apply(self, sock: socket.socket) -> None:
        """Let the next call on `sock` take what is left. Raises TimeoutError if nothing is."""
        left = self.left()
        if left <= 0:
            raise TimeoutError("the request's time is over")
        sock.settimeout(left)


_limit: ContextVar[Limit] = ContextVar("limit")


@contextmanager
def limited(left: Callable[[], float]) -> Iterator[Limit]:
    """Whatever this thread does with sockets inside must end while `left()` is above zero."""
    limit = Limit(left)
    token = _limit.set(limit)
    try:
        yield limit
    finally:
        _limit.reset(token)


def nothing_sent() -> None:
    """The connection of this thread's request never stood: surely nothing was done."""
    _limit.get().sent = False


class _Receiving(io.RawIOBase):
    """A socket's bytes, each receive within what is left."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        _limit.get().apply(self._sock)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer whose headers and body come within what is left."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Receiving(sock, self.fp.detach()))


class _Sending(HTTPConnection):
    """Sends piece by piece, each within what is left."""

    response_class = _Response

    def connect(self) -> None:
        try:
            super().connect()
        finally:
            # What was sent so far was for a proxy, to let us through.
            nothing_sent()

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        limit = _limit.get()
        for start in range(0, len(data), PIECE):
            limit.apply(self.sock)
            limit.sent = True
            super().send(data[start : start + PIECE])


class _SendingSecurely(_Sending, HTTPSConnection):
    """The same under TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Sending


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SendingSecurely


POOLS = {"http": _Pool, "https": _SecurePool}


class Transport(HTTPAdapter):
    """Requests' adapter over such sockets. `legacy_tls` is the setting of that name."""

    def __init__(self, *, sockets: int, legacy_tls: bool) -> None:
        self._tls = {"ssl_context": _old_handshakes()} if legacy_tls else {}
        super().__init__(pool_maxsize=sockets, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, **self._tls})
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **{**kwargs, **self._tls})
        manager.pool_classes_by_scheme = POOLS
        return manager


def _old_handshakes() -> ssl.SSLContext:
    """TLS for servers that cannot be updated; certificates are verified all the same."""
    context = create_urllib3_context(ciphers="DEFAULT@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
