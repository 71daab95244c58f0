"""Either database: transactions, durability, leases, and what happens when it is full."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from connector.errors import ConfigError
from connector.store import deliveries, feeds, journal, migrate
from connector.store.engine import Store, StoreUnavailable
from connector.store.tables import feeds as feed_table
from connector.store.tables import metadata
from tests.core.wire import StillClock
from tests.store.rows import add, delivery, note, noted, one


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{(tmp_path / 's.db').as_posix()}", StillClock())
    migrate.prepare(made)
    yield made
    made.close()


# -- transactions ------------------------------------------------------------------------------


def test_what_a_transaction_did_is_there_for_everybody(store: Store) -> None:
    with store.transaction() as tx:
        note(store, tx, "a", "1")
    with store.reading() as tx:
        assert noted(tx, "a") == "1"


def test_an_exception_rolls_everything_back(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as tx:
        note(store, tx, "a", "1")
        deliveries.add(tx, [delivery()])
        feeds.save(store, tx, "crm", "unit", cursor="c")
        raise RuntimeError
    with store.reading() as tx:
        assert noted(tx, "a") == ""
        assert deliveries.load(tx, "f", ["k1"]) == {}
        assert feeds.cursor(tx, "crm", "unit") is None


def test_a_statement_that_fails_takes_the_whole_transaction_with_it(store: Store) -> None:
    add(store, delivery("k1"))
    with pytest.raises(IntegrityError), store.transaction() as tx:
        deliveries.add(tx, [delivery("k2")])
        deliveries.add(tx, [delivery("k1")])
    with store.reading() as tx:
        assert deliveries.load(tx, "f", ["k2"]) == {}


def test_an_unfinished_transaction_is_seen_by_nobody(store: Store) -> None:
    with store.transaction() as tx:
        note(store, tx, "a", "1")
        with store.reading() as other:
            assert noted(other, "a") == ""


def test_readers_are_not_kept_waiting_by_a_writer(store: Store) -> None:
    add(store, delivery())
    with store.transaction() as tx:
        deliveries.change(tx, [{**_id(), "reason": "changed"}])
        with store.reading() as other:
            assert one(other).reason == "new"


def _id() -> dict[str, str]:
    return {"flow": "f", "key": "k1", "part": ""}


def test_writers_come_one_after_the_other(store: Store) -> None:
    add(store, delivery(attempts=0))

    def count() -> None:
        for _ in range(10):
            with store.transaction() as tx:
                tx.execute(text("update deliveries set attempts = attempts + 1"))

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with store.reading() as tx:
        assert one(tx).attempts == 30


def test_two_processes_that_write_one_sqlite_file_wait_for_each_other(sqlite: Store) -> None:
    other = Store(sqlite.url.render_as_string(), StillClock())
    done: list[str] = []

    def write() -> None:
        with other.transaction() as tx:
            done.append("second")
            note(other, tx, "b", "2")

    with sqlite.transaction() as tx:
        thread = threading.Thread(target=write)
        thread.start()
        note(sqlite, tx, "a", "1")
        done.append("first")
    thread.join(30)
    with sqlite.reading() as tx:
        assert (done, noted(tx, "b")) == (["first", "second"], "2")
    other.close()


# -- upsert --------------------------------------------------------------------------------------


def test_upsert_inserts_and_then_updates_by_key(store: Store) -> None:
    for cursor in ("c1", "c2"):
        with store.transaction() as tx:
            feeds.save(store, tx, "crm", "unit", cursor=cursor)
    with store.reading() as tx:
        assert feeds.cursor(tx, "crm", "unit") == "c2"
        assert tx.execute(text("select count(*) from feeds")).scalar_one() == 1


def test_upsert_leaves_columns_alone_that_it_is_not_given(store: Store) -> None:
    with store.transaction() as tx:
        feeds.save(store, tx, "crm", "unit", cursor="c1", run_at=5.0)
        feeds.save(store, tx, "crm", "unit", reread_at=7.0)
    with store.reading() as tx:
        kept = tx.execute(text("select cursor, run_at, reread_at from feeds")).one()
    assert tuple(kept) == ("c1", 5.0, 7.0)


def test_upsert_only_inserts_what_is_to_be_kept(store: Store) -> None:
    for cursor in ("c1", "c2"):
        row = {"connection": "crm", "object": "unit", "cursor": cursor, "flows": cursor}
        with store.transaction() as tx:
            store.upsert(tx, feed_table, [row], keep=["cursor"])
    with store.reading() as tx:
        kept = tx.execute(text("select cursor, flows from feeds")).one()
    assert tuple(kept) == ("c1", "c2")


def test_upsert_takes_many_rows_and_none(store: Store) -> None:
    rows = [{"connection": "crm", "object": str(n), "cursor": "c"} for n in range(1200)]
    with store.transaction() as tx:
        store.upsert(tx, feed_table, [])
        store.upsert(tx, feed_table, rows)
        store.upsert(tx, feed_table, rows[:10])
    with store.reading() as tx:
        assert tx.execute(text("select count(*) from feeds")).scalar_one() == 1200


def test_a_list_of_keys_may_be_as_long_as_it_likes(store: Store) -> None:
    keys = [f"k'\"{n}钥" for n in range(70_000)]
    with store.transaction() as tx:
        deliveries.add(tx, [delivery(key) for key in keys])
        assert deliveries.load(tx, "f", keys).keys() == set(keys)


# -- durability ----------------------------------------------------------------------------------


def test_an_sqlite_store_writes_through_and_lets_readers_be(sqlite: Store) -> None:
    with sqlite.reading() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    with sqlite.transaction() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_a_durable_store_is_accepted(store: Store) -> None:
    store.check_durable()


def test_a_forgetful_sqlite_is_refused(sqlite: Store) -> None:
    event.listen(sqlite.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=NORMAL"))
    sqlite.engine.dispose()
    with pytest.raises(ConfigError, match="durably"):
        sqlite.check_durable()


def test_a_forgetful_postgresql_is_refused(postgresql: str) -> None:
    store = Store(postgresql.replace("?", "?options=-csynchronous_commit%3Doff&", 1))
    with pytest.raises(ConfigError, match="durably"):
        store.check_durable()
    store.close()


def test_a_full_disk_is_told_and_nothing_is_broken(sqlite: Store) -> None:
    add(sqlite, delivery("kept"))
    with sqlite.reading() as tx:
        pages = int(tx.exec_driver_sql("PRAGMA page_count").scalar_one())
    event.listen(sqlite.engine, "connect", lambda c, _: _limit(c, pages + 2))
    sqlite.engine.dispose()
    with pytest.raises(StoreUnavailable, match="full"), sqlite.transaction() as tx:
        note(sqlite, tx, "first", "written before the disk was full")
        for n in range(100):
            note(sqlite, tx, f"n{n}", "x" * 4000)
    with sqlite.reading() as tx:
        assert noted(tx, "first") == ""
        assert one(tx, "kept").state == "pending"
        assert tx.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def _limit(connection: Any, pages: int) -> None:
    connection.execute(f"PRAGMA max_page_count={pages}").close()


def test_room_again_is_work_again(sqlite: Store) -> None:
    limited = [True]
    event.listen(sqlite.engine, "connect", lambda c, _: _limit(c, 1 if limited[0] else 100_000))
    sqlite.engine.dispose()
    with pytest.raises(StoreUnavailable), sqlite.transaction() as tx:
        note(sqlite, tx, "a", "x" * 100_000)
    limited[0] = False
    sqlite.engine.dispose()
    with sqlite.transaction() as tx:
        note(sqlite, tx, "a", "x" * 100_000)


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{(tmp_path / 'no' / 'such' / 's.db').as_posix()}")
    with pytest.raises(StoreUnavailable), store.reading():
        pass
    with pytest.raises(StoreUnavailable):
        migrate.prepare(store)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    store = Store("postgresql+psycopg://u@127.0.0.1:1/x")
    with pytest.raises(StoreUnavailable), store.transaction():
        pass


def test_a_server_that_hangs_up_is_unavailable_and_works_again(postgresql: str) -> None:
    store = Store(postgresql)
    with pytest.raises(StoreUnavailable), store.transaction() as tx:
        pid = tx.execute(text("select pg_backend_pid()")).scalar_one()
        killer = Store(postgresql)
        with killer.transaction() as other:
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        killer.close()
        tx.execute(text("select 1"))
    with store.reading() as tx:
        assert tx.execute(text("select 1")).scalar_one() == 1
    store.close()


# -- migrations ----------------------------------------------------------------------------------


def test_an_empty_store_becomes_exactly_the_schema_of_the_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_prepared_store_is_left_as_it_is(store: Store) -> None:
    add(store, delivery())
    migrate.prepare(store)
    with store.reading() as tx:
        assert one(tx).reason == "new"


def test_a_newer_store_is_refused(store: Store) -> None:
    with store.transaction() as tx:
        tx.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(ConfigError, match="newer version"):
        migrate.prepare(store)


def prepare_together(url: str, barrier: Any) -> None:
    """As a process of its own: find the store old at the same moment as the others."""
    look = migrate._revision

    def looked(store: Store) -> Any:
        found = look(store)
        barrier.wait(30)
        return found

    migrate._revision = looked
    migrate.prepare(Store(url))


def test_processes_that_start_together_make_the_schema_once(store_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    started = [context.Process(target=prepare_together, args=(store_url, barrier)) for _ in "abc"]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == [0, 0, 0]


def test_a_full_disk_keeps_a_new_schema_from_being_made(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{(tmp_path / 's.db').as_posix()}", StillClock())

    def limit(connection: Any, _: Any) -> None:
        connection.execute("pragma max_page_count=20")

    event.listen(store.engine, "connect", limit)
    with pytest.raises(StoreUnavailable, match="full"):
        migrate.prepare(store)
    event.remove(store.engine, "connect", limit)
    store.close()
    migrate.prepare(store)
    store.close()


def test_a_backup_taken_in_use_is_whole(sqlite: Store, tmp_path: Path) -> None:
    add(sqlite, delivery())
    with sqlite.transaction() as tx:
        note(sqlite, tx, "unfinished", "1")
        migrate.backup(sqlite, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("select count(*) from deliveries").fetchone() == (1,)
        assert copy.execute("select count(*) from feeds").fetchone() == (0,)
        assert copy.execute("pragma integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_backup_is_for_nobody_else_to_read(sqlite: Store, tmp_path: Path) -> None:
    for _ in range(2):
        migrate.backup(sqlite, tmp_path / "copy.db")
        assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_server_is_backed_up_by_its_own_tools(postgresql: str, tmp_path: Path) -> None:
    store = Store(postgresql)
    with pytest.raises(ConfigError):
        migrate.backup(store, tmp_path / "copy.db")
    store.close()


# -- leases --------------------------------------------------------------------------------------


def take(store: Store, owner: str, seconds: float = 60) -> int | None:
    with store.transaction() as tx:
        return feeds.take_lease(store, tx, "feed", owner, seconds)


def holds(store: Store, owner: str, epoch: int) -> bool:
    with store.transaction() as tx:
        return feeds.keep_lease(store, tx, "feed", owner, epoch, 60)


def test_a_lease_is_held_by_one_until_it_expires(store: Store, clock: StillClock) -> None:
    assert (take(store, "a"), take(store, "b")) == (1, None)
    clock.seconds += 60
    assert take(store, "b") == 2


def test_a_lease_that_is_used_does_not_run_out(store: Store, clock: StillClock) -> None:
    take(store, "a")
    for _ in range(3):
        clock.seconds += 40
        assert holds(store, "a", 1)
    assert take(store, "b") is None


def test_a_lease_that_ran_out_is_still_ours_while_nobody_took_it(
    store: Store, clock: StillClock
) -> None:
    take(store, "a")
    clock.seconds += 61
    assert holds(store, "a", 1)
    assert take(store, "b") is None


def test_a_holder_that_was_overtaken_holds_nothing(store: Store, clock: StillClock) -> None:
    take(store, "a")
    clock.seconds += 61
    take(store, "b")
    assert not holds(store, "a", 1)
    assert not holds(store, "b", 1)
    assert holds(store, "b", 2)


def test_a_holder_prolongs_its_lease_without_a_new_epoch(store: Store, clock: StillClock) -> None:
    take(store, "a")
    clock.seconds += 50
    assert take(store, "a") == 1
    clock.seconds += 50
    assert holds(store, "a", 1)


def test_a_lease_that_is_let_go_is_free_at_once_and_only_by_its_holder(store: Store) -> None:
    take(store, "a")
    with store.transaction() as tx:
        feeds.drop_lease(tx, "feed", "b")
    assert take(store, "b") is None
    with store.transaction() as tx:
        feeds.drop_lease(tx, "feed", "a")
    assert take(store, "b") == 2


# -- odds and ends -------------------------------------------------------------------------------


def test_the_injected_clock_is_the_store_s_time(store: Store, clock: StillClock) -> None:
    with store.reading() as tx:
        assert store.now(tx) == clock.now().timestamp()


def test_without_a_clock_the_database_s_own_time_counts(store_url: str, clock: StillClock) -> None:
    store = Store(store_url)
    with store.reading() as tx:
        first, second = store.now(tx), store.now(tx)
    assert first <= second
    assert first > 1_700_000_000
    store.close()


def test_commands_between_processes_are_asked_and_answered(store: Store) -> None:
    with store.transaction() as tx:
        number = journal.ask(tx, 1.0, "retry", {"key": "k"})
        assert [row.name for row in journal.asked(tx)] == ["retry"]
        assert journal.answered(tx, number) is None
        journal.answer(tx, number, {"n": 1})
        assert journal.answered(tx, number) == {"n": 1}
        assert journal.asked(tx) == []


def test_history_is_dropped_by_its_age(store: Store) -> None:
    with store.transaction() as tx:
        journal.log_attempts(tx, [{"flow": "f", "key": "k", "at": at} for at in (10.0, 90.0)])
        journal.prune(tx, 100.0, keep_attempts=50, keep_changes=50)
        assert [row.at for row in journal.attempts_of(tx, "k", ["f"])] == [90.0]


def test_derivations_are_asked_for_once_and_done_once(store: Store) -> None:
    with store.transaction() as tx:
        journal.derive_later(store, tx, "order_progress", ["b", "a", "b"])
        journal.derive_later(store, tx, "order_progress", [])
        assert [row.key for row in journal.to_derive(tx, "order_progress", 9)] == ["a", "b"]
        journal.derived(tx, "order_progress", ["a"])
        assert [row.key for row in journal.to_derive(tx, "order_progress", 9)] == ["b"]


def test_a_feed_that_is_rewound_reads_from_the_beginning(store: Store) -> None:
    with store.transaction() as tx:
        feeds.save(store, tx, "crm", "unit", cursor="c", flows='["f"]')
        feeds.rewind(tx, "crm", "unit")
        assert feeds.cursor(tx, "crm", "unit") is None
        assert feeds.known_flows(tx, "crm", "unit") == ["f"]
