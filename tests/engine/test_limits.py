"""Quotas and closed hours: what rests, what goes on, and that nothing is lost or cut by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from connector.contract import Identity
from connector.engine.dispatch import Done
from connector.errors import OutcomeUnknown
from connector.operations import observing
from connector.store import calls
from tests.engine.factory import Site, failing
from tests.engine.test_capture import with_stock

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, KEPT = 1000, 200
SHORT, USED_UP = DAY - KEPT + 1, DAY
NIGHT = 'closed: ["18:00-06:30"]'

TOLD = """
object: delivery_status
form: order
key: id
onto: record
write: {erp_state: state}
"""
STATUS = """
  status: {object: delivery_status, from: hub, to: crm, when: 'flow == "orders"'}
"""


@pytest.fixture
def metered(shop: Site) -> Site:
    """The ERP allows some calls a day, and takes one record at a time."""
    return configured(shop, "batch: 1, quota: {day: 1000, keep: 20%}")


def configured(shop: Site, settings: str) -> Site:
    """The ERP with these settings; base data are there already."""
    shop.sync()
    shop.config = shop.config.replace("world: erp,", f"world: erp, {settings},")
    return shop.start()


def vital(shop: Site) -> None:
    """Orders go on while calls run short."""
    shop.config = shop.config.replace("orders: {", "orders: {vital: true, ")
    shop.start()


def wait_until(shop: Site, hour: int, minute: int = 0, seconds: float = 0.0) -> None:
    """The next time that clocks there show this, while a daemon has nothing to do."""
    pass_by(shop, 5)
    now = shop.clock.now().astimezone(SHANGHAI)
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    pass_by(shop, ((then - now).total_seconds() + seconds) % 86_400)


def pass_by(shop: Site, seconds: float) -> None:
    shop.clock.advance(seconds)
    shop.system.settle_calls()


def nobody_asks(moment: str, form: str) -> None:
    raise AssertionError(f"{moment} {form}")


def waits(shop: Site, key: str = "o1", flow: str = "orders") -> bool:
    """The record waits, and nothing counts against it."""
    row = shop.delivery(key, flow)
    return (row.state, row.attempts, row.owner) == ("pending", 0, "")


# -- a quota ----------------------------------------------------------------------------------


def test_while_calls_run_short_what_is_vital_goes_on_and_the_rest_waits(metered: Site) -> None:
    vital(metered)
    metered.call("erp", SHORT)
    metered.order()
    metered.customer("c1", name="Renamed")
    done = metered.sync()
    assert metered.delivery().state == "in_sync"
    assert waits(metered, "c1", "customers")
    assert (set(done.rests), done.errors) == ({"erp"}, {})


def test_what_waited_for_calls_goes_by_itself_after_midnight(metered: Site) -> None:
    metered.call("erp", SHORT)
    metered.order()
    metered.sync()
    wait_until(metered, 23, 58)
    metered.sync()
    assert waits(metered)
    wait_until(metered, 0)
    done = metered.sync()
    assert metered.delivery().state == "in_sync"
    assert done.rests == {}


def test_without_calls_nothing_is_called_not_even_for_what_is_vital(metered: Site) -> None:
    vital(metered)
    metered.call("erp", USED_UP)
    metered.order()
    metered.erp.trouble = nobody_asks
    metered.clock.advance(120)  # long enough to ask anew whom we speak to
    identify = metered.system.connections["erp"].adapter
    identify.check = lambda: nobody_asks("check", "")  # type: ignore
    assert metered.sync().errors == {}
    assert waits(metered)
    metered.erp.trouble = None
    del identify.check
    wait_until(metered, 0)
    metered.sync()
    assert metered.delivery().state == "in_sync"


def test_what_other_programs_used_counts_where_the_system_tells_it(metered: Site) -> None:
    adapter = metered.system.connections["erp"].adapter
    told = [SHORT]
    adapter.check = lambda: Identity("memory", calls=(told[0], DAY))  # type: ignore[method-assign]
    pass_by(metered, 120)  # long enough to ask anew whom we speak to
    metered.order()
    metered.sync()
    assert waits(metered)
    told[0] = 0
    wait_until(metered, 0)
    metered.sync()
    assert metered.delivery().state == "in_sync"


def test_what_a_system_told_yesterday_is_not_believed_today(metered: Site) -> None:
    limits = metered.system.limits["erp"]
    limits.hear(USED_UP)
    metered.call("erp", 1)
    assert limits.used == USED_UP + 1
    wait_until(metered, 0)
    assert limits.used < USED_UP


def test_some_calls_are_left_to_what_had_begun(metered: Site) -> None:
    """A write with its steps must not meet the vendor's own refusal in the middle."""
    vital(metered)
    metered.call("erp", DAY - 50)
    metered.order()
    metered.erp.trouble = nobody_asks
    metered.sync()
    assert waits(metered)


