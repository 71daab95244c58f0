"""A rule gives somebody a to-do in the CRM, once, and it is done when the rule is over."""

from __future__ import annotations

from typing import Any

import pytest

from connector import faults
from connector.engine.dispatch import Done
from connector.errors import OutcomeUnknown
from connector.operations import forgetting, ruling
from connector.rules.joining import Joiner
from connector.store import journal, snapshots
from tests.engine.factory import MAPPINGS, failing, line
from tests.rules.factory import HEAD, Chat, Firm

BIG = """
rules:
  big:
    on: sales_order
    when: status == "confirmed" and amount_with_tax > 100
    todo:
      to: [salesperson]
      title: 跟进 {{ number }}
      text: "{{ customer.name }}：{{ amount_with_tax }}"
      days: 3
"""
PEOPLE = HEAD.replace("is: [E1]}", "is: [E1]}\n  wu: {roles: [sales], ids: {crm: u9, chat: wu}}")
TODO = """
object: todo
form: task
key: id
reference: ref
write:
  subject: {from: title, on: create}
  body: {from: text, on: create}
  owner: {from: who, on: create}
  due: {from: due_on, type: date, on: create}
  order: {from: order, on: create}
  customer: {from: customer, on: create}
  status: {expr: 'done ? "done" : null'}
"""
ORDER = MAPPINGS["crm/sales_order"].replace(
    "  status: status\n", "  status: status\n  salesperson: seller\n"
)


def start(place: Firm, rules: str = BIG) -> Firm:
    place.rules, place.head = rules, PEOPLE
    place.mappings = {"crm/todo": TODO, "crm/sales_order": ORDER}
    return place.start()


def big(place: Firm, *keys: str, qty: str = "20", seller: str = "u1") -> None:
    for key in keys:
        place.site.order(key, [line("1", qty=qty)], seller=seller)


def tasks(place: Firm) -> list[dict[str, Any]]:
    """What stands on people's lists in the CRM."""
    return [dict(kept.fields) for kept in place.site.crm.form("task").values()]


def stands(place: Firm) -> list[tuple[str, str]]:
    return [(one["subject"], one.get("status") or "open") for one in tasks(place)]


def deliveries_of(place: Firm) -> list[Any]:
    """What became of each to-do on its way."""
    with place.site.system.store.reading() as tx:
        keys = list(snapshots.keys(tx, "hub", "todo"))
    return [place.site.delivery(key, "todos_crm") for key in keys]


def audited(place: Firm) -> list[str]:
    with place.site.system.store.reading() as tx:
        return [row.what for row, _ in journal.audited(tx)]


def test_an_order_s_own_salesperson_has_it_once_and_it_is_done_when_it_is_over(
    place: Firm,
) -> None:
    start(place)
    big(place, "o1")
    place.go()
    (task,) = tasks(place)
    assert task.pop("ref")
    assert str(task.pop("due")) == "2026-11-25"  # three working days after a Saturday
    assert task == {"subject": "跟进 O1", "body": "Customer c1：200", "owner": "u1",
                    "order": "o1", "customer": "c1"}  # fmt: skip
    big(place, "o1", qty="30")
    place.later(days=5)
    assert stands(place) == [("跟进 O1", "open")]
    big(place, "o1", qty="1")
    place.go()
    assert stands(place) == [("跟进 O1", "done")]
    assert tasks(place)[0]["body"] == "Customer c1：200"
    assert audited(place) == ["todos_made", "todos_done"]
    assert place.later(days=30) == []


def test_what_comes_again_is_a_to_do_of_its_own(place: Firm) -> None:
    start(place)
    for qty in ("20", "1", "40"):
        big(place, "o1", qty=qty)
        place.go()
        place.site.clock.advance(60)
    assert sorted(stands(place)) == [("跟进 O1", "done"), ("跟进 O1", "open")]


def test_what_is_over_before_it_went_is_never_made_there(place: Firm) -> None:
    start(place)
    big(place, "o1")
    place.site.sync()
    ruling.follow(place.site.system, place.book)
    big(place, "o1", qty="1")
    place.site.dispatcher.capture(place.site.system.feeds.values(), Done())
    ruling.follow(place.site.system, place.book)
    place.site.sync()
    assert tasks(place) == []
    assert deliveries_of(place) == [None]


def test_a_named_person_has_it_where_the_crm_knows_no_salesperson(place: Firm) -> None:
    start(place, BIG.replace("[salesperson]", "[salesperson, sales]"))
    big(place, "o1", seller="")
    place.go()
    assert [one["owner"] for one in tasks(place)] == ["u9"]


def test_a_salesperson_who_is_somebody_under_people_is_who_they_are_there(place: Firm) -> None:
    start(place)
    place.head = PEOPLE.replace("ids: {chat: li}, is: [E1]", "ids: {chat: li, crm: u7}, is: [E1]")
    place.start()
    big(place, "o1", seller="E1")
    place.go()
    assert [one["owner"] for one in tasks(place)] == ["u7"]


def test_what_nobody_could_be_given_is_told_and_not_lost(place: Firm) -> None:
    start(place)
    place.head = PEOPLE.replace("report: []", "report: [planner]")
    place.start()
    big(place, "o1", seller="")
    heard = [one for one in place.go() if "big" in one.title]
    assert [(one.to, one.title) for one in heard] == [
        ("li", "规则 big 有 1 个待办没有建：crm 里找不到该给谁")
    ]
    assert "跟进 O1" in heard[0].text
    assert tasks(place) == []


