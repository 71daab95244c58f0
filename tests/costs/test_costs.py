"""What is measured is what was done, and the loop does all of it."""

from __future__ import annotations

from tests.costs import over_http
from tests.costs.measured import BATCH


def test_a_row_is_about_as_many_records_and_calls_as_there_were() -> None:
    written, read = over_http.rows("espocrm", 30, BATCH + 50)
    assert (written.records, written.calls) == (30, 30)
    assert (read.records, read.calls) == (BATCH + 50, 1)
    assert read.peaks is not None
    for row in (written, read):
        assert min(row.bare.own, row.bare.wall, row.ours.own, row.ours.wall) > 0


def test_the_loop_asks_again_what_was_asked_and_reads_what_was_answered() -> None:
    kind, sample = over_http.SYSTEMS["espocrm"]
    with kind.running(sample) as remote:
        adapter = remote.connect()
        wire = over_http.Wire(adapter)
        adapter.check()
        wire.let_go(adapter)
        adapter.check()
    over_http.loop(wire.calls)
    assert [(call.status, bool(call.body)) for call in wire.calls] == [(200, True)]
