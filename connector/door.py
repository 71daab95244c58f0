"""What the daemon listens to: its health page, and the calls that systems make to us.

    GET  /health             200 well, 503 not
    POST /hooks/CONNECTION   a webhook: the adapter says whether it is genuine and where to look
    GET  /review/TOKEN       what a department is asked; looking changes nothing
    POST /review/TOKEN       its answer

It listens on this machine alone unless the configuration says otherwise; what is to be reached
from outside stands behind a proxy that speaks TLS.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from connector.contract import Hint, WebhookCall
from connector.errors import AdapterError, ConfigError, Problem
from connector.messages import say

HOOKS, REVIEWS = "/hooks/", "/review/"
MOST = 1_000_000
"""Bytes of a call; more is refused, and not kept."""
PATIENCE = 10.0
"""Seconds for a call to arrive."""

Hear = Callable[[str, WebhookCall], Hint | None]
"""What is done with a webhook of a connection; None: nobody there takes one. Raises AdapterError
for one that is not genuine."""


Show = Callable[[str, str, Mapping[str, str]], tuple[int, str]]
"""The page of a review: by method, token and form, its status and HTML."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of pages."""


class Door:
    """One address."""

    def __init__(self, report: Callable[[], dict[str, Any]], hear: Hear, show: Show) -> None:
        """`report` is the content of the health page; it says `ok`."""
        self.report = report
        self.hear = hear
        self.show = show
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it is; empty: nowhere."""
        if self._server is None:
            return ""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def open(self, address: str) -> None:
        """Serve at `host:port`, once; an empty address serves nowhere. Raises ConfigError."""
        if not address or self._server is not None:
            return
        host, _, port = address.rpartition(":")
        handler = type("Handler", (_Handler,), {"door": self})
        try:
            self._server = ThreadingHTTPServer((host, int(port)), handler)
        except OSError as error:
            words = say("health_taken", address=address, detail=error.strerror)
            raise ConfigError([Problem("health", words)]) from None
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def close(self) -> None:
        """Serve no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Handler(BaseHTTPRequestHandler):
    door: Door
    timeout = PATIENCE

    def do_GET(self) -> None:
        if self.path.startswith("/health"):
            report = self.door.report()
            self._answer(200 if report["ok"] else 503, json.dumps(report, ensure_ascii=False))
        elif self.path.startswith(REVIEWS):
            self._page("GET", {})
        else:
            self._answer(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        name = self.path.partition("?")[0].removeprefix(HOOKS)
        length = self.headers.get("Content-Length", "")
        if not self.path.startswith((HOOKS, REVIEWS)) or not length.isdecimal():
            self._answer(404)
            return
        if int(length) > MOST:
            self._let_pass(int(length))
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        if self.path.startswith(REVIEWS):
            self._page("POST", dict(parse_qsl(body.decode("utf-8", "replace"))))
            return
        headers = {key.lower(): value for key, value in self.headers.items()}
        call = WebhookCall("POST", self.path, headers, body)
        try:
            hint = self.door.hear(name, call)
        except AdapterError:
            self._answer(403)
            return
        self._answer(404 if hint is None else 200, hint.answer if hint else "{}")

    def _page(self, method: str, form: Mapping[str, str]) -> None:
        token = self.path.partition("?")[0].removeprefix(REVIEWS)
        status, html = self.door.show(method, token, form)
        self._answer(status, html, kind="text/html; charset=utf-8", headers=HEADERS)

    def _let_pass(self, length: int) -> None:
        """Read and forget, up to ten times what a call may have: who is still sending when we
        answer hears of a broken connection and never sees why."""
        left = min(length, 10 * MOST)
        while left > 0 and (part := self.rfile.read(min(left, 65_536))):
            left -= len(part)

    def _answer(
        self,
        status: int,
        text: str = "{}",
        kind: str = "application/json; charset=utf-8",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The log has better things to tell."""
