"""One connection's dialogue: commands in the order in which SMTP wants them, and no other."""

from __future__ import annotations

import base64
import binascii
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from sandbox.faults import Faults, Rule
from sandbox.ledger import Ledger

MOST_RECIPIENTS, MOST_BYTES, LONGEST_LINE = 100, 1_000_000, 1000
BEAT = 0.05
HELLO = ("localhost", "SIZE 1000000", "ENHANCEDSTATUSCODES")
_PATH = re.compile(r"(?:FROM|TO):<([^<>@\s]+@[^<>@\s]+)>(?: SIZE=\d+)?", re.I)

Reply = tuple[int, str]


class Refusal(Exception):
    """What is answered instead: a code and words."""


class Cut(Exception):
    """The connection ends without another word."""


class Server(Protocol):
    """Whom a dialogue asks."""

    switches: dict[str, Any]
    ledger: Ledger
    faults: Faults
    context: ssl.SSLContext

    def admits(self, user: str, password: str) -> bool: ...
    def check_recipient(self, address: str) -> None: ...
    def take(self, sender: str, to: list[str], raw: bytes) -> None: ...


class Dialogue:
    """From the greeting until either side ends it."""

    def __init__(self, server: Server, connection: socket.socket) -> None:
        self._server = server
        self._security = server.switches["security"]
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._encrypted = False
        if self._security == "tls":
            self._encrypt()
        self._greeted = False
        self._user = ""
        self._sender = ""
        self._recipients: list[str] = []

    def run(self) -> None:
        commands: Mapping[str, Callable[[str], Reply]] = {
            "ehlo": self._ehlo, "starttls": self._starttls, "auth": self._auth,
            "mail": self._mail, "rcpt": self._rcpt, "data": self._data,
            "rset": self._rset, "noop": lambda _: (250, "OK"), "quit": lambda _: (221, "Bye"),
        }  # fmt: skip
        self._do("greeting", lambda _: (220, "localhost ESMTP"))
        verb = ""
        while verb != "quit":
            verb, _, rest = self._line().decode("ascii", "replace").partition(" ")
            verb = verb.lower()
            code = self._do(verb, commands.get(verb, _unknown), rest)
            if (verb, code) == ("starttls", 220):
                self._encrypt()
                self._greeted = False
            if (verb, code) == ("data", 354):
                self._do("message", self._take)

    def close(self) -> None:
        """End the connection."""
        self._lines.close()
        self._connection.close()

    # -- lines and answers ------------------------------------------------------------------

    def _encrypt(self) -> None:
        self._lines.close()
        self._connection = self._server.context.wrap_socket(self._connection, server_side=True)
        self._lines = self._connection.makefile("rb")
        self._encrypted = True

    def _line(self) -> bytes:
        line = self._lines.readline(LONGEST_LINE + 1)
        if not line:
            raise Cut
        if not line.endswith(b"\r\n") or b"\r" in line[:-2] or len(line) > LONGEST_LINE:
            self._say(500, "5.5.2 Lines end with CR LF, and are not so long")
            raise Cut
        return line[:-2]

    def _do(self, operation: str, work: Callable[[str], Reply], rest: str = "") -> int:
        """Answer a command, unless a fault has it otherwise; the code that was answered."""
        rule = self._server.faults.pick(operation, "mail")
        if rule is not None and rule.do == "drop_request":
            raise Cut
        self._server.ledger.append("request", operation, form="mail")
        code, words = self._result(rule, work, rest)
        if rule is not None and rule.do == "lose_answer":
            raise Cut
        if rule is not None and rule.do == "trickle":
            self._trickle(code, rule.seconds)
        self._say(code, words)
        return code

    def _result(self, rule: Rule | None, work: Callable[[str], Reply], rest: str) -> Reply:
        if rule is not None and rule.do == "status":
            return rule.status, rule.args.get("words", "simulated")
        try:
            return work(rest)
        except Refusal as refusal:
            return refusal.args[0], refusal.args[1]

    def _trickle(self, code: int, seconds: float) -> None:
        """Begin an answer of many lines, a line now and then."""
        for _ in range(int(seconds / BEAT)):
            self._connection.sendall(f"{code}-\r\n".encode())
            time.sleep(BEAT)

    def _say(self, code: int, words: str) -> None:
        *more, last = words.split("\n")
        lines = [*(f"{code}-{line}" for line in more), f"{code} {last}"]
        self._connection.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def _asked(self, prompt: str) -> str:
        """What the client says to a prompt; both are in base64."""
        self._say(334, base64.b64encode(prompt.encode()).decode())
        return self._line().decode("ascii", "replace")

    # -- commands ---------------------------------------------------------------------------

    def _ehlo(self, name: str) -> Reply:
        if not name:
            raise Refusal(501, "5.5.4 Who is there?")
        self._greeted = True
        self._rset()
        return 250, "\n".join(self._offers())

    def _offers(self) -> Iterator[str]:
        yield from HELLO
        if self._security == "starttls" and not self._encrypted:
            yield "STARTTLS"
        elif self._server.switches["logs_in"]:
            yield f"AUTH {self._server.switches['logs_in']}"

    def _starttls(self, rest: str) -> Reply:
        if self._security != "starttls" or self._encrypted or not self._greeted:
            raise Refusal(503, "5.5.1 Not now")
        return 220, "Go ahead"

    def _auth(self, rest: str) -> Reply:
        kind, _, first = rest.partition(" ")
        self._in_order(self._greeted and not self._user and not self._sender)
        if f"AUTH {kind}" not in self._offers():
            raise Refusal(504, "5.5.4 Not so")
        try:
            user, password = _plain(first) if kind == "PLAIN" else self._log_in(first)
        except (binascii.Error, ValueError):
            raise Refusal(501, "5.5.2 Not base64") from None
        if not self._server.admits(user, password):
            raise Refusal(535, "5.7.8 Authentication credentials invalid")
        self._user = user
        return 235, "2.7.0 Welcome"

    def _log_in(self, first: str) -> tuple[str, str]:
        return _decoded(first or self._asked("Username:")), _decoded(self._asked("Password:"))

    def _mail(self, rest: str) -> Reply:
        self._in_order(self._greeted and not self._sender)
        if self._security == "starttls" and not self._encrypted:
            raise Refusal(530, "5.7.0 Must issue a STARTTLS command first")
        if self._server.switches["logs_in"] and not self._user:
            raise Refusal(530, "5.7.0 Authentication required")
        sender = _path(rest)
        if self._user and sender != self._user:
            raise Refusal(553, "5.7.1 Mail from must equal the authorised user")
        self._sender = sender
        return 250, "2.1.0 OK"

    def _rcpt(self, rest: str) -> Reply:
        self._in_order(bool(self._sender))
        address = _path(rest)
        if len(self._recipients) == MOST_RECIPIENTS:
            raise Refusal(452, "4.5.3 Too many recipients")
        self._server.check_recipient(address)
        self._recipients.append(address)
        return 250, "2.1.5 OK"

    def _data(self, rest: str) -> Reply:
        self._in_order(bool(self._recipients))
        return 354, "Go on, and end with a dot"

    def _take(self, rest: str) -> Reply:
        raw = b"".join(self._body())
        sender, to = self._sender, self._recipients
        self._rset()
        if len(raw) > MOST_BYTES:
            raise Refusal(552, "5.3.4 Message too big")
        self._server.take(sender, to, raw)
        return 250, "2.0.0 OK, queued"

    def _body(self) -> Iterator[bytes]:
        while (line := self._line()) != b".":
            yield line.removeprefix(b".") + b"\r\n"

    def _rset(self, rest: str = "") -> Reply:
        self._sender, self._recipients = "", []
        return 250, "2.0.0 OK"

    def _in_order(self, is_so: bool) -> None:
        if not is_so:
            raise Refusal(503, "5.5.1 Bad sequence of commands")


def _unknown(rest: str) -> Reply:
    raise Refusal(500, "5.5.1 Command not recognised")


def _path(text: str) -> str:
    found = _PATH.fullmatch(text)
    if found is None:
        raise Refusal(501, "5.1.7 Bad address syntax")
    return found[1]


def _plain(text: str) -> tuple[str, str]:
    """User and password of AUTH PLAIN."""
    _, user, password = _decoded(text).split("\0")
    return user, password


def _decoded(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()