def test_calls_that_run_short_amid_a_group_leave_whole_records_behind(metered: Site) -> None:
    metered.call("erp", DAY - KEPT - 50)
    for n in range(5):
        metered.order(f"o{n}")

    def costly(moment: str, form: str) -> None:
        if form == "bill" and moment in ("before", "submitted", "audited"):
            metered.call("erp", 10)

    metered.erp.trouble = costly
    metered.sync()
    bills = metered.erp.form("bill").values()
    assert {bill.step for bill in bills} == {"audited"}
    assert len(bills) == 2
    assert [waits(metered, f"o{n}") for n in range(5)].count(True) == 3
    wait_until(metered, 0)
    metered.sync()
    assert len(metered.bills()) == 5


@pytest.mark.parametrize(
    "used, looked_up", [(SHORT, True), (USED_UP, False)], ids=["short", "used up"]
)
def test_a_doubt_is_looked_up_whether_vital_or_not(
    metered: Site, used: int, looked_up: bool
) -> None:
    metered.order()
    metered.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    metered.sync()
    assert metered.delivery().state == "in_doubt"
    metered.call("erp", used)
    metered.order("o2")
    pass_by(metered, 200)
    metered.sync()
    row = metered.delivery()
    assert (row.state, row.verb) == (("pending", "put") if looked_up else ("in_doubt", "look"))
    assert (waits(metered, "o2"), metered.delivery("o2").epoch) == (True, 0)
    wait_until(metered, 0)
    metered.sync()
    assert (metered.delivery().state, len(metered.bills())) == ("in_sync", 2)


def test_a_reading_is_given_up_between_two_pages_and_goes_on_where_it_was(metered: Site) -> None:
    with_stock(metered)
    metered.config = metered.config.replace("world: crm", "world: crm, page: 2, quota: {day: 1000}")
    metered.start()
    for n in range(6):
        metered.order(f"o{n}")
    adapter, read = metered.system.connections["crm"].adapter, []
    pages = adapter.read

    def counted(shape: Any, after: Any) -> Any:
        for page in pages(shape, after):
            if shape.form == "order":
                read.append(len(page.records))
                metered.call("crm", SHORT if len(read) == 2 else 1)
            yield page

    adapter.read = counted  # type: ignore[method-assign]
    done = metered.sync()
    assert (read, list(done.rests)) == ([2, 2], ["crm"])
    wait_until(metered, 0)
    metered.sync()
    assert len(metered.bills()) == 6
    assert sum(read) < 6 * 2 + 2


def test_while_calls_run_short_not_everything_is_compared(metered: Site) -> None:
    vital(metered)
    metered.config = metered.config.replace("world: crm", "world: crm, quota: {day: 1000}")
    metered.order()
    metered.start().sync()
    pass_by(metered, 2 * 86_400)
    metered.call("crm", SHORT)
    feed = metered.system.feeds["crm/sales_order"]
    read = feed.connection.adapter.read
    asked: list[str | None] = []
    feed.connection.adapter.read = lambda shape, after: (  # type: ignore[method-assign]
        asked.append(after) or read(shape, after)
    )
    metered.dispatcher.capture([feed], Done())
    wait_until(metered, 0)
    metered.dispatcher.capture([feed], Done())
    assert [after is None for after in asked] == [False, True]


def test_a_report_on_what_observes_waits_for_calls_and_covers_the_time(metered: Site) -> None:
    metered.config = metered.config.replace("when: 'status", "mode: observe, when: 'status")
    metered.start()
    metered.order()
    metered.sync()
    metered.call("erp", SHORT)
    pass_by(metered, 5)
    [report] = observing.observe(metered.system)
    assert (report.actions, getattr(report.error, "id", "")) == ({}, "quota_short")
    wait_until(metered, 0)
    [report] = observing.observe(metered.system)
    assert report.actions == {"create": 1}


# -- counting -----------------------------------------------------------------------------------


def today(shop: Site, name: str = "erp") -> int:
    """What the store has of today's calls."""
    day = shop.clock.now().astimezone(SHANGHAI).date()
    with shop.system.store.reading() as tx:
        return calls.sent(tx, name, day)


def test_calls_are_added_to_the_store_every_few_seconds_and_at_the_end(metered: Site) -> None:
    limits = metered.system.limits["erp"]
    limits.settle()
    metered.call("erp", 7)
    limits.settle()
    assert today(metered) == 0
    pass_by(metered, 5)
    limits.settle()
    assert today(metered) == 7
    metered.call("erp", 2)
    metered.stop()
    metered.start()
    assert today(metered) == 9


