"""Bringing a store to the present schema. Forward only; a newer store refuses an older program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from connector.errors import ConfigError, ConnectorError, Problem
from connector.messages import say
from connector.store.engine import Store, StoreUnavailable


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
        command.upgrade(config, "head")


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
    """A consistent copy of an SQLite store, taken while it is in use; whole or not at all.

    Raises ConfigError for another store, ConnectorError where it cannot be written.
    """
    if store.path is None:
        raise ConfigError([Problem("", say("backup_postgresql"))])
    part = target.with_name(f"{target.name}.part")
    try:
        with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise ConnectorError(say("backup_failed", detail=str(error))) from None
