"""Steps and checks: as far as asked, never further, and never saved twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.contract import Adapter, Write, Written
from connector.errors import HalfDone, OutcomeUnknown
from connector.testing.needs import AMOUNT, CREATE, STEPS, UPDATE, needs
from connector.testing.remote import Remote
from connector.testing.suite import Suite

ABSURD = (Decimal(987_654_321), Decimal(0))
"""No sample's amount."""


class Steps(Suite):
    """Records that go through several states."""

    @needs(CREATE, STEPS, Remote.step_of)
    def test_steps_are_taken_up_to_until_and_no_further(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        for step in self.form(adapter).steps:
            written = self.created(adapter, step, until=step)
            assert (written.step, written.awaits) == (step, "")
            assert remote.step_of(written.key) == step

    @needs(CREATE, STEPS, Remote.saves)
    def test_a_saved_record_is_taken_further_without_saving_again(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        written, last = self.created(adapter, "S1"), self.form(adapter).steps[-1]
        before = remote.saves()
        again = adapter.write(self.change(adapter, written.key, until=last))
        assert (again.key, again.step) == (written.key, last)
        assert remote.saves() == before

    @needs(CREATE, STEPS, Remote.saves)
    def test_a_record_that_is_done_is_left_alone(self, remote: Remote, adapter: Adapter) -> None:
        last = self.form(adapter).steps[-1]
        key = self.created(adapter, "S1", until=last).key
        before = (remote.held(), remote.saves())
        assert adapter.write(self.change(adapter, key, until=last)).step == last
        assert (remote.held(), remote.saves()) == before

    @needs(CREATE, UPDATE, STEPS)
    def test_a_change_and_the_steps_left_go_in_one_write(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        key, last = self.created(adapter, "S1").key, self.form(adapter).steps[-1]
        write = self.change(adapter, key, fields={self.sample.text: "ours"}, until=last)
        assert adapter.write(write).step == last
        assert remote.held()[key][self.sample.text] == "ours"

    @needs(CREATE, AMOUNT)
    def test_an_amount_as_expected_goes_through(self, remote: Remote, adapter: Adapter) -> None:
        write = self._to_the_end(adapter, "E1")
        key = adapter.write(self._to_the_end(adapter, "E0")).key
        value = Decimal(str(self.amount_of(remote.held()[key])))
        expect = {self.amount_path(write): (value, Decimal(0))}
        assert adapter.write(replace(write, expect=expect)).step == write.until

    @needs(CREATE, AMOUNT)
    def test_an_amount_beyond_tolerance_is_half_done(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        write = self._to_the_end(adapter, "E1")
        before = set(remote.held())
        written = self._half_done(adapter, replace(write, expect={self.amount_path(write): ABSURD}))
        assert set(remote.held()) - before == {written.key}

    @needs(CREATE, AMOUNT, STEPS, Remote.step_of, Remote.saves)
    def test_an_amount_beyond_tolerance_stops_before_the_next_step(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        write, steps = self._to_the_end(adapter, "E1"), self.form(adapter).steps
        written = self._half_done(adapter, replace(write, expect={self.amount_path(write): ABSURD}))
        assert (written.step, remote.step_of(written.key)) == (steps[0], steps[0])
        before = remote.saves()
        again = adapter.write(self.change(adapter, written.key, until=steps[-1]))
        assert again.step == remote.step_of(written.key) == steps[-1]
        assert remote.saves() == before

    @needs(CREATE, AMOUNT)
    def test_a_half_done_record_tells_what_is_known_of_it(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        write, shape = self._to_the_end(adapter, "E1"), self.sample.shape
        written = self._half_done(adapter, replace(write, expect={self.amount_path(write): ABSURD}))
        assert not shape.number or written.number == remote.held()[written.key][shape.number]
        for table, change in write.tables.items():
            assert set(written.line_keys[table]) == {row.line for row in change.rows}

    @needs(CREATE, STEPS, Remote.lose_step, Remote.saves)
    def test_a_step_whose_answer_is_lost_leaves_the_record_half_done(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        last = self.form(adapter).steps[-1]
        remote.lose_step(last)
        with pytest.raises(HalfDone) as caught:
            adapter.write(self._to_the_end(adapter, "E1"))
        assert isinstance(caught.value.cause, OutcomeUnknown)
        assert isinstance(caught.value.written, Written)
        before = remote.saves()
        key = caught.value.written.key
        assert adapter.write(self.change(adapter, key, until=last)).step == last
        assert remote.saves() == before

    def _to_the_end(self, adapter: Adapter, tag: str) -> Write:
        steps = self.form(adapter).steps
        return self.new(adapter, tag, until=steps[-1] if steps else "")

    def _half_done(self, adapter: Adapter, write: Write) -> Written:
        with pytest.raises(HalfDone) as caught:
            adapter.write(write)
        assert isinstance(caught.value.written, Written)
        return caught.value.written
