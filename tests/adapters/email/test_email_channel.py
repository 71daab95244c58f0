"""Mails by a mail server: sent once, safely, and judged by what the server says of each step."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from email_world import World

from adapters.email.answers import said
from connector.errors import (
    AccessDenied,
    HalfDone,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.log import keep_secret
from sandbox.email.server import PASSWORD, USER

ANSWERS: list[tuple[str, int, type[Exception]]] = [
    ("greeting", 421, Unreachable),
    ("greeting", 554, AccessDenied),
    ("auth", 454, Unreachable),
    ("auth", 534, AccessDenied),
    ("auth", 535, AccessDenied),
    ("mail", 421, Unreachable),
    ("mail", 451, Transient),
    ("mail", 530, AccessDenied),
    ("mail", 550, AccessDenied),
    ("mail", 552, Rejected),
    ("rcpt", 421, Unreachable),
    ("rcpt", 450, Transient),
    ("rcpt", 452, Transient),
    ("rcpt", 550, Rejected),
    ("rcpt", 554, Rejected),
    ("data", 421, Unreachable),
    ("data", 451, Transient),
    ("data", 554, Rejected),
    ("message", 421, Unreachable),
    ("message", 451, Transient),
    ("message", 535, AccessDenied),
    ("message", 550, Rejected),
    ("message", 552, Rejected),
    ("message", 554, Rejected),
    ("message", 354, OutcomeUnknown),
]
"""What was asked, what the server answers instead, and what that means."""

LOST: list[tuple[str, type[Exception]]] = [
    ("greeting", Unreachable),
    ("ehlo", Unreachable),
    ("auth", Unreachable),
    ("mail", Transient),
    ("rcpt", Transient),
    ("data", Transient),
    ("message", OutcomeUnknown),
]
"""What was asked when the connection broke, and what that means."""


# -- a mail that arrives --------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
@pytest.mark.parametrize("logs_in", ["PLAIN", "LOGIN", ""])
def test_a_mail_arrives_once_however_the_server_is_secured(
    build: Callable[..., World], security: str, logs_in: str
) -> None:
    world = build(security=security, logs_in=logs_in)
    assert world.tell().key == "<M1.connector@example.com>"
    (mail,) = world.said
    assert mail["recipients"] == ["zhang.san@example.com"]
    assert (mail["from"], mail["to"]) == (USER, "zhang.san@example.com")
    assert mail["subject"] == "订单延期"
    assert mail["plain"] == "订单 **SO-1** 已延期 3 天\r\n"
    assert "<p>订单 <strong>SO-1</strong> 已延期 3 天</p>" in mail["html"]


def test_the_message_s_own_recipients_come_before_those_of_the_connection(world: World) -> None:
    world.tell(to="li.si@example.com, boss@customer.example,li.si@example.com")
    assert world.said[0]["recipients"] == ["li.si@example.com", "boss@customer.example"]


def test_a_repetition_carries_the_same_message_id(world: World) -> None:
    world.tell(title="一")
    world.tell(title="二")
    world.tell(number="M2")
    first, again, other = (mail["message-id"] for mail in world.said)
    assert first == again != other


def test_lines_that_begin_with_a_dot_are_not_the_end(world: World) -> None:
    world.tell("..\n.\n.x")
    assert world.said[0]["plain"] == "..\r\n.\r\n.x\r\n"


def test_the_date_is_now_and_of_the_site_s_own_zone(world: World) -> None:
    world.tell(settings={"timezone": "Asia/Tokyo"})
    assert world.said[0]["date"].endswith("+0900")


def test_check_logs_in_and_sends_nothing(world: World) -> None:
    identity = world.adapter().check()
    assert (identity.tenant, identity.user) == ("127.0.0.1", USER)
    with pytest.raises(AccessDenied):
        world.adapter(password="wrong-code").check()
    assert world.said == []


# -- recipients -----------------------------------------------------------------------------------


def test_whoever_can_be_told_is_told_and_the_others_are_named(world: World) -> None:
    with pytest.raises(HalfDone) as told:
        world.tell(to="zhang.san@example.com,full@example.com,nobody@example.com,x@y@z")
    assert world.said[0]["recipients"] == ["zhang.san@example.com"]
    assert isinstance(told.value.cause, Rejected)
    assert told.value.written.key == "<M1.connector@example.com>"  # type: ignore[attr-defined]
    words = str(told.value)
    assert "full@example.com (452 4.2.2 Mailbox full)" in words
    assert "nobody@example.com (550 5.1.1 No such mailbox)" in words
    assert "x@y@z" in words
    assert "zhang.san" not in words


def test_where_nobody_can_be_told_now_it_is_tried_again_and_else_refused(world: World) -> None:
    with pytest.raises(Transient, match="Mailbox full"):
        world.tell(to="nobody@example.com,full@example.com")
    with pytest.raises(Rejected, match="No such mailbox"):
        world.tell(to="nobody@example.com")
    assert world.said == []


@pytest.mark.parametrize("to", ["", "张三", "a@b\r\nBcc: c@d", "a@b\n", "<a@b>", "a@b>", "a b@"])
def test_what_is_no_address_never_gets_to_the_server(world: World, to: str) -> None:
    adapter = world.adapter(to=[])
    with pytest.raises(Rejected):
        adapter.write(world.write("x", to=to))
    assert world.calls() == 0


# -- refusals and breaks --------------------------------------------------------------------------


@pytest.mark.parametrize(("operation", "status", "error"), ANSWERS)
def test_what_a_refusal_means_depends_on_what_was_asked(
    world: World, operation: str, status: int, error: type[Exception]
) -> None:
    world.fault(do="status", operation=operation, status=status, args={"words": "换个说法"})
    with pytest.raises(error, match=f"{status} 换个说法") as told:
        world.tell()
    assert getattr(told.value, "code", "") == str(status)
    assert world.said == []


@pytest.mark.parametrize(("operation", "error"), LOST)
@pytest.mark.parametrize("do", ["drop_request", "lose_answer"])
def test_only_where_the_whole_mail_was_sent_nobody_knows(
    world: World, operation: str, error: type[Exception], do: str
) -> None:
    world.fault(do=do, operation=operation)
    with pytest.raises(error):
        world.tell()
    assert len(world.said) == (operation == "message" and do == "lose_answer")


def test_a_mail_that_was_taken_is_sent_however_the_session_ends(world: World) -> None:
    world.fault(do="drop_request", operation="quit")
    world.tell()
    assert len(world.said) == 1


@pytest.mark.parametrize(
    ("operation", "error"),
    [("greeting", Unreachable), ("auth", Unreachable), ("message", OutcomeUnknown)],
)
def test_a_server_that_trickles_is_left_when_the_time_is_over(
    world: World, operation: str, error: type[Exception]
) -> None:
    world.fault(do="trickle", operation=operation, seconds=30)
    start = time.monotonic()
    with pytest.raises(error):
        world.tell(settings={"timeout": 0.5})
    assert time.monotonic() - start < 5


def test_words_in_gb18030_are_read() -> None:
    assert said((550, "用户不存在".encode("gb18030"))) == "550 用户不存在"
    assert said((550, b"\xff\xff")) == "550 \ufffd\ufffd"


# -- who the server is, and who we are ------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(world: World) -> None:
    with pytest.raises(Unreachable, match="ca_file"):
        world.tell(settings={"ca_file": ""})
    assert world.said == []


def test_a_certificate_of_another_name_is_not_trusted(world: World) -> None:
    with pytest.raises(Unreachable, match="not trusted"):
        world.tell(settings={"host": "localhost"})


def test_a_server_that_does_not_begin_with_tls_is_told_apart(build: Callable[..., World]) -> None:
    world = build(security="none")
    with pytest.raises(Unreachable, match="starttls"):
        world.tell(settings={"security": "tls"})


def test_nothing_is_sent_where_starttls_is_not_offered(build: Callable[..., World]) -> None:
    world = build(security="none")
    with pytest.raises(AccessDenied, match="security"):
        world.tell(settings={"security": "starttls"})
    assert world.calls("auth") == 0


def test_a_server_that_is_not_there_is_unreachable(world: World) -> None:
    world.stop()
    with pytest.raises(Unreachable, match="cannot be reached"):
        world.tell()


def test_a_server_that_asks_for_no_login_cannot_be_logged_in_to(
    build: Callable[..., World],
) -> None:
    world = build(logs_in="")
    with pytest.raises(AccessDenied, match="does not offer"):
        world.tell(settings={"user": USER})


def test_a_login_that_cannot_be_said_is_told(world: World) -> None:
    with pytest.raises(AccessDenied, match="ASCII"):
        world.tell(settings={"password": "授权码授权码"})


def test_the_password_is_not_shown_even_if_the_server_repeats_it(world: World) -> None:
    adapter = world.adapter()
    keep_secret(adapter.settings.secrets())
    sent = [one for one in adapter.settings.secrets() if one]
    assert len(sent) == 3
    for secret in sent:
        world.fault(do="status", operation="auth", status=535, args={"words": f"bad {secret}"})
        with pytest.raises(AccessDenied) as told:
            adapter.write(world.write("x"))
        shown = f"{told.value} {told.value!r} {told.value.answer}"
        assert secret not in shown
        assert "bad ***" in shown
    assert PASSWORD in sent


def test_a_sender_that_is_not_the_login_is_refused_there(world: World) -> None:
    with pytest.raises(AccessDenied, match="must equal"):
        world.tell(settings={"sender": "other@example.com"})


def test_mails_keep_to_the_rate(world: World) -> None:
    slept: list[float] = []

    class Clock:
        def __getattr__(self, name: str) -> Any:
            return getattr(World.clock(world), name)

        def monotonic(self) -> float:
            return sum(slept)

        def sleep(self, seconds: float) -> None:
            slept.append(seconds)

    adapter = world.adapter(clock=Clock(), rate="1/m")  # type: ignore[arg-type]
    adapter.write(world.write("一"))
    adapter.write(world.write("二"))
    assert sum(slept) == pytest.approx(60)
