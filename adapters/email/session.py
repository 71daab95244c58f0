"""A session with a mail server: encrypted, logged in, and over in time."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from smtplib import SMTP, SMTP_SSL
from threading import Timer
from typing import Any

from adapters.email.answers import lost_is, of_mail, of_sender, opening, said
from adapters.email.settings import PORTS, EmailSettings
from connector.errors import OutcomeUnknown, Transient

HELLO = "[127.0.0.1]"
"""What we call ourselves. To look our name up takes long where nobody knows it, and one that is
not ASCII cannot be said."""
GO_ON = 354
_DOT = re.compile(rb"^\.", re.MULTILINE)
"""A line that begins with one: alone, it would be the end."""


class _Session(SMTP):
    """One that is over in time: a socket's own timeout counts the silence between two bytes, and
    who trickles never trips it."""

    def __init__(self, settings: EmailSettings, **options: Any) -> None:
        self._ends = Timer(settings.timeout, self._cut)
        self._ends.daemon = True
        self._ends.start()
        port = settings.port or PORTS[settings.security]
        try:
            super().__init__(
                settings.host, port, HELLO, timeout=settings.connect_timeout, **options
            )
        except BaseException:
            self.close()
            raise

    def _cut(self) -> None:
        """End whatever is waited for."""
        if self.sock is not None:
            with suppress(OSError):  # the other side was quicker
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        self._ends.cancel()
        super().close()


class _Encrypted(_Session, SMTP_SSL):
    """The same under TLS from its first byte."""


@contextmanager
def session(settings: EmailSettings) -> Iterator[SMTP]:
    """One in which mails may be offered."""
    with opening():
        trust = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.security == "tls":
            smtp: SMTP = _Encrypted(settings, context=trust)
        else:
            smtp = _Session(settings)
    try:
        with opening():
            _let_in(smtp, settings, trust)
        yield smtp
        with suppress(OSError):
            smtp.quit()
    finally:
        smtp.close()


def _let_in(smtp: SMTP, settings: EmailSettings, trust: ssl.SSLContext) -> None:
    assert smtp.sock is not None
    smtp.sock.settimeout(settings.timeout)
    if settings.security == "starttls":
        smtp.starttls(context=trust)
    if settings.user:
        smtp.login(settings.user, settings.password.get_secret_value())
    else:
        smtp.ehlo_or_helo_if_needed()


def deliver(smtp: SMTP, sender: str, to: Sequence[str], data: bytes) -> dict[str, str]:
    """Hand one mail over; whom the server refused, and its words for it. Raises where it refused
    everybody."""
    with lost_is(Transient):
        reply = smtp.mail(sender)
        if reply[0] // 100 != 2:
            raise of_sender(reply)
        replies = {one: smtp.rcpt(one) for one in to}
        refused = {one: reply for one, reply in replies.items() if reply[0] // 100 != 2}
        if len(refused) == len(replies):
            raise of_mail(min(refused.values()))  # what may be otherwise later comes first
        reply = smtp.docmd("DATA")
        if reply[0] != GO_ON:
            raise of_mail(reply)
    # The server has it once it has all, and only the server knows when that is.
    with lost_is(OutcomeUnknown):
        smtp.send(_DOT.sub(b"..", data) + b".\r\n")
        reply = smtp.getreply()
    if reply[0] // 100 != 2:
        raise of_mail(reply, OutcomeUnknown)
    return {one: said(reply) for one, reply in refused.items()}
