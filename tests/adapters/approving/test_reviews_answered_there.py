"""Reviews of orders that are answered where people approve, from the CRM's order to the ERP's bill,
in each of these systems.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector import registry
from connector.assemble import shipped
from connector.clock import Clock, SystemClock
from connector.contract import Adapter
from connector.contract import Http as HttpProtocol
from connector.http import Http
from connector.operations.finding import NotFound
from connector.store import deliveries
from tests.adapters.asking import Asked
from tests.engine.factory import line
from tests.reviews.factory import PEOPLE, REVIEW, Reviewed, reviewed

VIA = REVIEW.replace("    remind: 4h", "    remind: 4h\n    via: oa\n    look: 60")
FINANCE, PRODUCTION = "manager01", "user002"
DINGTALK, FEISHU, WECOM = "dingtalk_app", "feishu_approval", "wecom_approval"


def over_sockets(kind: type[Adapter]) -> type[Adapter]:
    """The adapter in a firm whose other systems are in memory: it alone speaks HTTP."""

    class OverSockets(kind):  # type: ignore[valid-type,misc]
        def __init__(self, settings: Any, http: HttpProtocol, clock: Clock) -> None:
            super().__init__(settings, Http(settings, SystemClock()), clock)

    return OverSockets


@pytest.fixture
def firm(world: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reviewed]:
    """Its finance and production have accounts there."""
    oa, secrets = world.sandbox.settings(world.url)
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    adapter = f"{world.system}_over_sockets"
    registry.add(adapter, over_sockets(world.adapter_type))
    with reviewed(tmp_path, f"sqlite:///{(tmp_path / 'store.db').as_posix()}") as made:
        mapping = shipped() / world.system / "approval.yaml"
        made.more = {"oa/approval": mapping.read_text("utf-8")}
        stated = {**oa, **world.fillable, "adapter": adapter, "rate": ""}
        made.firm.connections = f"  oa: {json.dumps(stated, ensure_ascii=False)}\n"
        made.people = PEOPLE.replace("{chat: fin}", f"{{chat: fin, oa: {FINANCE}}}").replace(
            "{chat: pro}", f"{{chat: pro, oa: {PRODUCTION}}}"
        )
        yield made.start(review=VIA)


def order(firm: Reviewed, quantity: str = "20") -> None:
    firm.site.order("o1", [line("1", qty=quantity)])
    firm.go()


def key(world: Asked, who: str, version: int = -1) -> str:
    """Of what somebody was asked, the newest unless it says otherwise."""
    return str([one["id"] for one in world.asked if one["people"] == [who]][version])


def both_agree(world: Asked, version: int = -1, date: str = "2026-12-24") -> None:
    world.people("approve", key=key(world, FINANCE, version), who=FINANCE, comment="可以")
    world.promise(key(world, PRODUCTION, version), PRODUCTION, date)


def look(firm: Reviewed) -> None:
    """After a while it is looked whether somebody has answered."""
    firm.later(0.05)
    firm.go()


def states(world: Asked) -> list[str]:
    """How all that was asked stands, oldest first."""
    return [world.look(one["id"]).state for one in world.asked]


def test_what_both_approve_there_becomes_a_bill_with_the_date_that_was_promised(
    firm: Reviewed, world: Asked
) -> None:
    order(firm)
    assert firm.site.bills() == []
    both_agree(world)
    look(firm)
    (bill,) = firm.site.bills()
    assert str(bill["wanted"]) == "2026-12-24"
    said = {one.department: one.who for one in firm.app().review("orders", "O1").departments}
    assert said == {"finance": "fin", "production": "pro"}


def test_what_is_answered_after_the_order_changed_releases_nothing(
    firm: Reviewed, world: Asked
) -> None:
    order(firm)
    world.sandbox.clock.advance(16)
    firm.site.order("o1", [line("1", qty="30")])
    firm.site.sync()
    both_agree(world)
    look(firm)
    assert firm.site.bills() == []
    assert all(one.state == "open" for one in firm.app().review("orders", "O1").departments)
    assert len(world.asked) == 4
    both_agree(world, date="2026-12-28")
    look(firm)
    (bill,) = firm.site.bills()
    assert str(bill["wanted"]) == "2026-12-28"


@pytest.mark.parametrize("system", [DINGTALK, FEISHU], indirect=True)
def test_an_order_that_changes_is_withdrawn_there_and_asked_anew(
    firm: Reviewed, world: Asked
) -> None:
    order(firm)
    world.sandbox.clock.advance(16)
    order(firm, "30")
    assert states(world) == ["withdrawn", "withdrawn", "open", "open"]
    old, new = (one["form"] for one in world.asked if one["people"] == [FINANCE])
    assert old["内容"] != new["内容"]


@pytest.mark.parametrize("system", [WECOM], indirect=True)
def test_where_nothing_can_be_withdrawn_the_old_question_stays_and_counts_for_nothing(
    firm: Reviewed, world: Asked
) -> None:
    order(firm)
    order(firm, "30")
    assert states(world) == ["open"] * 4
    both_agree(world, version=0)
    look(firm)
    assert firm.site.bills() == []
    assert firm.app().failures() == []
    both_agree(world, date="2026-12-28")
    look(firm)
    (bill,) = firm.site.bills()
    assert (str(bill["wanted"]), states(world)) == ("2026-12-28", ["approved"] * 4)


@pytest.mark.parametrize("system", [DINGTALK], indirect=True)
def test_what_is_too_new_to_be_withdrawn_is_withdrawn_by_itself_later(
    firm: Reviewed, world: Asked
) -> None:
    order(firm)
    order(firm, "30")
    assert states(world)[:2] == ["open", "open"]
    world.sandbox.clock.advance(16)
    firm.later(1)
    assert states(world)[:2] == ["withdrawn", "withdrawn"]
    assert firm.app().failures() == []


@pytest.mark.parametrize("system", [FEISHU, WECOM], indirect=True)
def test_nobody_passes_off_what_was_approved_as_the_answer_to_something_else(
    firm: Reviewed, world: Asked
) -> None:
    other = world.ask(FINANCE)
    world.people("approve", key=other, who=FINANCE)
    order(firm)
    with firm.site.system.store.reading() as tx:
        (asked, *_) = deliveries.walk(tx, "approvals_oa", "", 9)
    with pytest.raises(NotFound):
        firm.app().set_link("approvals_oa", asked.key, other)


def test_a_refusal_there_stops_the_order_with_its_reason(firm: Reviewed, world: Asked) -> None:
    order(firm)
    world.sandbox.clock.advance(16)
    world.people("refuse", key=key(world, FINANCE), who=FINANCE, comment="超额度")
    look(firm)
    assert "超额度" in firm.app().failures("orders")[0]["words"]
    assert firm.site.bills() == []


@pytest.mark.parametrize("system", [FEISHU], indirect=True)
def test_a_question_whose_answer_was_lost_is_found_again_and_not_asked_twice(
    firm: Reviewed, world: Asked
) -> None:
    world.sandbox.faults.set([{"do": "lose_answer", "operation": "make", "times": 2}])
    order(firm)
    assert len(world.asked) == 2
    firm.later(1)
    both_agree(world)
    look(firm)
    assert len(firm.site.bills()) == 1
    assert (len(world.asked), world.calls("make"), firm.app().failures()) == (2, 2, [])


@pytest.mark.parametrize("system", [FEISHU], indirect=True)
def test_a_question_that_shows_late_is_not_asked_twice_either(firm: Reviewed, world: Asked) -> None:
    lost = {"do": "lose_answer", "operation": "make", "times": 2}
    unseen = {"do": "system", "name": "absent", "operation": "read", "times": 2}
    world.sandbox.faults.set([lost, unseen])
    order(firm)
    firm.later(1)
    firm.later(1)
    both_agree(world)
    look(firm)
    assert len(firm.site.bills()) == 1
    assert (len(world.asked), world.calls("make"), firm.app().failures()) == (2, 4, [])


@pytest.mark.parametrize("system", [FEISHU], indirect=True)
def test_the_same_order_in_another_store_is_another_question(
    firm: Reviewed, world: Asked, tmp_path: Path
) -> None:
    """A store that begins anew counts reviews from one again: what was approved for the former one
    was not approved for this."""
    order(firm)
    both_agree(world)
    (tmp_path / "again").mkdir()
    with reviewed(tmp_path / "again", f"sqlite:///{tmp_path / 'again' / 'store.db'}") as again:
        again.more, again.people = firm.more, firm.people
        again.firm.connections = firm.firm.connections
        again.start(review=VIA)
        again.site.clock.advance(1)
        order(again)
        look(again)
        assert again.site.bills() == []
        assert len(world.asked) == 4
