"""Acme Books itself, as small as can be: bills with rows, items, sessions, an envelope."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

HTML = b"<html><body>Acme Books is being serviced</body></html>"
USER, PASSWORD = "connector", "books-and-more-books"


class Fault(Exception):
    """What becomes `{"ok": false, "fault": …}`."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.answer = {"ok": False, "fault": {"kind": kind, "text": text}}


class Books:
    """One set of books: every change of a bill gets the next number of one counter."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.bills: dict[str, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.sessions: set[str] = set()
        self.writes = 0
        """Bills that the connector created or changed."""
        self.trouble: list[Any] = ["", 0, 0]
        """What goes wrong, how many requests pass first, how often it happens then."""
        self._ids, self._changes = count(1), count(1)

    def next_id(self) -> str:
        return f"{next(self._ids):05}"

    def put(self, key: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Create or change a bill; the rows it came with are complete."""
        bill = self.bills.setdefault(key, {"id": key, "memo": "", "rows": [], "void": False})
        bill.update(fields, seq=next(self._changes))
        bill["total"] = sum((Decimal(row["amount"]) for row in bill["rows"]), Decimal(0))
        return bill

    def answer(self, method: str, path: str, session: str, body: dict[str, Any]) -> Any:
        parts = [unquote(part) for part in urlsplit(path).path.strip("/").split("/")]
        query = {name: values[-1] for name, values in parse_qs(urlsplit(path).query).items()}
        if parts == ["login"]:
            return self._log_in(body)
        if session not in self.sessions:
            raise Fault("session", "please log in again")
        match method, parts:
            case "GET", ["company"]:
                return {"company": "ACME-1"}
            case "GET", ["bills"]:
                after, limit = int(query["after"]), int(query["limit"])
                changed = sorted(self.bills.values(), key=lambda bill: int(bill["seq"]))
                return {"bills": [b for b in changed if b["seq"] > after][:limit]}
            case "GET", ["items"]:
                limit = int(query["limit"])
                start = (int(query["page"]) - 1) * limit
                return {"items": list(self.items.values())[start : start + limit]}
            case "GET", ["items", key]:
                return {"record": self._known(self.items, key)}
            case "GET", ["bills", key]:
                return {"record": self._known(self.bills, key)}
            case "POST", ["bills"]:
                return self._write(self.next_id(), body)
            case "PATCH", ["bills", key]:
                self._known(self.bills, key)
                return self._write(key, body)
            case "POST", ["bills", key, "void"]:
                if not self._known(self.bills, key)["void"]:
                    self.put(key, {"void": True})
                return {"record": self.bills[key]}
        raise Fault("invalid", f"{method} {path} is not known")

    def _log_in(self, body: dict[str, Any]) -> Any:
        if (body.get("user"), body.get("password")) != (USER, PASSWORD):
            raise Fault("denied", "wrong user or password")
        session = f"S{next(self._ids)}"
        self.sessions.add(session)
        return {"session": session}

    def _write(self, key: str, body: dict[str, Any]) -> Any:
        if len(body.get("memo") or "") > 60:
            raise Fault("invalid", "the memo is too long")
        rows, added = self._rows(key, body.pop("rows", {}))
        body = {name: "" if value is None else value for name, value in body.items()}
        bill = self.put(key, {**body, "rows": rows})
        self.writes += 1
        return {"record": bill, "added": {"rows": added}}

    def _rows(self, key: str, change: dict[str, Any]) -> tuple[list[Any], dict[str, str]]:
        rows = {row["id"]: dict(row) for row in self.bills.get(key, {"rows": []})["rows"]}
        added: dict[str, str] = {}
        for row in change.get("put", ()):
            line, id = row.pop("line"), row.pop("id")
            if not id:
                id = added[line] = self.next_id()
            rows.setdefault(id, {"id": id}).update(row)
        return [row for id, row in rows.items() if id not in change.get("drop", ())], added

    def _known(self, records: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
        if key not in records:
            raise Fault("gone", f"there is no {key}")
        return records[key]

    def pick(self, writes: bool) -> str:
        """What goes wrong with this request; faults of writes leave reads alone."""
        what, skip, times = self.trouble
        if not what or (what in ("drop", "lose", "garble") and not writes):
            return ""
        if skip or not times:
            self.trouble[1] = max(skip - 1, 0)
            return ""
        self.trouble[2] -= 1
        return str(what)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    books: Books

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode() if length else "{}"
        writes = self.command != "GET" and self.path != "/login"
        with self.books.lock:
            trouble = self.books.pick(writes)
            if trouble.isdigit():
                self._send(int(trouble), HTML)
            elif trouble == "html":
                self._send(200, HTML)
            elif trouble == "drop":
                self._hang_up()
            else:
                answer = self._answer(json.loads(text, parse_float=Decimal))
                if trouble == "lose":
                    self._hang_up()
                else:
                    self._send(200, HTML if trouble == "garble" else answer)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - http.server's names

    def _answer(self, body: dict[str, Any]) -> bytes:
        session = self.headers.get("X-Session", "")
        try:
            made = {"ok": True, **self.books.answer(self.command, self.path, session, body)}
        except Fault as fault:
            made = fault.answer
        return _json(made).encode()

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody hung up."""


def _json(value: Any) -> str:
    """JSON with decimals digit by digit, which the standard library cannot write."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def running() -> Iterator[tuple[Books, str]]:
    """Books on a socket; `(books, url)`."""
    books = Books()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"books": books}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield books, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