def test_processes_that_share_a_store_share_the_count(metered: Site) -> None:
    with metered.system.store.transaction() as tx:
        day = datetime(2026, 11, 21).date()
        calls.add(metered.system.store, tx, "erp", day, SHORT - 10)
    metered.call("erp", 10)
    metered.order()
    pass_by(metered, 5)
    metered.sync()
    assert waits(metered)
    assert today(metered) == SHORT


def test_a_day_begins_at_midnight_there(metered: Site) -> None:
    limits = metered.system.limits["erp"]
    metered.call("erp", 30)
    limits.settle(at_once=True)
    wait_until(metered, 0, seconds=-1)
    assert limits.used == 30
    pass_by(metered, 1)
    assert limits.used == 0


def test_the_log_warns_once_a_day_when_most_is_used(metered: Site) -> None:
    def warned() -> int:
        with capture_logs() as logs:
            for _ in range(3):
                metered.call("erp", 1)
                metered.system.settle_calls(at_once=True)
        return [line["event"] for line in logs].count("quota_low")

    metered.call("erp", 790)
    assert warned() == 0
    metered.call("erp", 10)
    assert warned() == 1
    assert warned() == 0
    metered.start()
    metered.call("erp", 50)
    assert warned() == 0
    pass_by(metered, 86_400)
    metered.call("erp", 800)
    assert warned() == 1


# -- closed hours ---------------------------------------------------------------------------------


@pytest.fixture
def nightly(shop: Site) -> Site:
    """The ERP takes nothing at night, and one record at a time."""
    return configured(shop, f"batch: 1, {NIGHT}")


def test_while_it_is_closed_reads_go_on_and_what_is_due_waits(nightly: Site) -> None:
    wait_until(nightly, 18)
    nightly.order()
    nightly.material("M2")
    committed = len(nightly.erp.ledger)
    with capture_logs() as logs:
        done = nightly.sync()
    assert waits(nightly)
    assert done.feeds["erp/material"].new == 1
    assert (set(done.rests), done.errors) == ({"erp"}, {})
    assert [line for line in logs if line["log_level"] in ("warning", "error")] == []
    assert len(nightly.erp.ledger) == committed
    wait_until(nightly, 6, 30)
    assert nightly.sync().rests == {}
    assert nightly.delivery().state == "in_sync"


def test_a_delivery_that_began_before_ends_in_order(nightly: Site) -> None:
    for n in range(3):
        nightly.order(f"o{n}")

    def night_falls(moment: str, form: str) -> None:
        if (moment, form) == ("submitted", "bill"):
            nightly.erp.trouble = None
            wait_until(nightly, 18)

    nightly.erp.trouble = night_falls
    with capture_logs() as logs:
        nightly.sync()
    assert {line["log_level"] for line in logs} == {"info"}
    assert [kept.step for kept in nightly.erp.form("bill").values()] == ["audited"]
    assert sorted(nightly.delivery(f"o{n}").state for n in range(3)) == [
        "in_sync", "pending", "pending",
    ]  # fmt: skip
    wait_until(nightly, 6, 30)
    nightly.sync()
    assert len(nightly.bills()) == 3


def test_a_doubt_is_looked_up_while_it_is_closed(nightly: Site) -> None:
    nightly.order()
    nightly.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    nightly.sync()
    wait_until(nightly, 18)
    committed = len(nightly.erp.ledger)
    nightly.sync()
    assert (nightly.delivery().state, nightly.delivery().verb) == ("pending", "put")
    assert len(nightly.erp.ledger) == committed


@pytest.mark.parametrize(
    "settings, told",
    [(NIGHT, False), ("quota: {day: 1000}", True)],
    ids=["closed", "calls run short"],
)
def test_a_doubt_that_only_another_write_ends_waits_for_the_opening(
    shop: Site, settings: str, told: bool
) -> None:
    """Onto the CRM's own records the same is written once more: no look tells what was done."""
    shop.mappings["crm/delivery_status"] = TOLD
    shop.config += STATUS
    shop.config = shop.config.replace("world: crm", f"world: crm, settle: 100, {settings}")
    shop.start()
    shop.order()
    shop.crm.trouble = failing(OutcomeUnknown("lost"), form="order")
    shop.sync()
    assert shop.delivery("orders/o1", "status").state == "in_doubt"
    shop.call("crm", SHORT)
    wait_until(shop, 18)
    shop.sync()
    assert (shop.delivery("orders/o1", "status").state == "in_sync") is told
    wait_until(shop, 6, 30)
    shop.sync()
    assert shop.crm.form("order")["o1"].fields["erp_state"] == "done"
