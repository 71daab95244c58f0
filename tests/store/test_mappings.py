"""Versions of mappings, and what went by them, on either database."""

from __future__ import annotations

from typing import Any

from connector.store import mappings
from connector.store.engine import Store
from tests.store.rows import add, delivery


def version(name: str, at: float, side: str = "write") -> dict[str, Any]:
    row = {"flow": "f", "side": side, "version": name, "at": at, "file": "m.yaml"}
    return {**row, "text": f"# {name}", "tables": "{}"}


def keep(store: Store, *rows: dict[str, Any]) -> None:
    with store.transaction() as tx:
        mappings.keep(store, tx, rows)


def test_the_version_that_was_taken_up_last_is_the_one_by_flow_and_side(store: Store) -> None:
    keep(store, version("a", 1.0), version("b", 2.0), version("c", 9.0, "read"))
    keep(store, version("a", 3.0))  # an edit was taken back
    with store.reading() as tx:
        assert mappings.taken_up(tx) == {("f", "write"): ("a", 3.0), ("f", "read"): ("c", 9.0)}
        assert [row.version for row in mappings.versions(tx, "f", "write")] == ["a", "b"]
        found = mappings.load(tx, "f", "write", "b")
        assert found is not None
        assert found.text == "# b"
        assert mappings.load(tx, "f", "read", "b") is None


def test_deliveries_are_counted_by_the_version_that_they_went_by_last(store: Store) -> None:
    add(store, delivery("k1", mapping="a"), delivery("k2", mapping="a"))
    add(store, delivery("k3", mapping="b", state="in_sync", due_at=None), delivery("k4"))
    add(store, delivery("k1", flow="g", mapping="a"))
    with store.reading() as tx:
        assert mappings.counts(tx) == {("f", "a"): 2, ("f", "b"): 1, ("g", "a"): 1}
        assert mappings.counts(tx, "f") == {("f", "a"): 2, ("f", "b"): 1}
        assert [row.key for row in mappings.went_by(tx, "f", "b", 5)] == ["k3"]
        assert len(mappings.went_by(tx, "f", "a", 1)) == 1
