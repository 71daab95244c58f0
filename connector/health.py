"""Health: a small page that says whether the daemon works, for supervisors and people."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from connector import log
from connector.errors import ConfigError, Problem
from connector.messages import say


class Health:
    """What works and what does not. Served as `/health`: 200 well, 503 not."""

    def __init__(self) -> None:
        self._troubles: dict[str, str] = {}
        self._beats: dict[str, int] = {}
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    def well(self, name: str) -> None:
        """This part worked."""
        with self._lock:
            self._troubles.pop(name, None)
            self._beats[name] = self._beats.get(name, 0) + 1

    def trouble(self, name: str, why: str) -> None:
        """This part did not."""
        with self._lock:
            self._troubles[name] = log.redact_text(why)

    def report(self) -> dict[str, Any]:
        """The page's content."""
        with self._lock:
            return {"ok": not self._troubles, "troubles": dict(self._troubles)} | {
                "beats": dict(self._beats)
            }

    @property
    def url(self) -> str:
        """Where it is served; empty: nowhere."""
        if self._server is None:
            return ""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/health"

    def start(self, address: str) -> None:
        """Serve at `host:port`, once; an empty address serves nowhere. Raises ConfigError."""
        if not address or self._server is not None:
            return
        host, _, port = address.rpartition(":")
        handler = type("Handler", (_Handler,), {"health": self})
        try:
            self._server = ThreadingHTTPServer((host, int(port)), handler)
        except OSError as error:
            words = say("health_taken", address=address, detail=error.strerror)
            raise ConfigError([Problem("health", words)]) from None
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        """Close the page."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Handler(BaseHTTPRequestHandler):
    health: Health

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        report = self.health.report()
        found = self.path.startswith("/health")
        body = json.dumps(report if found else {}, ensure_ascii=False).encode()
        self.send_response((200 if report["ok"] else 503) if found else 404)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The log has better things to tell."""
