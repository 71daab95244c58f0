"""Reading from a PostgreSQL: views, sums, amounts of money, stamps of every kind, and no locks."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from psycopg import ServerCursor

from connector.contract import Adapter, Record, Shape, Table
from connector.errors import Rejected, Transient, Unreachable
from tests.conformance.sql_remote import SHAPE, Bills, Stock

NOTES = Shape("bill", ("id",), ("note",), "no")


def everything(adapter: Adapter, shape: Shape, after: str | None = None) -> list[Record]:
    return [record for page in adapter.read(shape, after) for record in page.records]


def by_kind(bills: Bills, kind: str, column: str, value: str, **more: Any) -> Adapter:
    """Bills with one more column, which a program of theirs stamps in its own way."""
    bills.ask(f"alter table bill add {column}")
    name = column.split()[0]
    bills.ask(f"update bill set {name} = {value}")
    return bills.connect(forms={"bill": {"stamp": name, "kind": kind, **more}})


@pytest.mark.parametrize(
    ("kind", "column", "value", "more"),
    [
        ("epoch", "at bigint", "extract(epoch from shim.now())::bigint", {}),
        ("epoch_ms", "at bigint", "(extract(epoch from shim.now()) * 1000)::bigint", {}),
        ("datetime", "at timestamp", "shim.now() at time zone 'Asia/Shanghai'", {}),
        ("datetime", "at timestamp", "shim.now() at time zone 'UTC'", {"timezone": "UTC"}),
        (
            "datetime",
            "at varchar(30)",
            "to_char(shim.now() at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS')",
            {},
        ),
    ],
)
def test_stamps_of_every_kind_tell_what_changed(
    bills: Bills, kind: str, column: str, value: str, more: Mapping[str, Any]
) -> None:
    old, changed = bills.add(), bills.add()
    adapter = by_kind(bills, kind, column, value, **more)
    bills.pass_time(700)
    pages = list(adapter.read(NOTES, None))
    assert {r.key for page in pages for r in page.records} == {old, changed}
    bills.pass_time(700)
    bills.ask(f"update bill set {column.split()[0]} = {value} where id = %s", changed)
    bills.pass_time(5)
    found = everything(adapter, NOTES, pages[-1].cursor)
    assert [(record.key, record.again) for record in found] == [(changed, False)]


def test_a_stamp_of_whole_days_brings_the_day_again_and_misses_nothing(bills: Bills) -> None:
    key = bills.add()
    day = "(shim.now() at time zone 'Asia/Shanghai')::date"
    adapter = by_kind(bills, "datetime", "at date", day)
    cursor = list(adapter.read(NOTES, None))[-1].cursor
    bills.pass_time(5)
    bills.ask("update bill set note = 'later that day'")
    (record,) = everything(adapter, NOTES, cursor)
    assert (record.key, record.fields["note"]) == (key, "later that day")


def test_a_record_that_was_never_modified_is_found_by_when_it_was_made(bills: Bills) -> None:
    bills.ask("alter table bill add made_at timestamptz, add modified_at timestamptz")
    adapter = bills.connect(forms={"bill": {"stamp": ["modified_at", "made_at"]}})
    cursor = list(adapter.read(NOTES, None))[-1].cursor
    key = bills.add()
    bills.ask("update bill set made_at = shim.now()")
    bills.pass_time(5)
    assert [record.key for record in everything(adapter, NOTES, cursor)] == [key]


def test_a_view_is_read_in_one_question_and_flat_memory(bills: Bills) -> None:
    bills.ask(
        "create view wide as select n as id, repeat('x', 2000) as note "
        "from generate_series(1, 6000) as n"
    )
    bills.ask("grant select on wide to connector")
    adapter, seen = bills.connect(page=100), 0
    adapter.describe("wide")
    tracemalloc.start()
    for page in adapter.read(Shape("wide", ("id",), ("note",)), None):
        seen += len(page.records)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == 6_000
    assert peak < 2_000_000  # of 12 MB


def test_a_reading_given_up_when_its_connection_is_lost_leaves_nothing_open(bills: Bills) -> None:
    bills.ask("create view three as select n as id, 'x' as note from generate_series(1, 3) as n")
    bills.ask("grant select on three to connector")
    pages = bills.connect(page=2).read(Shape("three", ("id",), ("note",)), None)
    next(pages)
    bills.erp.wire.left = 0
    pages.close()
    cursors = [one for one in gc.get_objects() if type(one) is ServerCursor]
    assert cursors
    assert all(cursor.closed for cursor in cursors)


def test_rows_that_share_a_key_without_sums_are_refused(bills: Bills) -> None:
    bills.add()
    lines = Shape("line", ("bill_id",), ("qty",))
    with pytest.raises(Rejected, match="Several records of line share a key"):
        everything(bills.connect(), lines)


def test_quantities_are_added_up_and_a_place_without_a_name_is_one(erp: Any) -> None:
    with Stock.running(erp) as stock:
        for bin in "123":
            stock.ask("insert into place values ('G', null, %s, 0.1)", bin)
        shape = Shape("stock", ("goods", "warehouse"), ("qty",), sums=("qty",))
        (record,) = everything(stock.connect(), shape)
        assert (record.key, record.fields["qty"]) == ("G|", Decimal("0.3"))
        assert [r.key for r in stock.connect().fetch(shape, ["G|"])] == ["G|"]


def test_money_is_read_exactly_whatever_the_locale_shows(bills: Bills) -> None:
    key = bills.add()
    bills.ask("alter table bill add price money")
    bills.ask("update bill set price = 1234567.89")
    (record,) = bills.connect().fetch(Shape("bill", ("id",), ("price",)), [key])
    assert record.fields["price"] == Decimal("1234567.89")


def test_rows_without_a_foreign_key_are_found_by_the_settings(bills: Bills) -> None:
    key = bills.add()
    bills.ask("alter table line drop constraint line_bill_id_fkey")
    plain = Shape("bill", ("id",), (), tables={"line": Table("id", ("qty",))})
    named = bills.connect(forms={"bill": {}, "line": {"by": "bill_id"}})
    (record,) = named.fetch(plain, [key])
    assert [row["qty"] for row in record.fields["line"]] == [2, 2]
    with pytest.raises(Rejected, match=r"forms\.line\.by"):
        list(bills.connect(forms={}).fetch(plain, [key]))


def test_a_reading_waits_for_nobody_and_nobody_waits_for_it(bills: Bills) -> None:
    key = bills.add()
    with bills.begin(key, "note", "uncommitted"):
        first = next(bills.connect().read(SHAPE, None))
    assert [record.fields["note"] for record in first.records] == [""]


def test_a_question_that_takes_too_long_is_given_up(bills: Bills) -> None:
    bills.ask("create view slow as select 1 as id, pg_sleep(9)::text as note")
    bills.ask("grant select on slow to connector")
    start = time.monotonic()
    with pytest.raises(Transient):
        everything(bills.connect(timeout=0.4), Shape("slow", ("id",), ("note",)))
    assert time.monotonic() - start < 5


def test_a_server_that_is_there_and_does_not_answer_is_given_up(bills: Bills) -> None:
    adapter = bills.connect(timeout=0.4)
    start = time.monotonic()
    with pytest.raises(Unreachable), adapter._client.reading() as connection:  # type: ignore[attr-defined]
        bills.erp.wire.mute = True
        connection.exec_driver_sql("select 1")
    assert time.monotonic() - start < 5


def test_form_and_rows_are_described_with_what_must_be_given(bills: Bills) -> None:
    fields = {(field.table, field.name): field for field in bills.connect().describe("bill")}
    assert fields["", "no"].required
    assert not fields["", "id"].required
    assert not fields["", "state"].required
    assert fields["line", "bill_id"].required
    assert fields["line", "qty"].type == "number"
