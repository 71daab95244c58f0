"""The server itself: its mailboxes, what arrived, and how it is served."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from copy import deepcopy
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.ledger import Ledger

from .certificate import certified
from .dialogue import Cut, Dialogue, Refusal

USER, PASSWORD = "connector@example.com", "demo-authorisation-code"
DOMAIN, FULL = "example.com", "full@example.com"

SWITCHES: dict[str, Any] = {
    "security": "tls",
    "logs_in": "PLAIN",
    "mailboxes": [USER, FULL, "zhang.san@example.com", "li.si@example.com"],
}
"""What differs from server to server: `security` is `tls`, `starttls` or `none`; `logs_in` is
`PLAIN`, `LOGIN` or, where nobody must, empty; `mailboxes` are all of its own domain, and mail for
others it takes anyway."""

HEADERS = ("From", "To", "Date", "Message-ID", "Subject")


class EmailSandbox:
    """One mail server."""

    system = "email"

    def __init__(self, *, seed: int = 1, **switches: Any) -> None:
        self.clock = SandboxClock()
        self.ledger = Ledger(self.clock)
        self.faults = Faults(seed)
        self.switches = {**deepcopy(SWITCHES), **switches}
        self._folder = TemporaryDirectory()
        self.context = certified(Path(self._folder.name))
        """By which it encrypts."""
        self._mails: list[dict[str, Any]] = []

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        """`(settings, env)`: the connection as a config states it, secrets as `${env:NAME}`."""
        where = urlsplit(url)
        settings = {
            "adapter": self.system,
            "host": where.hostname,
            "port": where.port,
            "security": self.switches["security"],
            "user": USER if self.switches["logs_in"] else "",
            "password": "${env:EMAIL_PASSWORD}",
            "sender": USER,
            "ca_file": f"{self._folder.name}/authority.pem",
            "allow_insecure_smtp": ["127.0.0.1"],
        }
        return settings, {"EMAIL_PASSWORD": PASSWORD}

    def records(self, form: str = "mail") -> list[dict[str, Any]]:
        """The mails that it took, oldest first."""
        return self._mails

    def close(self) -> None:
        """Its certificate is not needed any more."""
        self._folder.cleanup()

    # -- asked by dialogues -----------------------------------------------------------------

    def admits(self, user: str, password: str) -> bool:
        """Whether somebody may log in so."""
        return (user, password) == (USER, PASSWORD)

    def check_recipient(self, address: str) -> None:
        """Refuses whom it has no mailbox of, or a full one."""
        if address == FULL:
            raise Refusal(452, "4.2.2 Mailbox full")
        if address.endswith(f"@{DOMAIN}") and address not in self.switches["mailboxes"]:
            raise Refusal(550, "5.1.1 No such mailbox")

    def take(self, sender: str, to: list[str], raw: bytes) -> None:
        """Keep a mail, or refuse it for what is wrong with it."""
        mail = message_from_bytes(raw, EmailMessage, policy=SMTP)
        if any(len(mail.get_all(name, ())) != 1 for name in HEADERS) or not raw.isascii():
            raise Refusal(554, "5.6.0 Malformed mail")
        if mail["From"] != sender:
            raise Refusal(553, "5.7.1 Header From must equal the sender")
        made: dict[str, Any] = {name.lower(): str(mail[name]) for name in HEADERS}
        for kind in ("plain", "html"):
            part = mail.get_body((kind,))
            made[kind] = part.get_content() if part is not None else ""
        self._mails.append({**made, "recipients": to, "raw": raw})
        self.ledger.append(
            "commit", "taken", form="mail", key=made["message-id"], number=made["subject"]
        )


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(BaseRequestHandler):
    sandbox: EmailSandbox

    def handle(self) -> None:
        with suppress(OSError, Cut), closing(Dialogue(self.sandbox, self.request)) as dialogue:
            dialogue.run()


def start(sandbox: EmailSandbox) -> tuple[str, Callable[[], None]]:
    """Serve in a background thread; returns `(url, stop)`."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"sandbox": sandbox}))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        sandbox.close()

    return f"smtp://127.0.0.1:{server.server_address[1]}", stop
