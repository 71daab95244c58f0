"""What a simulated system is, and how it is served over real sockets.

A system is an `Application`: pure request → response, so that a simulation can call it
in-process; `serve` puts it behind HTTP. Common to all: `/_sandbox/…`, the side door for
people and tests (never used by adapters).
"""

from __future__ import annotations

import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from .clock import SandboxClock
from .faults import Faults, Rule
from .ledger import Ledger

_ENCODER = Encoder(decimal_format="number")
_DECODER = Decoder(float_hook=Decimal)

NotJson = (DecodeError, UnicodeDecodeError)
"""What `from_json` raises."""


def to_json(value: Any) -> bytes:
    """JSON in UTF-8 with Decimals written digit by digit."""
    return _ENCODER.encode(value)


def from_json(body: bytes) -> Any:
    """JSON with Decimals for every number that is not whole."""
    return _DECODER.decode(body)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `headers` have lower-case names; `query` keeps the last value."""

    method: str
    path: str
    """With the query string, exactly as it was sent (signatures cover it)."""
    headers: Mapping[str, str]
    body: bytes

    @property
    def route(self) -> str:
        """The path without its query string."""
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        return {k: v[-1] for k, v in parse_qs(urlsplit(self.path).query).items()}


@dataclass(slots=True)
class Response:
    """One HTTP response; `break_after` cuts the connection after that many bytes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"
    delay: float = 0.0
    trickle: float = 0.0
    break_after: int | None = None


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    """`value` as a JSON answer."""
    return Response(status, to_json(value), dict(headers))


HTML = "<html><head><title>系统提示</title></head><body>服务暂时不可用，请稍后再试</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a system is simulated; each takes what concerns it."""

    numbering: Literal["manual", "erp"] = "manual"
    """Who numbers an ERP's bills: whoever makes them, or the ERP."""
    side: Literal["crm", "erp"] = "erp"
    """What of the company stands in a system that may be either."""
    limits: Literal["vendor", "off"] = "off"
    """Whether calls are limited as the vendor limits them."""
    seed: int = 1
    """Of the company and of the faults."""


