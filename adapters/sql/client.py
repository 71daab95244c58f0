"""Connections and transactions: the only file that knows where the database is.

Each transaction is short, but for a whole reading in one go. Nothing is written in one that
reads, and nothing is repeated in one that writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from math import inf
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError, DisconnectionError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from adapters.sql import answers
from adapters.sql.address import parse, tenant
from adapters.sql.cutting import Watch
from adapters.sql.dialects import CALL_TIMEOUT, DRIVERS, dialect_of
from adapters.sql.settings import SqlSettings
from connector.clock import Clock
from connector.errors import Rejected, Unreachable
from connector.messages import say

SPARE = 4
"""Connections beyond two for each caller: one reads heads, the other their rows."""
FRESH = 1.0
"""Seconds after its use for which a connection is believed to live."""
LIMITS = 2
"""Times `timeout` after which a transaction, or a wait inside it, is over for certain: its last
statement may begin when all of the first is used up."""
CALM = 10.0
"""Seconds to stay away from a database so slow that a write's time was used up."""


class Client:
    """One database. Safe for several threads."""

    def __init__(self, settings: SqlSettings, clock: Clock) -> None:
        """Connects when the first is asked for."""
        self._settings = settings
        self._clock = clock
        self._watch = Watch()
        self.dialect = dialect_of(parse(settings.url).get_backend_name())
        self._engine = self._made()

    def _made(self) -> Engine:
        settings, url = self._settings, parse(self._settings.url)
        driver, secret = url.get_driver_name(), settings.password.get_secret_value()
        arguments = DRIVERS[driver](settings) if driver in DRIVERS else {}
        engine = create_engine(
            url.set(username=settings.user or None, password=secret or None),
            connect_args={**arguments, **settings.driver},
            poolclass=QueuePool,
            pool_size=settings.parallel,
            max_overflow=settings.parallel + SPARE,
            pool_timeout=settings.connect_timeout,
            hide_parameters=True,
        )
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "checkout", self._taken)
        event.listen(engine, "checkin", self._given_back)
        event.listen(engine, "before_cursor_execute", self._check_time)
        if url.get_backend_name() == "sqlite":
            event.listen(engine, "begin", _begin)
        return engine

    def _connected(self, connection: Any, _: Any) -> None:
        """What a new connection is told."""
        seconds, driver = self._settings.timeout, self._engine.url.get_driver_name()
        if driver in CALL_TIMEOUT:
            name, units = CALL_TIMEOUT[driver]
            setattr(connection, name, int(seconds * units))
        if driver == "pysqlite":
            connection.isolation_level = None  # transactions begin where we say so
        told = {"wait_": seconds / 2, "": seconds, "all_": LIMITS * seconds}
        limits = {f"{name}s": max(1, int(value)) for name, value in told.items()}
        limits |= {f"{name}ms": max(1, int(1000 * value)) for name, value in told.items()}
        longest = self._settings.connect_timeout
        with self._watch.limited(connection, longest), closing(connection.cursor()) as cursor:
            for statement in self.dialect.at_connect:
                cursor.execute(statement.format(**limits))
            connection.commit()

    def _given_back(self, _: Any, record: Any) -> None:
        record.info["used"] = self._clock.monotonic()

    def _taken(self, connection: Any, record: Any, _: Any) -> None:
        """A connection may have ended since it was used: then there is another one."""
        if self._clock.monotonic() - record.info.get("used", -inf) < FRESH:
            return
        dialect = self._engine.dialect
        try:
            with self._watch.limited(connection, LIMITS * self._settings.timeout):
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    # -- transactions -----------------------------------------------------------------------

    @contextmanager
    def reading(self, *, dirty: bool = False) -> Iterator[Connection]:
        """A transaction that writes nothing. `dirty`: as the setting `isolation` says, which may
        show what is never committed."""
        wanted = self._settings.isolation if dirty else ""
        with self._open(isolation=wanted or self.dialect.snapshot) as connection:
            yield connection

    @contextmanager
    def describing(self) -> Iterator[Connection]:
        """The same for the many small questions by which a table is described."""
        with self._open(whole=False) as connection:
            yield connection

    @contextmanager
    def streaming(self, page: int) -> Iterator[Connection]:
        """The same for results that never stand in memory as a whole: `page` rows at a time."""
        with self._open(self._settings.isolation, whole=False) as connection:
            yield connection.execution_options(yield_per=page)

    @contextmanager
    def ended(self, answer: CursorResult[Any]) -> Iterator[None]:
        """An answer is closed, however its reading ends: a driver that could not say so, because
        the connection was lost, knows that by now."""
        cursor = answer.cursor
        try:
            yield
        finally:
            answer.close()
            with suppress(self._engine.dialect.loaded_dbapi.Error):
                cursor.close()

    def limit(self, connection: Connection) -> AbstractContextManager[None]:
        """What is waited for inside ends in time, one way or the other."""
        made = connection.connection.dbapi_connection
        return self._watch.limited(made, LIMITS * self._settings.timeout)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is done when the block ends, unless something is raised in it.

        Nothing in it begins when `timeout` is over, the commit neither. Raises OutcomeUnknown
        where nobody knows whether it was done.
        """
        with self._open(writes=True) as connection:
            ends = self._clock.monotonic() + self._settings.timeout
            connection.execution_options(ends=ends)
            yield connection
            self._check_time(connection)
            try:
                connection.commit()
            except DBAPIError as error:
                raise answers.of_commit(error, self._engine.dialect.name) from error

    def _check_time(self, connection: Connection, *_: Any) -> None:
        """Whatever begins now may take as long as all before it was allowed to."""
        if connection.get_execution_options().get("ends", inf) < self._clock.monotonic():
            raise Unreachable(say("sql_too_slow"), retry_after=CALM)

    @contextmanager
    def _open(
        self, isolation: str = "", *, writes: bool = False, whole: bool = True
    ) -> Iterator[Connection]:
        name = self._engine.dialect.name
        try:
            connection = self._engine.connect()
        except PoolTimeout as error:
            raise Unreachable(say("sql_all_busy")) from error
        except InvalidRequestError as error:  # one after the other had ended
            raise Unreachable(str(error)) from error
        except DBAPIError as error:
            raise answers.of_log_in(error, name, self._settings.denied) from error
        options: dict[str, Any] = {"writes": writes, "postgresql_readonly": not writes}
        options |= {"isolation_level": isolation} if isolation else {}
        try:
            with connection:
                connection.execution_options(**options)
                with self._ending(connection), self.limit(connection) if whole else nullcontext():
                    if not writes and self.dialect.read_only:
                        connection.exec_driver_sql(self.dialect.read_only)
                    yield connection
        except DBAPIError as error:
            raise answers.before_commit(error, name) from error
        except (UnicodeError, OverflowError) as error:
            raise Rejected(say("sql_unsayable", detail=str(error))) from error

    @contextmanager
    def _ending(self, connection: Connection) -> Iterator[None]:
        """What is not committed is given up, and nobody waits for that too long."""
        try:
            yield
        finally:
            if connection.in_transaction() and not connection.invalidated:
                with suppress(DBAPIError), self.limit(connection):
                    connection.rollback()

    # -- who and when -----------------------------------------------------------------------

    def now(self) -> datetime:
        """The database's own time in whole seconds, rounded down: so are many stamps, and none
        of what is still to come may lie before the end of a reading."""
        with self.reading() as connection:
            found = connection.execute(select(self.dialect.now)).scalar_one()
        made = datetime.fromisoformat(found) if isinstance(found, str) else found
        aware = made if made.tzinfo else made.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(microsecond=0)

    @property
    def tenant(self) -> str:
        """Which database it is."""
        return tenant(self._engine.url)

    @property
    def version(self) -> str:
        """Of the server, once it was asked anything."""
        told = self._engine.dialect.server_version_info or ()
        return ".".join(str(part) for part in told)

    @property
    def sessions(self) -> int:
        """Connections that we hold."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedin() + pool.checkedout()

    def close(self) -> None:
        self._engine.dispose()


def _begin(connection: Connection) -> None:
    """SQLite's own drivers begin late and in their own way."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql(f"PRAGMA query_only = {0 if writes else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
