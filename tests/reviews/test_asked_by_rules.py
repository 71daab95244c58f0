"""A rule has a record looked at before it is delivered: once for what is sent, while it holds."""

from __future__ import annotations

from typing import Any

import pytest

from connector import faults
from connector.messages import load
from connector.operations import correcting
from tests.engine.factory import line
from tests.reviews.factory import REVIEW, Reviewed

BIG = """
rules:
  big:
    on: sales_order
    when: amount_with_tax > 100
    review: {who: director, why: "{{ number }} 含税 {{ amount_with_tax }}", shows: [customer.name]}
"""
JUMP = """
rules:
  jump:
    on: sales_order
    when: amount_with_tax > was.amount_with_tax * 2
    review:
      who: director
      why: "{{ number }} 从 {{ was.amount_with_tax }} 跳到 {{ amount_with_tax }}"
"""
BAD = """
rules:
  bad:
    on: sales_order
    when: customer.name == "坏客户"
    review: {who: director, why: "{{ customer.name }}"}
"""
BOTH = REVIEW + BAD
ALONE = "reviews: {alone: {departments: {sales: {who: [operator]}}}}\n"


def order(firm: Reviewed, qty: str = "20", key: str = "o1", **more: Any) -> None:
    firm.site.clock.advance(1)
    firm.site.order(key, [line("1", qty=qty)], **more)


def start(firm: Reviewed, rules: str, flow: str = "") -> Reviewed:
    return firm.start(review=rules, flow=", until: saved" + flow)


def amounts(firm: Reviewed) -> list[Any]:
    return [row["amount"] for bill in firm.site.bills() for row in bill["rows"]]


def rename(firm: Reviewed, name: str = "坏客户") -> None:
    """What the rule looks at changes around the order; it looks once a day."""
    firm.site.customer(name=name)


def a_day_later(firm: Reviewed) -> list[Any]:
    return [*firm.later(25), *firm.go()]


def asked(firm: Reviewed) -> list[tuple[str, str]]:
    """Who is still asked, by which rule or department."""
    return [(one.number, said.department) for one in firm.app().reviews()
            for said in one.departments if said.state == "open"]  # fmt: skip


def boss(firm: Reviewed, verdict: str = "approved", rule: str = "big", **more: Any) -> str:
    return firm.answer("boss", rule, verdict, **more)


def test_an_order_for_which_it_holds_waits_until_somebody_has_looked(firm: Reviewed) -> None:
    start(firm, BIG)
    order(firm)
    order(firm, "1", key="o2")
    (heard,) = firm.go()
    assert heard.to == "boss"
    assert "- why: O1 含税 200" in heard.text
    assert "- customer.name: Customer c1" in heard.text
    assert amounts(firm) == [10]  # the other one concerns nobody
    assert boss(firm) == "approved"
    firm.go()
    assert sorted(amounts(firm)) == [10, 200]
    assert firm.later(24) == []


def test_it_is_asked_once_for_what_is_sent_and_anew_for_anything_else(firm: Reviewed) -> None:
    start(firm, BIG)
    order(firm)
    firm.go()
    boss(firm)
    firm.go()
    firm.resync()
    assert firm.go() == []
    order(firm, "30")
    assert [one.to for one in firm.go()] == ["boss"]
    assert amounts(firm) == [200]
    boss(firm)
    firm.go()
    assert amounts(firm) == [300]


def test_a_refusal_stops_the_order(firm: Reviewed) -> None:
    start(firm, BIG)
    order(firm)
    firm.go()
    boss(firm, "refused", comment="毛利太低")
    firm.go()
    assert firm.site.bills() == []
    assert firm.site.delivery().state == "stopped"


def test_it_is_one_more_department_of_the_review_that_the_flow_has(firm: Reviewed) -> None:
    start(firm, REVIEW + BIG, ", review: order_review")
    order(firm)
    assert {one.to for one in firm.go()} == {"boss", "fin", "pro", "li"}
    firm.approve_all()
    assert firm.site.bills() == []
    assert boss(firm) == "approved"
    firm.go()
    assert amounts(firm) == [200]


