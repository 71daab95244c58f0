"""What people hear of records, and when."""

from __future__ import annotations

import pytest

from connector import faults
from connector.engine import saving
from connector.errors import AccessDenied, OutcomeUnknown, Rejected
from connector.objects import OrderProgress
from connector.operations import ruling
from tests.engine.factory import MAPPINGS, line
from tests.rules.factory import HEAD, Chat, Firm, Heard

BIG = """
rules:
  big:
    on: sales_order
    set: {amount: 100}
    when: status == "confirmed" and amount_with_tax > amount
    say:
      to: [manager]
      title: 大单 {{ number }}
      text: "{{ customer.name }} 的 {{ number }}：{{ amount_with_tax }}"
      over: "{{ number }} 不再是大单"
"""
EDITED = """
rules:
  edited:
    on: sales_order
    when: special_terms != was.special_terms
    say: {to: [manager], title: 备注, text: "{{ number }}: {{ special_terms }}"}
"""


def big(place: Firm, key: str = "o1", qty: str = "20") -> None:
    place.site.order(key, [line("1", qty=qty)])


def test_a_record_is_told_of_once_and_when_it_is_over(place: Firm) -> None:
    place.rules = BIG
    place.start()
    big(place)
    assert place.go() == [Heard("boss", "大单 O1", "Customer c1 的 O1：200")]
    assert place.later(days=1) == []
    place.site.order("o1", [line("1", qty="20")], note="改了别的")
    assert place.later(days=1) == []
    big(place, qty="1")
    assert place.go() == [Heard("boss", "大单 O1", "O1 不再是大单")]
    assert place.later(days=30) == []
    big(place, qty="30")
    assert [one.text for one in place.go()] == ["Customer c1 的 O1：300"]


def test_what_holds_for_too_short_a_time_is_not_told(place: Firm) -> None:
    place.rules = BIG.replace("when:", "for: 3d\n    when:")
    place.start()
    big(place)
    big(place, "o2")
    assert place.go() == []
    assert place.later(days=2) == []
    big(place, "o2", qty="1")
    assert place.later(hours=20) == []
    assert [one.title for one in place.later(hours=5)] == ["大单 O1"]


def test_it_is_told_again_as_often_as_the_rule_says(place: Firm) -> None:
    place.rules = BIG.replace("when:", "repeat: 7d\n    when:")
    place.start()
    big(place)
    assert len(place.go()) == 1
    assert [len(place.later(days=1)) for _ in range(15)] == [0] * 6 + [1] + [0] * 6 + [1, 0]


def test_what_is_told_again_and_again_does_not_pile_up_overnight(place: Firm) -> None:
    place.rules = BIG.replace("when:", "repeat: 2h\n    when:")
    place.start()
    big(place)
    told = [len(place.later(hours=1)) for _ in range(36)]
    assert max(told) == 1
    assert sum(told) > 6


def test_a_rule_about_a_change_tells_each_and_nothing_that_was_there_before(place: Firm) -> None:
    place.site.order("o1", note="甲")
    place.start()
    place.site.sync()
    place.rules = EDITED
    place.start()
    assert place.go() == []
    place.site.order("o1", note="乙")
    assert [one.text for one in place.go()] == ["O1: 乙"]
    assert place.later(days=2) == []
    place.site.order("o1", note="丙")
    assert [one.text for one in place.go()] == ["O1: 丙"]


def test_days_pass_without_a_change(place: Firm) -> None:
    place.rules = """
rules:
  old:
    on: sales_order
    when: days.order_date > 3
    say: {to: [manager], title: 旧单, text: "{{ number }} {{ days.order_date }} 天"}
"""
    place.start()
    place.site.order("o1")
    assert place.go() == []
    assert [len(place.later(days=1)) for _ in range(4)] == [0, 0, 1, 0]
    assert Chat.said[-1].text == "O1 4 天"


def test_at_night_nothing_is_told_but_what_is_urgent(place: Firm) -> None:
    urgent = BIG.replace("  big:", "  now:").replace("title: 大单", "urgent: true\n      title: 急")
    place.rules = BIG + urgent.replace("\nrules:", "")
    place.start()
    place.site.clock.advance(6 * 3600)  # 22:00 in China
    big(place)
    assert [one.title for one in place.go()] == ["急 O1"]
    assert place.later(hours=9) == []
    assert [one.title for one in place.later(hours=1.5)] == ["大单 O1"]


