"""The simulated systems called directly: thousands of calls a second, for property tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from requests.structures import CaseInsensitiveDict

from connector import exact
from connector.clock import Clock
from connector.contract import Adapter, Settings
from connector.http import Answer
from sandbox.server import Application, Request
from tests.conformance.sandboxed import SandboxRemote

ADDRESS = "http://127.0.0.1"


class DirectHttp:
    """`contract.Http` without a wire."""

    def __init__(self, server: Application, settings: Settings) -> None:
        self._server = server
        self._base = settings.base_url

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        writes: bool = False,
        data: bytes | None = None,
        own: Collection[int] = (),
        at: str = "",
    ) -> Answer:
        body = data or (exact.encode(json) if json is not None else b"")
        directory = urlsplit(at or self._base).path.rstrip("/")
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        response = self._server.handle(Request(method, directory + path, lower, body))
        given = {name: value.replace("\n", ", ") for name, value in response.headers.items()}
        return Answer(response.status, CaseInsensitiveDict(given), response.body, writes=writes)

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()

    def now(self) -> datetime:
        """As a `Date` header says it: to the second."""
        return self._server.clock.now().replace(microsecond=0)


class WithoutSockets(SandboxRemote):
    """A handle whose adapters need no socket. Put it before the handle of a form."""

    def stop(self) -> None:
        """Nothing is open."""

    def connect(self, **settings: Any) -> Adapter:
        def http(made: Settings, clock: Clock) -> DirectHttp:
            return DirectHttp(self.server, made)

        return self._connected(ADDRESS, http, **settings)
