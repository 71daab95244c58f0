"""The same readers of changes over a PostgreSQL, with transactions that are really open."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import rule

from tests.conformance import sql_remote as databases
from tests.conformance.test_nothing_is_missed import LATEST, PLACES, Readings, readings


class Committing(Readings):
    """What somebody has begun is stamped, and unseen until it is committed."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: dict[str, Any] = {}
        """Open transactions, by the key of the record that they hold."""
        self.waited = 0.0
        """Seconds since the first of them began."""

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self._commit()
            self.remote.stop()

    @rule(data=st.data())
    def somebody_begins(self, data: st.DataObject) -> None:
        if key := self._some(data):
            self.edits += 1
            self.begun[key] = self.remote.begin(key, self.sample.text, f"edit {self.edits}")

    @rule()
    def all_commit(self) -> None:
        self._commit()

    @rule(seconds=st.sampled_from([0.3, 1, 7, 61, 240]))
    def time_passes(self, seconds: float) -> None:
        """No transaction stays open for longer than the lookback reaches."""
        if self.begun and self.waited + seconds > LATEST:
            self._commit()
        self.waited += seconds if self.begun else 0
        self.remote.pass_time(seconds)

    @rule(begun=st.booleans(), rows=PLACES, heads=PLACES, pages=st.integers(0, 4))
    def much_happens_in_a_pause(
        self, begun: bool, rows: set[int], heads: set[int], pages: int
    ) -> None:
        self._commit()
        super().much_happens_in_a_pause(begun, rows, heads, 1, pages)

    @rule()
    def all_agree(self) -> None:
        self._commit()
        super().all_agree()

    def _commit(self) -> None:
        for transaction in self.begun.values():
            transaction.commit()
            transaction.close()
        self.begun, self.waited = {}, 0.0

    def _some(self, data: st.DataObject) -> str | None:
        """Nobody waits for a record that somebody else holds."""
        keys = sorted(self.remote.held().keys() - self.begun.keys())
        return data.draw(st.sampled_from(keys)) if keys else None


class Stamped(databases.Bills):
    def __init__(self, sample: Any) -> None:
        super().__init__(ERP[0])


class Versioned(databases.VersionedBills):
    def __init__(self, sample: Any) -> None:
        super().__init__(ERP[0])

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        """A version is never late by itself: only what is not committed is."""
        self.edit(key, field, value)


ERP: list[databases.Erp] = []


@pytest.fixture(scope="module", autouse=True)
def running(erp: databases.Erp) -> None:
    """The machines make their handles themselves."""
    ERP[:] = [erp]


TestByTime = readings(Stamped, databases.BILLS, 10, Committing)
TestByVersion = readings(Versioned, databases.BILLS, 10, Committing)
