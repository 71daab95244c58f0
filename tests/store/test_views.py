"""Views for the reports of others: what they show, what they leave out, and that nobody writes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from alembic.config import Config

from connector.objects import OBJECTS, TOLD, BusinessObject, Customer, SalesOrder, content
from connector.objects.derived import OrderMargin
from connector.objects.orders import OrderLine
from connector.store import board, migrate, snapshots, views
from connector.store.engine import Store, StoreUnavailable
from tests.store.rows import add, delivery

LINES = (
    OrderLine(id="a", material="M1", quantity=Decimal(2), amount_with_tax=Decimal("1234567890.12")),
    OrderLine(id="b", material="M2", quantity=Decimal(1), amount_with_tax=Decimal("0.03"),
              note="%s :x '$"),
)  # fmt: skip
ORDER: dict[str, Any] = {"customer": "c1", "order_date": "2026-03-01", "lines": LINES}


def put(store: Store, object: str, key: str, record: BusinessObject, **more: Any) -> None:
    row = {
        "connection": "crm", "object": object, "key": key, "number": record.number,
        "data": content(record), "deleted": 0, "changed_at": 1_790_000_000.0, **more,
    }  # fmt: skip
    with store.transaction() as tx:
        snapshots.save(store, tx, [row])


@pytest.fixture
def seen(store: Store) -> Iterator[Store]:
    put(store, "sales_order", "o1", SalesOrder(number="SO-1", ship_to_phone="13900000000", **ORDER))
    put(store, "sales_order", "o2", SalesOrder(number="SO-2", **ORDER), deleted=1)
    put(store, "sales_order", "o3", SalesOrder(number="SO-3", **ORDER), data="")
    put(store, "customer", "c1", Customer(number="C1", name="海湾"))
    put(store, "order_margin", "o1", OrderMargin(record="o1", cost=Decimal(7)))
    with store.transaction() as tx:
        views.make(store, tx)
    yield store


def ask(store: Store, query: str) -> list[dict[str, Any]]:
    with store.reading() as tx:
        return [dict(row) for row in tx.exec_driver_sql(query).mappings()]


def test_every_object_is_a_view_that_can_be_read(seen: Store) -> None:
    with seen.reading() as tx:
        there = views.names(seen, tx)
    assert {f"bi_{one}" for one in OBJECTS if one not in TOLD} < set(there)
    assert {"bi_orders", "bi_deliveries", "bi_sales_order_lines"} < set(there)
    for name in there:
        ask(seen, f'select * from "{name}"')


def test_fields_are_columns_with_what_they_are_where_nothing_is_stored(seen: Store) -> None:
    first, gone = ask(seen, 'select * from bi_sales_order order by "key"')
    assert (first["key"], first["number"], first["customer"]) == ("o1", "SO-1", "c1")
    assert (str(first["order_date"]), first["currency"]) == ("2026-03-01", "CNY")
    assert (first["deleted"], gone["deleted"]) == (0, 1)
    assert str(first["changed_at"]).startswith("2026-09-21 ")
    assert first["wanted_date"] is None


def test_parts_are_rows_in_their_order_of_records_that_are_there(seen: Store) -> None:
    rows = ask(seen, 'select * from bi_sales_order_lines order by "key", "position"')
    assert [(row["key"], row["record_number"], row["position"], row["id"]) for row in rows] == [
        ("o1", "SO-1", 1, "a"), ("o1", "SO-1", 2, "b"),
    ]  # fmt: skip
    assert rows[1]["note"] == "%s :x '$"
    total = ask(seen, "select sum(amount_with_tax) as n from bi_sales_order_lines")[0]["n"]
    if seen.path is None:
        assert total == Decimal("1234567890.15")
    assert float(total) == pytest.approx(1234567890.15)


def test_what_tells_of_people_is_in_none(seen: Store) -> None:
    assert "ship_to_phone" not in ask(seen, "select * from bi_sales_order")[0]
    with seen.reading() as tx:
        there = views.names(seen, tx)
    values = [row for name in there for row in ask(seen, f'select * from "{name}"')]
    assert "13900000000" not in str(values)


def test_the_board_says_what_people_call_them(seen: Store) -> None:
    line = {"connection": "crm", "key": "o1", "number": "SO-1", "customer": "c1",
            "promised_on": board.NEVER, "ordered_on": "2026-03-01", "amount": "12.50",
            "stage": "waiting", "flow": "orders", "state": "pending"}  # fmt: skip
    add(seen, delivery("o1"))
    with seen.transaction() as tx:
        board.save(seen, tx, [line])
    [row] = ask(seen, "select * from bi_orders")
    assert (row["customer_name"], row["salesperson_name"]) == ("海湾", None)
    assert (str(row["ordered_on"]), row["promised_on"]) == ("2026-03-01", None)
    assert row["amount"] == Decimal("12.50")
    assert len(ask(seen, "select * from bi_deliveries")) == 1


@pytest.mark.parametrize("name", ["bi_orders", "bi_deliveries", "bi_sales_order"])
def test_nobody_writes_through_them(seen: Store, name: str) -> None:
    with pytest.raises(StoreUnavailable, match="view"), seen.transaction() as tx:
        tx.exec_driver_sql(f"""update {name} set "key" = 'x'""")


def test_an_upgrade_makes_them_anew_if_they_are_wanted(
    seen: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded: list[list[str]] = []

    def upgrade(config: Config, _: str) -> None:
        upgraded.append(views.names(seen, config.attributes["connection"]))

    monkeypatch.setattr(migrate, "_revision", lambda _: None)
    monkeypatch.setattr(migrate.command, "upgrade", upgrade)
    with seen.reading() as tx:
        made = views.names(seen, tx)
    migrate.prepare(seen)
    with seen.transaction() as tx:
        assert views.names(seen, tx) == made
        assert views.drop(seen, tx) == made
    migrate.prepare(seen)
    with seen.reading() as tx:
        assert views.names(seen, tx) == []
    assert upgraded == [[], []], "nothing stands in the upgrade's way"
