"""A message that only some of its people can get, from the hub to WeCom: nobody gets it twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from wecom_app_world import World

from connector.app import App
from connector.engine.saving import save
from connector.objects import Message

FLOW = "messages_chat"


@pytest.fixture
def app(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A product that can only tell, with a message for somebody who is known and somebody who is
    not."""
    chat, secrets = world.sandbox.settings(world.url)
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "config.yaml"
    config = {"connections": {"chat": {**chat, "rate": ""}}, "flows": {}}
    path.write_text(json.dumps(config), "utf-8")
    made = App.open(path)
    message = Message(number="M1", channel="chat", to="zhangsan,wangwu", text="订单已延期")
    with made.system.store.transaction() as tx:
        save(made.system, tx, "message", {"M1": message})
    yield made
    made.close()


def test_the_one_who_has_it_does_not_get_it_again_and_the_other_is_named(
    app: App, world: World
) -> None:
    app.sync()
    (failure,) = app.failures()
    assert failure["reason"] == "rejected"
    assert "did not reach wangwu" in failure["words"]
    assert "connector failures discard" in failure["do"]
    for ours in (False, True):
        world.sandbox.switches["members"] = ["zhangsan", "wangwu"]
        app.retry(FLOW, ["M1"], ours=ours)
        app.sync()
    assert [said["to"] for said in world.said] == [["zhangsan"]]


def test_a_failure_that_was_set_aside_stays_so(app: App, world: World) -> None:
    app.sync()
    app.discard(FLOW, ["M1"])
    app.sync()
    assert app.failures() == []
    assert len(world.said) == 1
