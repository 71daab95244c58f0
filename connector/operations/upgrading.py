"""A new schema of the store, tried on a copy of it."""

from __future__ import annotations

from pathlib import Path

from connector.assemble import Assembly
from connector.settings import ConfigFile
from connector.store import migrate


def rehearse_upgrade(path: Path) -> dict[str, int]:
    """Bring a copy of a configuration's store to this version's schema; rows by table.

    The store itself stays as it is. Raises ConfigError, ConnectorError.
    """
    store = Assembly(ConfigFile(path)).store()
    try:
        return migrate.rehearse(store)
    finally:
        store.close()
