"""Tryton's own application behind a socket of its own: what `server` starts and ends.

    TRYTOND_CONFIG=… python -m tests.tryton.serving

Prints its port, and ends with its input. All of it is Tryton as it is installed, but for its
database: the time that it tells is the one that a request says in `X-Now`, so that hours pass in a
test; and its connections are kept, as those to a PostgreSQL are.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from tests.tryton.making import DATABASE, cheap_passwords

os.environ["TRYTOND_DATABASE_NAMES"] = DATABASE
os.environ.setdefault("TRYTOND_LOGGING_LEVEL", "60")

_moment = threading.local()


def told(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, each request at the time that it says."""

    def at(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _moment.now = environ.get("HTTP_X_NOW", "")
        return application(environ, start_response)

    return at


def keep_time() -> None:
    """From now on a transaction's time is the request's."""
    from trytond.backend.sqlite import database
    from trytond.transaction import Transaction

    begun: WeakKeyDictionary[Any, dict[Any, str]] = WeakKeyDictionary()

    def now() -> str:
        transaction = Transaction()
        moment = getattr(_moment, "now", "") or datetime.now().isoformat(" ")
        return begun.setdefault(transaction, {}).setdefault(transaction.started_at, moment)

    database.now = now


def keep_connections() -> None:
    """From now on a transaction takes one that another has given back: most of what a short call
    costs is SQLite reading the schema of a new one."""
    from trytond.backend.sqlite import database

    spare: dict[str, list[Any]] = defaultdict(list)
    connect = database.Database.connect

    def taken(self: Any) -> Any:
        if self._conn is None:
            with suppress(IndexError):
                self._conn = spare[self.name].pop()
        return connect(self)

    def given_back(self: Any, connection: Any = None) -> None:
        if self._conn is not None:
            self._conn.rollback()  # a commit may have failed
            spare[self.name].append(self._conn)
            self._conn = None

    database.SQLiteConnection = partial(database.SQLiteConnection, check_same_thread=False)
    database.Database.connect, database.Database.put_connection = taken, given_back


def main() -> None:
    """Serve until nobody is left who wants it."""
    from trytond.application import app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Silent(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_request(self, *args: Any) -> None:
            """Nobody reads it."""

    cheap_passwords()
    keep_time()
    keep_connections()
    server = make_server("127.0.0.1", 0, told(app), threaded=True, request_handler=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
