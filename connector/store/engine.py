"""Opening the store: one database, durable, with short transactions and no I/O inside them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.schema import Table

from connector.clock import Clock
from connector.errors import ConfigError, Problem
from connector.faults import fault
from connector.messages import say
from connector.store.statement import Row, Sql
from connector.store.tables import metadata

Tx = Connection
"""An open transaction."""

LINKS = 5_127_001
"""Number of the advisory lock that orders makers of links and those who wait for them."""
SCHEMA = 5_127_002
"""Number of the one that orders processes that start at once on an old schema."""


ALIVE = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 35_000,
}
"""For libpq: a server that vanished without a word, its power cut, is noticed within some 40 s."""


class StoreUnavailable(Exception):
    """The database does not take our work now: full disk, lost connection, lock. Try later."""


class Store:
    """The database behind everything. Thread-safe."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        """Connect lazily to `url` (`sqlite:///…` or `postgresql+psycopg://…`).

        Without a `clock` PostgreSQL's own is used: the processes that share it then agree.
        """
        self.url = _known_url(url)
        self._clock = clock
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql()
        self._writing = threading.RLock()

    @property
    def path(self) -> Path | None:
        """The database file, where it is one."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    def _sqlite(self) -> Engine:
        engine = create_engine(self.url, connect_args={"timeout": 30, "check_same_thread": False})

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _: Any) -> None:
            connection.isolation_level = None  # transactions begin where we say so
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA busy_timeout=30000")
            connection.execute("PRAGMA temp_store=MEMORY")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            if connection.get_execution_options().get("writes"):
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:  # it locks nothing, so that nothing can go wrong that would have to be told
                connection.connection.cursor().execute("BEGIN")

        return engine

    def _postgresql(self) -> Engine:
        return create_engine(self.url, pool_pre_ping=True, pool_size=20, connect_args=ALIVE)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """A write transaction: everything in it happens, or nothing.

        Raises StoreUnavailable when the database cannot take it; nothing was done then,
        except that a connection lost during the commit leaves the outcome unknown.
        """
        fault("transaction_begin")
        with (
            self._writing if self.is_sqlite else nullcontext(),
            _translated(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection
            fault("transaction_commit")
        fault("transaction_done")

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A consistent view; nothing may be written."""
        with _translated(), self.engine.connect() as connection:
            connection.begin()  # and rolled back where the connection is closed
            if not self.is_sqlite:
                connection.exec_driver_sql(
                    "set transaction isolation level repeatable read, read only"
                )
            yield connection

    def now(self, tx: Tx) -> float:
        """Seconds since the epoch: the database's clock where several processes share it."""
        if self._clock is not None:
            return self._clock.now().timestamp()
        if self.is_sqlite:
            return time.time()
        return float(tx.execute(text("select extract(epoch from clock_timestamp())")).scalar_one())

    def look_at_links(self, tx: Tx) -> None:
        """Nobody makes a link until this transaction ends: who finds none will be woken."""
        if not self.is_sqlite:
            tx.execute(text("select pg_advisory_xact_lock_shared(:lock)"), {"lock": LINKS})

    def make_links(self, tx: Tx) -> None:
        """Nobody else makes links or looks for them until this transaction ends."""
        if not self.is_sqlite:
            tx.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LINKS})

    def migrate_alone(self, tx: Tx) -> None:
        """Nobody else changes the schema until this transaction ends."""
        if not self.is_sqlite:
            tx.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": SCHEMA})

    def check_durable(self) -> None:
        """Refuse a database that may forget what it confirmed."""
        with self.reading() as tx:
            if self.is_sqlite:
                level = tx.exec_driver_sql("PRAGMA synchronous").scalar_one()
                durable = int(level) >= 2
            else:
                durable = tx.execute(text("show synchronous_commit")).scalar_one() != "off"
        if not durable:
            raise ConfigError([Problem("store", say("store_not_durable"))])

    def create(self) -> None:
        """Make all tables at once, for tests and benchmarks; see `migrate` for real stores."""
        metadata.create_all(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def upsert(
        self, tx: Tx, table: Table, rows: Sequence[Row], *, keep: Sequence[str] = ()
    ) -> None:
        """Insert rows or update them by primary key; columns in `keep` are only inserted."""
        if not rows:
            return
        _upserting(table, tuple(rows[0]), tuple(keep), self.is_sqlite).many(tx, rows)


@cache
def _upserting(table: Table, names: tuple[str, ...], keep: tuple[str, ...], is_sqlite: bool) -> Sql:
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    update = {n: statement.excluded[n] for n in names if n not in keys and n not in keep}
    if update:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=update)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    return Sql(statement, names)


def _known_url(text: str) -> URL:
    """The URL with the driver that we bring. Raises ConfigError."""
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    try:
        url = make_url(text)
        return url.set(drivername=drivers[url.get_backend_name()])
    except (ArgumentError, KeyError, ValueError):
        raise ConfigError([Problem("store", say("bad_store"))]) from None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise StoreUnavailable(str(error.orig)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable(str(error.orig)) from error
        raise
