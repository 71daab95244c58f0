"""The real store on a database that is emptied between runs, its writers taking virtual turns."""

from __future__ import annotations

import atexit
import copy
import shutil
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, insert, select, text

from connector.clock import Clock
from connector.store.engine import Store, StoreUnavailable
from connector.store.tables import metadata
from tests.simulation.scheduler import Turn

Backup = dict[str, list[dict[str, Any]]]
"""Every row of every table."""
PATIENCE = 30.0
"""Seconds for which SQLite waits for its turn."""


ANYTHING = """
select 1 from derivations
union all select 1 from commands where state = 'waiting'
union all select 1 from deliveries
    where owner = '' and state in ('pending', 'in_doubt') and due_at <= {now}
limit 1
"""
"""Whether a beat has any work."""


TO_TELL = """
select 1 from derivations where object like 'watched %'
union all select 1 from occasions where told_at is null
limit 1
"""
"""Whether rules have anything to look at or to tell; none here goes by time."""


class Writing:
    """The turn of a writer, held for the length of a transaction."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def __enter__(self) -> None:
        if not self._turn.take():
            raise StoreUnavailable("database is locked")

    def __exit__(self, *_: object) -> None:
        self._turn.give_back()


class VirtualStore(Store):
    """The product's own, opened once for all runs of this interpreter.

    Statements stay compiled and connections open; each process of a run gets a copy with a clock
    of its own.
    """

    _plain: sqlite3.Connection | None = None
    shared = True
    """Several processes use it at once, as on PostgreSQL: no lock file."""

    @property
    def path(self) -> Path | None:
        return None if self.shared else super().path

    def of(self, clock: Clock) -> VirtualStore:
        """The same database as another process sees it."""
        made = copy.copy(self)
        made._clock = clock
        return made

    def begin(self, turn: Turn, *, shared: bool) -> None:
        """An empty database for a run. Its writers take virtual turns: a real lock would block
        the only thread there is."""
        self.empty()
        self.shared = shared
        self._turn = turn
        self._writing = Writing(turn)  # type: ignore[assignment]

    def listen(self) -> None:
        """Where the product trusts the database to let writers wait, so do we."""
        if not self.is_sqlite:
            event.listen(self.engine, "begin", self._begin)
            event.listen(self.engine, "commit", self._end)
            event.listen(self.engine, "rollback", self._end)

    def _begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            Writing(self._turn).__enter__()

    def _end(self, connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            self._turn.give_back()

    def has_work(self, now: float) -> bool:
        """Whether a beat would find anything to do; on SQLite without all the machinery."""
        return self._has(ANYTHING.format(now=repr(now)))

    def has_to_tell(self) -> bool:
        """The same of rules."""
        return self._has(TO_TELL)

    def _has(self, statement: str) -> bool:
        if self._plain is not None:
            return self._plain.execute(statement).fetchone() is not None
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(statement).first() is not None

    # -- everything in it -------------------------------------------------------------------

    def empty(self) -> None:
        with self.engine.begin() as connection:
            if self.is_sqlite:
                for table in metadata.sorted_tables:
                    connection.execute(table.delete())
            else:
                names = ", ".join(table.name for table in metadata.sorted_tables)
                connection.execute(text(f"truncate {names} restart identity"))

    def contents(self) -> Backup:
        """A backup."""
        with self.engine.connect() as connection:
            return {
                table.name: [dict(row._mapping) for row in connection.execute(select(table))]
                for table in metadata.sorted_tables
            }

    def put_back(self, backup: Backup) -> None:
        self.empty()
        with self.engine.begin() as connection:
            for table in metadata.sorted_tables:
                if backup[table.name]:
                    connection.execute(insert(table), backup[table.name])


@cache
def store(url: str = "") -> VirtualStore:
    """The database at `url`; empty: an SQLite file in memory."""
    if not url:
        memory = Path("/dev/shm")
        folder = tempfile.mkdtemp(prefix="simulated", dir=memory if memory.is_dir() else None)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder}/store.db"
    made = VirtualStore(url)
    made.create()
    made.listen()
    if made.is_sqlite:
        made._plain = sqlite3.connect(str(made.url.database), isolation_level=None)
    return made
