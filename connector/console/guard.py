"""Who comes, and whether what they send is theirs: sessions, origins, hosts and tries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from connector.app import App
from connector.clock import Clock
from connector.console.serving import Serving, address
from connector.entrance import Entrance
from connector.messages import LANGUAGES, speak
from connector.operations.accounts import Session

SAFE = ("GET", "HEAD", "OPTIONS")
TRIES, IN = 20, 60.0
"""Logins that one address may try, in so many seconds."""
MOST = 1_000_000
"""Bytes of a request's body."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class NotLoggedIn(Exception):
    """Nobody knows who comes."""


class TooMany(Exception):
    """Too many tries from one address."""


class NotTheirs(Exception):
    """Something was sent from another page than ours."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever is logged in."""

    login: str
    entrance: Entrance
    language: str

    @property
    def app(self) -> App:
        """The façade, as they may use it."""
        return cast(App, self.entrance)

    @property
    def role(self) -> str:
        return self.entrance.role

    def may(self, operation: str) -> bool:
        """Whether they may do something; pages show what they may."""
        return self.entrance.may(operation)


def serving_of(request: Request) -> Serving:
    return cast(Serving, request.app.state.serving)


def cookie(serving: Serving, what: str = "session") -> str:
    """The name of a cookie of ours; where pages come by TLS, one that nobody else can set."""
    return f"__Host-{what}" if is_secure(serving) else what


def is_secure(serving: Serving) -> bool:
    return address(serving.settings).startswith("https://")


async def visitor(request: Request) -> Visitor:
    """Who is logged in; what is said to them is in their language. Raises NotLoggedIn."""
    secret = request.cookies.get(cookie(serving_of(request)), "")
    return await _let_in(request, secret, program=False)


async def program(request: Request) -> Visitor:
    """Whose program calls, by its token; a page of ours may call, too. Raises NotLoggedIn."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return await _let_in(request, secret, program=True)
    return await visitor(request)


async def _let_in(request: Request, secret: str, *, program: bool) -> Visitor:
    serving = serving_of(request)
    app = serving.app
    accounts = app.accounts
    look = accounts.program if program else accounts.session
    session: Session | None = await run_in_threadpool(look, secret) if secret else None
    if session is None:
        raise NotLoggedIn
    if not program:
        same_origin(request)
    language = spoken(request, serving, session.language)
    request.state.language = language
    entrance = Entrance(app, session.login, session.role)
    speak(language)  # a request has a context of its own
    return Visitor(session.login, entrance, language)


def spoken(request: Request, serving: Serving, own: str = "") -> str:
    """In which language somebody is spoken to: as they chose, as they are known to like it, or as
    the configuration says."""
    chosen = request.cookies.get(cookie(serving, "language"), "")
    known = (chosen, own, serving.language)
    return next(one for one in known if one in LANGUAGES)


def same_origin(request: Request) -> None:
    """Raises NotTheirs for what changes something and was not sent from a page of ours."""
    if request.method in SAFE:
        return
    headers: Mapping[str, Any] = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin", "")
    if site is not None:  # every browser of today says it, and no page can forge it
        ours = site in ("same-origin", "none")
    else:
        ours = bool(origin) and urlsplit(origin).netloc == headers.get("host")
    if not ours:
        raise NotTheirs


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy, as that says."""
    return request.client.host if request.client else ""


def back_to(request: Request) -> str:
    """Where to go after logging in: the page that was asked for."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return quote(wanted, safe="") if request.method == "GET" and wanted != "/" else ""


class Tries:
    """How often each address has tried lately. Thread-safe."""

    def __init__(self, clock: Clock, most: int = TRIES, seconds: float = IN) -> None:
        self._clock = clock
        self._most = most
        self._seconds = seconds
        self._lock = threading.Lock()
        self._tried: OrderedDict[str, list[float]] = OrderedDict()

    def count(self, who: str) -> None:
        """One more. Raises TooMany."""
        now = self._clock.monotonic()
        with self._lock:
            tried = [at for at in self._tried.pop(who, []) if now - at < self._seconds]
            self._tried[who] = tried
            while len(self._tried) > 10_000:
                self._tried.popitem(last=False)
            if len(tried) >= self._most:
                raise TooMany
            tried.append(now)
