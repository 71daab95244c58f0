"""What reading does with the world as it is: changed, broken, gone, late."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from connector.assemble import Assembly
from connector.clock import SystemClock
from connector.contract import Page, Shape
from connector.settings import ConfigFile
from connector.store import deliveries, snapshots
from tests.engine.factory import Site, TestClock, line

STOCK = {
    "erp/stock": """
object: stock
form: onhand
key: id
read: {material: item, warehouse: wh, on_hand: qty}
""",
    "crm/stock": """
object: stock
form: shelf
key: id
reference: ref
write:
  product: {from: material, link: material.key}
  qty: {from: on_hand, scale: quantity}
""",
}


def with_stock(shop: Site) -> None:
    shop.mappings |= STOCK
    shop.config += "  stock: {object: stock, from: erp, to: crm, on_conflict: ours}\n"
    shop.erp.put("onhand", {"item": "i-M1", "wh": "W1", "qty": "7"}, "s1")
    shop.start()


def shelf(shop: Site) -> list[Decimal]:
    return [kept.fields["qty"] for kept in shop.crm.form("shelf").values()]


def snapshot(shop: Site, connection: str, object: str, key: str) -> object:
    with shop.system.store.reading() as tx:
        return snapshots.load(tx, connection, object, [key])[key]


def test_two_flows_on_one_object_both_get_every_change(shop: Site) -> None:
    shop.config += "  mirror: {object: customer, from: crm, to: erp2}\n"
    shop.config = shop.config.replace("flows:", "  erp2: {adapter: memory, world: erp2}\nflows:")
    shop.mappings["erp2/customer"] = shop.mappings["erp/customer"]
    shop.start().sync()
    shop.customer(name="Renamed")
    shop.sync()
    for flow in ("customers", "mirror"):
        assert shop.delivery("c1", flow).state == "in_sync"


def test_a_flow_added_later_gets_what_is_in_its_scope(shop: Site) -> None:
    flow = shop.config.split("  orders:")[1]
    shop.config = shop.config.split("  orders:")[0] + "  read: {object: sales_order, from: crm}\n"
    shop.start()
    shop.order("o1")
    shop.order("o2", status="draft")
    shop.sync()
    assert shop.bills() == []
    shop.config += "  orders:" + flow
    shop.start().sync()
    assert [bill["no"] for bill in shop.bills()] == ["O1"]


def test_a_scope_that_was_made_wider_takes_what_now_lies_in_it(shop: Site) -> None:
    shop.config = shop.config.replace("orders: {", "orders: {since: 2026-11-21, ")
    shop.start()
    shop.order("o1")
    shop.sync()
    assert shop.bills() == []
    shop.config = shop.config.replace("since: 2026-11-21", "since: 2026-11-01")
    shop.start().sync()
    assert [bill["no"] for bill in shop.bills()] == ["O1"]


def test_a_scope_that_was_made_wider_sends_nothing_again(shop: Site) -> None:
    shop.order("o1")
    shop.sync()
    before = len(shop.erp.ledger)
    shop.config = shop.config.replace("when: 'status == \"confirmed\"'", "since: 2026-01-01")
    shop.mappings["erp/sales_order"] = shop.mappings["erp/sales_order"].replace(
        "note: {from: special_terms", "note: {template: '{number} {special_terms}'"
    )
    shop.start().sync()
    assert len(shop.erp.ledger) == before


def test_what_was_held_is_looked_at_again_when_the_condition_changes(shop: Site) -> None:
    shop.order("o1", status="in_approval")
    shop.sync()
    assert shop.delivery().reason == "review"
    shop.config = shop.config.replace("hold: 'status == \"in_approval\"'", "priority: urgency")
    shop.config = shop.config.replace('"confirmed"', '"in_approval"')
    shop.start().sync()
    assert shop.bill().step == "audited"


STATUS = """
object: delivery_status
form: order
key: id
onto: record
write:
  erp_no: target_number
  erp_state: state
  erp_since: {from: since, type: instant}
