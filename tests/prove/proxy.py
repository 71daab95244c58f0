"""A fault proxy: TCP from here to there, with one of toxiproxy's eight toxics in between.

It keeps everything that it is given in memory, with the moment at which it came: what is older
than `LIFE` is not passed on any more, and its connection is cut. So it is known how long a request
lives that its sender has given up.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

LIFE = 3.0
"""Seconds for which bytes are kept at most; whoever waits for doubts to settle waits longer."""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of a socket whose closing resets the connection."""

T = TypeVar("T")


@dataclass(frozen=True)
class Toxic:
    """What is wrong with the way."""

    kind: str = ""
    seconds: float = 0.0
    """`latency`, `slow_close`: of delay; `timeout`, `reset_peer`: until the end; `slicer`: between
    slices."""
    bytes: int = 0
    """`bandwidth`: a second; `slicer`: of a slice; `limit_data`: until the end."""
    up: bool = True
    """Requests suffer."""
    down: bool = True
    """Answers do."""


HEALTHY = Toxic()


class Stream(asyncio.Protocol):
    """One end of a connection: what came from it, with the moment at which it came."""

    def __init__(self, joined: Callable[[Stream], None] = lambda stream: None) -> None:
        self.came: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        """No bytes: the end."""
        self._joined = joined

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._joined(self)

    def data_received(self, data: bytes) -> None:
        self.came.put_nowait((_now(), data))

    def connection_lost(self, error: Exception | None) -> None:
        self.came.put_nowait((_now(), b""))

    def reset(self) -> None:
        """Cut it, as a crashed machine does."""
        sock = self.transport.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.transport.abort()


class Connection:
    """Two ends, and what passes between them."""

    def __init__(self, proxy: Proxy, near: Stream, far: Stream) -> None:
        self._proxy = proxy
        self.near, self.far = near, far
        self._passed = 0
        self.lossy = False
        """Something that was sent through it has not arrived."""

    async def carry(self) -> None:
        """Until one end is closed, or a toxic ends it."""
        ways = [self._pump(self.near, self.far, up=True), self._pump(self.far, self.near, up=False)]
        tasks = [asyncio.ensure_future(way) for way in [*ways, self._watch()]]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.near.transport.close()
        self.far.transport.close()

    def reset(self) -> None:
        """Both ends see a reset."""
        self.near.reset()
        self.far.reset()

    async def _pump(self, source: Stream, target: Stream, *, up: bool) -> None:
        while True:
            came, data = await source.came.get()
            toxic = self._proxy.toxic_for(up)
            if not data:
                await asyncio.sleep(toxic.seconds if toxic.kind == "slow_close" else 0)
                break
            async for piece in self._treated(toxic, came, data):
                if _now() - came > LIFE:
                    self.lossy = True
                    self.reset()
                    return
                self._proxy.longest = max(self._proxy.longest, _now() - came)
                target.transport.write(piece)
                self._passed += len(piece)

    async def _treated(self, toxic: Toxic, came: float, data: bytes) -> AsyncIterator[bytes]:
        """What is passed on of it, when it is."""
        if toxic.kind == "latency":
            await asyncio.sleep(came + toxic.seconds - _now())
        if toxic.kind == "timeout":
            self.lossy = True
        elif toxic.kind in ("slicer", "bandwidth"):
            async for piece in _sliced(toxic, data):
                yield piece
        elif toxic.kind == "limit_data" and self._passed + len(data) > toxic.bytes:
            self.lossy = True
            yield data[: max(toxic.bytes - self._passed, 0)]
            await asyncio.sleep(0.01)  # so that what was passed on is read before the end
            self.near.transport.close()
            self.far.transport.close()
        else:
            yield data

    async def _watch(self) -> None:
        """End the connection when its toxic says so."""
        since = _now()
        while True:
            toxic = self._proxy.toxic_for(up=True)
            if toxic.kind not in ("timeout", "reset_peer"):
                toxic = self._proxy.toxic_for(up=False)
            if toxic.kind not in ("timeout", "reset_peer"):
                since = _now()
            elif _now() - since >= toxic.seconds:
                if toxic.kind == "reset_peer":
                    self.reset()
                return
            await asyncio.sleep(0.05)


async def _sliced(toxic: Toxic, data: bytes) -> AsyncIterator[bytes]:
    pause = toxic.seconds
    size = toxic.bytes
    if toxic.kind == "bandwidth":
        size = max(toxic.bytes // 20, 1)
        pause = size / toxic.bytes
    for start in range(0, len(data), size):
        yield data[start : start + size]
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))


def _now() -> float:
    return asyncio.get_running_loop().time()


class Proxy:
    """A listener of our own before somebody else's. Works in a thread of its own."""

    def __init__(self, there: tuple[str, int] | str) -> None:
        """`there`: host and port, or the path of a socket."""
        self._there = there
        self._toxic = HEALTHY
        self.longest = 0.0
        """Most seconds for which bytes were kept, and passed on."""
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Future[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = 0
        self._call(self._listen())

    def set(self, toxic: Toxic) -> None:
        """From now on that is wrong. Where bytes were lost, the connection ends with the toxic."""
        self._call(self._set(toxic))

    def heal(self) -> None:
        """Nothing is wrong any more."""
        self.set(HEALTHY)

    def close(self) -> None:
        """Cut everything, and end."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def toxic_for(self, up: bool) -> Toxic:
        """What befalls requests (`up`) or answers now."""
        return self._toxic if (self._toxic.up if up else self._toxic.down) else HEALTHY

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        made = await self._loop.create_server(
            lambda: Stream(self._joined), "127.0.0.1", self.port, reuse_address=True
        )
        self._server = made
        self.port = made.sockets[0].getsockname()[1]

    async def _set(self, toxic: Toxic) -> None:
        was, self._toxic = self._toxic, toxic
        if was.kind == "down" and toxic.kind != "down":
            await self._listen()
        if toxic.kind == "down":
            await self._down()
        for connection in [one for one in self._connections if one.lossy]:
            connection.reset()

    async def _end(self) -> None:
        await self._down()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _down(self) -> None:
        self._server.close()
        for connection in list(self._connections):
            connection.reset()

    def _joined(self, near: Stream) -> None:
        task = asyncio.ensure_future(self._carry(near))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reach(self) -> Stream:
        if isinstance(self._there, str):
            return (await self._loop.create_unix_connection(Stream, self._there))[1]
        return (await self._loop.create_connection(Stream, *self._there))[1]

    async def _carry(self, near: Stream) -> None:
        try:
            far = await self._reach()
        except OSError:
            near.reset()
            return
        connection = Connection(self, near, far)
        self._connections.add(connection)
        await connection.carry()
        self._connections.discard(connection)
