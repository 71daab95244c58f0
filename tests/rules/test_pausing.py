"""What a rule pauses stands still until it is over or somebody says so, and people hear why."""

from __future__ import annotations

from typing import Any

import pytest

from connector import faults
from connector.messages import load
from connector.operations import overview, pausing, ruling
from connector.store import journal, pauses
from tests.engine.factory import line
from tests.rules.factory import Chat, Firm, Heard

FAIL = """
rules:
  stuck:
    on: failure
    when: flow == "orders" and count >= 3
    pause: {flows: [orders], to: [manager], why: "{{ count }} 条停下"}
"""
BIG = """
rules:
  big:
    on: sales_order
    when: amount_with_tax > 100
    pause: {flows: [orders], records: 3, to: [manager], why: "{{ number }} 很大"}
"""
RESUMES = BIG.replace("records: 3", "records: 3, resume: true")
FALLS = """
rules:
  falls:
    on: sales_order
    when: amount_with_tax < was.amount_with_tax / 2
    pause: {flows: [orders], to: [manager], why: "{{ number }} 少了一半"}
"""


def bad(place: Firm, *keys: str) -> None:
    for key in keys:
        place.site.order(key, note="一条太长的备注" * 10)


def big(place: Firm, *keys: str, qty: str = "20") -> None:
    for key in keys:
        place.site.order(key, [line("1", qty=qty)])


def paused(place: Firm) -> str:
    """Why orders are paused; empty: they are not."""
    with place.site.system.store.reading() as tx:
        found = pauses.of(tx, ["orders", "customers"])
    assert "customers" not in found
    return str(load(found["orders"].why)) if found else ""


def resume(place: Firm) -> None:
    pausing.change(place.site.system, "resume", place.site.system.flows["orders"], "op")


def audited(place: Firm) -> list[tuple[str, str]]:
    with place.site.system.store.reading() as tx:
        return [(row.who, row.what) for row, _ in journal.audited(tx)]


def test_orders_that_fail_in_numbers_pause_their_flow_once_and_people_hear_why(
    place: Firm,
) -> None:
    place.rules = FAIL
    place.start()
    bad(place, "o1", "o2")
    assert place.go() == []
    bad(place, "o3", "o4")
    (heard,) = place.go()
    assert (heard.to, heard.title) == ("boss", "流程 orders 已暂停")
    assert "4 条停下" in heard.text
    assert "connector flow resume orders" in heard.text
    place.site.order("o9")
    assert place.later(days=1) == []
    assert place.site.bills() == []
    assert place.site.delivery("o9").state == "pending"
    assert audited(place) == [("connector", "pause_flow")]


def test_what_waited_goes_when_somebody_resumes_and_the_rule_does_not_overrule_them(
    place: Firm,
) -> None:
    place.rules = FAIL
    place.start()
    bad(place, "o1", "o2", "o3")
    place.go()
    place.site.order("o9")
    resume(place)
    bad(place, "o4")
    assert place.later(hours=1) == []
    assert [bill["no"] for bill in place.site.bills()] == ["O9"]
    assert paused(place) == ""


def test_it_is_paused_anew_when_the_rule_was_over_and_holds_again(place: Firm) -> None:
    place.rules = FAIL
    place.start()
    bad(place, "o1", "o2", "o3")
    place.go()
    resume(place)
    for key in ("o1", "o2", "o3"):
        place.site.order(key, note="")
    assert place.go() == []  # nothing of it is paused: there is nothing to tell
    bad(place, "o4", "o5", "o6")
    assert [one.title for one in place.go()] == ["流程 orders 已暂停"]


def test_over_without_resume_leaves_it_to_a_person_and_says_so(place: Firm) -> None:
    place.rules = BIG.replace("records: 3, ", "")
    place.start()
    big(place, "o1")
    place.go()
    big(place, "o1", qty="1")
    (heard,) = place.go()
    assert heard.title == "规则 big 不再成立。"
    assert "connector flow resume orders" in heard.text
    assert paused(place)


def test_it_goes_on_by_itself_where_the_rule_says_so(place: Firm) -> None:
    place.rules = RESUMES
    place.start()
    big(place, "o1", "o2")
    assert place.go() == []
    big(place, "o3")
    assert [one.title for one in place.go()] == ["流程 orders 已暂停"]
    place.site.order("o9")
    place.go()
    assert "O9" not in [bill["no"] for bill in place.site.bills()]
    big(place, "o1", qty="1")
    assert [one.title for one in place.go()] == ["流程 orders 已恢复"]
    assert "O9" in [bill["no"] for bill in place.site.bills()]
    assert audited(place) == [("connector", "pause_flow"), ("connector", "resume_flow")]