def test_what_is_over_has_nothing_to_answer_and_the_order_goes(firm: Reviewed) -> None:
    rename(firm)
    start(firm, BAD)
    order(firm, "1")
    firm.go()
    assert asked(firm) == [("O1", "bad")]
    rename(firm, "好客户")
    a_day_later(firm)
    assert asked(firm) == []
    firm.go()
    assert amounts(firm) == [10]


def test_what_others_were_asked_stands_when_the_rule_is_over(firm: Reviewed) -> None:
    rename(firm)
    start(firm, BOTH, ", review: order_review")
    order(firm)
    firm.go()
    rename(firm, "好客户")
    a_day_later(firm)
    assert asked(firm) == [("O1", "finance"), ("O1", "production")]
    firm.approve_all()
    assert amounts(firm) == [200]


def test_a_rule_that_begins_to_hold_joins_a_review_under_way(firm: Reviewed) -> None:
    start(firm, BOTH, ", review: order_review")
    order(firm)
    firm.go()
    firm.answer("fin", "finance")
    rename(firm)
    a_day_later(firm)
    assert asked(firm) == [("O1", "bad"), ("O1", "production")]
    firm.answer("pro", "production", given={"wanted_date": "2026-12-24"})
    firm.go()
    assert firm.site.bills() == []
    assert boss(firm, rule="bad") == "approved"
    firm.go()
    assert amounts(firm) == [200]


def test_what_was_let_through_and_has_not_gone_yet_is_looked_at_after_all(firm: Reviewed) -> None:
    start(firm, BAD)
    firm.site.crm.put("product", {"code": "M2", "name": "M2"}, "p-M2")
    firm.site.order("o1", [line("1", material="M2", qty="1")])
    firm.go()
    assert firm.site.delivery().reason == "waits_for"
    rename(firm)
    a_day_later(firm)
    assert asked(firm) == [("O1", "bad")]
    firm.site.material("M2")
    firm.later(1)
    assert firm.site.bills() == []
    boss(firm, rule="bad")
    firm.go()
    assert amounts(firm) == [10]


def test_what_stands_there_already_is_looked_at_when_it_changes(firm: Reviewed) -> None:
    start(firm, BAD)
    order(firm, "1")
    firm.go()
    rename(firm)
    assert a_day_later(firm) == []
    assert asked(firm) == []
    order(firm, "2")
    firm.go()
    assert asked(firm) == [("O1", "bad")]
    assert amounts(firm) == [10]


def test_a_jump_is_measured_by_what_was_let_through_however_many_edits_lie_between(
    firm: Reviewed,
) -> None:
    start(firm, JUMP)
    order(firm)
    firm.go()
    order(firm, "30")
    assert firm.go() == []
    assert amounts(firm) == [300]
    order(firm, "61")
    (heard,) = firm.go()
    assert "O1 从 300 跳到 610" in heard.text
    order(firm, "62")  # hardly more than what the rule has seen, and still twice what was let go
    assert [one.to for one in firm.go()] == ["boss"]
    boss(firm, rule="jump")
    firm.go()
    assert amounts(firm) == [620]
    order(firm, "70")
    assert firm.go() == []
    assert amounts(firm) == [700]


def test_a_jump_that_is_taken_back_needs_nobody(firm: Reviewed) -> None:
    start(firm, JUMP)
    order(firm)
    firm.go()
    order(firm, "90")
    firm.go()
    order(firm, "20")
    firm.go()
    assert asked(firm) == []
    order(firm, "25")
    assert firm.go() == []
    assert amounts(firm) == [250]


def test_what_stood_there_before_the_rule_is_measured_by_that(firm: Reviewed) -> None:
    start(firm, "")
    order(firm)
    firm.go()
    start(firm, JUMP)
    firm.later(1)
    order(firm, "90")
    assert ["从 200 跳到 900" in one.text for one in firm.go()] == [True]
    assert amounts(firm) == [200]


