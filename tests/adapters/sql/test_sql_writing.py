"""Writing into a PostgreSQL: in one transaction, where the settings say so, for an importer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.contract import RowWrite, TableWrite, Write
from connector.errors import (
    AlreadyExists,
    Awaiting,
    Changed,
    Conflict,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from tests.conformance.sql_remote import SHAPE, Bills, ImportedBills, bill
from tests.conformance.sqlite_remote import SqliteBills
from tests.database import USER

AUDITED = {"until": "audited"}
TAKEN = {"state": "done", "no": "XSDD-1"}


def changed(key: str, **fields: Any) -> Write:
    return Write("bill", key, fields, number="no", show=SHAPE, **AUDITED)


# -- where it may write -----------------------------------------------------------------------


def test_nothing_is_written_into_a_table_that_the_settings_do_not_name(bills: Bills) -> None:
    with pytest.raises(Rejected, match="do not let us write into bill"):
        bills.connect(forms={"bill": {"stamp": "changed_at"}}).write(bill("1"))
    lines = {"bill": {"write": True}, "line": {}}
    with pytest.raises(Rejected, match="do not let us write into line"):
        bills.connect(forms=lines).write(bill("1"))
    assert bills.held() == {}


def test_a_reading_can_write_nothing(bills: Bills) -> None:
    with (
        pytest.raises(Exception, match="read-only transaction"),
        bills.connect()._client.reading() as connection,  # type: ignore[attr-defined]
    ):
        connection.exec_driver_sql("delete from bill")


# -- one transaction --------------------------------------------------------------------------


def test_a_connection_that_ends_just_after_its_use_costs_one_failure_and_writes_nothing(
    bills: Bills,
) -> None:
    adapter = bills.connect()
    adapter.write(bill("1"))
    bills.ask("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", USER)
    with pytest.raises((Unreachable, Transient)):
        adapter.write(bill("2"))
    adapter.write(bill("2"))
    assert sorted(held["no"] for held in bills.held().values()) == ["1", "2"]


def test_a_record_whose_row_is_refused_is_not_there_at_all(bills: Bills) -> None:
    rows = TableWrite([RowWrite("a", "", {"goods": "far too long a name"})])
    with pytest.raises(Rejected):
        bills.connect().write(replace(bill("1"), tables={"line": rows}))
    assert bills.held() == {}


def test_a_change_onto_a_row_that_is_gone_is_looked_at_again(bills: Bills) -> None:
    key = bills.add()
    rows = TableWrite([RowWrite("a", "999999", {"qty": Decimal(1)})])
    write = Write("bill", key, {"note": "ours"}, {"line": rows}, show=SHAPE)
    with pytest.raises(Changed):
        bills.connect().write(write)
    assert bills.held()[key]["note"] == ""


def test_a_row_of_another_record_is_not_touched(bills: Bills) -> None:
    mine, other = bills.add(), bills.add()
    row = str(bills.held()[other]["line"][0]["id"])
    before = bills.held()
    bills.connect().write(Write("bill", mine, {}, {"line": TableWrite(drop=[row])}, show=SHAPE))
    assert bills.held() == before


def test_a_dropped_row_is_marked_where_the_settings_say_how(bills: Bills) -> None:
    key = bills.add()
    forms = {**Bills.forms, "line": {"write": True, "cancel": {"goods": "void"}}}
    row = str(bills.held()[key]["line"][0]["id"])
    write = Write("bill", key, {}, {"line": TableWrite(drop=[row])}, show=SHAPE)
    bills.connect(forms=forms).write(write)
    assert [line["goods"] for line in bills.held()[key]["line"]] == ["void", "G"]


def test_rows_inside_rows_are_refused(bills: Bills) -> None:
    inner = RowWrite("a", "", {"goods": "G"}, {"more": [RowWrite("x", "", {})]})
    with pytest.raises(Rejected, match="rows of their own"):
        bills.connect().write(replace(bill("1"), tables={"line": TableWrite([inner])}))


def test_a_commit_whose_answer_is_lost_is_unknown_and_done_once(bills: Bills) -> None:
    adapter = bills.connect()
    adapter.describe("bill")
    bills.lose_answer()
    with pytest.raises(OutcomeUnknown):
        adapter.write(bill("1"))
    (record,) = adapter.find(SHAPE, "ref", ["crm:1"])
    with pytest.raises(AlreadyExists) as caught:
        adapter.write(bill("1"))
    assert caught.value.key == record.key
    assert len(bills.held()) == 1


def test_a_write_whose_time_is_used_up_is_rolled_back(bills: Bills) -> None:
    adapter = bills.connect()
    clock = adapter.clock
    with pytest.raises(Unreachable), adapter._client.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("insert into bill (no) values ('late')")
        clock.sleep(adapter.settings.timeout + 1)
    assert bills.held() == {}


# -- whose mark it is -------------------------------------------------------------------------


@pytest.fixture
def unmarked(tmp_path: Path) -> Iterator[SqliteBills]:
    """A table in which our mark is not unique."""
    made = SqliteBills(tmp_path)
    yield made
    made.stop()


def test_a_mark_that_the_table_would_take_twice_is_looked_for_first(unmarked: SqliteBills) -> None:
    first = unmarked.connect().write(bill("1"))
    again = bill("2")
    with pytest.raises(AlreadyExists) as caught:
        unmarked.connect().write(replace(again, reference=("ref", "crm:1")))
    assert caught.value.key == first.key
    assert len(unmarked.held()) == 1


def test_another_value_in_use_is_rejected_with_its_column(bills: Bills) -> None:
    bills.ask("create unique index on bill (note)")
    bills.add()
    with pytest.raises(Rejected) as caught:
        bills.connect().write(bill("1"))
    assert caught.value.field == "note"


# -- the importer -----------------------------------------------------------------------------


def test_a_new_record_is_handed_over_and_waits_for_the_importer(imported: ImportedBills) -> None:
    written = imported.connect().write(replace(bill("1"), **AUDITED))
    assert (written.step, imported.held()[written.key]["state"]) == ("saved", "ready")
    assert "importer" in written.awaits


def test_what_the_importer_says_is_read_back(imported: ImportedBills) -> None:
    adapter = imported.connect()
    key = adapter.write(replace(bill("1"), **AUDITED)).key
    _set(imported, key, **TAKEN)
    before = imported.saves()
    written = adapter.write(changed(key))
    assert (written.step, written.number, written.awaits) == ("audited", "XSDD-1", "")
    assert imported.saves() == before


def test_what_the_importer_refuses_is_rejected_in_its_words(imported: ImportedBills) -> None:
    adapter = imported.connect(forms=_telling("note"))
    key = adapter.write(replace(bill("1"), **AUDITED)).key
    _set(imported, key, state="failed", note="客户不存在")
    with pytest.raises(Rejected, match="客户不存在"):
        adapter.write(changed(key))
    written = adapter.write(changed(key, total=Decimal(1)))
    assert (written.step, imported.held()[key]["state"]) == ("saved", "ready")


def test_a_record_at_which_the_importer_is_stays_as_it_is(imported: ImportedBills) -> None:
    adapter = imported.connect(forms=_telling("", busy="busy"))
    key = adapter.write(replace(bill("1"), **AUDITED)).key
    _set(imported, key, state="busy")
    with pytest.raises(Locked):
        adapter.write(changed(key, note="ours"))
    assert adapter.write(changed(key)).awaits


def test_a_change_of_what_was_taken_is_handed_over_again_or_left_to_people(
    imported: ImportedBills,
) -> None:
    adapter = imported.connect()
    key = adapter.write(replace(bill("1"), **AUDITED)).key
    _set(imported, key, **TAKEN)
    assert adapter.write(changed(key, note="ours")).step == "saved"
    assert imported.held()[key]["state"] == "ready"
    _set(imported, key, **TAKEN)
    with pytest.raises(Conflict):
        imported.connect(forms=_telling("", again=False)).write(changed(key, note="more"))


def test_wrong_amounts_keep_a_record_from_being_handed_over(imported: ImportedBills) -> None:
    wrong = {"total": (Decimal(1), Decimal(0))}
    with pytest.raises(HalfDone) as caught:
        imported.connect().write(replace(bill("1"), expect=wrong, **AUDITED))
    assert imported.held()[caught.value.written.key]["state"] == ""  # type: ignore[attr-defined]


def test_a_cancellation_has_happened_when_the_importer_has_taken_it(
    imported: ImportedBills,
) -> None:
    adapter = imported.connect()
    key = adapter.write(replace(bill("1"), **AUDITED)).key
    _set(imported, key, **TAKEN)
    cancel = replace(changed(key), verb="cancel")
    for _ in range(2):
        with pytest.raises(Awaiting):
            adapter.write(cancel)
    assert (imported.held()[key]["note"], imported.held()[key]["state"]) == ("void", "ready")
    _set(imported, key, state="failed")
    with pytest.raises(Rejected):
        adapter.write(cancel)
    _set(imported, key, **TAKEN)
    assert adapter.write(cancel).key == key


def test_what_is_only_saved_is_left_to_people(imported: ImportedBills) -> None:
    adapter = imported.connect()
    written = adapter.write(replace(bill("1"), until="saved"))
    assert (written.step, written.awaits) == ("saved", "")
    assert imported.held()[written.key]["state"] == ""
    assert adapter.write(changed(written.key)).awaits


def _set(imported: ImportedBills, key: str, **fields: Any) -> None:
    """The importer says something."""
    for name, value in fields.items():
        imported.ask(f"update bill set {name} = %s where id = %s", value, key)


def _telling(error: str, **more: Any) -> dict[str, Any]:
    """The settings with another importer."""
    known = ImportedBills.forms["bill"]
    importer = {**known["importer"], "error": error, **more}
    return {**ImportedBills.forms, "bill": {**known, "importer": importer}}
