"""Messages into a WeCom group: never too long, mentioning whom they are for, judged by the body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wecom_robot_world import World

from adapters.wecom_robot.robot import MOST_BYTES, message
from adapters.wecom_robot.settings import WeComRobotSettings
from connector import log
from connector.contract import Write
from connector.errors import (
    AccessDenied,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.kit.fitting import in_bytes
from sandbox.wecom_robot.application import KEY

OUTCOMES: list[tuple[str, type[Exception], str]] = [
    ("busy", Transient, "-1"),
    ("too_fast", Unreachable, "45009"),
    ("removed", AccessDenied, "93000"),
    ("repeats", Rejected, "40008"),
]
"""Refusals under HTTP 200, and what each means."""


def test_a_message_is_said_once_in_the_group_under_its_title(world: World) -> None:
    assert world.tell().key == "M1"
    (said,) = world.said
    assert said["content"] == "**订单延期**\n\n订单 **SO-1** 已延期 3 天"
    assert (said["msgtype"], said["mentioned"]) == ("markdown", [])


def test_a_message_without_a_title_is_its_text(world: World) -> None:
    world.tell("第一行\n第二行", title="")
    assert world.said[0]["content"] == "第一行\n第二行"


def test_whom_it_is_for_is_mentioned(world: World) -> None:
    world.tell(to="zhangsan, lisi")
    (said,) = world.said
    assert said["mentioned"] == ["zhangsan", "lisi"]
    assert said["content"].endswith("3 天\n\n<@zhangsan> <@lisi>")


def test_the_newer_markdown_is_chosen_by_a_setting(world: World) -> None:
    world.tell(settings={"msgtype": "markdown_v2"})
    assert world.said[0]["msgtype"] == "markdown_v2"


def test_what_is_for_somebody_goes_in_the_markdown_that_mentions(world: World) -> None:
    world.tell(settings={"msgtype": "markdown_v2"}, to="zhangsan")
    (said,) = world.said
    assert (said["msgtype"], said["mentioned"]) == ("markdown", ["zhangsan"])


@pytest.mark.parametrize(("fault", "error", "code"), OUTCOMES)
def test_a_refusal_under_http_200_is_a_failure(
    world: World, fault: str, error: type[Exception], code: str
) -> None:
    world.fault(do="system", name=fault)
    with pytest.raises(error) as told:
        world.tell()
    assert getattr(told.value, "code", "") == code
    assert world.said == []


def test_nothing_to_say_and_too_many_to_mention_are_refused(world: World) -> None:
    with pytest.raises(Rejected, match="44004"):
        world.tell("", title="")
    with pytest.raises(Rejected, match="45002"):
        world.tell(to=",".join(f"user{n:06}" for n in range(400)))


def test_the_twenty_first_message_of_a_minute_waits_for_the_next(world: World) -> None:
    for _ in range(20):
        world.tell()
    with pytest.raises(Unreachable) as told:
        world.tell()
    assert told.value.retry_after == 60
    world.sandbox.clock.advance(61)
    world.tell()
    assert len(world.said) == 21


def test_at_the_usual_rate_no_message_is_one_too_many(world: World) -> None:
    usual = WeComRobotSettings.model_fields["rate"].default
    adapter = world.adapter(world.passing(), rate=usual)
    for _ in range(50):
        adapter.write(world.write("又一条"))
    assert len(world.said) == 50


@pytest.mark.parametrize("do", ["lose_answer", "html_after", "truncate", "status_after"])
def test_where_the_answer_is_lost_nobody_knows(world: World, do: str) -> None:
    world.fault(do=do)
    with pytest.raises(OutcomeUnknown):
        world.tell()
    assert len(world.said) == 1


def test_an_unknown_key_is_refused(world: World) -> None:
    with pytest.raises(AccessDenied, match="93000"):
        world.tell(settings={"key": "another-key"})


@pytest.fixture
def key_is_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in any configuration that was loaded."""
    monkeypatch.setattr(log, "_secrets", [])
    log.keep_secret([KEY])


@pytest.mark.usefixtures("key_is_secret")
def test_a_key_that_wecom_repeats_is_never_shown(world: World) -> None:
    world.fault(do="system", name="repeats")
    with pytest.raises(Rejected, match=r"/cgi-bin/webhook/send\?key=\*\*\*") as told:
        world.tell()
    assert KEY not in f"{told.value!r} {told.value.answer} {world.adapter().settings!r}"


def test_a_write_of_the_mapping_is_all_that_the_adapter_needs(world: World) -> None:
    world.adapter().write(Write("robot", "", {"id": "M2", "text": "只有文字"}))
    assert world.said[0]["content"] == "只有文字"


PIECES = st.sampled_from(["中", "a", "👨‍👩‍👧", "\n- **x**", "[订单](https://x.example/1)"])
PEOPLE = st.lists(st.sampled_from(["zhangsan", "lisi"]), max_size=2)


@given(st.text(max_size=200), st.integers(0, 5000), PIECES, PEOPLE)
def test_a_message_is_never_longer_than_may_be_and_mentions_all(
    start: str, times: int, piece: str, people: list[str]
) -> None:
    body = message("markdown_v2", start + piece * times, people)
    content = body[body["msgtype"]]["content"]
    assert in_bytes(content) <= MOST_BYTES
    assert content.endswith(" ".join(f"<@{one}>" for one in people))


def test_a_text_that_is_too_long_ends_between_characters_and_closes_its_emphasis() -> None:
    content = message("markdown", "订单 " + "**很长**👍🏽" * 400, [])["markdown"]["content"]
    assert content.startswith("订单 很长👍🏽很长👍🏽")
    assert content.endswith(("长…", "很…", "👍🏽…"))
    assert MOST_BYTES - in_bytes(content) < in_bytes("👍🏽…")
