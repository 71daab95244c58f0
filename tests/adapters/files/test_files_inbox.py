"""What comes in: files that are open, half there, late, older, again; and their answers."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from folder import HEADINGS, ONE, SHAPE, Folder
from openpyxl import load_workbook

from adapters.files import inbox
from connector.contract import Write
from connector.errors import AccessDenied, Gone, Locked, Rejected, Unreachable

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("mark", ["~$a.xlsx", ".~a.xlsx", ".~lock.a.xlsx#"])
def test_a_file_that_somebody_has_open_is_left_until_it_is_closed(
    folder: Folder, mark: str
) -> None:
    folder.drop(HEADINGS, ONE)
    folder.put(mark, b"")
    assert folder.read() == {}
    (folder.inbox / mark).unlink()
    assert list(folder.read()) == ["SO-1"]


def test_a_mark_that_a_program_left_behind_holds_nothing_for_ever(folder: Folder) -> None:
    folder.drop(HEADINGS, ONE)
    folder.put("~$a.xlsx", b"")
    folder.clock.offset += timedelta(days=2)
    assert list(folder.read()) == ["SO-1"]


def test_a_file_is_read_once_it_has_lain_still(tmp_path: Path) -> None:
    folder = Folder(tmp_path, lag=10)
    folder.drop(HEADINGS, ONE, age=3600)  # copied now, with the stamp of its content
    assert folder.read() == {}
    folder.clock.offset += MINUTE
    assert list(folder.read()) == ["SO-1"]


def test_a_workbook_that_is_cut_off_may_yet_be_completed(folder: Folder) -> None:
    whole = folder.drop(HEADINGS, ONE).read_bytes()
    folder.put("a.xlsx", whole[: len(whole) // 2])
    assert folder.read() == {}
    folder.put("a.xlsx", whole)
    assert list(folder.read()) == ["SO-1"]


def test_one_that_stays_cut_off_is_told(folder: Folder) -> None:
    whole = folder.drop(HEADINGS, ONE).read_bytes()
    folder.put("a.xlsx", whole[: len(whole) // 2])
    folder.clock.offset += timedelta(hours=1)
    assert "broken" in folder.fault("a.xlsx")


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", "~WRD01.tmp", "a.part"])
def test_files_that_nobody_meant_are_passed_over(folder: Folder, name: str) -> None:
    folder.put(name, b"x")
    assert folder.read() == {}


def test_a_stamp_of_the_future_or_of_long_ago_keeps_nothing_from_being_read(folder: Folder) -> None:
    folder.drop(HEADINGS, ONE, age=-86_400 * 365)
    folder.drop(HEADINGS, ["SO-2", *ONE[1:]], name="b.xlsx", age=86_400 * 3650)
    assert set(folder.read()) == {"SO-1", "SO-2"}


def test_a_file_that_cannot_be_moved_away_is_read_later(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: Any) -> None:
        raise PermissionError("another program has it open")

    folder.drop(HEADINGS, ONE)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", held)
        assert folder.read() == {}
    assert list(folder.read()) == ["SO-1"]


# -- one order in several files -------------------------------------------------------------------


def order(note: str) -> list[Any]:
    return [*ONE[:3], note, *ONE[4:]]


def test_the_file_that_was_saved_last_counts(folder: Folder) -> None:
    folder.drop(HEADINGS, order("first"), name="z.xlsx", age=60)
    folder.drop(HEADINGS, order("second"), name="a.xlsx", age=30)
    assert folder.read()["SO-1"].fields["订单备注"] == "second"
    folder.drop(HEADINGS, order("third"), name="m.xlsx")
    assert folder.read()["SO-1"].fields["订单备注"] == "third"
    assert [r.fields["订单备注"] for r in folder.adapter.fetch(SHAPE, ["SO-1"])] == ["third"]


def test_an_older_file_that_comes_later_counts_for_nothing_and_says_so(folder: Folder) -> None:
    folder.drop(HEADINGS, order("new"), name="new.xlsx", age=30)
    folder.read()
    folder.drop(HEADINGS, order("old"), name="old.xlsx", age=3600)
    fault = folder.fault()
    assert "old.xlsx" in fault
    assert "new.xlsx" in fault
    folder.drop(HEADINGS, order("saved again"), name="old.xlsx")
    assert folder.fault() == ""


def test_no_reading_shows_an_old_version_after_a_new_one(folder: Folder) -> None:
    for n in range(3):
        folder.drop(HEADINGS, order(str(n)), name=f"{n}.xlsx", age=60 - n)
    folder.read()
    pages = list(folder.adapter.read(SHAPE, None))
    shown = [record.fields["订单备注"] for page in pages for record in page.records]
    assert shown == ["2"]


def test_the_number_of_a_file_that_was_cleared_away_is_not_given_again(folder: Folder) -> None:
    folder.drop(HEADINGS, ONE)
    folder.read()
    shutil.rmtree(folder.inbox / "done" / "000001")
    folder.adapter = folder.connect()
    folder.drop(HEADINGS, ["SO-2", *ONE[1:]])
    assert list(folder.read()) == ["SO-2"]


def test_a_broken_file_is_forgotten_once_one_of_its_name_is_whole(folder: Folder) -> None:
    folder.put("a.csv", "单号\n1\n".encode())
    assert folder.fault("a.csv")
    folder.put("a.csv", "订单号,行号,数量\nSO-1,1,2\n".encode())
    assert list(folder.read()) == ["SO-1"]
    assert list(folder.adapter.fetch(SHAPE, ["a.csv"])) == []


# -- answers --------------------------------------------------------------------------------------


def test_an_answer_stands_beside_every_row_of_its_order_and_goes_along_with_the_next_file(
    folder: Folder,
) -> None:
    folder.drop(HEADINGS, ONE, ["SO-1", None, None, None, 2, "M2", 1, 5], ["SO-2", *ONE[1:]])
    folder.read()
    folder.answer("SO-1", 结果="已进ERP", 原因=None)
    folder.answer("SO-2", 结果="已停下", 原因="客户在黑名单中")
    first, *rows = folder.copy("a-1-answered.xlsx")
    assert first[8:] == ["结果", "原因"]
    assert [row[8:] for row in rows] == [
        ["已进ERP", None], ["已进ERP", None], ["已停下", "客户在黑名单中"],
    ]  # fmt: skip
    folder.drop(HEADINGS, order("changed"), name="b.xlsx")
    folder.read()
    assert folder.copies() == ["a-1-answered.xlsx", "b-2-answered.xlsx"]
    assert "已进ERP" in folder.copy("b-2-answered.xlsx")[1]
    assert "replaced by b.xlsx" in folder.copy("a-1-answered.xlsx")[1]


def test_a_copy_keeps_values_and_can_be_mended_and_dropped_again(folder: Folder) -> None:
    formula = ["SO-1", "C001", "2026-03-05", None, 1, "0012", "两", 22.6]
    folder.drop(HEADINGS, formula)
    folder.read()
    folder.answer("SO-1", 结果="已停下", 原因="=1+1")
    book = load_workbook(folder.inbox / "answered" / "a-1-answered.xlsx")
    assert book.worksheets[0]["J2"].data_type == "s"
    book.worksheets[0]["G2"] = 2
    book.save(folder.inbox / "a-1-answered.xlsx")
    record = folder.read()["SO-1"]
    assert (record.fault, record.fields["明细"][0]["物料"]) == ("", "0012")
    folder.answer("SO-1", 结果="已进ERP")
    assert folder.copies()[-1] == "a-2-answered.xlsx"


def test_a_copy_is_for_reading_so_that_nobody_s_changes_are_written_over(folder: Folder) -> None:
    folder.drop(HEADINGS, ONE)
    folder.read()
    for state in ("等待中", "已进ERP"):
        folder.answer("SO-1", 结果=state)
        mode = (folder.inbox / "answered" / "a-1-answered.xlsx").stat().st_mode
        assert mode & 0o222 == 0


def test_an_answer_to_a_csv_file_or_a_broken_one_is_a_workbook(folder: Folder) -> None:
    folder.put("a.csv", "订单号,行号,数量\nSO-1,1,2\n".encode("gbk"))
    folder.put("b.csv", b"x")
    assert folder.read()["b.csv"].fault
    folder.answer("SO-1", 结果="已进ERP")
    folder.answer("b.csv", 结果="已停下")
    assert folder.copy("a-1-answered.xlsx")[1][:4] == ["SO-1", "1", "2", "已进ERP"]
    assert folder.copies() == ["a-1-answered.xlsx", "b-2-answered.xlsx"]


def test_a_copy_that_somebody_has_open_waits(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: Any, **__: Any) -> None:
        raise PermissionError("another program has it open")

    folder.drop(HEADINGS, ONE)
    folder.read()
    put = inbox.put
    with monkeypatch.context() as patch:
        patch.setattr(
            inbox, "put", lambda p, c, **k: held() if p.suffix == ".xlsx" else put(p, c, **k)
        )
        with pytest.raises(Locked, match="a-1-answered"):
            folder.answer("SO-1", 结果="已进ERP")
    folder.answer("SO-1", 结果="已进ERP")
    assert folder.copies() == ["a-1-answered.xlsx"]


def test_the_copy_of_a_long_file_is_made_when_its_form_is_read_next(folder: Folder) -> None:
    folder.drop(HEADINGS, *([f"SO-{n}", *ONE[1:]] for n in range(600)))
    folder.read()
    folder.answer("SO-1", 结果="已进ERP")
    assert folder.copies() == []
    folder.read()
    assert folder.copies() == ["a-1-answered.xlsx"]


def test_beside_what_was_dropped_only_answers_are_written(folder: Folder) -> None:
    folder.drop(HEADINGS, ONE)
    folder.read()
    with pytest.raises(Rejected):
        folder.adapter.write(Write("订单", "SO-1", {}, verb="cancel", show=SHAPE))
    with pytest.raises(Gone):
        folder.answer("SO-9", 结果="已进ERP")


# -- the folder -----------------------------------------------------------------------------------


def test_a_folder_is_known_wherever_it_is_moved_to(folder: Folder, tmp_path: Path) -> None:
    tenant = folder.adapter.check().tenant
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    shutil.move(tmp_path, moved)
    assert Folder(moved).adapter.check().tenant == tenant
    with pytest.raises(Unreachable, match="no folder"):
        folder.adapter.check()


def test_a_share_that_is_not_mounted_is_another_folder(folder: Folder, tmp_path: Path) -> None:
    tenant = folder.adapter.check().tenant
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    assert folder.adapter.check().tenant != tenant


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_denied(folder: Folder, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(AccessDenied):
            folder.adapter.check()
    finally:
        tmp_path.chmod(0o700)


def test_the_fields_of_a_form_are_the_headings_of_its_newest_file(folder: Folder) -> None:
    assert folder.adapter.describe("订单") == []
    folder.drop(["销售订单"], ["日期", "2026-03-05"], HEADINGS, ONE)
    folder.read()
    assert [field.name for field in folder.adapter.describe("订单")] == ["日期", *HEADINGS]
