"""The network between the real `connector.http.Http` and a virtual system.

Answers go through all of the product's own code: status, body, charset, JSON. What becomes of a
request is drawn for each one: refused, lost on the way, answered into the void, slow, garbled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random
from typing import Any, NamedTuple, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from connector import exact
from connector.clock import Clock
from connector.contract import Settings
from connector.http import Http
from connector.transport import nothing_sent
from tests.simulation.scheduler import Scheduler


class Sent(NamedTuple):
    """What is known of a request when it arrives."""

    at: float
    """When it left."""
    heard: bool = True
    """Its sender will get the answer."""


class Server(Protocol):
    """A virtual system, as the network sees it."""

    name: str
    skew: float
    """Seconds by which its clock is ahead."""
    down: tuple[float, float]
    """From when to when it does not answer at all."""

    token: str
    """Of the session that is known now."""
    secret: str

    def handle(self, path: str, body: Any, token: str, sent: Sent) -> tuple[int, Any]:
        """Status and JSON of an answer; what it does is done now."""

    def called(self, path: str, fate: str, who: str, body: Any) -> None:
        """A request was sent, and this becomes of it."""


@dataclass
class Weather:
    """How likely each mishap is, for each request."""

    refused: float = 0.0
    """The connection is refused."""
    busy: float = 0.0
    """429 or 503 with Retry-After, nothing done."""
    lost: float = 0.0
    """The request never arrives."""
    mute: float = 0.0
    """It is done, the answer is lost."""
    slow: float = 0.0
    """The caller gives up; it arrives later."""
    broken: float = 0.0
    """500 or 502, half of them after it was done."""
    garbage: float = 0.0
    """200 with HTML, cut JSON or GBK, half of them after it was done."""
    trickle: float = 0.0
    """The answer comes byte by byte, too slowly."""
    expired: float = 0.0
    """The session is not known any more."""
    latency: float = 0.5
    """Most seconds an ordinary way takes."""
    life: float = 60.0
    """Seconds after which no request can arrive any more."""
    cursed: frozenset[str] = frozenset()
    """Marks of records whose saving is never answered, nor done."""
    calm: bool = False
    """Nothing goes wrong any more."""

    KINDS = ("refused", "busy", "lost", "mute", "slow", "broken", "garbage", "trickle")

    def fate(self, random: Random, *, down: bool) -> str:
        """What becomes of one request."""
        chance = random.random()
        if self.calm:
            return "fine"
        if down:
            return "refused" if chance < 0.7 else "lost"
        for kind in self.KINDS:
            chance -= getattr(self, kind)
            if chance < 0:
                return kind
        return "fine"

    def curses(self, body: Any) -> bool:
        """A save with these records meets one of the cursed."""
        return any(record["reference"] in self.cursed for record in body["records"])


HTML = "<html><body>系统维护中，请稍后再试</body></html>"


class Wire(HTTPAdapter):
    """Carries requests to one server. One per process and connection."""

    def __init__(
        self, server: Server, weather: Weather, scheduler: Scheduler, random: Random, who: str
    ) -> None:
        self._server = server
        self._weather = weather
        self._scheduler = scheduler
        self._random = random
        self._who = who

    def close(self) -> None:
        """There is nothing to close."""

    def send(self, request: Any, timeout: Any = None, **_: Any) -> Any:
        patience = timeout[1]
        begins, ends = self._server.down
        down = begins <= self._scheduler.now < ends
        fate = self._weather.fate(self._random, down=down)
        path = request.url.split("/", 3)[3]
        if path == "save" and not self._weather.calm and self._weather.curses(_body(request)):
            fate = "lost"
        self._server.called(path, fate, self._who, _body(request))
        return getattr(self, f"_{fate}")(request, path, patience)

    def _lag(self) -> float:
        return self._random.random() * self._weather.latency

    # -- what may become of it --------------------------------------------------------------

    def _fine(self, request: Any, path: str, patience: float) -> Any:
        status, body = self._arrive(request, path)
        self._scheduler.sleep(self._lag())
        return self._answer(status, exact.encode(body))

    def _refused(self, *_: Any) -> Any:
        self._scheduler.sleep(self._lag())
        nothing_sent()
        reason = NewConnectionError(None, "connection refused")  # type: ignore[arg-type]
        wrapped = requests.exceptions.ConnectionError(_Reason(reason))
        raise wrapped

    def _busy(self, *_: Any) -> Any:
        self._scheduler.sleep(self._lag())
        return self._answer(self._random.choice((429, 503)), b"{}", {"Retry-After": "3"})

    def _lost(self, _: Any, __: str, patience: float) -> Any:
        return self._give_up(patience)

    def _mute(self, request: Any, path: str, patience: float) -> Any:
        self._arrive(request, path, heard=False)
        return self._give_up(patience if self._random.random() < 0.5 else 0.1)

    def _slow(self, request: Any, path: str, patience: float) -> Any:
        sent = self._scheduler.now
        later = sent + self._random.uniform(patience, self._weather.life)
        token, body = _token(request), _body(request)
        self._scheduler.at(later, lambda: self._late(path, body, token, sent))
        return self._give_up(patience)

    def _late(self, path: str, body: Any, token: str, sent: float) -> None:
        self._server.handle(path, body, token, Sent(sent, heard=False))

    def _broken(self, request: Any, path: str, patience: float) -> Any:
        self._perhaps(request, path)
        return self._answer(self._random.choice((500, 502)), HTML.encode())

    def _garbage(self, request: Any, path: str, patience: float) -> Any:
        self._perhaps(request, path)
        bodies = (HTML.encode(), HTML.encode("gb18030"), b'{"ok": tr', b"", b"null")
        return self._answer(200, self._random.choice(bodies))

    def _trickle(self, request: Any, path: str, patience: float) -> Any:
        status, body = self._arrive(request, path, heard=False)
        answer = self._answer(status, exact.encode(body))
        ends = self._scheduler.now + patience

        def pace() -> None:
            """As a socket whose every receive is given what is left of the request's time."""
            self._scheduler.sleep(patience / 4)
            if self._scheduler.now >= ends:
                raise ReadTimeoutError(None, path, "timed out")  # type: ignore[arg-type]

        answer.raw.pace = pace
        return answer

    def _perhaps(self, request: Any, path: str) -> None:
        if self._random.random() < 0.5:
            self._arrive(request, path, heard=False)

    def _give_up(self, patience: float) -> Any:
        self._scheduler.sleep(patience)
        raise requests.exceptions.ReadTimeout("timed out")

    # -- there and back ---------------------------------------------------------------------

    def _arrive(self, request: Any, path: str, *, heard: bool = True) -> tuple[int, Any]:
        """Let it get there on its own: it is on its way even while its sender is stopped."""
        token = _token(request)
        if not self._weather.calm and self._random.random() < self._weather.expired:
            token = "expired"
        scheduler, body, sent = self._scheduler, _body(request), Sent(self._scheduler.now, heard)
        arrives = scheduler.now + self._lag()
        answer: list[tuple[int, Any]] = []
        scheduler.at(arrives, lambda: answer.append(self._server.handle(path, body, token, sent)))
        scheduler.sleep(arrives - scheduler.now)
        while not answer:
            scheduler.give_way()
        return answer[0]

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] = {}) -> Any:
        theirs = datetime.fromtimestamp(int(self._scheduler.now + self._server.skew), UTC)
        date = format_datetime(theirs, usegmt=True)
        return _Response(status, {"Date": date, **headers}, _Raw(body))


def _token(request: Any) -> str:
    return str(request.headers.get("X-Token", ""))


def _body(request: Any) -> Any:
    return exact.loads(request.body) if request.body else None


class _Reason(Exception):
    """As urllib3's MaxRetryError carries why."""

    def __init__(self, reason: Exception) -> None:
        super().__init__("max retries")
        self.reason = reason


@dataclass
class _Raw:
    body: bytes
    pace: Callable[[], None] | None = None

    def read1(self, size: int, decode_content: bool = True) -> bytes:
        if self.pace is not None:
            self.pace()
            size = 4
        part, self.body = self.body[:size], self.body[size:]
        return part

    def release_conn(self) -> None:
        """There is none."""


@dataclass
class _Response:
    status_code: int
    headers: Mapping[str, str]
    raw: _Raw

    def close(self) -> None:
        """There is nothing to close."""


class VirtualHttp(Http):
    """The product's own, with the socket replaced."""

    def __init__(self, settings: Settings, clock: Clock, wire: Wire) -> None:
        self._wire = wire
        super().__init__(settings, clock)

    def _connected(self) -> Any:
        return self._wire
