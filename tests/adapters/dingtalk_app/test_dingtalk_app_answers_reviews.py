"""Reviews of orders that are answered inside DingTalk, from the CRM's order to the ERP's bill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dingtalk_app_world import World

from adapters.dingtalk_app import DingTalkApp
from connector import registry
from connector.assemble import shipped
from connector.clock import Clock, SystemClock
from connector.contract import Http as HttpProtocol
from connector.http import Http
from sandbox.dingtalk_app.application import NODE
from tests.engine.factory import line
from tests.reviews.factory import PEOPLE, REVIEW, Reviewed, reviewed

VIA = REVIEW.replace("    remind: 4h", "    remind: 4h\n    via: oa\n    look: 60")
ADAPTER = "dingtalk_app_over_sockets"


class OverSockets(DingTalkApp):
    """The adapter in a firm whose other systems are in memory: it alone speaks HTTP."""

    def __init__(self, settings: Any, http: HttpProtocol, clock: Clock) -> None:
        super().__init__(settings, Http(settings, SystemClock()), clock)


@pytest.fixture
def firm(
    world: World, tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reviewed]:
    """Its finance and production have accounts in DingTalk."""
    oa, secrets = world.sandbox.settings(world.url)
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    registry.add(ADAPTER, OverSockets)
    with reviewed(tmp_path, store_url) as made:
        made.more = {"oa/approval": (shipped() / "dingtalk_app/approval.yaml").read_text("utf-8")}
        stated = {**oa, "adapter": ADAPTER, "rate": "", "actioner_key": NODE}
        made.firm.connections = f"  oa: {json.dumps(stated, ensure_ascii=False)}\n"
        made.people = PEOPLE.replace("{chat: fin}", "{chat: fin, oa: manager01}").replace(
            "{chat: pro}", "{chat: pro, oa: user002}"
        )
        yield made.start(review=VIA)


def order(firm: Reviewed, quantity: str = "20") -> None:
    firm.site.order("o1", [line("1", qty=quantity)])
    firm.go()


def answer(world: World, who: str, what: str = "approve", **more: Any) -> None:
    """Somebody answers the newest instance that they are asked."""
    key = [one["id"] for one in world.asked if one["people"] == [who]][-1]
    if date := more.pop("date", ""):
        world.people("fill", key=key, who=who, 承诺交期=date)
    world.people(what, key=key, who=who, **more)


def states(world: World) -> list[str]:
    return [one["status"] for one in world.asked]


def test_what_both_approve_there_becomes_a_bill_with_what_was_filled_in(
    firm: Reviewed, world: World
) -> None:
    order(firm)
    answer(world, "manager01", comment="可以")
    answer(world, "user002", date="2026-12-24")
    firm.later(0.05)
    firm.go()
    (bill,) = firm.site.bills()
    assert str(bill["wanted"]) == "2026-12-24"


def test_an_order_that_changes_is_withdrawn_there_and_asked_anew(
    firm: Reviewed, world: World
) -> None:
    order(firm)
    world.sandbox.clock.advance(16)
    order(firm, "30")
    assert states(world) == ["TERMINATED", "TERMINATED", "RUNNING", "RUNNING"]
    old, new = (one["form"] for one in world.asked if one["people"] == ["manager01"])
    assert old["内容"] != new["内容"]


def test_what_is_too_new_to_be_withdrawn_is_withdrawn_by_itself_later(
    firm: Reviewed, world: World
) -> None:
    order(firm)
    order(firm, "30")
    assert states(world)[:2] == ["RUNNING", "RUNNING"]
    world.sandbox.clock.advance(16)
    firm.later(1)
    assert states(world)[:2] == ["TERMINATED", "TERMINATED"]
    assert firm.app().failures() == []


def test_a_refusal_there_stops_the_order_with_its_reason(firm: Reviewed, world: World) -> None:
    order(firm)
    world.sandbox.clock.advance(16)
    answer(world, "manager01", "refuse", comment="超额度")
    firm.later(0.05)
    firm.go()
    assert "超额度" in firm.app().failures("orders")[0]["words"]
    assert firm.site.bills() == []
    assert sorted(states(world)) == ["COMPLETED", "TERMINATED"]