def test_on_days_on_which_nobody_works_it_waits(place: Firm) -> None:
    place.head = HEAD.replace("workdays: false", "workdays: true")
    place.rules = BIG
    place.start()
    big(place)
    assert place.go() == []  # 2026-11-21 is a Saturday
    assert place.later(days=1) == []
    assert len(place.later(days=1)) == 1


def test_many_at_once_are_one_message(place: Firm) -> None:
    place.rules = BIG
    place.start()
    for n in range(300):
        big(place, f"o{n}")
    (heard,) = place.go()
    assert heard.title == "300 条提醒"
    assert heard.text.count("\n- ") == 19
    assert heard.text.endswith("……另有 280 条")
    assert place.later(days=1) == []


def test_an_hour_holds_so_many_messages_and_the_rest_comes_in_one(place: Firm) -> None:
    place.head = HEAD.replace("report: []", "report: [], fold: 3")
    place.rules = BIG
    place.start()
    for n in range(3):
        big(place, f"o{n}")
        assert len(place.go()) == 1
    for n in range(3, 6):
        big(place, f"o{n}")
        assert place.go() == []
    assert [one.title for one in place.later(hours=1.1)] == ["大单 O3", "大单 O4", "大单 O5"]


def test_the_report_comes_on_good_days_too_and_holds_what_rules_keep_for_it(place: Firm) -> None:
    place.head = HEAD.replace("report: []", "report: [manager]")
    place.rules = BIG.replace("on: sales", "digest: true\n    on: sales")
    place.start()
    place.go()
    Chat.said.clear()
    assert place.later(days=1)[0].title == "2026-11-22 日报：一切正常"
    big(place)
    assert place.later(hours=1) == []
    (report,) = place.later(hours=23)
    assert (report.to, report.text) == ("boss", "- Customer c1 的 O1：200")
    assert place.later(hours=2) == []


def test_the_report_names_what_is_not_as_it_should_be(place: Firm) -> None:
    place.head = HEAD.replace("report: []", "report: [planner]")
    place.start()
    place.site.order("o1", note="一条太长的备注" * 10)
    place.go()
    Chat.said.clear()
    (report,) = place.later(days=1)
    assert report.title == "2026-11-22 日报：1 项要处理"
    assert report.text.startswith("- orders：1 条停下（")


def test_each_reader_has_the_report_in_their_own_language(place: Firm) -> None:
    english = HEAD.replace("roles: [manager]", "roles: [manager], language: en")
    place.head = english.replace("report: []", "report: [manager, planner]")
    place.start()
    place.site.order("o1", note="一条太长的备注" * 10)
    place.go()
    Chat.said.clear()
    reports = {one.to: one.text for one in place.later(days=1)}
    assert reports == {
        "boss": "- orders: 1 stopped (cannot be mapped 1)",
        "li": "- orders：1 条停下（读写不了 1）",
    }


TO_CUSTOMERS = """
rules:
  told:
    on: sales_order
    when: status == "confirmed"
    say: {address: special_terms, by: [chat], title: 确认, text: "{{ number }} 已确认"}
"""


@pytest.fixture
def selling(place: Firm) -> Firm:
    place.rules = TO_CUSTOMERS
    return place


def test_customers_hear_nothing_of_what_was_there_before_the_rule(selling: Firm) -> None:
    rules, selling.rules = selling.rules, ""
    selling.start()
    selling.site.order("o1", note="138")
    selling.site.sync()
    selling.rules = rules
    selling.start()
    assert selling.go() == []
    selling.site.clock.advance(1)
    selling.site.order("o2", note="138")
    assert selling.go() == [Heard("138", "确认", "O2 已确认")]


def test_a_customer_gets_so_many_messages_a_day_and_no_digest(selling: Firm) -> None:
    selling.start().go()
    selling.site.clock.advance(1)
    for n in range(5):
        selling.site.order(f"o{n}", note="138")
    selling.site.order("o9", note="139")
    assert [one.to for one in selling.go()] == ["138", "138", "139"]
    assert selling.later(days=2) == []


def test_a_record_without_an_address_tells_nobody(selling: Firm) -> None:
    selling.start().go()
    selling.site.clock.advance(1)
    selling.site.order("o1")
    assert selling.go() == []


