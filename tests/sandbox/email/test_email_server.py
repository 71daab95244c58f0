"""The simulated mail server refuses what any server may refuse."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from smtplib import SMTP
from typing import Any

import pytest

from sandbox.email import EmailSandbox, start
from sandbox.email.server import PASSWORD, USER

MAIL = f"""From: {USER}
To: li.si@example.com
Date: Thu, 26 Nov 2026 08:00:00 +0000
Message-ID: <M1@example.com>
Subject: x

text
""".replace("\n", "\r\n").encode()

Connect = Callable[..., SMTP]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A client that was greeted, as often as a test wants; of a server with these switches."""
    opened: list[Callable[[], Any]] = []

    def connect(**switches: Any) -> SMTP:
        url, stop = start(EmailSandbox(**{"security": "none", **switches}))
        client = SMTP("127.0.0.1", int(url.rpartition(":")[2]), "[127.0.0.1]", timeout=5)
        opened.extend((stop, client.close))
        client.ehlo()
        return client

    yield connect
    for end in reversed(opened):
        end()


def codes(client: SMTP, *lines: str) -> list[int]:
    return [client.docmd(line)[0] for line in lines]


def test_commands_come_in_order(connect: Connect) -> None:
    client = connect(logs_in="")
    to = "RCPT TO:<li.si@example.com>"
    sender = f"MAIL FROM:<{USER}>"
    assert codes(client, to, "DATA", sender, sender, "DATA") == [503, 503, 250, 503, 503]
    assert codes(client, to, "RSET", to, "AUTH PLAIN x", "NOISE", "NOOP") == [
        250, 250, 503, 504, 500, 250,
    ]  # fmt: skip


def test_nobody_sends_before_encryption_and_login_nor_as_somebody_else(connect: Connect) -> None:
    secured, open_ = connect(security="starttls"), connect()
    assert codes(secured, f"MAIL FROM:<{USER}>", "AUTH PLAIN x") == [530, 504]
    assert codes(open_, f"MAIL FROM:<{USER}>", "AUTH PLAIN ?", "AUTH PLAIN AAAA") == [530, 501, 501]
    open_.login(USER, PASSWORD)
    assert codes(open_, "MAIL FROM:<li.si@example.com>", "MAIL FROM:x") == [553, 501]


@pytest.mark.parametrize(
    ("mail", "code"),
    [
        (MAIL, 250),
        (MAIL.replace(b"text", "中文".encode()), 554),
        (MAIL.replace(b"Message-ID", b"X-ID"), 554),
        (MAIL.replace(b"Subject: x", b"Subject: x\r\nSubject: y"), 554),
        (MAIL.replace(b"From: connector", b"From: boss"), 553),
        (MAIL + b"x\r\n" * 400_000, 552),
    ],
)
def test_a_mail_is_taken_only_as_it_should_be(connect: Connect, mail: bytes, code: int) -> None:
    client = connect(logs_in="")
    codes(client, f"MAIL FROM:<{USER}>", "RCPT TO:<li.si@example.com>", "DATA")
    client.send(mail + b".\r\n")
    assert client.getreply()[0] == code


@pytest.mark.parametrize("line", [b"NOOP\n", b"NO\rOP\r\n", b"x" * 1000 + b"\r\n"])
def test_lines_end_as_they_should_and_are_not_too_long(connect: Connect, line: bytes) -> None:
    client = connect()
    assert isinstance(client.sock, socket.socket)
    client.sock.sendall(line)
    assert client.getreply()[0] == 500
    assert client.sock.recv(1) == b""