"""


def with_status(shop: Site) -> Site:
    shop.mappings["crm/delivery_status"] = STATUS
    shop.config += "  status: {object: delivery_status, from: hub, to: crm}\n"
    return shop.start()


def told(shop: Site) -> list[str]:
    """What the orders in the CRM say of themselves."""
    return [kept.fields.get("erp_state", "") for kept in shop.crm.form("order").values()]


def test_a_flow_from_the_hub_that_is_added_later_tells_of_everything(shop: Site) -> None:
    shop.order("o1")
    shop.sync()
    assert told(shop) == [""]
    with_status(shop).sync()
    assert told(shop) == ["done"]


def test_what_is_looked_at_again_and_is_as_it_was_is_not_told_again(shop: Site) -> None:
    with_status(shop)
    shop.order("o1")
    shop.order("o2", lines=[line("1") | {"qty": "many"}])
    shop.sync()
    assert told(shop) == ["done", "stopped"]
    before = len(shop.crm.ledger)
    for _ in range(3):
        shop.clock.advance(60)
        shop.sync()
    with shop.system.store.transaction() as tx:
        deliveries.awaken(tx, "orders", ["o1", "o2"], shop.clock.now().timestamp())
    shop.sync()
    assert told(shop) == ["done", "stopped"]
    assert len(shop.crm.ledger) == before


def test_a_record_that_cannot_be_read_is_noted_once_however_often_it_is_read(shop: Site) -> None:
    shop.order(lines=[line("1") | {"qty": "many"}])
    shop.sync()
    since = shop.delivery().since
    shop.clock.advance(60)
    shop.sync()
    with shop.system.store.reading() as tx:
        kinds = [row.kind for row in snapshots.history(tx, "crm", "sales_order", "o1")]
    assert (kinds, shop.delivery().since) == (["refused"], since)


def test_a_record_that_cannot_be_read_is_listed_once_it_comes_into_scope(shop: Site) -> None:
    broken = line("1") | {"qty": "many"}
    shop.order(lines=[broken], status="cancelled")
    shop.sync()
    with shop.system.store.reading() as tx:
        assert deliveries.load(tx, "orders", ["o1"]) == {}
    shop.order(lines=[broken])
    shop.sync()
    assert shop.delivery().reason == "mapping"


def test_editing_the_write_mapping_writes_nothing_until_resync(shop: Site) -> None:
    shop.sync()
    before = len(shop.erp.ledger)
    shop.mappings["erp/customer"] = shop.mappings["erp/customer"].replace(
        "name: name}", 'name: {template: "{name} (CRM)"}}'
    )
    shop.start().sync()
    assert len(shop.erp.ledger) == before
    assert shop.delivery("c1", "customers").state == "in_sync"


def test_asking_for_another_field_of_unmodified_records_writes_nothing(shop: Site) -> None:
    shop.customer(short="CC")
    shop.sync()
    before = len(shop.erp.ledger)
    shop.mappings["crm/customer"] = shop.mappings["crm/customer"].replace(
        "read: {name: name}", "read: {name: name, short_name: short}"
    )
    shop.mappings["erp/customer"] = shop.mappings["erp/customer"].replace(
        "name: name}", "name: name, short: short_name}"
    )
    shop.start().sync()
    assert len(shop.erp.ledger) == before


def test_a_stock_row_that_vanishes_becomes_zero(shop: Site) -> None:
    with_stock(shop)
    shop.sync()
    assert shelf(shop) == [Decimal(7)]
    shop.erp.delete("onhand", "s1")
    shop.sync()
    assert shelf(shop) == [Decimal(0)]


def test_a_stock_row_that_comes_back_is_shown_again(shop: Site) -> None:
    with_stock(shop)
    shop.sync()
    shop.erp.delete("onhand", "s1")
    shop.sync()
    shop.erp.put("onhand", {"item": "i-M1", "wh": "W1", "qty": "3"}, "s1")
    shop.sync()
    assert shelf(shop) == [Decimal(3)]


def test_a_cancelled_order_that_no_reading_lists_any_more_is_found_by_its_key(shop: Site) -> None:
    shop.order()
    shop.sync()
    shop.order(status="cancelled")
    crm = shop.system.connections["crm"].adapter
    read = crm.read

    def without_cancelled(shape: Shape, after: str | None) -> Iterator[Page]:
        for page in read(shape, after):
            listed = [r for r in page.records if r.fields.get("status") != "cancelled"]
            yield Page(listed, page.cursor)

    crm.read = without_cancelled  # type: ignore[method-assign]
    shop.clock.advance(2 * 86400)
    shop.sync()
    found: Any = snapshot(shop, "crm", "sales_order", "o1")
    assert (found.deleted, json.loads(found.data)["status"]) == (0, "cancelled")


def test_a_source_that_is_suddenly_empty_stops_before_anything_is_touched(shop: Site) -> None:
    with_stock(shop)
    for n in range(20):
        shop.erp.put("onhand", {"item": "i-M1", "wh": f"W{n}", "qty": "1"}, f"x{n}")
    shop.sync()
    for key in list(shop.erp.form("onhand")):
        shop.erp.delete("onhand", key)
    done = shop.sync()
    assert "--allow-gone" in str(done.errors["erp/stock"])
    assert Decimal(0) not in shelf(shop)
    shop.sync(gone=True)
    assert set(shelf(shop)) == {Decimal(0)}


def test_a_record_that_cannot_be_read_is_listed_beside_its_last_good_snapshot(shop: Site) -> None:
    shop.order()
    shop.sync()
    broken = line("1") | {"qty": "12,3x"}
    shop.order(lines=[broken])
    shop.sync()
    row = shop.delivery()
    assert (row.state, row.reason) == ("stopped", "mapping")
    assert "12,3x" in row.detail
    kept = snapshot(shop, "crm", "sales_order", "o1")
    assert kept.data and kept.fault  # type: ignore[attr-defined]
    shop.order()
    shop.sync()
    assert shop.delivery().state == "in_sync"


def test_a_new_record_that_cannot_be_read_is_a_failure_and_mended_by_its_next_change(
    shop: Site,
) -> None:
    shop.order(lines=[line("1") | {"qty": "many"}])
    shop.sync()
    assert shop.delivery().reason == "mapping"
    shop.order()
    shop.sync()
    assert shop.bill().step == "audited"


def test_what_a_system_cannot_show_whole_is_a_failure_until_it_can(shop: Site) -> None:
    shop.order()
    crm = shop.system.connections["crm"].adapter
    read = crm.read

    def faulty(shape: Shape, after: str | None) -> Iterator[Page]:
        for page in read(shape, after):
            yield Page([replace(r, fault="cell D7 is empty") for r in page.records], page.cursor)

    crm.read = faulty  # type: ignore[method-assign]
    shop.sync()
    assert (shop.delivery().reason, shop.delivery().detail) == ("mapping", "cell D7 is empty")
    assert shop.bills() == []
    crm.read = read  # type: ignore[method-assign]
    shop.clock.advance(2 * 86400)
    shop.sync()
    assert shop.bill().step == "audited"


def test_equal_numbers_on_one_side_are_never_paired(shop: Site) -> None:
    shop.crm.put("product", {"code": "M1", "name": "twin"}, "p-twin")
    shop.order(lines=[line("1", material="twin")])
    shop.sync()
    assert shop.delivery().reason == "waits_for"


def test_our_own_write_coming_back_is_not_a_change(shop: Site) -> None:
    shop.config += "  back: {object: customer, from: erp, to: crm}\n"
    shop.mappings["erp/customer"] += "read: {name: name}\n"
    shop.mappings["crm/customer"] += "reference: ref\nwrite: {name: name}\n"
    shop.start().sync()
    before = len(shop.crm.ledger) + len(shop.erp.ledger)
    for _ in range(3):
        shop.sync()
    assert len(shop.crm.ledger) + len(shop.erp.ledger) == before
    shop.erp.put("partner", {"name": "From the ERP"}, "partner-1")
    shop.sync()
    assert shop.crm.form("account")["c1"].fields["name"] == "From the ERP"


def test_a_deletion_that_no_stamp_tells_is_found_by_the_daily_comparison(shop: Site) -> None:
    for n in range(3):
        shop.order(f"o{n}")
    shop.sync()
    shop.crm.delete("order", "o1")
    shop.sync()
    assert shop.delivery("o1").state == "in_sync"
    shop.clock.advance(86_401)
    shop.sync()
    row = shop.delivery("o1")
    assert (row.state, row.reason) == ("stopped", "gone")
    assert shop.delivery("o2").state == "in_sync"


def telling_what_is_gone(shop: Site) -> None:
    """From now on the CRM lists the orders that were deleted, and one that it only says were."""
    crm = shop.system.connections["crm"].adapter
    read = crm.read

    def telling(shape: Shape, after: str | None) -> Iterator[Page]:
        gone = [key for what, _, key, _ in shop.crm.ledger if what == "delete"]
        yield from read(shape, after)
        yield Page((), gone=[*gone, "o0"])

    crm.read = telling  # type: ignore[method-assign]


def test_what_a_system_says_was_deleted_is_looked_for_and_forgotten_at_once(shop: Site) -> None:
    for n in range(3):
        shop.order(f"o{n}")
    shop.sync()
    telling_what_is_gone(shop)
    shop.crm.delete("order", "o1")
    for _ in range(2):
        shop.sync()
        row = shop.delivery("o1")
        assert (row.state, row.reason) == ("stopped", "gone")
        assert [shop.delivery(key).state for key in ("o0", "o2")] == ["in_sync"] * 2


def test_too_much_that_was_deleted_at_once_stops_before_anything_is_touched(shop: Site) -> None:
    for n in range(12):
        shop.order(f"o{n}")
    shop.sync()
    telling_what_is_gone(shop)
    for n in range(1, 12):
        shop.crm.delete("order", f"o{n}")
    assert "--allow-gone" in str(shop.sync().errors["crm/sales_order"])
    assert shop.delivery("o1").state == "in_sync"
    shop.sync(gone=True)
    assert shop.delivery("o1").reason == "gone"


@contextmanager
def without_customers(shop: Site) -> Iterator[None]:
    """Another process is at work, whose configuration reads customers and delivers none."""
    whole = shop.config
    shop.config = whole.replace(
        "customers: {object: customer, from: crm, to: erp}",
        "readers: {object: customer, from: crm}",
    )
    shop.start()
    yield
    shop.config = whole
    shop.start()


def test_what_a_process_without_the_flow_captured_is_taken_when_everything_is_compared(
    shop: Site,
) -> None:
    shop.sync()
    with without_customers(shop):
        shop.customer("c2")
        shop.sync()
    shop.sync()
    assert len(shop.erp.form("partner")) == 1
    shop.clock.advance(86_401)
    shop.sync()
    assert [kept.fields["code"] for kept in shop.erp.form("partner").values()] == ["C1", "C2"]


def test_a_change_that_a_process_without_the_flow_captured_is_delivered_all_the_same(
    shop: Site,
) -> None:
    shop.sync()
    with without_customers(shop):
        shop.customer(name="Renamed")
        shop.sync()
    shop.sync()
    assert [kept.fields["name"] for kept in shop.erp.form("partner").values()] == ["Renamed"]


def test_processes_that_share_a_database_go_by_its_clock(shop: Site) -> None:
    class Ahead(SystemClock):
        """A machine whose clock is an hour ahead."""

        def now(self) -> datetime:
            return super().now() + timedelta(hours=1)

    file = ConfigFile(shop.directory / "config.yaml")
    system = Assembly(file, Ahead(), lambda *_: None).build()  # type: ignore
    try:
        with system.store.reading() as tx:
            assert abs(system.store.now(tx) - datetime.now(UTC).timestamp()) < 60
    finally:
        system.store.close()


def test_what_is_captured_is_due_by_the_database_s_clock(shop: Site) -> None:
    shop.sync()
    shop.order()
    shop.system.clock = Skewed(shop.clock)
    shop.sync()
    assert shop.delivery().state == "in_sync"


class Skewed:
    """A machine whose clock is an hour ahead of the database's."""

    def __init__(self, clock: TestClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now() + timedelta(hours=1)

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


def test_a_record_that_was_only_renumbered_is_known_by_its_new_number(shop: Site) -> None:
    shop.sync()
    shop.crm.put("product", {"code": "M1-A"}, "p-M1")
    shop.sync()
    with shop.system.store.reading() as tx:
        assert [row.key for row in snapshots.by_number(tx, "material", ["M1-A"])] == ["p-M1"]
