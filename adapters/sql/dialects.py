"""What is peculiar to each kind of database and to its driver. Data, never behaviour.

PostgreSQL and SQLite are tested, MariaDB was tried by hand; the others are written after their
documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, text

from adapters.sql.settings import SqlSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One kind of database. The defaults are what SQL itself says."""

    now: ColumnElement[Any] = field(default_factory=func.current_timestamp)
    """Its own time, in UTC or with an offset."""
    snapshot: str = ""
    """Isolation that shows one moment and locks nobody."""
    read_only: str = ""
    """Statement that opens a transaction in which nothing can be written."""
    at_connect: tuple[str, ...] = ()
    """What each new connection is told, in `s` or `ms`: `{ms}` is the longest that a statement may
    take, `{wait_ms}` that it waits for a lock, `{all_ms}` that a transaction is left alone."""
    horizon: ColumnElement[Any] | None = None
    """The lowest row version that may still be uncommitted."""
    textual: bool = False
    """Dates and decimals stand there as text."""
    binds_char: bool = False
    """A text is equal to a padded one only if it is sent as one."""


_MYSQL = Dialect(
    now=func.utc_timestamp(),
    snapshot="REPEATABLE READ",
    read_only="SET TRANSACTION READ ONLY",
    at_connect=(
        "SET SESSION innodb_lock_wait_timeout = {wait_s}",
        # What does not fit is refused, not cut.
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
    ),
)
DIALECTS: Mapping[str, Dialect] = {
    "postgresql": Dialect(
        now=func.now(),
        snapshot="REPEATABLE READ",
        at_connect=(
            "SET statement_timeout = {ms}",
            "SET lock_timeout = {wait_ms}",
            "SET idle_in_transaction_session_timeout = {all_ms}",
        ),
    ),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": Dialect(
        now=func.sysutcdatetime(),
        at_connect=("SET LOCK_TIMEOUT {wait_ms}",),
        horizon=func.min_active_rowversion(),
    ),
    "oracle": Dialect(
        now=func.sys_extract_utc(text("systimestamp")),
        read_only="SET TRANSACTION READ ONLY",
        binds_char=True,
    ),
    "sqlite": Dialect(textual=True),
}
_ANY = Dialect()


def dialect_of(name: str) -> Dialect:
    """What is known of a kind of database; of others, what SQL says."""
    return DIALECTS.get(name, _ANY)


DRIVERS: Mapping[str, Callable[[SqlSettings], dict[str, Any]]] = {
    "psycopg": lambda settings: {
        "connect_timeout": max(2, int(settings.connect_timeout)),
        "application_name": "connector",
        "keepalives_idle": 20,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": int(settings.timeout * 1000),
    },
    "pymysql": lambda settings: {
        "connect_timeout": max(1, int(settings.connect_timeout)),
        "read_timeout": settings.timeout,
        "write_timeout": settings.timeout,
    },
    "pymssql": lambda settings: {
        "login_timeout": max(1, int(settings.connect_timeout)),
        "timeout": max(1, int(settings.timeout)),
    },
    "oracledb": lambda settings: {"tcp_connect_timeout": settings.connect_timeout},
    "pyodbc": lambda settings: {"timeout": max(1, int(settings.connect_timeout))},
    "pysqlite": lambda settings: {"timeout": settings.timeout / 2, "check_same_thread": False},
}
"""How each driver is told how long it may wait."""
CALL_TIMEOUT: Mapping[str, tuple[str, int]] = {
    "oracledb": ("call_timeout", 1000),
    "pyodbc": ("timeout", 1),
}
"""Drivers whose connection has an attribute for the longest that a call may take, and how many of
its units are a second."""
