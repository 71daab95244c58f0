"""Messages into a Feishu group: signed as published, never too long, judged by the body."""

from __future__ import annotations

import time
from typing import Any

import pytest
from feishu_world import World
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feishu.card import MOST_BYTES, MOST_TITLE, card, proof, signature
from connector import exact
from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.kit.fitting import in_bytes
from sandbox.feishu import FeishuSandbox
from sandbox.feishu.application import HOOK, TOKEN
from sandbox.server import Request, from_json

SECRET, SECONDS = "feishuDemoSecret", 1_700_000_000
SIGNATURE = "PcpPsc4RnjhS0sm8IhLNRWicSNiIOPWk1giHpYDst1M="
"""As published."""
LIKE_DINGTALK = "BVcewzrOnXbqf4IUgBKothSDshdOWKAVrwxIAHJ8RPc="
"""Of the same secret and time, with key and message the other way round."""
BODY = (
    '{"timestamp":"1700000000","sign":"PcpPsc4RnjhS0sm8IhLNRWicSNiIOPWk1giHpYDst1M=",'
    '"msg_type":"interactive","card":{"schema":"2.0",'
    '"header":{"title":{"tag":"plain_text","content":"同步告警"}},'
    '"body":{"elements":[{"tag":"markdown","content":"**SO2611-0007** 料号不存在"}]}}}'
)
OUTCOMES: list[tuple[str, type[AdapterError], str]] = [
    ("address", AccessDenied, "19022"),
    ("parameters", Rejected, "19001"),
    ("bad_request", Rejected, "9499"),
    ("busy", Transient, "9499"),
    ("too_fast", Unreachable, "11232"),
]
"""Refusals under HTTP 200, and what each means."""


def answered(sign: str) -> Any:
    """The code under which the group's bot, at the time of the vector, takes such a signature."""
    sandbox = FeishuSandbox()
    sandbox.clock.advance(SECONDS - time.time())
    body = BODY.replace(SIGNATURE, sign).encode()
    request = Request("POST", HOOK + TOKEN, {"content-type": "application/json"}, body)
    return from_json(sandbox.handle(request).body)["code"]


def test_the_signature_is_the_published_one() -> None:
    assert signature(SECRET, SECONDS) == SIGNATURE


def test_the_body_carries_time_and_signature_as_they_are_and_chinese_in_utf_8() -> None:
    made = card("同步告警", "**SO2611-0007** 料号不存在", "", proof(SECRET, SECONDS))
    assert exact.encode(made) == BODY.encode()


def test_a_bot_without_a_secret_gets_neither_time_nor_signature() -> None:
    assert card("题", "文", "", proof("", SECONDS)).keys() == {"msg_type", "card"}


def test_the_sandbox_takes_the_published_signature_and_refuses_one_like_dingtalk_s() -> None:
    assert answered(SIGNATURE) == 0
    assert answered(LIKE_DINGTALK) == 19021


def test_a_message_is_said_once_in_the_group(world: World) -> None:
    written = world.tell()
    assert written.key == "M1"
    assert world.said == [{"title": "订单延期", "text": "订单 **SO-1** 已延期 3 天"}]


def test_a_message_without_a_title_is_headed_by_its_first_line(world: World) -> None:
    world.tell("\n订单已延期\n3 天", title="")
    assert world.said[0]["title"] == "订单已延期"


def test_whom_it_is_for_stands_below_the_text_as_the_site_says(world: World) -> None:
    world.tell("延期", to="张三, 李四")
    world.tell("延期", to="ou_1a,ou_2b", settings={"mention": "<at id={}></at>"})
    assert [said["text"] for said in world.said] == [
        "延期\n\n@张三 @李四",
        "延期\n\n<at id=ou_1a></at> <at id=ou_2b></at>",
    ]


