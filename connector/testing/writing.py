"""Writing: what is said to be written is there, and nothing else was touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connector.contract import Adapter, RowWrite, TableWrite, Write
from connector.errors import AlreadyExists, Conflict, Gone, Rejected
from connector.testing.needs import (
    AMOUNT,
    CANCEL,
    CLOSE,
    CREATE,
    NUMBER,
    REFERENCE,
    REFUSED,
    ROWS,
    STEPS,
    TABLE,
    TEXT,
    UNIQUE,
    UPDATE,
    VOID,
    needs,
)
from connector.testing.remote import Remote
from connector.testing.suite import Suite


class Writing(Suite):
    """One record at a time."""

    # -- creating ---------------------------------------------------------------------------

    @needs(CREATE)
    def test_a_created_record_is_there_under_its_key(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        before = set(remote.held())
        written = self.created(adapter, "W1")
        assert set(remote.held()) - before == {written.key}
        assert self.shown(adapter, written.key).key == written.key

    @needs(CREATE, NUMBER)
    def test_a_created_record_is_answered_with_its_number(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        numbered = self.sample.numbered
        written = self.created(adapter, "0007", **({"until": numbered} if numbered else {}))
        assert written.number
        assert written.number == remote.held()[written.key][self.sample.shape.number]

    @needs(CREATE, REFERENCE)
    def test_a_created_record_carries_our_mark(self, remote: Remote, adapter: Adapter) -> None:
        written = self.created(adapter, "W1")
        assert remote.held()[written.key][self.sample.reference] == self.mark("W1")

    @needs(CREATE, TABLE)
    def test_every_new_row_is_answered_with_its_key_by_the_source_s_line(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        written, table = self.created(adapter, "W1"), self.sample.table
        assert set(written.line_keys.get(table, {})) == {"a", "b"}
        row_key = self.sample.shape.tables[table].key
        held = [str(row[row_key]) for row in remote.held()[written.key][table]]
        assert [written.line_keys[table][line] for line in "ab"] == held

    @needs(CREATE)
    def test_what_is_shown_after_a_write_is_what_a_fetch_shows(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        written = self.created(adapter, "W1")
        if written.shown is None:
            pytest.skip("the adapter does not show what it has written")
        fetched = self.shown(adapter, written.key).fields
        assert written.shown.key == written.key
        for name in set(written.shown.fields) - set(self.sample.shape.tables):
            assert written.shown.fields[name] == fetched[name]

    @needs(CREATE, TEXT)
    def test_difficult_texts_are_written_as_they_are(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        for place, text in enumerate(self.sample.texts):
            write = self.new(adapter, f"T{place}")
            write = replace(write, fields={**write.fields, self.sample.text: text})
            key = adapter.write(write).key
            assert remote.held()[key][self.sample.text] == text
            assert self.shown(adapter, key).fields[self.sample.text] == text

    @needs(CREATE, AMOUNT)
    def test_decimals_are_written_exactly(self, remote: Remote, adapter: Adapter) -> None:
        for place, amount in enumerate(self.sample.amounts):
            write = self.with_amount(self.new(adapter, f"D{place}"), amount)
            key = adapter.write(write).key
            assert Decimal(str(self.amount_of(remote.held()[key]))) == amount
            assert self.amount_of(self.shown(adapter, key).fields) == amount

    @needs(CREATE, REFUSED)
    def test_a_refused_record_is_rejected_with_the_remote_s_own_words(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        assert self.sample.refused is not None
        before = remote.held()
        with pytest.raises(Rejected) as caught:
            adapter.write(self.sample.refused("W1"))
        assert self.sample.refusal in str(caught.value)
        assert remote.held() == before

    @needs(CREATE, NUMBER, UNIQUE, Remote.add)
    def test_a_record_of_other_people_with_our_number_already_exists(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        write = self.new(adapter, "W1")
        theirs = remote.add(str(write.fields[self.sample.shape.number]))
        before = remote.held()
        with pytest.raises(AlreadyExists) as caught:
            adapter.write(write)
        assert caught.value.key in ("", theirs)
        assert remote.held() == before

    # -- changing ---------------------------------------------------------------------------

    @needs(UPDATE)
    def test_an_update_changes_only_what_it_names(self, remote: Remote, adapter: Adapter) -> None:
        key, text = self.one(remote, adapter), self.sample.text
        before = remote.held()[key]
        written = adapter.write(self.change(adapter, key, fields={text: "ours"}))
        assert written.key == key
        assert remote.held()[key] == {**before, text: "ours"}

    @needs(UPDATE)
    def test_an_update_leaves_other_records_alone(self, remote: Remote, adapter: Adapter) -> None:
        key = self.one(remote, adapter)
        self.some(remote, adapter, 2)
        others = {other: held for other, held in remote.held().items() if other != key}
        adapter.write(self.change(adapter, key, fields={self.sample.text: "ours"}))
        assert {k: held for k, held in remote.held().items() if k != key} == others

    @needs(UPDATE)
    def test_an_update_may_be_repeated(self, remote: Remote, adapter: Adapter) -> None:
        key = self.one(remote, adapter)
        write = self.change(adapter, key, fields={self.sample.text: "ours"})
        adapter.write(write)
        once = remote.held()
        adapter.write(write)
        assert remote.held() == once

    @needs(UPDATE)
    def test_an_update_may_empty_a_field(self, remote: Remote, adapter: Adapter) -> None:
        key, text = self.one(remote, adapter), self.sample.text
        adapter.write(self.change(adapter, key, fields={text: "ours"}))
        adapter.write(self.change(adapter, key, fields={text: None}))
        assert not (remote.held()[key].get(text) or "").strip()

    @needs(UPDATE, Remote.delete)
    def test_an_update_of_a_deleted_record_is_gone(self, remote: Remote, adapter: Adapter) -> None:
        key = self.one(remote, adapter)
        remote.delete(key)
        before = remote.held()
        with pytest.raises(Gone):
            adapter.write(self.change(adapter, key, fields={self.sample.text: "ours"}))
        assert remote.held() == before

    # -- rows -------------------------------------------------------------------------------

    @needs(CREATE, UPDATE, TABLE, ROWS)
    def test_a_row_is_added_and_the_others_stay(self, remote: Remote, adapter: Adapter) -> None:
        made, table = self.created(adapter, "W1"), self.sample.table
        before = remote.held()[made.key][table]
        written = adapter.write(self._rows(adapter, made.key, rows=[self._row("c")]))
        after = remote.held()[made.key][table]
        assert set(written.line_keys[table]) == {"c"}
        assert [row for row in after if row in before] == before
        assert self._keys(after) == [*self._keys(before), written.line_keys[table]["c"]]

    @needs(CREATE, UPDATE, TABLE, ROWS, AMOUNT)
    def test_a_row_is_changed_by_its_key(self, remote: Remote, adapter: Adapter) -> None:
        name = self.sample.amount.rpartition("/")[2]
        if "/" not in self.sample.amount:
            pytest.skip("the sample's decimal field is no row's")
        made, table = self.created(adapter, "W1"), self.sample.table
        first, second = (made.line_keys[table][line] for line in "ab")
        changed = RowWrite("b", second, {name: Decimal(7)})
        adapter.write(self._rows(adapter, made.key, rows=[changed]))
        rows = {self._key(row): row for row in remote.held()[made.key][table]}
        assert list(rows) == [first, second]
        assert Decimal(str(rows[second][name])) == 7
        assert Decimal(str(rows[first][name])) != 7

    @needs(CREATE, UPDATE, TABLE, ROWS)
    def test_a_row_is_dropped_by_its_key_and_the_others_stay(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        made, table = self.created(adapter, "W1"), self.sample.table
        first, second = (made.line_keys[table][line] for line in "ab")
        adapter.write(self._rows(adapter, made.key, drop=[first]))
        assert self._keys(remote.held()[made.key][table]) == [second]

    @needs(CREATE, UPDATE, TABLE, ROWS)
    def test_an_update_of_the_head_leaves_the_rows_alone(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        made, table = self.created(adapter, "W1"), self.sample.table
        before = remote.held()[made.key][table]
        adapter.write(self.change(adapter, made.key, fields={self.sample.text: "ours"}))
        assert remote.held()[made.key][table] == before

    # -- ending -----------------------------------------------------------------------------

    @needs(CANCEL, Remote.is_cancelled)
    def test_a_cancelled_record_is_void(self, remote: Remote, adapter: Adapter) -> None:
        key = self.to_end(remote, adapter)
        assert adapter.write(self.change(adapter, key, verb="cancel")).key == key
        assert remote.is_cancelled(key)

    @needs(VOID, STEPS)
    def test_a_cancelled_record_is_not_taken_for_done(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        """A store that was put back has forgotten that it cancelled it."""
        key = self.to_end(remote, adapter)
        adapter.write(self.change(adapter, key, verb="cancel"))
        with pytest.raises(Conflict):
            adapter.write(self.change(adapter, key))

    @needs(CANCEL)
    def test_cancelling_twice_does_no_harm(self, remote: Remote, adapter: Adapter) -> None:
        key = self.to_end(remote, adapter)
        adapter.write(self.change(adapter, key, verb="cancel"))
        once = remote.held()
        assert adapter.write(self.change(adapter, key, verb="cancel")).key == key
        assert remote.held() == once

    @needs(CANCEL, Remote.delete)
    def test_cancelling_a_deleted_record_is_gone(self, remote: Remote, adapter: Adapter) -> None:
        key = self.one(remote, adapter)
        remote.delete(key)
        with pytest.raises(Gone):
            adapter.write(self.change(adapter, key, verb="cancel"))

    @needs(CREATE, CLOSE)
    def test_closing_twice_does_no_harm(self, remote: Remote, adapter: Adapter) -> None:
        steps = self.form(adapter).steps
        key = self.created(adapter, "W1", until=steps[-1] if steps else "").key
        adapter.write(self.change(adapter, key, verb="close"))
        once = remote.held()
        assert adapter.write(self.change(adapter, key, verb="close")).key == key
        assert remote.held() == once

    # -- verbs ------------------------------------------------------------------------------

    def _row(self, line: str) -> RowWrite:
        assert self.sample.row is not None
        return self.sample.row(line)

    def _rows(
        self, adapter: Adapter, key: str, rows: Sequence[RowWrite] = (), drop: Sequence[str] = ()
    ) -> Write:
        change = TableWrite(rows, drop)
        return self.change(adapter, key, tables={self.sample.table: change})

    def _key(self, row: Mapping[str, Any]) -> str:
        return str(row[self.sample.shape.tables[self.sample.table].key])

    def _keys(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        return [self._key(row) for row in rows]
