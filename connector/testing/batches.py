"""Several records in one call, one outcome each."""

from __future__ import annotations

import pytest

from connector.contract import Adapter, Write, Written
from connector.errors import OutcomeUnknown, Rejected
from connector.testing.needs import BATCH, CREATE, REFUSED, STEPS, UPDATE, needs
from connector.testing.remote import Remote
from connector.testing.suite import Suite

MOST = 5
"""Records in a batch, or as many as the adapter takes."""


class Batches(Suite):
    """`write_many`."""

    @needs(CREATE, BATCH)
    def test_a_batch_has_one_outcome_per_write_in_order(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        writes = self._batch(adapter)
        outcomes = [self._written(outcome) for outcome in adapter.write_many(writes)]
        assert len(outcomes) == len(writes)
        held = remote.held()
        number = self.sample.shape.number
        for write, written in zip(writes, outcomes, strict=True):
            name, mark = write.reference or (number, write.fields[number])
            assert held[written.key][name] == mark

    @needs(CREATE, BATCH)
    def test_each_record_of_a_batch_has_its_own_row_keys(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        if not (table := self.sample.table):
            pytest.skip(f"{self.sample.shape.form} has no rows")
        row_key = self.sample.shape.tables[table].key
        for outcome in adapter.write_many(self._batch(adapter)):
            written = self._written(outcome)
            held = {str(row[row_key]) for row in remote.held()[written.key][table]}
            assert set(written.line_keys[table].values()) == held

    @needs(CREATE, BATCH, STEPS)
    def test_a_batch_is_taken_along_its_steps(self, remote: Remote, adapter: Adapter) -> None:
        last = self.form(adapter).steps[-1]
        outcomes = list(adapter.write_many(self._batch(adapter, until=last)))
        assert [self._written(outcome).step for outcome in outcomes] == [last] * len(outcomes)

    @needs(CREATE, BATCH, REFUSED)
    def test_one_bad_record_does_not_take_the_others_along(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        assert self.sample.refused is not None
        before = set(remote.held())
        good = [self.new(adapter, tag) for tag in ("B1", "B3")]
        first, bad, last = adapter.write_many([good[0], self.sample.refused("B2"), good[1]])
        assert isinstance(bad, Rejected)
        keys = {self._written(first).key, self._written(last).key}
        assert set(remote.held()) - before == keys

    @needs(CREATE, UPDATE, BATCH)
    def test_new_and_known_records_may_stand_in_one_batch(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        key, text = self.one(remote, adapter), self.sample.text
        change = self.change(adapter, key, fields={text: "ours"})
        new = [self.new(adapter, tag) for tag in ("B1", "B2")]
        first, second, third = map(self._written, adapter.write_many([new[0], change, new[1]]))
        assert second.key == key
        assert remote.held()[key][text] == "ours"
        assert len({first.key, second.key, third.key}) == 3

    @needs(CREATE, BATCH, Remote.lose_answer)
    def test_a_batch_whose_answer_is_lost_is_unknown_and_not_repeated(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        before = len(remote.held())
        writes = self._batch(adapter)
        remote.lose_answer()
        outcomes = list(adapter.write_many(writes))
        unknown = [outcome for outcome in outcomes if isinstance(outcome, OutcomeUnknown)]
        assert len(outcomes) == len(writes)
        assert unknown
        assert len(remote.held()) - before <= len(writes)

    def test_an_empty_batch_is_nothing(self, adapter: Adapter) -> None:
        assert list(adapter.write_many([])) == []

    def _batch(self, adapter: Adapter, **more: str) -> list[Write]:
        count = min(MOST, self.form(adapter).batch)
        return [self.new(adapter, f"B{place}", **more) for place in range(count)]

    def _written(self, outcome: object) -> Written:
        assert isinstance(outcome, Written), repr(outcome)
        return outcome
