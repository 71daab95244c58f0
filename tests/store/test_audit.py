"""The audit: it only grows, and what was changed in it is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from connector.store import journal
from connector.store.engine import Store
from connector.store.tables import audit


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    made = Store(store_url)
    made.create()
    with made.transaction() as tx:
        for n in range(5):
            journal.log_audit(tx, 100.0 + n, "王", "retry", {"keys": [f"客户{n}"]})
    yield made
    made.close()


def broken(store: Store) -> list[int]:
    with store.reading() as tx:
        return [row.id for row, whole in journal.audited(tx) if not whole]


def change(store: Store, what: Any) -> None:
    with store.transaction() as tx:
        tx.execute(what)


def test_what_was_written_is_whole(store: Store) -> None:
    assert broken(store) == []


@pytest.mark.parametrize(
    "values", [{"who": "李"}, {"at": 1.0}, {"what": "discard"}, {"about": "{}"}, {"digest": "x"}]
)
def test_a_line_that_was_changed_is_found(store: Store, values: dict[str, Any]) -> None:
    change(store, update(audit).where(audit.c.id == 3).values(**values))
    assert 3 in broken(store)


def test_a_line_that_was_taken_out_is_found_behind_it(store: Store) -> None:
    change(store, delete(audit).where(audit.c.id == 3))
    assert broken(store) == [4]


def test_a_line_that_was_put_in_is_found(store: Store) -> None:
    row = {"id": 99, "at": 1.0, "who": "李", "what": "release", "about": "{}"}
    change(store, insert(audit).values(**row))
    assert broken(store) == [99]


def test_what_a_line_was_about_can_be_forgotten_and_the_chain_stays_whole(store: Store) -> None:
    change(store, update(audit).where(audit.c.id == 3).values(about=journal.FORGOTTEN))
    assert broken(store) == []
    with store.transaction() as tx:
        journal.log_audit(tx, 200.0, "王", "retry", {})
    assert broken(store) == []
