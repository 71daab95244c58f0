"""A mail that only some can get, or whose answer is lost, from the hub to the server: nobody gets
it twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from email_world import World

from connector.app import App
from connector.engine.saving import save
from connector.objects import Message
from connector.store import deliveries

FLOW = "messages_mail"


@pytest.fixture
def tell(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., App]]:
    """A product that can only send mails; it is given one for somebody."""
    settings, secrets = world.sandbox.settings(world.url)
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps({"connections": {"mail": settings}, "flows": {}}), "utf-8")
    app = App.open(path)

    def tell(to: str) -> App:
        message = Message(number="M1", channel="mail", to=to, title="订单延期", text="SO-1")
        with app.system.store.transaction() as tx:
            save(app.system, tx, "message", {"M1": message})
        app.sync()
        return app

    yield tell
    app.close()


def test_whom_the_server_refused_is_named_and_the_others_do_not_get_it_again(
    tell: Callable[..., App], world: World
) -> None:
    app = tell("zhang.san@example.com,nobody@example.com")
    (failure,) = app.failures()
    assert failure["reason"] == "rejected"
    assert "nobody@example.com (550 5.1.1 No such mailbox)" in failure["words"]
    for ours in (False, True):
        app.retry(FLOW, ["M1"], ours=ours)
        app.sync()
    assert app.failures() == []
    assert [mail["recipients"] for mail in world.said] == [["zhang.san@example.com"]]


def test_whom_the_server_does_not_know_is_explained_and_told_once_it_does(
    tell: Callable[..., App], world: World
) -> None:
    app = tell("nobody@example.com")
    (failure,) = app.failures()
    assert failure["words"] == "The mail server refuses this recipient."
    assert "retry" in failure["do"]
    world.sandbox.switches["mailboxes"] += ["nobody@example.com"]
    app.retry(FLOW, ["M1"])
    app.sync()
    assert app.failures() == []
    assert [mail["recipients"] for mail in world.said] == [["nobody@example.com"]]


def test_a_mail_whose_answer_was_lost_is_not_sent_again_by_itself(
    tell: Callable[..., App], world: World
) -> None:
    world.fault(do="lose_answer", operation="message")
    app = tell("zhang.san@example.com")
    app.sync()
    assert len(world.said) == 1
    with app.system.store.reading() as tx:
        (row,) = deliveries.load(tx, FLOW, ["M1"]).values()
    assert (row.state, row.reason) == ("in_doubt", "unknown")
