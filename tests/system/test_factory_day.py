"""A day in a factory, with all who work there: 200 orders, of which 15 need the director, 10 are
short of material, 5 lack credit, 3 are changed while under review, and 2 are cancelled.

Every message, review, delay and escalation arrives exactly once, at the right time, to the right
person; nothing unapproved reaches the ERP, as the oracle says, who has seen the ledgers alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.clock import CHINA
from tests.oracle import judge
from tests.system.factory import LIMIT, Factory, factory
from tests.system.factory_day import Day, Heard, heard
from tests.system.factory_plan import STEP, Due, Placed, messages
from tests.system.site import Site


def test_a_day_in_a_factory(tmp_path: Path) -> None:
    with factory(tmp_path) as made:
        day = Day(made)
        day.live()
        kinds = Counter(order.department for order in day.orders)
        assert kinds == {"": 170, "director": 15, "planning": 10, "finance": 5}
        nothing_unapproved_is_in_the_erp(day)
        due = messages(day.orders, day.midnight.date())
        once_and_in_time(due, heard(made, day.midnight))
        half_is_asked_in_dingtalk(made, day)
        an_old_link_answers_nothing(day)
        what_is_approved_is_in_the_erp_in_time(day)
        the_promised_date_stands_on_both_sides(made.site, day)
        the_crm_tells_how_reviews_ended(made.site, day)


def nothing_unapproved_is_in_the_erp(day: Day) -> None:
    """Nor is anything lost, doubled or other than ordered: one order was refused, two cancelled."""
    verdict = judge(day.witness.history())
    assert verdict.violations == []
    assert (verdict.ok, verdict.listed, verdict.withdrawn) == (197, 1, 2)


def once_and_in_time(due: Iterable[Due], said: list[Heard]) -> None:
    """Exactly these messages were said, each to whom it is for, and when."""
    wanted = sorted(due, key=lambda one: (one.to, one.title, one.first))
    told = sorted(said, key=lambda one: (one.to, one.title, one.at))
    assert [(one.to, one.title) for one in told] == [(one.to, one.title) for one in wanted]
    for one, it in zip(told, wanted, strict=True):
        assert it.says in one.text, it
        assert it.first <= one.at < it.last + STEP, (it, one.at)


def half_is_asked_in_dingtalk(made: Factory, day: Day) -> None:
    """Of 30 reviews 15; each of them by one instance for each version of the order."""
    asked = [order for order in day.orders if order.by == "dingtalk"]
    assert len(asked) == sum(order.by in ("link", "command") for order in day.orders) == 15
    wanted = sorted(row for order in asked for row in instances(order))
    begun = {
        entry.key: day.witness.minute(entry)
        for entry in made.approvals.ledger
        if (entry.kind, entry.operation) == ("commit", "made")
    }
    found = sorted(
        (one["form"]["标题"], int(begun[one["id"]] // STEP * STEP), one["status"], why(one))
        for one in made.approvals.records("approval")
    )
    assert found == wanted


def why(instance: Any) -> str:
    """What a department is shown of the reason for which it is asked."""
    last: str = instance["form"]["内容"].splitlines()[-1]
    return last.removeprefix("- ")


def instances(order: Placed) -> Iterable[tuple[str, int, str, str]]:
    """What is asked about an order there, at which look, what becomes of it, and the reason. What
    planning answered though the order had changed is over, what nobody answered is taken back."""
    title = f"订单评审 {order.number}：请 {order.department} 处理"
    planning = order.department == "planning"
    reasons = [
        f"kitting.short_of: M2 {quantity}" if planning else f"standing.limit: {LIMIT}"
        for quantity in (order.quantity, order.changes)
    ]
    if order.changes:
        yield title, order.asked, "COMPLETED" if planning else "TERMINATED", reasons[0]
    status = "TERMINATED" if order.cancelled else "COMPLETED"
    yield title, order.asked_anew, status, reasons[bool(order.changes)]


def an_old_link_answers_nothing(day: Day) -> None:
    """Whoever has one of each version answers by the new one."""
    links = [order.number for order in day.orders if order.by == "link" and not order.cancelled]
    taken = [number for number, status in day.answers if status == 200]
    assert sorted(taken) == links
    assert [one for one in day.answers if one[1] != 200] == [("SO-065", 409)]


def what_is_approved_is_in_the_erp_in_time(day: Day) -> None:
    """At the look after the last answer, and nothing else is."""
    keys = {version.key: version.fields or {} for version in day.witness.versions}
    made = {
        keys[entry.reference.removeprefix("crm:")]["number"]: int(entry.at // STEP * STEP)
        for entry in day.witness.bills()
        if entry.what == "create"
    }
    assert made == {one.number: one.arrives for one in day.orders if one.arrives is not None}


def the_promised_date_stands_on_both_sides(site: Site, day: Day) -> None:
    """As planning filled it in in DingTalk: in every row of the bill, and on the CRM's order."""
    orders = site.orders()
    for order in day.orders:
        if order.department == "planning" and order.arrives:
            promised = order.promised(day.midnight.date())
            rows = site.rows(order.number)
            assert {row["FDeliveryDate"][:10] for row in rows} == {promised.isoformat()}
            millis = orders[order.number].get("erp_promised_on__c") or 0
            assert datetime.fromtimestamp(millis / 1000, CHINA).date() == promised


def the_crm_tells_how_reviews_ended(site: Site, day: Day) -> None:
    """But of what is void there: nobody can write onto that."""
    told = {
        order.number: "评审通过" if order.verdict == "approved" else "评审未通过"
        for order in day.orders
        if not order.cancelled
    }
    shown = {number: order.get("erp_review__c") for number, order in site.orders().items()}
    assert {number: shown[number] for number in told} == told
