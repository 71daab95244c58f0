"""Messages into a DingTalk group: signed as published, never too long, judged by the body."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from dingtalk_world import World
from hypothesis import given
from hypothesis import strategies as st

from adapters.dingtalk.robot import MOST_BYTES, markdown, signature, signed
from connector import exact
from connector.errors import (
    AccessDenied,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

SECRET, MILLIS = "SECdemo0123456789abcdef", 1_700_000_000_000
SIGNATURE = "uqqEBgsZDZ7Tr5zHangyqJmCFGh6+zk54sU2uRKcDZQ="
"""As published."""
OUTCOMES: list[tuple[str, type[Exception], str]] = [
    ("busy", Transient, "-1"),
    ("too_fast", Unreachable, "130101"),
    ("stopped", AccessDenied, "400102"),
    ("dissolved", AccessDenied, "400013"),
    ("address", AccessDenied, "310000"),
]
"""Refusals under HTTP 200, and what each means."""


def test_the_signature_is_the_published_one_and_is_encoded_once() -> None:
    assert signature(SECRET, MILLIS) == SIGNATURE
    path = signed("/robot/send?access_token=T", SECRET, MILLIS)
    assert path.endswith(f"&timestamp={MILLIS}&sign={quote(SIGNATURE, safe='')}")
    assert path.endswith("uqqEBgsZDZ7Tr5zHangyqJmCFGh6%2Bzk54sU2uRKcDZQ%3D")


def test_a_message_is_said_once_in_the_group(world: World) -> None:
    written = world.tell()
    assert written.key == "M1"
    (said,) = world.said
    assert said["title"] == "订单延期"
    assert said["text"] == "订单 **SO-1** 已延期 3 天"


def test_whom_it_is_for_is_mentioned_and_stands_in_the_text(world: World) -> None:
    world.tell(to="13800000000, 13900000000")
    (said,) = world.said
    assert said["atMobiles"] == ["13800000000", "13900000000"]
    assert said["text"].endswith("\n\n@13800000000 @13900000000")


def test_lines_stay_lines(world: World) -> None:
    world.tell("第一行\n第二行\n\n第二段")
    assert world.said[0]["text"] == "第一行  \n第二行\n\n第二段"


def test_the_robot_s_keyword_is_added_where_it_is_missing(world: World) -> None:
    world.sandbox.switches["secured_by"] = "keyword"
    with pytest.raises(AccessDenied):
        world.tell(settings={"secret": ""})
    world.tell(settings={"secret": "", "keyword": "同步"})
    assert world.said[0]["text"].endswith("同步")


@pytest.mark.parametrize(("fault", "error", "code"), OUTCOMES)
def test_a_refusal_under_http_200_is_a_failure(
    world: World, fault: str, error: type[Exception], code: str
) -> None:
    world.fault(do="system", name=fault)
    with pytest.raises(error) as told:
        world.tell()
    assert getattr(told.value, "code", "") == code
    assert world.said == []


def test_the_twenty_first_message_of_a_minute_waits_ten_minutes(world: World) -> None:
    for _ in range(20):
        world.tell()
    with pytest.raises(Unreachable) as told:
        world.tell()
    assert told.value.retry_after == 600
    world.sandbox.clock.advance(601)
    world.tell()
    assert len(world.said) == 21


@pytest.mark.parametrize("do", ["lose_answer", "html_after", "truncate"])
def test_where_the_answer_is_lost_nobody_knows(world: World, do: str) -> None:
    world.fault(do=do)
    with pytest.raises(OutcomeUnknown):
        world.tell()
    assert len(world.said) == 1


def test_a_wrong_secret_and_a_clock_that_is_wrong_are_told(world: World) -> None:
    with pytest.raises(AccessDenied, match="sign not match"):
        world.tell(settings={"secret": "SECwrong"})
    adapter = world.adapter()
    adapter.write(world.write("先说一句，由此知道对方的时间"))
    world.sandbox.clock.advance(2 * 3600)
    with pytest.raises(AccessDenied, match="sign not match"):
        adapter.write(world.write("本机时间慢了两小时"))
    adapter.write(world.write("从应答中知道了对方的时间"))


def test_an_unknown_token_is_refused_and_never_shown(world: World) -> None:
    with pytest.raises(AccessDenied, match="token is not exist") as told:
        world.tell(settings={"access_token": "secret-token"})
    assert "secret-token" not in repr(told.value)


def test_nothing_to_say_is_refused(world: World) -> None:
    with pytest.raises(Rejected):
        world.tell("")


PIECES = st.sampled_from(["中", "a", '"', "👨‍👩‍👧", "\n- **x**"])


@given(st.text(max_size=200), st.integers(0, 9000), PIECES)
def test_a_body_is_never_longer_than_may_be(start: str, times: int, piece: str) -> None:
    body: dict[str, Any] = markdown("标题", start + piece * times, ["13800000000"], "同步")
    assert len(exact.encode(body)) <= MOST_BYTES
    assert body["markdown"]["text"].endswith("@13800000000 同步")