def test_a_rule_ends_no_pause_that_a_person_made(place: Firm) -> None:
    place.rules = RESUMES
    place.start()
    pausing.change(place.site.system, "pause", place.site.system.flows["orders"], "op", "盘点")
    big(place, "o1", "o2", "o3")
    assert place.go() == []
    big(place, "o1", qty="1")
    assert place.go() == []
    assert paused(place) == "Paused by op: 盘点"


def test_of_two_rules_the_one_that_still_holds_keeps_it_paused(place: Firm) -> None:
    other = RESUMES.replace("\nrules:\n  big:", "  note:").replace(
        "amount_with_tax > 100", 'special_terms == "停"'
    )
    place.rules = RESUMES.replace("records: 3, ", "") + other.replace("records: 3, ", "")
    place.start()
    big(place, "o1")
    place.site.order("o2", note="停")
    place.go()
    big(place, "o1", qty="1")
    place.go()
    assert "note" in paused(place)
    place.site.order("o2", note="走")
    place.go()
    assert paused(place) == ""


def test_a_rule_about_a_change_pauses_and_is_never_over(place: Firm) -> None:
    place.rules = FALLS
    place.start()
    big(place, "o1")
    place.go()
    big(place, "o1", qty="2")
    assert [one.title for one in place.go()] == ["流程 orders 已暂停"]
    assert place.later(days=2) == []
    resume(place)
    big(place, "o1", qty="1.5")
    assert place.go() == []
    big(place, "o1", qty="0.5")
    assert [one.title for one in place.go()] == ["流程 orders 已暂停"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_thousand_that_turn_at_once_are_one_pause_and_one_message(place: Firm) -> None:
    place.rules = BIG
    place.start()
    big(place, *(f"o{n}" for n in range(1000)))
    assert place.go() == [
        Heard("boss", "流程 orders 已暂停", Chat.said[-1].text),
    ]
    assert "对 1000 条记录成立" in Chat.said[-1].text


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    "point", ["rules_evaluation_stored", "rule_paused", "rule_pause_stored", "messages_stored"]
)
def test_a_kill_at_any_point_pauses_once_and_tells_once(place: Firm, point: str) -> None:
    place.rules = BIG
    place.start()
    big(place, "o1", "o2", "o3")
    place.site.sync()

    def die(name: str) -> None:
        if name == point:
            raise Killed

    faults.install(die)
    try:
        with pytest.raises(Killed):
            place.follow()
    finally:
        faults.install(None)
    place.start()
    place.go()
    assert [one.title for one in Chat.said] == ["流程 orders 已暂停"]
    assert audited(place) == [("connector", "pause_flow")]


def test_trying_a_rule_says_what_it_would_pause_and_why_and_pauses_nothing(place: Firm) -> None:
    place.rules = BIG
    place.start()
    big(place, "o1")
    place.site.sync()
    (tried,) = ruling.trial(place.site.system, place.book, "big", [])
    assert tried.values == {"amount_with_tax": 200}
    assert tried.does == ("paused: orders: O1 很大 (it holds for 0 now, and must for 3)",)
    assert paused(place) == ""


def test_status_and_the_daily_report_show_a_pause_until_it_ends(place: Firm) -> None:
    place.rules = BIG.replace("records: 3, ", "")
    place.head = place.head.replace("report: []", "report: [planner]")
    place.start()
    place.go()
    big(place, "o1")
    place.go()
    shown: Any = overview.status(place.site.system)["flows"]["orders"]
    assert shown["paused"] == "The rule big holds for 1 records: O1 很大"
    (report,) = [one for one in place.later(days=1) if one.to == "li"]
    assert "O1 很大" in report.text
    resume(place)
    assert overview.status(place.site.system)["flows"]["orders"]["paused"] == ""


def test_a_sync_says_why_nothing_of_a_paused_flow_goes(place: Firm) -> None:
    place.start()
    pausing.change(place.site.system, "pause", place.site.system.flows["orders"], "op")
    place.site.order("o1")
    done = place.site.sync()
    assert "is paused and delivers nothing. Paused by op." in str(done.errors["orders"])
    assert place.site.delivery().state == "pending"
    assert len(place.site.erp.form("partner")) == 1  # its customer went: by a flow of its own


def test_a_pause_stops_a_flow_that_is_at_work_between_two_groups(place: Firm) -> None:
    place.orders = ", group: 1"
    place.start()
    place.site.sync()
    for n in range(30):
        place.site.order(f"o{n}")
    flow = place.site.system.flows["orders"]

    def pause(name: str) -> None:
        if name == "after_outcome" and len(place.site.bills()) == 3:
            pausing.change(place.site.system, "pause", flow, "op")

    faults.install(pause)
    try:
        place.site.sync()
    finally:
        faults.install(None)
    assert 3 <= len(place.site.bills()) <= 8  # as many as workers had begun
