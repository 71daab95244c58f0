"""The reckoning: it must see what the witness does not look at, or it proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prove import reckoning
from tests.prove.suite import Evidence
from tests.system.company import SMALL
from tests.system.site import Site, opened, sold

OLD, NEW = "第000001版", "第000002版"


@pytest.fixture
def carried(tmp_path: Path) -> Iterator[tuple[Site, str]]:
    """An order whose bill shows what it should, and may still be edited."""
    with opened(tmp_path, SMALL, whole=True) as site:
        site.flow("orders", until="saved")
        number = site.order(sold("M1", 2, "10"), sold("M2", 3, "10"), remark=NEW)
        site.sync()
        yield site, number


def test_what_agrees_is_in_order(carried: tuple[Site, str]) -> None:
    site, _ = carried
    evidence = Evidence()
    assert reckoning.judge(site, evidence) == []
    assert (reckoning.agree(site), evidence.counts["ok"]) == (True, 1)


def test_an_older_remark_is_seen_by_itself_and_in_the_ledger(carried: tuple[Site, str]) -> None:
    site, number = carried
    site.in_erp("edit", number=number, fields={"FNote": OLD})
    assert reckoning.differ(site) == [f"{number} says {OLD}, not {NEW}"]
    assert reckoning.went_back(site) == [f"{number}: {OLD} after {NEW}"]


def test_rows_that_were_exchanged_are_seen_though_every_total_is_right(
    carried: tuple[Site, str],
) -> None:
    site, number = carried
    for seq, quantity in ((1, 3), (2, 2)):
        site.in_erp("edit_row", number=number, fields={"FQty": quantity}, seq=seq)
    assert not reckoning.witnessed(site).different
    assert reckoning.differ(site) == [f"rows of {number} differ"]


def test_a_bug_is_told_by_its_first_line() -> None:
    log = '{"event":"started"}\n{"event":"job_failed","job":"deliver"}\n{"event":"job_failed"}\n'
    assert reckoning.bugs(log) == ['{"event":"job_failed","job":"deliver"}']
