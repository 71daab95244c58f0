"""What the store knows of itself: who it is, what time it has counted, whether it was put back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from connector.store.engine import Store, Tx
from connector.store.statement import Sql, among
from connector.store.tables import facts

INSTANCE, AGE, RESTORED = "instance", "age", "restored_at"


def grow_older(store: Store, tx: Tx, least: int = 0) -> tuple[str, int]:
    """Count once more that the store is in use; which store it is, and its count, never below
    `least`."""
    row = _AGE.first(tx, name=AGE)
    age = max(int(row.value) if row else 0, least) + 1
    instance = _get(tx, INSTANCE) or uuid.uuid4().hex
    _put(store, tx, INSTANCE, instance)
    _put(store, tx, AGE, str(age))
    return instance, age


def restored_at(tx: Tx) -> float | None:
    """Since when the store is known to have been put back to an earlier state; None: it is not."""
    found = _get(tx, RESTORED)
    return float(found) if found else None


def mark_restored(store: Store, tx: Tx, at: float) -> None:
    """It was put back: what it says may be older than what stands in the systems."""
    _put(store, tx, RESTORED, repr(at))


def trust(tx: Tx) -> bool:
    """A person has compared; whether there was anything to trust again."""
    gone = tx.execute(delete(facts).where(facts.c.name == RESTORED))
    return bool(gone.rowcount)


def count_of(tx: Tx, name: str) -> int:
    """A count kept under a name."""
    return int(_get(tx, name) or 0)


def count_more(store: Store, tx: Tx, name: str) -> int:
    """The same after one more."""
    count = count_of(tx, name) + 1
    _put(store, tx, name, str(count))
    return count


def first(store: Store, tx: Tx, name: str, value: str) -> str:
    """What was noted under a name, once and for all: this value, if nothing was."""
    known = _get(tx, name)
    if not known:
        _put(store, tx, name, value)
    return known or value


def noted(tx: Tx, name: str) -> str:
    """What was noted last under a name; empty: nothing."""
    return _get(tx, name)


def all_noted(tx: Tx, names: Sequence[str]) -> dict[str, str]:
    """The same of many names at once; those under which nothing was noted are left out."""
    return {row.name: row.value for row in _VALUES(tx, names=list(names)) if row.value}


def note(store: Store, tx: Tx, name: str, value: str) -> None:
    """Note it under a name, in the place of what was."""
    _put(store, tx, name, value)


def _get(tx: Tx, name: str) -> str:
    row = _VALUE.first(tx, name=name)
    return str(row.value) if row else ""


_VALUE = Sql(select(facts.c.value).where(facts.c.name == bindparam("name")))
_AGE = Sql(select(facts.c.value).where(facts.c.name == bindparam("name")).with_for_update())
_VALUES = Sql(select(facts).where(among(facts.c.name, "names")))


def _put(store: Store, tx: Tx, name: str, value: str) -> None:
    store.upsert(tx, facts, [{"name": name, "value": value}])
