"""The store is put back to an earlier state: what it has forgotten may stand in the target, and is
neither people's nor to be made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from connector.engine import restored
from connector.errors import OutcomeUnknown
from connector.messages import load
from connector.operations import overview, restoring
from connector.store import facts
from connector.store.tables import metadata
from tests.engine.factory import Site, failing, line

PutBack = Callable[[], None]
SETTLED = 200.0
"""Seconds after which safe mode goes on."""


def backed_up(shop: Site) -> PutBack:
    """What puts the store back as it is now, while nothing is started in between."""
    restored.begin(shop.system)
    with shop.system.store.reading() as tx:
        kept = {
            table: [dict(row._mapping) for row in tx.execute(select(table))]
            for table in metadata.sorted_tables
        }
    restored.grow_older(shop.system)

    def put_back() -> None:
        with shop.system.store.transaction() as tx:
            for table in reversed(metadata.sorted_tables):
                tx.execute(delete(table))
            for table, rows in kept.items():
                if rows:
                    tx.execute(insert(table), rows)
        restored.begin(shop.system)
        shop.clock.advance(SETTLED)

    return put_back


def orders(shop: Site, policies: str) -> None:
    shop.config = shop.config.replace("hold:", f"{policies}, hold:")
    shop.start()


def outcome(shop: Site) -> tuple[str, str]:
    row = shop.delivery()
    return row.state, row.reason


def quantities(shop: Site) -> list[Any]:
    return [row["qty"] for row in shop.bill().fields["rows"]]


def forget(shop: Site, before: Any, since: Any) -> None:
    """The store is backed up with one version delivered, and put back after another."""
    shop.order(**before)
    shop.sync()
    put_back = backed_up(shop)
    shop.order(**since)
    shop.sync()
    put_back()


def is_careful(shop: Site) -> bool:
    with shop.system.store.reading() as tx:
        return facts.restored_at(tx) is not None


def test_a_store_put_back_is_noticed_though_nothing_was_started_since(shop: Site) -> None:
    put_back = backed_up(shop)
    restored.begin(shop.system)
    assert not is_careful(shop)
    put_back()
    assert is_careful(shop)


def test_where_no_file_can_stand_beside_the_store_that_is_told_once(
    shop: Site, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = replace(shop.system, seen=shop.directory / "missing" / "store.age")
    restored.begin(nowhere)
    restored.grow_older(nowhere)
    assert [str(shop.directory) in record.getMessage() for record in caplog.records] == [True]
    restored.begin(nowhere)
    assert not is_careful(shop)


def test_what_was_changed_there_and_back_meanwhile_is_compared_with_the_target(shop: Site) -> None:
    orders(shop, "until: saved")
    forget(shop, {"note": "old"}, {"note": "forgotten"})
    shop.order(note="old")
    shop.sync()
    assert outcome(shop) == ("stopped", "conflict")
    assert "forgotten" in str(load(shop.delivery().detail))
    assert "--ours" in str(load(shop.delivery().detail))
    assert shop.bill().fields["note"] == "forgotten"


def test_whoever_says_that_ours_stands_has_decided_all_of_it(shop: Site) -> None:
    orders(shop, "until: saved")
    forget(
        shop,
        {"lines": [line("1")], "note": "old"},
        {"lines": [line("1"), line("2", qty="7")], "note": "forgotten"},
    )
    shop.order(lines=[line("1", qty="3")], note="old")
    shop.sync()
    assert outcome(shop) == ("stopped", "conflict")
    overview.retry(shop.system, shop.system.flows["orders"], ["o1"], "somebody", ours=True)
    shop.sync()
    assert outcome(shop) == ("in_sync", "")
    assert (shop.bill().fields["note"], quantities(shop)) == ("old", [3, 7])


def test_what_was_read_before_somebody_said_so_is_read_and_compared_once_more(shop: Site) -> None:
    orders(shop, "until: saved")
    shop.order(note="old")
    shop.sync()
    put_back = backed_up(shop)
    shop.order(note="forgotten")
    shop.sync()
    assert shop.system.seen is not None
    shop.system.seen.unlink()
    put_back()
    shop.order(note="old")
    shop.sync()
    assert outcome(shop) == ("in_sync", "")
    shop.clock.advance(1)
    restoring.say_restored(shop.system, "somebody")
    shop.clock.advance(SETTLED)
    shop.sync()
    assert outcome(shop) == ("stopped", "conflict")


def test_what_stands_there_as_it_should_needs_nobody(shop: Site) -> None:
    orders(shop, "until: saved")
    forget(shop, {"note": "old"}, {"note": "new"})
    count = shop.commits()
    shop.sync()
    assert outcome(shop) == ("in_sync", "")
    assert shop.commits() == count


def test_what_people_changed_after_that_is_theirs_again(shop: Site) -> None:
    orders(shop, "until: saved")
    shop.order()
    shop.sync()
    put_back = backed_up(shop)
    put_back()
    shop.order(date="2026-11-21")
    shop.sync()
    shop.erp.put("bill", {"note": "theirs"}, shop.bill().key)
    shop.order(date="2026-11-22")
    shop.sync()
    assert outcome(shop) == ("in_sync", "")
    assert shop.bill().fields["note"] == "theirs"


def test_what_it_has_forgotten_to_have_written_wins_over_nothing(shop: Site) -> None:
    orders(shop, "until: saved, on_conflict: theirs")
    forget(shop, {"note": "old"}, {"note": "forgotten"})
    shop.order(note="newest")
    shop.sync()
    assert outcome(shop) == ("stopped", "conflict")
    assert shop.bill().fields["note"] == "forgotten"


def test_a_row_that_it_has_forgotten_to_have_added_is_found_and_changed(shop: Site) -> None:
    orders(shop, "until: saved")
    forget(shop, {"lines": [line("1")]}, {"lines": [line("1"), line("2", qty="7")]})
    shop.sync()
    shop.order(lines=[line("1"), line("2", qty="8")])
    shop.sync()
    assert quantities(shop) == [2, 8]


def test_a_row_whose_forgotten_line_is_gone_waits_for_a_person_who_decides(shop: Site) -> None:
    orders(shop, "until: saved")
    forget(shop, {"lines": [line("1")]}, {"lines": [line("1"), line("2", qty="7")]})
    shop.order(lines=[line("1")], note="new")
    shop.sync()
    assert outcome(shop) == ("stopped", "conflict")
    assert "--ours" in str(load(shop.delivery().detail))
    assert quantities(shop) == [2, 7]
    shop.erp.put("bill", {"rows": shop.bill().fields["rows"][:1]}, shop.bill().key)
    shop.order(lines=[line("1")], note="newest")
    shop.sync()
    assert outcome(shop) == ("in_sync", "")
    assert (quantities(shop), shop.bill().fields["note"]) == ([2], "newest")


def test_a_bill_of_the_forgotten_time_is_not_taken_for_an_attempt_of_before(shop: Site) -> None:
    orders(shop, "until: saved")
    shop.sync()
    shop.erp.trouble = failing(OutcomeUnknown("no answer"))
    shop.order(lines=[line("1", qty="1")], note="old")
    shop.sync()
    put_back = backed_up(shop)
    shop.clock.advance(SETTLED)
    shop.order(lines=[line("1", qty="1"), line("2", qty="2")], note="forgotten")
    shop.sync()
    shop.sync()
    assert quantities(shop) == [1, 2]
    put_back()
    shop.order(lines=[line("1", qty="1"), line("2", qty="3")], note="newest")
    shop.sync()
    shop.sync()
    assert outcome(shop) == ("in_sync", "")
    assert (quantities(shop), shop.bill().fields["note"]) == ([1, 3], "newest")


def test_nor_for_one_of_after_it_that_was_never_sent(shop: Site) -> None:
    orders(shop, "until: saved, on_conflict: theirs")
    shop.sync()
    put_back = backed_up(shop)
    shop.order(note="forgotten")
    shop.sync()
    put_back()
    shop.erp.trouble = failing(OutcomeUnknown("it ends here"), when="read")
    shop.order(note="new")
    shop.sync()
    shop.clock.advance(SETTLED)
    shop.order(note="newest")
    shop.sync()
    shop.sync()
    assert outcome(shop) == ("in_sync", "")
    assert shop.bill().fields["note"] == "newest"


def test_a_look_at_an_attempt_of_before_leaves_the_rest_unsure(shop: Site) -> None:
    orders(shop, "until: saved")
    shop.order(note="old")
    shop.sync()
    shop.erp.trouble = failing(OutcomeUnknown("no answer"))
    shop.order(note="old", date="2026-11-22")
    shop.sync()
    put_back = backed_up(shop)
    shop.clock.advance(SETTLED)
    shop.order(note="forgotten", date="2026-11-22")
    shop.sync()
    shop.sync()
    assert shop.bill().fields["note"] == "forgotten"
    put_back()
    shop.order(note="old", date="2026-11-22")
    shop.sync()
    shop.sync()
    assert outcome(shop) == ("stopped", "conflict")


@pytest.mark.parametrize("policy", ["until: saved", "until: audited"])
def test_a_bill_that_it_has_forgotten_to_have_cancelled_is_not_taken_for_done(
    shop: Site, policy: str
) -> None:
    orders(shop, f"{policy}, gone: cancel")
    shop.sync()
    put_back = backed_up(shop)
    shop.order()
    shop.sync()
    shop.order(status="cancelled")
    shop.sync()
    assert shop.bill().cancelled
    put_back()
    shop.order(status="confirmed")
    for _ in range(3):
        shop.sync()
    assert outcome(shop) == ("stopped", "conflict")
