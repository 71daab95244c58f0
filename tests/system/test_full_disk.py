"""A store that the disk has no room for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import event

from connector.store.engine import StoreUnavailable
from tests.system.site import Site


def test_a_full_disk_is_one_message_and_loses_nothing(site: Site) -> None:
    site.sync()
    site.restart()
    with closing(sqlite3.connect(site.directory / "connector.db")) as store:
        store.execute("pragma wal_checkpoint(truncate)")
    numbers = [site.order() for _ in range(30)]
    size = (site.directory / "connector.db").stat().st_size

    ran = site.cli("sync", largest_file=size)
    assert ran.code == 1
    assert len(ran.words) == 1, ran.err
    assert "nothing is lost" in ran.words[0]
    assert "Traceback" not in ran.err
    site.clock.advance(60)
    site.sync()
    site.clock.advance(60)
    site.sync()
    assert [len(site.bills(number)) for number in numbers] == [1] * 30


def test_a_store_that_fills_up_in_the_middle_doubles_nothing(site: Site) -> None:
    site.sync()
    numbers = [site.order(remark="长" * 80) for _ in range(60)]
    pages = [4]

    def limit(connection: Any, _: Any) -> None:
        count = connection.execute("pragma page_count").fetchone()[0]
        connection.execute(f"pragma max_page_count={count + pages[0]}")

    for _ in range(6):
        site.restart()
        event.listen(site.app.system.store.engine, "connect", limit)
        site.app.system.store.engine.dispose()
        try:
            site.sync()
        except StoreUnavailable:
            pages[0] += 4
        site.clock.advance(60)
    site.restart()
    for _ in range(3):
        site.clock.advance(700)
        site.sync()
    assert [len(site.bills(number)) for number in numbers] == [1] * 60
    assert pages[0] > 4