def test_who_wants_no_messages_gets_none_until_they_want_them_again(selling: Firm) -> None:
    selling.start().go()
    ruling.stop(selling.site.system, "chat", "138", "op", wanted=False)
    selling.site.clock.advance(1)
    selling.site.order("o1", note="138")
    assert selling.go() == []
    ruling.stop(selling.site.system, "chat", "138", "op", wanted=True)
    selling.site.order("o2", note="138")
    assert [one.text for one in selling.go()] == ["O2 已确认"]


# -- what goes wrong -----------------------------------------------------------------------------


def test_a_channel_that_fails_holds_no_order_back(place: Firm) -> None:
    place.rules = BIG
    place.start()
    big(place)
    Chat.trouble[:] = [AccessDenied("wrong token")]
    assert place.go() == []
    assert len(place.site.bills()) == 1
    assert place.messages()[0].state == "pending"


def test_a_message_whose_answer_is_lost_is_not_said_twice(place: Firm) -> None:
    place.rules = BIG
    place.start()
    big(place)
    Chat.trouble[:] = [OutcomeUnknown("lost")]
    assert len(place.go()) == 1
    assert place.later(days=2) == []
    (row,) = place.messages()
    assert (row.state, row.reason) == ("stopped", "unknown")


def test_a_message_that_is_refused_stops_and_is_listed(place: Firm) -> None:
    place.rules = BIG
    place.start()
    big(place)
    Chat.trouble[:] = [Rejected("no such person")]
    assert place.go() == []
    assert place.messages()[0].state == "stopped"


class Killed(BaseException):
    """As if the process died here."""


POINTS = (
    "rules_swept", "rules_evaluated", "rules_evaluation_stored", "messages_made", "messages_stored",
)  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_killed_between_finding_and_telling_it_is_told_once(place: Firm, point: str) -> None:
    place.rules = BIG
    place.start()
    big(place)
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
    assert [one.title for one in Chat.said] == ["大单 O1"]


def test_in_thirty_days_nothing_is_told_twice_whatever_becomes_of_the_text(place: Firm) -> None:
    rule = """
rules:
  old:
    on: sales_order
    when: days.order_date > 3
    say: {to: [manager], title: 旧单, text: "{{ number }} 已久"}
"""
    place.rules = rule
    place.start()
    for n in range(3):
        place.site.order(f"o{n}")
    place.go()
    heard = [one for _ in range(30) for one in place.later(days=1)]
    assert sorted(one.text for one in heard) == ["O0 已久", "O1 已久", "O2 已久"]
    place.rules = rule.replace("已久", "{{ days.order_date }} 天")
    place.start()
    assert place.go() == []
    assert [one for _ in range(30) for one in place.later(days=1)] == []


# -- very many -----------------------------------------------------------------------------------


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_ten_thousand_that_turn_at_once_are_one_message_and_each_day_later_none(
    place: Firm,
) -> None:
    place.rules = """
rules:
  late:
    on: order_progress
    when: stage != "shipped" and days.promised_on > 3
    say: {to: [manager], title: 延期, text: "{{ record }} 延期"}
"""
    place.start()
    place.go()
    system, promised = place.site.system, place.site.clock.now().date()
    for start in range(0, 10_000, 500):
        made = {
            f"x{n}": OrderProgress(record=f"x{n}", stage="ordered", promised_on=promised)
            for n in range(start, start + 500)
        }
        with system.store.transaction() as tx:
            saving.save(system, tx, "order_progress", made)
    assert place.go() == []
    assert place.later(days=3) == []
    (heard,) = place.later(days=1)
    assert heard.title == "10000 条提醒"
    assert place.later(days=1) == []


def test_an_order_that_nobody_has_begun_can_be_late(place: Firm) -> None:
    wanted = MAPPINGS["crm/sales_order"].replace(
        "quantity: qty,", "quantity: qty, wanted_date: wanted,"
    )
    place.mappings = {"crm/sales_order": wanted}
    place.rules = "\nrules: {late_order: {say: {to: [manager]}}}\n"
    place.start()
    place.site.order("o1", [line("1", wanted="2026-11-20")])
    place.go()
    assert place.later(days=2) == []
    (heard,) = place.later(days=4)
    assert heard.title == "订单 O1 延期"
