"""Reviews that are answered where people approve anyway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connector import registry
from connector.contract import Fields, Identity
from connector.errors import OutcomeUnknown, Unreachable
from connector.kit.approvals import Approvals, Instance
from tests.engine.factory import line
from tests.reviews.factory import PEOPLE, REVIEW, Reviewed, reviewed

VIA = REVIEW.replace("    remind: 4h", "    remind: 4h\n    via: desk\n    look: 60")
DESK = """
object: approval
form: approval
key: id
write: {id: number, title: title, text: text, who: who, asks: asks}
"""


class Desk(Approvals):
    """Where people approve, in memory."""

    speaks_http: ClassVar[bool] = False
    instances: ClassVar[dict[str, Instance]] = {}
    asked: ClassVar[list[dict[str, Any]]] = []
    trouble: ClassVar[list[Exception]] = []

    def check(self) -> Identity:
        return Identity("desk")

    def ask(self, fields: Fields) -> str:
        if self.trouble:
            raise self.trouble.pop(0)
        key = f"i{len(self.asked) + 1}"
        self.asked.append(dict(fields))
        self.instances[key] = Instance(key, "open")
        return key

    def withdraw(self, key: str) -> None:
        self.instances[key] = replace(self.instances[key], state="withdrawn")

    def look(self, keys: Sequence[str]) -> Iterator[Instance]:
        yield from (self.instances[key] for key in keys if key in self.instances)

    @classmethod
    def decide(cls, who: str, state: Any = "approved", of: str = "", **more: Any) -> None:
        """Somebody answers the newest instance that they are asked."""
        n = max(n for n, one in enumerate(cls.asked, 1) if (of or who) in one["who"].split(","))
        cls.instances[f"i{n}"] = replace(cls.instances[f"i{n}"], state=state, who=who, **more)


@pytest.fixture
def firm(tmp_path: Path, store_url: str) -> Iterator[Reviewed]:
    registry.add("desk", Desk)
    Desk.instances.clear()
    Desk.asked.clear()
    Desk.trouble.clear()
    with reviewed(tmp_path, store_url) as made:
        made.firm.connections = "  desk: {adapter: desk}\n"
        made.more = {"desk/approval": DESK}
        made.people = PEOPLE.replace("{chat: fin}", "{chat: fin, desk: u-fin}").replace(
            "{chat: pro}", "{chat: pro, desk: u-pro}"
        )
        yield made.start(review=VIA)


def big(firm: Reviewed, qty: str = "20") -> None:
    firm.site.order("o1", [line("1", qty=qty)])


def later(firm: Reviewed) -> list[Any]:
    heard = firm.later(0.05)
    return heard + firm.go()


def test_whom_the_system_knows_is_asked_there_and_everybody_else_by_message(
    firm: Reviewed,
) -> None:
    big(firm)
    assert [one.to for one in firm.go()] == ["li"]
    assert sorted(one["who"] for one in Desk.asked) == ["u-fin", "u-pro"]
    assert {one["asks"] for one in Desk.asked if one["who"] == "u-pro"} == {"wanted_date"}


def test_what_is_approved_there_goes_with_what_was_filled_in(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    Desk.decide("u-fin", comment="可以")
    Desk.decide("u-pro", given={"wanted_date": "2026-12-24"})
    later(firm)
    (bill,) = firm.site.bills()
    assert str(bill["wanted"]) == "2026-12-24"
    said = {one.department: (one.who, one.comment) for one in
            firm.app().review("orders", "O1").departments}  # fmt: skip
    assert said["finance"] == ("fin", "可以")


def test_an_order_that_changes_is_taken_back_there_and_asked_anew(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    big(firm, "30")
    firm.go()
    assert sorted(one.state for one in Desk.instances.values()) == [
        "open", "open", "withdrawn", "withdrawn",
    ]  # fmt: skip


def test_an_instance_that_is_answered_after_the_order_changed_releases_nothing(
    firm: Reviewed,
) -> None:
    big(firm)
    firm.go()
    big(firm, "30")
    firm.site.sync()
    Desk.decide("u-fin")
    Desk.decide("u-pro", given={"wanted_date": "2026-12-24"})
    firm.site.clock.advance(120)
    firm.go()
    assert firm.site.bills() == []
    assert all(one.state == "open" for one in firm.app().review("orders", "O1").departments)


def test_a_refusal_there_stops_the_order(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    Desk.decide("u-fin", "refused", comment="超额度")
    later(firm)
    assert "超额度" in firm.app().failures("orders")[0]["words"]
    assert Desk.instances["i2"].state == "withdrawn" or Desk.instances["i1"].state == "withdrawn"


def test_an_answer_of_somebody_else_does_not_count_and_is_noted_once(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    Desk.decide("u-pro", of="u-fin")
    for _ in range(3):
        later(firm)
    assert firm.site.bills() == []
    assert firm.audited().count("review_attempt_refused") == 1


def test_an_approval_without_what_was_asked_for_is_a_refusal(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    Desk.decide("u-pro")
    later(firm)
    assert "wanted_date" in firm.app().failures("orders")[0]["words"]


def test_an_order_that_is_returned_stays_there_and_may_be_answered_there(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.answer("fin", "finance", "returned", comment="合同呢？")
    firm.go()
    firm.app("root").say_review("orders", "O1", "见附件")
    assert "fin" in {one.to for one in firm.go()}
    assert {one.state for one in Desk.instances.values()} == {"open"}
    Desk.decide("u-fin")
    Desk.decide("u-pro", given={"wanted_date": "2026-12-24"})
    later(firm)
    assert (len(firm.site.bills()), len(Desk.asked)) == (1, 2)


@pytest.mark.parametrize("error", [Unreachable("down"), OutcomeUnknown("lost")])
def test_where_asking_fails_the_order_waits_and_can_be_answered_here(
    firm: Reviewed, error: Exception
) -> None:
    Desk.trouble[:] = [error, error]
    big(firm)
    firm.go()
    assert firm.site.bills() == []
    firm.approve_all()
    firm.go()
    assert len(firm.site.bills()) == 1
