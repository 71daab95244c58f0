"""Messages of a WeCom application: one token for all, never too long, told once to each."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wecom_app_world import World

from adapters.wecom_app.settings import WeComAppSettings
from connector import log
from connector.errors import (
    AccessDenied,
    HalfDone,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.kit.channel import titled
from connector.testing import SkippingClock
from sandbox.wecom_app.application import CORPSECRET

TOKEN = "token-1-of-the-application"
OUTCOMES: list[tuple[str, type[Exception], str]] = [
    ("busy", Transient, "-1"),
    ("too_fast", Unreachable, "45009"),
    ("address", AccessDenied, "60020"),
    ("repeats", Rejected, "40008"),
]
"""Refusals of a message under HTTP 200, and what each means."""
BOTH = "zhangsan,lisi"


def test_a_message_reaches_people_under_its_title(world: World) -> None:
    assert world.tell(to=BOTH).key == "msg-1"
    content = "**订单延期**\n\n订单 **SO-1** 已延期 3 天"
    assert world.said == [{"to": ["zhangsan", "lisi"], "content": content}]


def test_a_message_that_wecom_gives_no_number_has_ours(world: World) -> None:
    world.fault(do="system", name="bare", operation="send")
    assert world.tell(to="lisi").key == "M1"


def test_what_names_nobody_goes_to_whom_the_connection_names(world: World) -> None:
    world.tell(settings={"to": "lisi"})
    world.tell(settings={"to": "lisi"}, to="zhangsan")
    assert [said["to"] for said in world.said] == [["lisi"], ["zhangsan"]]


def test_a_message_for_nobody_is_refused_before_anything_is_asked(world: World) -> None:
    with pytest.raises(Rejected, match="for nobody"):
        world.tell()
    assert world.calls() == 0


# -- some have it, some do not -------------------------------------------------------------------


def test_where_some_have_it_the_others_are_named_and_it_is_not_undone(world: World) -> None:
    with pytest.raises(HalfDone) as told:
        world.tell(to="zhangsan,wangwu,zhaoliu")
    assert world.said[0]["to"] == ["zhangsan"]
    assert str(told.value) == "invaliduser: wangwu|zhaoliu"
    assert isinstance(told.value.cause, Rejected)
    assert getattr(told.value.written, "key", "") == "msg-1"


def test_where_nobody_has_it_it_is_simply_refused(world: World) -> None:
    with pytest.raises(Rejected, match="81013"):
        world.tell(to="wangwu")
    assert world.said == []


# -- tokens --------------------------------------------------------------------------------------


def test_one_token_serves_all_messages(world: World) -> None:
    adapter = world.adapter()
    for _ in range(3):
        adapter.write(world.write("一", to="lisi"))
    assert (world.calls("token"), world.calls("send")) == (1, 3)


def test_a_worn_out_token_is_renewed_and_the_message_is_said_once(world: World) -> None:
    adapter = world.adapter()
    adapter.write(world.write("一", to="lisi"))
    world.sandbox.clock.advance(7201)
    adapter.write(world.write("二", to="lisi"))
    assert (world.calls("token"), len(world.said)) == (2, 2)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(world: World) -> None:
    world.fault(do="system", name="invalid", operation="send")
    world.tell(to="lisi")
    assert (world.calls("token"), world.calls("send"), len(world.said)) == (2, 2, 1)
    world.fault(do="system", name="invalid", operation="send", times=None)
    with pytest.raises(AccessDenied, match="40014"):
        world.tell(to="lisi")
    assert (world.calls("token"), world.calls("send"), len(world.said)) == (4, 4, 1)


def test_of_many_callers_whose_token_is_lost_one_asks_for_another(world: World) -> None:
    adapter = world.adapter()
    adapter.check()
    world.sandbox.clock.advance(7201)
    threads = [
        threading.Thread(target=adapter.write, args=(world.write(f"{n}", to="lisi"),))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (world.calls("token"), len(world.said)) == (2, 8)


@pytest.mark.parametrize("code", [40001, 40013, 4711])
def test_whoever_is_not_let_in_waits_until_that_is_mended(world: World, code: int) -> None:
    world.sandbox.switches["no_login"] = code
    with pytest.raises(AccessDenied, match=rf"refuses corpid and corpsecret \({code}") as told:
        world.tell(to="lisi", settings={"corpsecret": "another-secret"})
    assert told.value.code == str(code)


@pytest.mark.parametrize(("fault", "error"), [("busy", Transient), ("address", AccessDenied)])
def test_where_no_token_is_given_for_now_the_message_waits(
    world: World, fault: str, error: type[Exception]
) -> None:
    world.fault(do="system", name=fault, operation="token", times=None)
    with pytest.raises(error):
        world.tell(to="lisi")
    assert world.calls("send") == 0


def test_an_answer_without_a_token_is_none(world: World) -> None:
    world.fault(do="system", name="bare", operation="token")
    with pytest.raises(Transient, match="has no access_token"):
        world.tell(to="lisi")


@pytest.mark.parametrize("do", ["lose_answer", "html_after", "truncate", "status_after"])
def test_a_lost_answer_about_a_token_leaves_no_doubt(world: World, do: str) -> None:
    world.fault(do=do, operation="token", times=None)
    adapter = world.adapter(SkippingClock())
    with pytest.raises(Transient):
        adapter.write(world.write("一", to="lisi"))
    assert world.said == []


def test_a_check_asks_each_time_and_tells_company_and_application(world: World) -> None:
    adapter = world.adapter()
    assert (adapter.check().tenant, adapter.check().user) == ("ww0123456789abcdef", "1000002")
    assert world.calls("token") == 2
    assert world.calls("send") == 0


# -- what answers mean ---------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "error", "code"), OUTCOMES)
def test_a_refusal_under_http_200_is_a_failure(
    world: World, fault: str, error: type[Exception], code: str
) -> None:
    world.fault(do="system", name=fault, operation="send")
    with pytest.raises(error) as told:
        world.tell(to="lisi")
    assert getattr(told.value, "code", "") == code
    assert world.said == []


def test_a_wrong_agentid_keeps_every_message_waiting(world: World) -> None:
    with pytest.raises(AccessDenied, match="40056"):
        world.tell(to="lisi", settings={"agentid": 1})


def test_nothing_to_say_is_refused(world: World) -> None:
    with pytest.raises(Rejected, match="44004"):
        world.tell("", title="", to="lisi")


@pytest.mark.parametrize("do", ["lose_answer", "html_after", "truncate", "status_after"])
def test_where_the_answer_is_lost_nobody_knows(world: World, do: str) -> None:
    world.fault(do=do, operation="send")
    with pytest.raises(OutcomeUnknown):
        world.tell(to="lisi")
    assert len(world.said) == 1


@pytest.mark.parametrize("operation", ["token", "send"])
def test_neither_the_secret_nor_the_token_is_shown_where_wecom_repeats_them(
    world: World, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_secrets", [])
    world.fault(do="system", name="repeats", operation=operation)
    with pytest.raises((Rejected, AccessDenied), match=r"/cgi-bin/.*=\*\*\*") as told:
        world.tell(to="lisi")
    shown = f"{told.value!r} {told.value} {told.value.answer} {world.adapter().settings!r}"
    assert CORPSECRET not in shown
    assert TOKEN not in shown


# -- how much ------------------------------------------------------------------------------------


def test_what_one_person_gets_too_fast_is_dropped_without_a_word(world: World) -> None:
    for _ in range(31):
        world.tell(to="lisi")
    assert [said["to"] for said in world.said[-2:]] == [["lisi"], []]


def test_at_the_usual_rate_nothing_is_dropped(world: World) -> None:
    usual = WeComAppSettings.model_fields["rate"].default
    adapter = world.adapter(world.passing(), rate=usual)
    for _ in range(60):
        adapter.write(world.write("又一条", to="lisi"))
    assert [said["to"] for said in world.said] == [["lisi"]] * 60


def test_wecom_is_asked_to_drop_what_is_repeated_only_where_that_is_set(world: World) -> None:
    for seconds in (0, 0, 1800, 1800):
        world.tell(to="lisi", settings={"duplicate_check": seconds})
    assert len(world.said) == 2
    world.sandbox.clock.advance(1801)
    world.tell(to="lisi", settings={"duplicate_check": 1800})
    assert len(world.said) == 3


@pytest.mark.parametrize("piece", ["很长", "a", "👨‍👩‍👧", "\n- **很长**"])
def test_a_text_that_is_too_long_is_shortened_to_what_wecom_takes(world: World, piece: str) -> None:
    world.tell(piece * (4000 // len(piece)), to="lisi")
    (said,) = world.said
    assert len(said["content"].encode()) > 2_048 - 64
    assert said["content"].endswith("…")
    assert said["content"].count("**") % 2 == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_title_stands_above_its_text_and_neither_is_needed(title: str, text: str) -> None:
    shown = titled({"title": title, "text": text})
    assert shown == "\n\n".join(part for part in (title and f"**{title}**", text) if part)
