"""Bringing a store to the present schema. Forward only; a newer store refuses an older program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from connector.errors import ConfigError, ConnectorError, Problem
from connector.messages import say
from connector.store import views
from connector.store.engine import Store, StoreUnavailable, Tx
from connector.store.tables import metadata


def prepare(store: Store) -> None:
    """Bring the store to the present schema, all of it or nothing; a newer one is refused.

    Raises ConfigError, and StoreUnavailable where the database cannot take it now.
    """
    config = _config(store)
    head = ScriptDirectory.from_config(config).get_current_head()
    current = _revision(store)
    if current == head:
        return
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise ConfigError([Problem("store", say("store_newer", found=current))])
    with store.transaction() as tx:
        store.migrate_alone(tx)  # whoever came second finds it done
        config.attributes["connection"] = tx
        seen = views.drop(store, tx)  # what they show may become another one
        command.upgrade(config, "head")
        if seen:
            views.make(store, tx)


def rehearse(store: Store) -> dict[str, int]:
    """Bring a copy of the store to the present schema; the copy's rows by table.

    The store itself is left as it is. Raises ConfigError, ConnectorError, StoreUnavailable.
    """
    if store.path is None:
        return _rehearse_and_roll_back(store)
    with TemporaryDirectory(dir=store.path.parent, ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "rehearsal.db"
        backup(store, path)
        copy = Store(f"sqlite:///{path.as_posix()}")
        try:
            prepare(copy)
            with copy.reading() as tx:
                found = str(tx.exec_driver_sql("pragma integrity_check").scalar_one())
                if found != "ok":
                    raise ConnectorError(say("store_broken", detail=found))
                return _rows(tx)
        finally:
            copy.close()


def _rehearse_and_roll_back(store: Store) -> dict[str, int]:
    """PostgreSQL takes changes of the schema back like any other."""
    config = _config(store)
    with store.engine.connect() as connection:
        whole = connection.begin()
        store.migrate_alone(connection)
        config.attributes["connection"] = connection
        views.drop(store, connection)
        command.upgrade(config, "head")
        found = _rows(connection)
        whole.rollback()
    return found


def _rows(tx: Tx) -> dict[str, int]:
    count = select(func.count())
    return {
        table.name: int(tx.execute(count.select_from(table)).scalar_one())
        for table in metadata.sorted_tables
    }


def _revision(store: Store) -> str | None:
    try:
        with store.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise StoreUnavailable(f"{store.url.database}: {error.orig}") from error


def _config(store: Store) -> Config:
    config = Config()
    where = resources.files("connector.store").joinpath("migrations")
    config.set_main_option("script_location", str(where))
    config.attributes["url"] = store.url
    return config


def backup(store: Store, target: Path) -> None:
    """A consistent copy of an SQLite store, taken while it is in use; whole or not at all, and for
    nobody else on the machine to read.

    Raises ConfigError for another store, ConnectorError where it cannot be written.
    """
    if store.path is None:
        raise ConfigError([Problem("", say("backup_postgresql"))])
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise ConnectorError(say("backup_failed", detail=str(error))) from None
