"""Links and snapshots: which record there is which record here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from connector.store import feeds, links, mentions, snapshots
from connector.store.engine import Store


def link(key: str = "c1", target: str = "p1", **more: Any) -> dict[str, Any]:
    source, there = ("crm", key, key.upper()), ("erp", target, target.upper())
    return links.row("customer", source, there, **{"at": 1.0, "origin": "created", **more})


def save(store: Store, *rows: dict[str, Any]) -> None:
    with store.transaction() as tx:
        links.save(store, tx, rows)


def find(store: Store, source: str, target: str, *keys: str) -> list[tuple[str, str, str]]:
    with store.reading() as tx:
        found = links.find(tx, "customer", source, target, list(keys))
    return sorted((row.here, row.there, row.number) for row in found)


def test_a_link_is_found_from_the_side_that_made_it(store: Store) -> None:
    save(store, link())
    assert find(store, "crm", "erp", "c1", "c2") == [("c1", "p1", "P1")]


def test_a_link_is_found_from_the_other_side_too(store: Store) -> None:
    save(store, link())
    assert find(store, "erp", "crm", "p1") == [("p1", "c1", "C1")]


def test_links_of_another_object_or_system_are_not_found(store: Store) -> None:
    save(store, link())
    assert find(store, "crm", "oa", "c1") == []
    with store.reading() as tx:
        assert links.find(tx, "material", "crm", "erp", ["c1"]) == []


def test_several_may_point_to_one_and_one_of_them_owns_it(store: Store) -> None:
    save(store, link("c1", "p1"), link("c2", "p1", owns=False))
    assert find(store, "crm", "erp", "c1", "c2") == [("c1", "p1", "P1"), ("c2", "p1", "P1")]
    assert find(store, "erp", "crm", "p1") == [("p1", "c1", "C1")]
    with store.reading() as tx:
        owner = links.owner_of(tx, "customer", "erp", "p1")
        assert owner is not None
        assert owner.source_key == "c1"
        assert links.owner_of(tx, "customer", "erp", "p2") is None


def test_a_record_may_have_a_counterpart_in_each_scope(store: Store) -> None:
    save(store, link("c1", "p1", scope="100"), link("c1", "p2", scope="200"))
    assert [there for _, there, _ in find(store, "crm", "erp", "c1")] == ["p1", "p2"]


def test_saving_again_changes_where_it_points_to(store: Store) -> None:
    save(store, link("c1", "p1"))
    save(store, link("c1", "p9"))
    assert find(store, "crm", "erp", "c1") == [("c1", "p9", "P9")]


def test_everything_about_a_record_is_found_in_either_role(store: Store) -> None:
    save(store, link("c1", "p1"), link("c2", "p2"))
    with store.reading() as tx:
        assert [row.target_key for row in links.about(tx, "customer", "crm", "c1")] == ["p1"]
        assert [row.source_key for row in links.about(tx, "customer", "erp", "p2")] == ["c2"]


def test_a_link_that_is_removed_is_gone_and_counted(store: Store) -> None:
    save(store, link("c1", "p1", scope="100"), link("c1", "p2", scope="200"), link("c2"))
    with store.transaction() as tx:
        assert links.remove(tx, "customer", "crm", "c1", "erp") == 2
        assert links.remove(tx, "customer", "crm", "c1", "erp") == 0
    assert find(store, "crm", "erp", "c1", "c2") == [("c2", "p1", "P1")]


def test_a_link_is_removed_from_either_side(store: Store) -> None:
    save(store, link("c1", "p1"), link("c2", "p2"))
    with store.transaction() as tx:
        assert links.remove(tx, "customer", "erp", "p1", "crm") == 1
    assert find(store, "crm", "erp", "c1", "c2") == [("c2", "p2", "P2")]


def test_a_link_tells_from_which_side_it_was_made(store: Store) -> None:
    save(store, link("c1", "p1"))
    with store.reading() as tx:
        assert [found.mine for found in links.find(tx, "customer", "crm", "erp", ["c1"])] == [1]
        assert [found.mine for found in links.find(tx, "customer", "erp", "crm", ["p1"])] == [0]


def test_a_link_needs_a_target(store: Store) -> None:
    with pytest.raises(IntegrityError):
        save(store, {**link(), "target_key": None})


def test_forgetting_a_connection_forgets_its_links_on_both_sides(store: Store) -> None:
    save(store, link("c1"))
    with store.transaction() as tx:
        feeds.save(store, tx, "erp", "unit", cursor="c")
        feeds.save(store, tx, "crm", "unit", cursor="c", flows='["f 1a", "g 2b"]')
        snapshots.save(store, tx, [snapshot("u1"), snapshot("u1", connection="crm")])
        feeds.forget_connection(tx, "erp", ["f"])
        assert feeds.cursor(tx, "erp", "unit") is None
        assert feeds.known_flows(tx, "crm", "unit") == ["g 2b"]
        assert [row.connection for row in snapshots.by_key(tx, ["erp", "crm"], "unit", "u1")] == [
            "crm"
        ]
    assert find(store, "crm", "erp", "c1") == []


# -- snapshots -----------------------------------------------------------------------------------


def snapshot(key: str, **columns: Any) -> dict[str, Any]:
    row = {"connection": "erp", "object": "unit", "key": key, "number": f"N{key}", "data": "{}"}
    return {**row, "raw_hash": "r", "shape": "s", **columns}


def keep(store: Store, *rows: dict[str, Any]) -> None:
    with store.transaction() as tx:
        for row in rows:
            snapshots.save(store, tx, [row])


def test_marks_and_whole_snapshots_are_by_key(store: Store) -> None:
    keep(store, snapshot("1", stamp="t"), snapshot("2"), snapshot("3", connection="crm"))
    with store.reading() as tx:
        assert {k: r.stamp for k, r in snapshots.marks(tx, "erp", "unit", list("123")).items()} == {
            "1": "t",
            "2": "",
        }
        assert snapshots.load(tx, "erp", "unit", ["2"])["2"].number == "N2"


def test_a_new_stamp_leaves_the_content_alone(store: Store) -> None:
    keep(store, snapshot("1", data='{"a": 1}'), snapshot("2"))
    with store.transaction() as tx:
        snapshots.restamp(tx, "erp", "unit", [("1", "t2", "s2", "r2")])
        one, two = (snapshots.load(tx, "erp", "unit", [k])[k] for k in "12")
    assert (one.stamp, one.shape, one.raw_hash) == ("t2", "s2", "r2")
    assert (dict(snapshots.data(one)), two.shape) == ({"a": 1}, "s")


def test_deleted_records_are_no_keys_and_no_numbers(store: Store) -> None:
    keep(store, snapshot("1", open=1), snapshot("2", deleted=1, open=1), snapshot("3"))
    with store.reading() as tx:
        assert sorted(snapshots.keys(tx, "erp", "unit")) == ["1", "3"]
        assert snapshots.open_keys(tx, "erp", "unit") == ["1"]
        assert [row.key for row in snapshots.by_number(tx, "unit", ["N1", "N2"])] == ["1"]


def test_people_find_a_record_by_its_number_or_its_key(store: Store) -> None:
    keep(store, snapshot("1"), snapshot("2"))
    with store.reading() as tx:
        assert sorted(snapshots.keys_of_numbers(tx, "erp", "unit", ["N1", "2"])) == ["1", "2"]


def test_a_walk_over_snapshots_sees_each_once(store: Store) -> None:
    keep(store, *(snapshot(key) for key in "cab"))
    with store.reading() as tx:
        first = [row.key for row in snapshots.walk(tx, "erp", "unit", "", 2)]
        rest = [row.key for row in snapshots.walk(tx, "erp", "unit", first[-1], 2)]
    assert (first, rest) == (["a", "b"], ["c"])


def test_rewinding_looks_at_every_record_again(store: Store) -> None:
    keep(store, snapshot("1"), snapshot("2", connection="crm"))
    with store.transaction() as tx:
        feeds.rewind(tx, "erp", "unit")
        assert snapshots.load(tx, "erp", "unit", ["1"])["1"].raw_hash == ""
        assert snapshots.load(tx, "crm", "unit", ["2"])["2"].raw_hash == "r"


def test_history_is_kept_in_its_order(store: Store) -> None:
    change = {"connection": "erp", "object": "unit", "key": "1", "diff": "{}"}
    with store.transaction() as tx:
        for kind in ("new", "changed", "deleted"):
            snapshots.log_changes(tx, [{**change, "kind": kind, "at": 1.0}])
        found = [row.kind for row in snapshots.history(tx, "erp", "unit", "1")]
    assert found == ["new", "changed", "deleted"]


def test_what_a_record_is_about_replaces_what_it_was_about_before(store: Store) -> None:
    with store.transaction() as tx:
        assert mentions.save(tx, "erp", "shipment", {"s1": ["SO1", "SO2", "SO1"]}) == {"SO1", "SO2"}
        assert mentions.save(tx, "erp", "shipment", {"s1": ["SO3"]}) == {"SO1", "SO2", "SO3"}
        assert mentions.subjects(tx, "erp", "shipment", ["s1"]) == {"SO3"}