class Application(ABC):
    """A simulated system: its state, its ledger, its faults and its side door."""

    system: str
    """Name on the command line, equal to the adapter's."""

    def __init__(self, *, seed: int = 1) -> None:
        self.clock = SandboxClock()
        self.ledger = Ledger(self.clock)
        self.faults = Faults(seed)
        self.lock = threading.RLock()
        self.switches: dict[str, Any] = {}
        """Behaviour chosen at start or through `/_sandbox/switches`."""

    @abstractmethod
    def name_call(self, request: Request) -> tuple[str, str]:
        """`(operation, form)` of a request, as fault rules and the ledger name them."""

    @abstractmethod
    def answer(self, request: Request, operation: str, form: str) -> Response:
        """Do the work. Called under `self.lock`, one request at a time."""

    @abstractmethod
    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        """`(settings, env)`: the connection as a config states it, secrets as `${env:NAME}`."""

    def people(self) -> Mapping[str, Callable[..., Any]]:
        """What people do in their client: `POST /_sandbox/people/NAME` with keyword JSON."""
        return {}

    def records(self, form: str) -> list[dict[str, Any]]:
        """Every record of a form as it stands now (deleted ones are gone)."""
        with self.lock:
            return self.standing(form)

    @abstractmethod
    def standing(self, form: str) -> list[dict[str, Any]]:
        """The same. Called under `self.lock`."""

    def handle(self, request: Request) -> Response:
        """One request from arrival to answer, faults included."""
        if request.route.startswith("/_sandbox"):
            return self._side_door(request)
        operation, form = self.name_call(request)
        rule = self.faults.pick(operation, form)
        if rule is None:
            return self._work(request, operation, form)
        return self._misbehave(rule, request, operation, form)

    def _work(self, request: Request, operation: str, form: str) -> Response:
        with self.lock:
            self.ledger.append("request", operation, form=form)
            return self.answer(request, operation, form)

    def _misbehave(self, rule: Rule, request: Request, operation: str, form: str) -> Response:
        if rule.do in ("drop_request", "status", "html"):
            self.ledger.append("request", operation, form=form, data={"fault": rule.do})
            if rule.do == "drop_request":
                return Response(break_after=0)
            if rule.do == "status":
                return Response(rule.status, HTML.encode(), content_type="text/html")
            return Response(200, HTML.encode(), content_type="text/html; charset=utf-8")
        if rule.do == "late":
            time.sleep(rule.seconds)
        response = self._work(request, operation, form)
        self.ledger.append("answer", rule.do, form=form, data={"operation": operation})
        if rule.do == "lose_answer":
            response.break_after = 0
        elif rule.do == "truncate":
            response.break_after = len(response.body) // 2
        elif rule.do == "delay":
            response.delay = rule.seconds
        elif rule.do == "trickle":
            response.trickle = rule.seconds
        elif rule.do == "status_after":
            return Response(rule.status, HTML.encode(), content_type="text/html")
        elif rule.do == "html_after":
            return Response(200, HTML.encode(), content_type="text/html; charset=utf-8")
        elif rule.do == "gbk":
            response.body = response.body.decode().encode("gb18030")
            response.content_type = "application/json"
        return response

    def _side_door(self, request: Request) -> Response:
        parts = request.route.strip("/").split("/")[1:]
        try:
            with self.lock:
                return json_response(self._side_call(request, parts))
        except (KeyError, ValueError, TypeError) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)

    def _side_call(self, request: Request, parts: list[str]) -> Any:
        body = from_json(request.body) if request.body else {}
        match (request.method, parts):
            case ("GET", ["health"]):
                return {"system": self.system, "ok": True}
            case ("GET", ["ledger"]):
                query = request.query
                entries = self.ledger.after(
                    int(query.get("after", 0)), int(query.get("limit", 10_000))
                )
                return {"entries": entries, "last": len(self.ledger)}
            case ("GET", ["ledger", "summary"]):
                return self.ledger.summary()
            case ("GET", ["faults"]):
                return {"rules": self.faults.listing()}
            case ("POST", ["faults"]):
                self.faults.set(body.get("rules", []), body.get("seed"))
                return {"rules": self.faults.listing()}
            case ("GET", ["switches"]):
                return self.switches
            case ("POST", ["switches"]):
                unknown = set(body) - set(self.switches)
                if unknown:
                    raise ValueError(f"unknown switches: {sorted(unknown)}")
                self.switches.update(body)
                return self.switches
            case ("POST", ["clock"]):
                return {"now": self.clock.advance(float(body["advance"])).isoformat()}
            case ("GET", ["records", form]):
                return {"records": self.records(form)}
            case ("GET", ["people"]):
                return {name: call.__doc__ or "" for name, call in self.people().items()}
            case ("POST", ["people", name]):
                return self.people()[name](**body)
        raise KeyError(request.route)


class _Handler(BaseHTTPRequestHandler):
    """The socket side: HTTP/1.1 with keep-alive, one packet an answer."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    application: Application

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length) if length else b"",
        )
        self._reply(self.application.handle(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _reply(self, response: Response) -> None:
        if response.delay:
            time.sleep(response.delay)
        if response.break_after == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            for line in value.split("\n"):
                self.send_header(name, line)
        self.end_headers()
        if response.break_after is not None:
            self.wfile.write(response.body[: response.break_after])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif response.trickle:
            self._trickle(response)
        else:
            self.wfile.write(response.body)

    def _trickle(self, response: Response) -> None:
        pause = response.trickle / max(len(response.body), 1)
        for offset in range(len(response.body)):
            self.wfile.write(response.body[offset : offset + 1])
            self.wfile.flush()
            time.sleep(pause)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer is the simulated system's time, not this machine's."""
        return formatdate(self.application.clock.now().timestamp(), usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the ledger is the log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news here."""


def serve(application: Application, port: int = 0, host: str = "127.0.0.1") -> _Server:
    """Bind now and return the server; call `.serve_forever()` (or run it in a thread)."""
    handler = type("Handler", (_Handler,), {"application": application})
    return _Server((host, port), handler)


def start(application: Application, port: int = 0) -> tuple[str, Callable[[], None]]:
    """Serve in a background thread; returns `(url, stop)`. For tests and the demo."""
    server = serve(application, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return f"http://127.0.0.1:{server.server_address[1]}", stop
