"""Reading: nothing is missed, whatever happens between two pages or two readings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.contract import Adapter
from connector.errors import AdapterError
from connector.testing.needs import AMOUNT, CHANGES, FULL, NUMBER, READS, TABLE, TEXT, needs
from connector.testing.remote import Remote
from connector.testing.suite import Suite

BREAKS = 8
"""Requests after which a reading is broken off, each in its turn."""


class ReadingAll(Suite):
    """What holds for every reading from the beginning."""

    @needs(READS)
    def test_every_record_is_read_once_from_nothing(self, remote: Remote, adapter: Adapter) -> None:
        self.some(remote, adapter, 5)
        found = self.read(remote, remote.connect(**remote.small))
        assert sorted(found.keys) == sorted(remote.held())

    @needs(READS)
    def test_what_was_written_a_moment_ago_is_in_this_reading_or_in_the_next(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        adapter.check()
        keys = self.some(remote, adapter, 3)
        pages = list(adapter.read(self.sample.shape, None))
        seen = {record.key for page in pages for record in page.records}
        if self.form(adapter).reads == "changes":
            cursors = [page.cursor for page in pages if page.cursor is not None]
            seen.update(self.read(remote, adapter, cursors[-1] if cursors else None).keys)
        assert seen >= set(keys)

    @needs(FULL, TEXT, Remote.edit)
    def test_a_whole_reading_shows_also_what_changes_meanwhile(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        keys = self.some(remote, adapter, 6)
        reader = remote.connect(**remote.small)
        self.later(remote, reader)
        seen: set[str] = set()
        for page in reader.read(self.sample.shape, None):
            if not seen:
                remote.pass_time(1)
                for key in keys:
                    remote.edit(key, self.sample.text, "meanwhile")
            seen.update(record.key for record in page.records)
        assert seen >= set(keys)

    @needs(READS, NUMBER)
    def test_a_record_shows_the_number_people_use(self, remote: Remote, adapter: Adapter) -> None:
        self.some(remote, adapter, 2)
        numbers = {record.key: record.number for record in self.read(remote, adapter).records}
        held = remote.held().items()
        assert numbers == {key: fields[self.sample.shape.number] for key, fields in held}

    @needs(READS, TABLE)
    def test_a_record_comes_with_all_its_rows(self, remote: Remote, adapter: Adapter) -> None:
        self.some(remote, adapter, 3)
        table, row_key = self.sample.table, self.sample.shape.tables[self.sample.table].key
        shown = {
            record.key: {str(row[row_key]) for row in record.fields[table]}
            for record in self.read(remote, remote.connect(**remote.small)).records
        }
        held = remote.held().items()
        assert shown == {key: {str(r[row_key]) for r in rec[table]} for key, rec in held}

    @needs(READS, Remote.delete)
    def test_a_deleted_record_is_in_no_new_reading(self, remote: Remote, adapter: Adapter) -> None:
        first, second = self.some(remote, adapter, 2)
        remote.delete(first)
        keys = self.read(remote, adapter).keys
        assert (first in keys, second in keys) == (False, True)

    @needs(READS, Remote.answer_status, Remote.heal)
    def test_a_reading_that_breaks_off_does_not_end_as_if_it_were_whole(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.some(remote, adapter, 5)
        everything = set(remote.held())
        reader = remote.connect(**remote.small)
        for after in range(BREAKS):
            remote.heal()
            self.later(remote, reader)
            remote.answer_status(503, after)
            seen: set[str] = set()
            try:
                for page in reader.read(self.sample.shape, None):
                    seen.update(record.key for record in page.records)
            except AdapterError:
                continue
            assert seen >= everything

    @needs(READS, TEXT, Remote.edit)
    def test_difficult_texts_are_read_as_they_stand(self, remote: Remote, adapter: Adapter) -> None:
        (key,) = self.some(remote, adapter, 1)
        for text in self.sample.texts:
            remote.edit(key, self.sample.text, text)
            assert self.shown(adapter, key).fields[self.sample.text] == text

    @needs(READS, Remote.edit, AMOUNT)
    def test_decimals_are_read_exactly(self, remote: Remote, adapter: Adapter) -> None:
        (key,) = self.some(remote, adapter, 1)
        for amount in self.sample.amounts:
            remote.edit(key, self.sample.amount, amount)
            shown = self.amount_of(self.shown(adapter, key).fields)
            assert not isinstance(shown, float)
            assert Decimal(str(shown)) == amount

    @needs(FULL)
    def test_a_form_that_is_read_whole_shows_everything_each_time(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.some(remote, adapter, 3)
        first = self.read(remote, adapter)
        assert sorted(self.read(remote, adapter).keys) == sorted(first.keys)


class ReadingChanges(Suite):
    """Reading by cursor."""

    @needs(CHANGES)
    def test_nothing_is_news_after_the_cursor(self, remote: Remote, adapter: Adapter) -> None:
        self.some(remote, adapter, 3)
        first = self.read(remote, adapter)
        assert self.read(remote, adapter, first.cursor).news == []

    @needs(CHANGES, TEXT, Remote.edit)
    def test_a_change_is_found_after_the_cursor(self, remote: Remote, adapter: Adapter) -> None:
        keys = self.some(remote, adapter, 3)
        first = self.read(remote, adapter)
        remote.edit(keys[1], self.sample.text, "changed")
        second = self.read(remote, adapter, first.cursor)
        assert second.news == [keys[1]]
        (record,) = (record for record in second.records if record.key == keys[1])
        assert record.fields[self.sample.text] == "changed"

    @needs(CHANGES, TEXT, Remote.edit)
    def test_a_change_gives_a_record_another_stamp(self, remote: Remote, adapter: Adapter) -> None:
        (key,) = self.some(remote, adapter, 1)
        before = self.shown(adapter, key).stamp
        remote.pass_time(2)
        remote.edit(key, self.sample.text, "changed")
        assert not before or self.shown(adapter, key).stamp != before

    @needs(CHANGES, Remote.add)
    def test_a_new_record_is_found_after_the_cursor(self, remote: Remote, adapter: Adapter) -> None:
        self.some(remote, adapter, 3)
        first = self.read(remote, adapter)
        key = remote.add()
        assert self.read(remote, adapter, first.cursor).news == [key]

    @needs(CHANGES, TABLE, AMOUNT, Remote.edit)
    def test_a_change_of_a_row_brings_its_record(self, remote: Remote, adapter: Adapter) -> None:
        if "/" not in self.sample.amount:
            pytest.skip("the sample's decimal field is no row's")
        keys = self.some(remote, adapter, 3)
        first = self.read(remote, adapter)
        remote.edit(keys[0], self.sample.amount, Decimal(7))
        second = self.read(remote, adapter, first.cursor)
        (record,) = (record for record in second.records if record.key == keys[0])
        assert self.amount_of(record.fields) == 7

    @needs(CHANGES)
    def test_reading_resumes_from_every_cursor_a_page_gave(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.some(remote, adapter, 5)
        whole = self.read(remote, remote.connect(**remote.small))
        another = remote.connect(**remote.small)
        for page, cursor in enumerate(whole.cursors):
            if cursor is not None:
                rest = self.read(remote, another, cursor)
                assert whole.until(page) | set(rest.keys) >= set(whole.keys)

    @needs(CHANGES, Remote.add_together)
    def test_records_of_one_stamp_are_all_found_across_pages(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.some(remote, adapter, 1)
        cursor = self.read(remote, adapter).cursor
        keys = set(remote.add_together(7))
        reader = remote.connect(**remote.small)
        whole = self.read(remote, reader, cursor)
        assert keys <= set(whole.keys)
        for page, middle in enumerate(whole.cursors):
            if middle is not None:
                rest = self.read(remote, reader, middle)
                assert keys <= whole.until(page) | set(rest.keys)

    @needs(CHANGES, TEXT, Remote.edit)
    def test_a_change_made_while_reading_is_not_lost(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        keys = self.some(remote, adapter, 6)
        reader = remote.connect(**remote.small)
        self.later(remote, reader)
        cursor: str | None = None
        shown: dict[str, Any] = {}
        for page in reader.read(self.sample.shape, None):
            cursor = page.cursor or cursor
            first = keys[0] not in shown
            shown |= {record.key: record.fields[self.sample.text] for record in page.records}
            if first and keys[0] in shown:
                remote.pass_time(1)
                remote.edit(keys[0], self.sample.text, "meanwhile")
        for record in self.read(remote, reader, cursor).records:
            shown[record.key] = record.fields[self.sample.text]
        assert shown[keys[0]] == "meanwhile"

    @needs(CHANGES, TEXT, Remote.edit)
    def test_no_cursor_runs_ahead_of_changes_made_while_reading(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        keys, text = self.some(remote, adapter, 6), self.sample.text
        reader = remote.connect(**remote.small)
        self.later(remote, reader)
        pages = reader.read(self.sample.shape, None)
        cursor = next(pages).cursor
        remote.pass_time(1)
        for key in keys:
            remote.edit(key, text, "meanwhile")
        broken_off = next(pages)
        last = {record.key: record.fields[text] for record in broken_off.records}
        cursor = broken_off.cursor or cursor
        another = remote.connect(**remote.small)
        for _ in range(2):
            rest = self.read(remote, another, cursor)
            cursor = rest.cursor
            last |= {record.key: record.fields[text] for record in rest.records}
        assert {key: last.get(key) for key in keys} == dict.fromkeys(keys, "meanwhile")

    @needs(CHANGES, TEXT, Remote.edit_late)
    def test_what_is_committed_late_is_found_inside_the_lookback(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        keys = self.some(remote, adapter, 3)
        remote.pass_time(2 * adapter.settings.lookback)
        cursor = self.read(remote, adapter).cursor
        remote.edit_late(keys[1], self.sample.text, "late", adapter.settings.lookback / 2)
        assert keys[1] in self.read(remote, adapter, cursor).keys

    @needs(CHANGES, TEXT, Remote.edit)
    def test_reading_does_without_a_lookback(self, remote: Remote, adapter: Adapter) -> None:
        keys = self.some(remote, adapter, 3)
        reader = remote.connect(lookback=0)
        first = self.read(remote, reader)
        remote.edit(keys[2], self.sample.text, "changed")
        assert self.read(remote, reader, first.cursor).keys == [keys[2]]
