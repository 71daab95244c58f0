"""Deliveries: who is due, who is claimed, and whose word counts."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from connector.engine import states
from connector.store import deliveries, links
from connector.store.engine import Store
from tests.store.rows import add, delivery, one, sending


def due(store: Store, now: float = 100.0, limit: int = 50, flow: str = "f") -> list[str]:
    with store.transaction() as tx:
        return [row.key for row in deliveries.due(store, tx, flow, now, limit)]


def test_what_is_due_is_what_waits_or_is_in_doubt_and_whose_time_has_come(store: Store) -> None:
    add(
        store,
        delivery("now", due_at=100.0),
        delivery("later", due_at=100.5),
        delivery("event", due_at=None),
        delivery("doubt", state="in_doubt", due_at=99.0),
        delivery("stopped", state="stopped"),
        delivery("done", state="in_sync"),
        delivery("elsewhere", flow="g"),
        sending("busy", due_at=1.0),
    )
    assert due(store) == ["doubt", "now"]


def test_the_urgent_go_first_then_the_longest_waiting_then_by_key(store: Store) -> None:
    add(
        store,
        delivery("d", due_at=2.0),
        delivery("c", due_at=1.0),
        delivery("b", due_at=1.0),
        delivery("a", due_at=3.0, priority=5),
    )
    assert due(store) == ["a", "b", "c", "d"]
    assert due(store, limit=2) == ["a", "b"]


def test_a_line_that_somebody_works_on_is_left_alone_across_flows(store: Store) -> None:
    add(
        store,
        sending("other", flow="g", line="order-1"),
        delivery("same", line="order-1"),
        delivery("free", line="order-2"),
        delivery("none", line=""),
        sending("none-busy", flow="g", line=""),
    )
    assert due(store) == ["free", "none"]


def test_on_a_server_two_workers_are_never_handed_the_same_row(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    add(store, *(delivery(f"k{n}") for n in range(4)))
    found: list[list[str]] = []
    with store.transaction() as tx:
        mine = [row.key for row in deliveries.due(store, tx, "f", 100, 2)]
        thread = threading.Thread(target=lambda: found.append(due(store)))
        thread.start()
        thread.join(30)
    assert (mine, found) == (["k0", "k1"], [["k2", "k3"]])


def test_a_flow_is_due_when_one_of_its_unclaimed_rows_is(store: Store) -> None:
    with store.transaction() as tx:
        for row in (
            delivery("a", due_at=200.0),
            delivery("b", state="in_sync", due_at=None),
            delivery("c", flow="g", due_at=2.0, owner="w", state="sending", deadline=9.0),
            delivery("d", flow="h", state="in_doubt", due_at=3.0),
        ):
            deliveries.add(tx, [row])
        everything = ["f", "g", "h", "none"]
        assert deliveries.with_work(tx, everything, 199.0) == {"h"}
        assert deliveries.with_work(tx, everything, 200.0) == {"f", "h"}
        assert deliveries.with_work(tx, everything, 1e9) == {"f", "h"}
        assert deliveries.with_work(tx, ["f"], 3.0) == set()


# -- settling ------------------------------------------------------------------------------------

MINE = ("me", 1, "sending")


def settle(store: Store, keys: list[str], claims: list[Any]) -> list[str]:
    with store.transaction() as tx:
        outcomes = [states.in_sync(one(tx, key), 500.0, delivered="h") for key in keys]
        return [row["key"] for row in deliveries.settle(tx, outcomes, claims)]


def state(store: Store, key: str) -> str:
    with store.reading() as tx:
        return str(one(tx, key).state)


def test_the_outcome_of_a_claim_that_holds_is_written(store: Store) -> None:
    add(store, sending("a"), sending("b"))
    assert settle(store, ["a", "b"], [MINE, MINE]) == ["a", "b"]
    with store.reading() as tx:
        assert [one(tx, key).delivered for key in "ab"] == ["h", "h"]


STOLEN = {
    "by another": {"owner": "other"},
    "in a later epoch": {"epoch": 2},
    "and back in the queue": {"state": "pending", "owner": "", "deadline": None, "epoch": 2},
}


@pytest.mark.parametrize("columns", STOLEN.values(), ids=STOLEN.keys())
def test_a_claim_that_was_stolen_changes_nothing_of_that_row_only(
    store: Store, columns: dict[str, Any]
) -> None:
    add(store, sending("a"), sending("stolen", **columns), sending("c"))
    assert settle(store, ["a", "stolen", "c"], [MINE] * 3) == ["a", "c"]
    assert [state(store, key) for key in "ac"] == ["in_sync"] * 2
    assert state(store, "stolen") == columns.get("state", "sending")


def test_a_stolen_claim_alone_writes_nothing(store: Store) -> None:
    add(store, sending("a", owner="other"))
    assert settle(store, ["a"], [MINE]) == []
    assert state(store, "a") == "sending"


def test_an_outcome_is_written_once(store: Store) -> None:
    add(store, sending("a"))
    settle(store, ["a"], [MINE])
    with store.transaction() as tx:
        deliveries.change(tx, [{"flow": "f", "key": "a", "part": "", "delivered": "newer"}])
        outcome = states.in_sync(one(tx, "a"), 500.0, delivered="older")
        deliveries.settle(tx, [outcome], [MINE])
        assert one(tx, "a").delivered == "newer"


def test_a_vanished_row_is_nobody_s(store: Store) -> None:
    add(store, sending("a"), sending("b"))
    with store.transaction() as tx:
        outcomes = [states.in_sync(one(tx, key), 500.0) for key in "ab"]
        deliveries.forget(tx, "f")
        deliveries.add(tx, [sending("b")])
        assert [row["key"] for row in deliveries.settle(tx, outcomes, [MINE, MINE])] == ["b"]


def test_nothing_to_settle_is_nothing(store: Store) -> None:
    with store.transaction() as tx:
        assert deliveries.settle(tx, [], []) == []


# -- waking, parking, forgetting -----------------------------------------------------------------


def test_what_waited_for_a_record_is_woken_and_nothing_else(store: Store) -> None:
    waits = {"reason": "waits_for", "due_at": None}
    add(
        store,
        delivery("a", waits_for="customer:crm:c1", **waits),
        delivery("b", waits_for="customer:crm:c2", **waits),
        delivery("c", waits_for="customer:crm:c1", reason="retry", due_at=None),
        delivery("d", waits_for="customer:crm:c1", **{**waits, "state": "stopped"}),
        delivery("e", flow="g", waits_for="customer:crm:c1", **waits),
    )
    with store.transaction() as tx:
        deliveries.wake(tx, ["customer:crm:c1"], 42.0)
    assert due(store) == ["a"]
    assert due(store, flow="g") == ["e"]
    with store.reading() as tx:
        assert one(tx, "a").due_at == 42.0


def test_expired_claims_are_found_by_their_deadline(store: Store) -> None:
    add(store, sending("old", deadline=100.0), sending("fresh", deadline=101.0), delivery("idle"))
    with store.transaction() as tx:
        assert [row.key for row in deliveries.expired(tx, 100.5)] == ["old"]
        assert {row.key for row in deliveries.claimed(tx)} == {"old", "fresh"}


def test_a_person_wakes_everything_but_what_is_worked_on(store: Store) -> None:
    add(
        store,
        delivery("a", state="stopped", attempts=8, waits_for="x", due_at=None),
        delivery("b", state="in_sync", due_at=None),
        delivery("c", state="in_doubt", due_at=900.0),
        sending("d"),
    )
    with store.transaction() as tx:
        assert deliveries.awaken(tx, "f", ["a", "b", "c", "d"], 50.0, forced=1) == 2
        row = one(tx, "a")
    assert due(store) == ["a", "b"]
    assert (row.attempts, row.waits_for, row.forced, row.reason) == (0, "", 1, "retry")


def test_a_person_parks_what_nobody_works_on(store: Store) -> None:
    add(store, delivery("a"), sending("b"))
    with store.transaction() as tx:
        assert deliveries.park(tx, "f", ["a", "b"], 50.0, "discarded", "words") == 1
        assert (one(tx, "a").state, one(tx, "a").due_at) == ("stopped", None)


def test_only_what_was_never_delivered_is_dropped(store: Store) -> None:
    add(store, delivery("a"), delivery("b", delivered="h"), sending("c"), delivery("d", flow="g"))
    with store.transaction() as tx:
        deliveries.drop(tx, "f", ["a", "b", "c", "d"])
        assert set(deliveries.load(tx, "f", ["a", "b", "c"])) == {"b", "c"}
        assert set(deliveries.load(tx, "g", ["d"])) == {"d"}


def test_records_that_are_to_be_made_are_counted_and_not_those_with_a_counterpart(
    store: Store,
) -> None:
    add(
        store,
        delivery("a"),
        delivery("linked from here"),
        delivery("linked from there"),
        delivery("b", due_at=None),
        delivery("c", delivered="h"),
        delivery("d", state="stopped"),
    )
    here, there = ("crm", "linked from here", ""), ("crm", "linked from there", "")
    made = {"at": 1.0, "origin": "created"}
    with store.transaction() as tx:
        links.save(store, tx, [links.row("customer", here, ("erp", "p1", ""), **made)])
        links.save(store, tx, [links.row("customer", ("erp", "p2", ""), there, **made)])
        assert deliveries.to_create(tx, "f", 100.0, ("customer", "crm", "erp")) == 1
        assert deliveries.to_create(tx, "f", 100.0, ("customer", "crm", "branch")) == 3


def test_what_nobody_asked_for_is_due_once_somebody_does(store: Store) -> None:
    idle = {"reason": "unasked", "due_at": None}
    add(store, delivery("a", **idle), delivery("b", **idle), delivery("c", reason="retry"))
    with store.transaction() as tx:
        assert deliveries.awaken(tx, "f", ["a"], 50.0) == 0
        assert [row.key for row in deliveries.unsettled(tx, "f", 9, after=0)] == ["c"]
        deliveries.ask(tx, "f", ["a", "c"], 50.0)
        due = [row.key for row in deliveries.due(store, tx, "f", 50.0, 9)]
        assert (due, one(tx, "a").reason, one(tx, "c").reason) == (["a"], "new", "retry")


def test_records_are_known_that_others_wait_for(store: Store) -> None:
    add(store, delivery("a", waits_for="t1"), delivery("b", waits_for="t2", state="stopped"))
    with store.reading() as tx:
        assert deliveries.waited_for(tx, ["t1", "t2", "t3"]) == {"t1"}


def test_arrived_is_what_stands_there_with_every_step_done(store: Store) -> None:
    add(
        store,
        delivery("a", delivered="h", step="audited"),
        delivery("b", delivered="h", step=""),
        delivery("c", delivered="h", step="saved"),
        delivery("d", step="audited"),
    )
    with store.reading() as tx:
        assert deliveries.arrived(tx, ["f"], list("abcd")) == {"a", "b"}


def test_status_counts_by_flow_state_and_reason(store: Store) -> None:
    add(store, delivery("a", since=9.0), delivery("b", since=7.0), delivery("c", state="stopped"))
    with store.reading() as tx:
        found = [tuple(row) for row in deliveries.counts(tx)]
    assert found == [("f", "pending", "new", 2, 7.0), ("f", "stopped", "new", 1, 50.0)]


def test_a_walk_sees_every_row_once_in_order(store: Store) -> None:
    add(store, *(delivery(key) for key in ("c", "a", "d", "b")))
    seen: list[str] = []
    with store.reading() as tx:
        while page := [row.key for row in deliveries.walk(tx, "f", seen[-1] if seen else "", 3)]:
            seen += page
    assert seen == ["a", "b", "c", "d"]


def test_changed_rows_are_told_from_others(store: Store) -> None:
    add(store, sending("a", dirty=1), sending("b"), delivery("c", part="2", dirty=1))
    with store.transaction() as tx:
        assert deliveries.dirty(tx, "f", ["a", "b"]) == {"a"}
        assert set(deliveries.load(tx, "f", ["a", "b", "c"])) == {"a", "b"}
        assert set(deliveries.states(tx, "f", ["a", "c", "x"])) == {"a"}
        assert set(deliveries.locked(tx, "f", ["a", "c", "x"])) == {"a"}
