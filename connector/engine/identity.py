"""Whom each connection speaks to: links of one account set never touch another's records."""

from __future__ import annotations

import threading
from urllib.parse import urlsplit

from connector.contract import Identity
from connector.engine.system import Connection, System
from connector.errors import UnsafeRun
from connector.faults import fault
from connector.messages import say
from connector.store import feeds

EVERY = 60.0
"""Seconds for which an answer about identity is believed."""


def fingerprint(connection: Connection, identity: Identity) -> str:
    """Adapter, address and tenant."""
    url = urlsplit(connection.settings.base_url)
    return f"{connection.settings.adapter}|{url.netloc}{url.path.rstrip('/')}|{identity.tenant}"


class Identities:
    """Remembers when each connection last proved who it is. Thread-safe."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._checked: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self, connection: Connection) -> None:
        """Ask the system who it is, if that was long ago.

        Raises AdapterError if it cannot be asked, UnsafeRun if it is another one than before.
        """
        clock = self._system.clock
        with self._lock:
            last = self._checked.get(connection.name)
            if last is not None and clock.monotonic() - last < EVERY:
                return
        identity = connection.adapter.check()
        found = fingerprint(connection, identity)
        if identity.calls is not None:
            self._system.limits[connection.name].hear(identity.calls[0])
        fault("identity_told")
        store = self._system.store
        with store.reading() as tx:
            known = feeds.connection(tx, connection.name)
        if known is not None and known.fingerprint and known.fingerprint != found:
            words = say("other_tenant", name=connection.name, found=found, known=known.fingerprint)
            raise UnsafeRun(words)
        if known is None or not known.fingerprint:
            with store.transaction() as tx:
                feeds.save_connection(store, tx, connection.name, fingerprint=found)
            fault("identity_saved")
        with self._lock:
            self._checked[connection.name] = clock.monotonic()

    def forget(self, name: str) -> None:
        """Ask again next time."""
        with self._lock:
            self._checked.pop(name, None)
