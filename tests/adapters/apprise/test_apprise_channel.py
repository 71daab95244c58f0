"""Other channels, by the library's URLs: told once, and never taken for told where nobody knows."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest
from apprise_world import World

from adapters.apprise.settings import AppriseSettings
from connector.assemble import Assembly
from connector.errors import AccessDenied, ConfigError, OutcomeUnknown, Rejected
from connector.settings import ConfigFile

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")
"""The library looks for it as long as there is one."""


def settings(url: str) -> AppriseSettings:
    return AppriseSettings.model_validate({"adapter": "apprise", "url": url})


def test_a_message_is_told_once(world: World) -> None:
    assert world.tell().key == "M1"
    assert world.said == [{"title": "订单延期", "text": "订单 **SO-1** 已延期 3 天"}]


def test_whom_it_is_for_is_named_in_it(world: World) -> None:
    world.tell(to="zhangsan, lisi")
    assert world.said[0]["text"].endswith("\n\n@zhangsan @lisi")


def test_a_service_that_wants_another_form_gets_it(world: World) -> None:
    world.tell(settings={"url": world.address("format=html")})
    assert "<strong>SO-1</strong>" in world.said[0]["text"]


def test_check_tells_nobody_anything(world: World) -> None:
    assert world.adapter().check().tenant == "NotifyJSON"
    assert world.calls() == 0


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_a_failure_is_a_doubt_because_the_library_does_not_say_of_what_kind(
    world: World, status: int
) -> None:
    world.fault(do="status", status=status)
    with pytest.raises(OutcomeUnknown, match=f"error={status}") as told:
        world.tell()
    assert "token0123456789" not in f"{told.value!r} {told.value.answer}"
    assert world.said == []


def test_why_it_failed_is_said_however_little_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.fault(do="status", status=500)
    with caplog.at_level(logging.ERROR), pytest.raises(OutcomeUnknown, match="error=500"):
        world.tell()


@pytest.mark.parametrize("do", ["drop_request", "lose_answer", "status_after"])
def test_so_is_an_answer_that_is_lost(world: World, do: str) -> None:
    world.fault(do=do)
    with pytest.raises(OutcomeUnknown):
        world.tell()
    assert len(world.said) == (do != "drop_request")


@pytest.mark.parametrize("options", ["optional=yes", "retry=3&wait=0"])
def test_options_of_the_url_make_no_success_of_a_failure_and_tell_nobody_twice(
    world: World, options: str
) -> None:
    world.fault(do="status_after", times=2)
    with pytest.raises(OutcomeUnknown):
        world.tell(settings={"url": world.address(options)})
    assert len(world.said) == 1


def test_a_service_that_is_too_slow_is_given_up(world: World) -> None:
    world.fault(do="delay", seconds=6)
    start = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="did not finish"):
        world.tell(settings={"timeout": 0.5})
    assert time.monotonic() - start < 5


def test_nothing_to_say_is_refused(world: World) -> None:
    with pytest.raises(Rejected):
        world.tell("", title="")
    assert world.calls() == 0


@pytest.mark.parametrize("url", ["nonsense://x", "tgram://", "", "json://"])
def test_a_url_that_the_library_does_not_know_is_told(world: World, url: str) -> None:
    with pytest.raises(AccessDenied, match="Check url"):
        world.adapter(url=url).check()


OURS = [
    ("dingtalk://secret@token0123456789", "dingtalk"),
    (" DingTalk://token0123456789", "dingtalk"),
    ("https://oapi.dingtalk.com/robot/send?access_token=0123456789", "dingtalk"),
    ("wecombot://key-0123456789", "wecom_robot"),
    ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789", "wecom_robot"),
    ("feishu://token0123456789", "feishu"),
    ("https://open.feishu.cn/open-apis/bot/v2/hook/0123456789", "feishu"),
    ("lark://token0123456789", "feishu"),
    ("https://open.larksuite.com/open-apis/bot/v2/hook/0123456789", "feishu"),
]


@pytest.mark.parametrize(("url", "adapter"), OURS)
def test_a_service_with_an_adapter_of_our_own_is_refused_with_its_name_and_without_the_token(
    url: str, adapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URL", url)
    path = tmp_path / "config.yaml"
    text = "connections: {other: {adapter: apprise, url: '${env:URL}'}}\nflows: {}\n"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=f"Use adapter {adapter}") as told:
        Assembly(ConfigFile(path)).build()
    assert "0123456789" not in str(told.value)


def test_whatever_else_the_url_is_of_is_the_library_s_to_know() -> None:
    for url in (
        "tgram://123456789:abc_DEF-1/12345",
        "mailtos://a:b@larks.example",
        "ntfy://feishu",
    ):
        assert settings(url).url.get_secret_value() == url


def test_the_url_s_tokens_are_secrets_too_and_its_words_are_not() -> None:
    found = settings("slacks://bot7/T1JJ3T3L2@h.example/#general?format=markdown&pass=x1").secrets()
    assert {"bot7", "T1JJ3T3L2", "x1"} <= set(found)
    assert not {"general", "format", "markdown", "h", "example"} & set(found)
    assert "hush" in settings("mailtos://user:hush@mail.example").secrets()


# -- the library itself ---------------------------------------------------------------------------


def test_the_library_is_loaded_when_it_is_used_and_not_before() -> None:
    program = "import sys, adapters.apprise; print('apprise' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_where_it_is_not_installed_how_to_install_it_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(AccessDenied, match=r"pip install .*\[apprise\]"):
        world.tell()
