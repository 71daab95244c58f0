from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.engine.factory import Site, line


def test_an_order_arrives_once_and_audited(shop: Site) -> None:
    shop.order()
    shop.sync()
    bill = shop.bill()
    assert bill.step == "audited"
    assert bill.fields["customer"] == "C1"
    assert bill.fields["date"] == date(2026, 11, 20)
    assert bill.fields["rows"][0]["amount"] == Decimal("20.00")
    assert bill.fields["rows"][0]["unit"] == "Pcs"
    assert shop.delivery().state == "in_sync"


def test_a_second_run_reads_and_writes_nothing(shop: Site) -> None:
    shop.order()
    shop.sync()
    before = len(shop.erp.ledger)
    done = shop.sync()
    assert len(shop.erp.ledger) == before
    assert all(counts.read == 0 for name, counts in done.feeds.items())
