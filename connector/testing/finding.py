"""Fetch by key, find by our mark: what is asked for, all of it, and nothing else."""

from __future__ import annotations

from contextlib import suppress

import pytest

from connector.contract import Adapter
from connector.errors import AlreadyExists, OutcomeUnknown, Rejected
from connector.testing.needs import CANCEL, CREATE, SEARCH, STEPS, TEXT, needs
from connector.testing.remote import Remote
from connector.testing.suite import Suite

INJECTIONS = (
    "' or '1'='1",
    "x' or 1=1 --",
    '" or ""="',
    "%",
    "_",
    "*",
    ".*",
    "",
    "'",
    "\\",
    "x','y",
    "x)) or ((1=1",
)
"""Values that find everything where a filter is put together from text."""


class Finding(Suite):
    """Looking records up."""

    def test_fetch_gives_the_records_asked_for(self, remote: Remote, adapter: Adapter) -> None:
        keys = self.some(remote, adapter, 3)
        shape = self.sample.shape
        assert {record.key for record in adapter.fetch(shape, keys[:2])} == set(keys[:2])

    @needs(TEXT)
    def test_fetch_shows_records_as_they_are_held(self, remote: Remote, adapter: Adapter) -> None:
        (key,) = self.some(remote, adapter, 1)
        text = self.sample.text
        assert (self.shown(adapter, key).fields.get(text) or "") == (remote.held()[key][text] or "")

    @needs(Remote.delete)
    def test_fetch_leaves_out_keys_that_are_not_there(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        first, second = self.some(remote, adapter, 2)
        remote.delete(first)
        found = adapter.fetch(self.sample.shape, [first, second])
        assert [record.key for record in found] == [second]

    def test_fetching_nothing_finds_nothing(self, adapter: Adapter) -> None:
        assert list(adapter.fetch(self.sample.shape, [])) == []

    @needs(CREATE, SEARCH)
    def test_a_record_is_found_by_our_mark(self, remote: Remote, adapter: Adapter) -> None:
        key = self.created(adapter, "R1").key
        (record,) = self.found(remote, adapter, self.mark("R1"))
        assert record.key == key
        assert record.fields[self.sample.reference] == self.mark("R1")

    @needs(CREATE, SEARCH)
    def test_a_mark_that_nobody_carries_finds_nothing(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.created(adapter, "R1")
        assert self.found(remote, adapter, self.mark("R2")) == []

    @needs(CREATE, SEARCH)
    def test_several_marks_are_looked_up_at_once(self, remote: Remote, adapter: Adapter) -> None:
        keys = {self.created(adapter, f"R{place}").key for place in range(3)}
        marks = [self.mark(f"R{place}") for place in (0, 1, 2, 9)]
        assert {record.key for record in self.found(remote, adapter, *marks)} == keys

    @needs(CREATE, SEARCH)
    def test_only_an_equal_mark_is_found(self, remote: Remote, adapter: Adapter) -> None:
        key = self.created(adapter, "R1").key
        self.created(adapter, "R11")
        mark = self.mark("R1")
        similar = [mark.swapcase(), mark[:-1], mark + "%", f" {mark}", mark.replace("1", "_")]
        assert self.found(remote, adapter, *similar) == []
        assert [record.key for record in self.found(remote, adapter, mark)] == [key]

    @needs(CREATE, SEARCH)
    def test_a_value_with_quotes_or_patterns_finds_nothing_else(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.created(adapter, "R1")
        for value in (*INJECTIONS, self.mark("R1") + "' or '1'='1"):
            with suppress(Rejected):
                assert self.found(remote, adapter, value) == []

    @needs(CREATE, SEARCH, CANCEL)
    def test_a_cancelled_record_is_still_found(self, remote: Remote, adapter: Adapter) -> None:
        key = self.to_end(remote, adapter)
        adapter.write(self.change(adapter, key, verb="cancel"))
        found = self.found(remote, adapter, self.mark("ONE"))
        assert [record.key for record in found] == [key]

    @needs(CREATE, SEARCH, STEPS)
    def test_a_record_is_found_at_every_step(self, remote: Remote, adapter: Adapter) -> None:
        for step in self.form(adapter).steps:
            key = self.created(adapter, step, until=step).key
            found = self.found(remote, adapter, self.mark(step))
            assert [record.key for record in found] == [key]

    @needs(CREATE, SEARCH)
    def test_what_carries_our_mark_twice_is_found_twice(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        first = self.new(adapter, "R1")
        for write in (first, self.new(adapter, "R2", reference=first.reference)):
            with suppress(AlreadyExists, Rejected, OutcomeUnknown):
                adapter.write(write)
        mark = self.mark("R1")
        held = remote.held().items()
        keys = {key for key, fields in held if fields.get(self.sample.reference) == mark}
        if len(keys) < 2:
            pytest.skip("the remote takes no second record with our mark")
        assert {record.key for record in self.found(remote, adapter, mark)} == keys