def test_whoever_edits_the_rule_is_not_let_past_it(firm: Reviewed) -> None:
    start(firm, BIG)
    order(firm)
    firm.go()
    for edited in (BIG.replace("> 100", "> 1000"), "", BIG.replace("director", "finance")):
        start(firm, edited)
        firm.resync()
        firm.go()
        assert firm.site.bills() == []
        assert "connector review accept orders" in str(load(firm.site.delivery().detail))
    start(firm, BIG.replace("> 100", "> 1000"))
    firm.app().accept_review("orders")
    firm.later(1)
    firm.later(1)
    assert amounts(firm) == [200]


def test_a_correction_is_looked_at_as_it_would_be_sent(firm: Reviewed) -> None:
    start(firm, BIG.replace("amount_with_tax > 100", 'special_terms == "赠送"'))
    order(firm, note="一条太长的备注" * 10)
    firm.go()
    system = firm.site.system
    correcting.correct(system, system.flows["orders"], "O1", {"special_terms": "赠送"}, "op")
    firm.go()
    assert asked(firm) == [("O1", "big")]
    assert firm.site.bills() == []


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("point", ["reviews_followed", "reviews_following_stored"])
def test_a_kill_at_any_point_asks_once(firm: Reviewed, point: str) -> None:
    start(firm, BOTH, ", review: order_review")
    order(firm)
    firm.go()
    rename(firm)
    firm.site.clock.advance(25 * 3600)
    firm.site.sync()
    firm.app().follow_rules()

    def die(name: str) -> None:
        if name == point:
            raise Killed

    faults.install(die)
    try:
        with pytest.raises(Killed):
            firm.app().mind_reviews()
    finally:
        faults.install(None)
    start(firm, BOTH, ", review: order_review")
    told = [one for one in firm.go() if one.to == "boss" and "bad" in one.title]
    assert len(told) == 1
    assert ("O1", "bad") in asked(firm)


def test_trying_the_rule_says_who_would_look_and_why(firm: Reviewed) -> None:
    start(firm, JUMP)
    order(firm)
    firm.go()
    order(firm, "90")
    firm.site.sync()
    firm.app().follow_rules()  # the rule itself has seen it since
    (tried,) = firm.app().try_rule("jump", ["O1"])
    assert tried.holds
    assert tried.does == ("reviewed by director before orders delivers it: O1 从 200 跳到 900",)


def test_a_rule_that_is_over_lets_nothing_pass_by_one_who_has_a_part_in_it(firm: Reviewed) -> None:
    firm.people = firm.people.replace("boss: {roles: [director]", "boss: {roles: [operator]")
    rename(firm)
    start(firm, BAD.replace("director", "admin") + ALONE, ", review: alone")
    order(firm, "1")
    firm.go()
    firm.app("boss").correct("orders", "O1", {"special_terms": "款到发货"})
    firm.go()
    assert firm.answer("boss", "sales") == "open"
    rename(firm, "好客户")
    a_day_later(firm)
    assert asked(firm) == [("O1", "bad")]
    assert firm.site.bills() == []
    assert firm.answer("root", "bad") == "approved"


def test_a_question_of_a_rule_that_is_over_holds_nothing_back(firm: Reviewed) -> None:
    rename(firm)
    start(firm, BAD)
    order(firm, "1")
    firm.go()
    assert boss(firm, "returned", rule="bad", comment="预付了吗？") == "returned"
    rename(firm, "好客户")
    a_day_later(firm)
    firm.go()
    assert amounts(firm) == [10]
    [one] = firm.app().review("orders", "O1").departments
    assert (one.state, one.who) == ("withdrawn", "")


def test_a_department_that_is_asked_anew_is_shown_why_as_it_stands_now(firm: Reviewed) -> None:
    start(firm, JUMP)
    order(firm)
    firm.go()
    order(firm, "90")
    firm.go()
    boss(firm, "returned", rule="jump", comment="为什么？")
    firm.app("root").say_review("orders", "O1", "客户扩产")
    [one] = firm.app().review("orders", "O1").departments
    assert (one.state, one.evidence) == ("open", {"why": "O1 从 200 跳到 900"})