def test_who_has_done_it_or_thrown_it_away_is_left_alone(place: Firm) -> None:
    start(place)
    big(place, "o1", "o2")
    place.go()
    form = place.site.crm.form("task")
    one, other = sorted(form)
    form[one].fields["status"] = "done"
    del form[other]
    place.later(days=1)
    big(place, "o1", "o2", qty="1")
    place.go()
    assert stands(place) == [("跟进 O1", "done")] or stands(place) == [("跟进 O2", "done")]
    assert [one.state for one in deliveries_of(place)] == ["in_sync", "in_sync"]


def test_one_whose_answer_is_lost_is_looked_up_and_not_made_twice(place: Firm) -> None:
    start(place)
    big(place, "o1")
    place.site.crm.trouble = failing(OutcomeUnknown("lost"), when="after", form="task")
    place.go()
    for _ in range(4):
        place.later(hours=1)
    assert stands(place) == [("跟进 O1", "open")]


def test_a_rule_that_makes_none_any_more_leaves_none_on_anybody_s_list(place: Firm) -> None:
    start(place)
    big(place, "o1")
    place.go()
    start(place, BIG.replace("  big:", "  bigger:").replace("> 100", "> 500"))
    place.go()
    assert stands(place) == [("跟进 O1", "done")]


def test_it_is_given_again_as_the_rule_repeats_only_where_it_was_not_made(place: Firm) -> None:
    start(place, BIG.replace("days: 3", "most: 1").replace("when:", "repeat: 1d\n    when:", 1))
    big(place, "o1", "o2")
    place.go()
    assert len(tasks(place)) == 1
    place.later(days=1.5)
    assert sorted(one for one, _ in stands(place)) == ["跟进 O1", "跟进 O2"]
    place.later(days=3)
    assert len(tasks(place)) == 2


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_thousand_that_turn_at_once_are_fifty_to_dos_and_one_message(place: Firm) -> None:
    start(place)
    place.head = PEOPLE.replace("report: []", "report: [planner]")
    place.start()
    place.go()
    Chat.said.clear()
    big(place, *(f"o{n}" for n in range(1000)))
    (heard,) = place.go()
    assert heard.title == "规则 big 一天最多建 50 个待办，另有 950 个没有建"
    assert heard.text.endswith("……另有 930 条")
    assert len(tasks(place)) == 50
    big(place, "p1")
    assert place.go() == []  # it waits for the report
    (report,) = place.later(days=1)
    assert "另有 1 个没有建" in report.text
    big(place, "p2")
    place.go()
    assert len(tasks(place)) == 51


def test_what_the_erp_tells_of_a_customer_is_with_the_customer_in_the_crm(place: Firm) -> None:
    start(place)
    place.site.sync()
    (there,) = place.site.erp.form("partner")
    with place.site.system.store.reading() as tx:
        joiner = Joiner(place.site.system, tx)

        def known(object: str, key: str, name: str) -> str:
            told = {"customer": key, "record": key}.get
            return joiner.counterpart(("erp", object), "x", told, name, "crm")

        assert known("receivable", there, "customer") == "c1"
        assert known("receivable", "nobody", "customer") == ""
        assert known("order_margin", "o1", "order") == "o1"
        assert known("stock", "o1", "order") == ""


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("point", ["rules_evaluation_stored", "todos_made", "todos_stored"])
def test_a_kill_at_any_point_makes_one_and_ends_it(place: Firm, point: str, over: bool) -> None:
    start(place)
    big(place, "o1")
    place.site.sync()
    if over:
        place.go()
        big(place, "o1", qty="1")
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
    assert stands(place) == [("跟进 O1", "done" if over else "open")]


def test_trying_a_rule_says_whose_it_would_be_and_makes_none(place: Firm) -> None:
    start(place)
    big(place, "o1")
    big(place, "o2", seller="")
    place.site.sync()
    tried = {one.number: one for one in ruling.trial(place.site.system, place.book, "big", [])}
    assert tried["O1"].does == ("a to-do for u1 in crm, until 2026-11-25: 跟进 O1",)
    assert tried["O2"].does == ("no to-do: nobody in crm could be given it (跟进 O2)",)
    place.site.sync()
    assert tasks(place) == []


def test_what_a_to_do_tells_of_people_is_forgotten_with_their_customer(place: Firm) -> None:
    read = ORDER.replace("  status: status\n", "  status: status\n  ship_to_phone: phone\n")
    start(place, BIG.replace("{{ customer.name }}", "{{ ship_to_phone }}"))
    place.mappings["crm/sales_order"] = read
    place.start()
    place.site.order("o1", [line("1", qty="20")], seller="u1", phone="13812345678")
    place.go()
    assert "13812345678" in tasks(place)[0]["body"]
    forgetting.forget(place.site.system, "C1", "op")
    with place.site.system.store.reading() as tx:
        [todo] = snapshots.every(tx, "hub", "todo")
    assert "13812345678" not in todo.data
    place.go()
    assert len(tasks(place)) == 1
