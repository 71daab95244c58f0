"""Told to stop, the engine finishes what is under way and begins nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connector.contract import Page
from connector.store import snapshots
from tests.engine.factory import Site
from tests.engine.test_capture import shelf, with_stock


def five_orders(shop: Site) -> None:
    """In a target that takes one record at a time."""
    shop.config = shop.config.replace("world: erp,", "world: erp, batch: 1,")
    shop.start()
    for n in range(5):
        shop.order(f"o{n}")


def stop_at(shop: Site, form: str) -> Any:
    """Trouble that harms nobody: when the first record of `form` is written, we are to end."""

    def trouble(moment: str, at: str) -> None:
        if (moment, at) == ("after", form):
            shop.system.stopping.set()

    return trouble


def test_the_rest_of_a_claimed_group_is_given_back_unsent(shop: Site) -> None:
    five_orders(shop)
    shop.erp.trouble = stop_at(shop, "bill")
    shop.sync()
    assert len(shop.bills()) == 1
    states = sorted(shop.delivery(f"o{n}").state for n in range(5))
    assert states == ["in_sync", "pending", "pending", "pending", "pending"]
    assert all(shop.delivery(f"o{n}").attempts == 0 for n in range(5))


def test_after_the_next_start_everything_goes_on_and_nothing_is_doubled(shop: Site) -> None:
    five_orders(shop)
    shop.erp.trouble = stop_at(shop, "bill")
    shop.sync()
    shop.erp.trouble = None
    shop.start().sync()
    assert sorted(bill["no"] for bill in shop.bills()) == ["O0", "O1", "O2", "O3", "O4"]


def test_a_reading_is_given_up_between_two_pages_and_nothing_counts_as_gone(shop: Site) -> None:
    with_stock(shop)
    shop.config = shop.config.replace("on_conflict: ours", "on_conflict: ours, max_gone: 100")
    for n in range(4):
        shop.erp.put("onhand", {"item": "i-M1", "wh": f"W{n}", "qty": "7"}, f"x{n}")
    shop.start().sync()
    adapter = shop.system.connections["erp"].adapter
    read = adapter.read

    def stopped_in_the_middle(*args: Any) -> Iterator[Page]:
        for page in read(*args):
            yield Page(page.records[:1])
            shop.system.stopping.set()
            yield Page(page.records[1:], page.cursor)

    adapter.read = stopped_in_the_middle  # type: ignore[method-assign]
    shop.sync()
    with shop.system.store.reading() as tx:
        assert len(list(snapshots.keys(tx, "erp", "stock"))) == 5
    shop.start().sync()
    assert set(shelf(shop)) == {Decimal(7)}
