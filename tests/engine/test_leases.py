"""A reading is one process's at a time: taken up at once after a death, kept however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.contract import Page
from connector.store import feeds
from tests.engine.factory import Site

NAME = "feed:crm/sales_order"


def taken_by_another(shop: Site) -> bool:
    """Whether another process gets the lease of reading orders."""
    store = shop.system.store
    with store.transaction() as tx:
        return feeds.take_lease(store, tx, NAME, "another", lease(shop)) is not None


def lease(shop: Site) -> float:
    return shop.system.connections["crm"].lease


def test_a_dead_process_s_reading_goes_on_at_once_where_nobody_else_can_be_alive(
    shop: Site,
) -> None:
    shop.sync()
    assert taken_by_another(shop)
    shop.order()
    shop.sync()
    assert shop.bills() == []
    shop.dispatcher.recover(alone=True)
    shop.sync()
    assert len(shop.bills()) == 1


def test_where_others_may_be_alive_it_goes_on_when_the_lease_is_over(shop: Site) -> None:
    shop.sync()
    assert taken_by_another(shop)
    shop.order()
    shop.dispatcher.recover(alone=False)
    shop.sync()
    assert shop.bills() == []
    shop.clock.advance(lease(shop))
    shop.sync()
    assert len(shop.bills()) == 1


@pytest.mark.parametrize("new", [True, False], ids=["new records", "nothing new"])
def test_a_reading_longer_than_its_lease_stays_its_reader_s(shop: Site, new: bool) -> None:
    for n in range(4):
        shop.order(f"o{n}")
    if not new:
        shop.sync()
    adapter, others = shop.system.connections["crm"].adapter, []
    read = adapter.read

    def slowly(shape: Any, after: Any) -> Iterator[Page]:
        if shape.form != "order":
            yield from read(shape, after)
            return
        for page in read(shape, None):
            for record in page.records:
                yield Page([record])
                shop.clock.advance(0.6 * lease(shop))
                others.append(taken_by_another(shop))
            yield Page((), page.cursor)

    adapter.read = slowly  # type: ignore[method-assign]
    shop.sync()
    assert others[:4] == [False] * 4
    assert len(shop.bills()) == 4


def test_a_reader_that_was_overtaken_stores_nothing_more(shop: Site) -> None:
    shop.sync()
    shop.order()
    adapter = shop.system.connections["crm"].adapter
    read = adapter.read

    def paused(shape: Any, after: Any) -> Iterator[Page]:
        pages = list(read(shape, after))
        if shape.form == "order":
            shop.clock.advance(lease(shop) + 1)
            assert taken_by_another(shop)
        yield from pages

    adapter.read = paused  # type: ignore[method-assign]
    shop.sync()
    assert shop.bills() == []
    assert shop.delivery() is None