def test_every_message_ends_with_the_bot_s_keyword(world: World) -> None:
    world.sandbox.switches["secured_by"] = "keyword"
    with pytest.raises(AccessDenied, match="Key Words Not Found") as told:
        world.tell(settings={"secret": ""})
    assert told.value.code == "19024"
    world.tell("延期", to="张三", settings={"secret": "", "keyword": "同步"})
    assert world.said[0]["text"] == "延期\n\n@张三 同步"


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize(("fault", "error", "code"), OUTCOMES)
def test_a_refusal_under_http_200_is_a_failure(
    world: World, fault: str, error: type[AdapterError], code: str, older: bool
) -> None:
    world.sandbox.switches["older_answers"] = older
    world.fault(do="system", name=fault)
    with pytest.raises(error) as told:
        world.tell()
    assert told.value.code == code
    assert world.said == []


def test_success_is_understood_as_it_was_once_told(world: World) -> None:
    world.sandbox.switches["older_answers"] = True
    assert world.tell().key == "M1"


def test_the_sixth_message_of_a_second_and_the_next_of_a_full_minute_wait(world: World) -> None:
    def full(most: int) -> None:
        with pytest.raises(Unreachable, match="frequency limited"):
            for _ in range(most + 1):
                world.tell()

    full(5)
    assert len(world.said) == 5
    for _ in range(19):
        world.sandbox.clock.advance(1.1)
        for _ in range(5):
            world.tell()
    world.sandbox.clock.advance(1.1)
    full(0)
    assert len(world.said) == 100
    world.sandbox.clock.advance(60)
    world.tell()


@pytest.mark.parametrize("do", ["lose_answer", "html_after", "truncate"])
def test_where_the_answer_is_lost_nobody_knows(world: World, do: str) -> None:
    world.fault(do=do)
    with pytest.raises(OutcomeUnknown):
        world.tell()
    assert len(world.said) == 1


def test_a_wrong_secret_and_a_clock_that_is_wrong_are_told(world: World) -> None:
    with pytest.raises(AccessDenied, match="sign match fail") as told:
        world.tell(settings={"secret": "wrong"})
    assert told.value.code == "19021"
    adapter = world.adapter()
    adapter.write(world.write("先说一句，由此知道对方的时间"))
    world.sandbox.clock.advance(2 * 3600)
    with pytest.raises(AccessDenied, match="sign match fail"):
        adapter.write(world.write("本机时间慢了两小时"))
    adapter.write(world.write("从应答中知道了对方的时间"))


def test_an_unknown_token_is_refused_and_never_shown(world: World) -> None:
    with pytest.raises(AccessDenied, match="access token invalid") as told:
        world.tell(settings={"token": "secret-token"})
    assert told.value.code == "19001"
    assert "secret-token" not in repr(told.value)


def test_neither_token_nor_secret_is_shown_where_nobody_can_be_reached(world: World) -> None:
    adapter = world.adapter(base_url="http://127.0.0.1:9")
    with pytest.raises(Unreachable) as told:
        adapter.write(world.write("在吗"))
    assert TOKEN not in f"{told.value!r} {told.value.answer} {adapter.settings!r}"
    assert SECRET not in f"{told.value!r} {told.value.answer} {adapter.settings!r}"


def test_nothing_to_say_is_refused(world: World) -> None:
    with pytest.raises(Rejected):
        world.tell("")


def test_a_title_that_is_too_long_is_shortened_between_what_people_see_as_one() -> None:
    title = card("👨‍👩‍👧" * 20, "文", "", {})["card"]["header"]["title"]["content"]
    assert set(title.removesuffix("…").split("👨‍👩‍👧")) == {""}
    assert in_bytes(title) <= MOST_TITLE


PIECES = st.sampled_from(["中", "a", '"', "👨‍👩‍👧", "\n- **x**"])


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(0, 9000), PIECES)
def test_a_body_is_never_longer_than_may_be(start: str, times: int, piece: str) -> None:
    made = card("", start + piece * times, "@张三 同步", proof(SECRET, SECONDS))
    assert len(exact.encode(made)) <= MOST_BYTES
    assert made["card"]["body"]["elements"][0]["content"].endswith("\n\n@张三 同步")
