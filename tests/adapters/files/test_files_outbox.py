"""What goes out: once, whole, whatever breaks in between, and nothing that Excel would compute."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from folder import FORM, SHAPE, Folder
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from adapters.files import client, outbox
from connector.contract import RowWrite, TableWrite, Write
from connector.errors import (
    AlreadyExists,
    Changed,
    HalfDone,
    OutcomeUnknown,
    Rejected,
    Transient,
)

MARK = "来源标识"
SENT = replace(SHAPE, fields=(*SHAPE.fields, MARK))
WORDS = {"column": "操作", "create": "新增", "update": "修改", "cancel": "作废"}


def order(number: str = "SO-1", **more: Any) -> Write:
    rows = [
        RowWrite(line, "", {"物料": f"00{line}", "数量": Decimal("1.5"), "金额": 3})
        for line in "ab"
    ]
    head = {"订单号": number, "客户": "C001", "下单日期": date(2026, 3, 5), "订单备注": None}
    made = Write(
        FORM, "", head,
        {"明细": TableWrite(rows)}, (MARK, f"crm:{number}"), "订单号", show=SENT,
        options={"operation": WORDS},
    )  # fmt: skip
    return replace(made, **more)


def files(folder: Folder) -> list[Path]:
    return sorted(path for path in folder.outbox.iterdir() if path.is_file())


def marks(folder: Folder) -> list[str]:
    return [r.key for r in folder.adapter.find(SENT, MARK, ["crm:SO-1"])]


class Killed(BaseException):
    """The process ends here."""


STEPS = ["new", "fill", "put", "settle", "settle", "rename", "settle", "done"]


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_a_process_that_is_killed_has_sent_a_file_or_not_and_it_can_be_told(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    seen: list[str] = []

    def dying(name: str, real: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            seen.append(name)
            if len(seen) == step + 1:
                raise Killed
            return real(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(outbox.Numbered, "new", dying("new", outbox.Numbered.new))
        for name in ("fill", "put", "settle"):
            patch.setattr(outbox, name, dying(name, getattr(outbox, name)))
        patch.setattr(Path, "rename", dying("rename", Path.rename))
        with pytest.raises(Killed):
            folder.adapter.write(order())
            raise Killed
    assert seen == STEPS[: min(step + 1, len(STEPS) - 1)]
    there = files(folder) if folder.outbox.is_dir() else []
    for path in there:
        path.unlink()  # the other program has imported it
    folder.adapter = folder.connect()
    assert len(marks(folder)) == len(there)
    if not there:
        folder.adapter.write(order())
    assert (len(files(folder)) + len(there), marks(folder)) == (1, ["SO-1"])


@pytest.mark.parametrize("few", [0, 100])
def test_what_was_numbered_since_is_found_by_name_or_by_looking_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(client, "FEW", few)
    numbered = client.Numbered(tmp_path)
    assert [numbered.new() for _ in range(5)] == [1, 2, 3, 4, 5]
    numbered.path(3).rmdir()
    numbered.path(6).mkdir()  # whoever made it has yet to note that
    found = [numbered.numbers(), numbered.numbers(3), numbered.numbers(6), numbered.numbers(7)]
    assert found == [[1, 2, 4, 5, 6], [4, 5, 6], [], []]


def test_what_was_sent_is_not_sent_again_though_it_was_imported_and_deleted(folder: Folder) -> None:
    folder.adapter.write(order())
    files(folder)[0].unlink()
    for write in (order(), order("SO-2", reference=(MARK, "crm:SO-1"))):
        with pytest.raises(AlreadyExists) as caught:
            folder.connect().write(write)
        assert caught.value.key == "SO-1"
    assert files(folder) == []


@pytest.mark.parametrize("gone", [False, True])
def test_a_renaming_that_fails_is_undone_or_unknown(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    def failing(path: Path, to: Path) -> None:
        if gone:
            path.unlink()
        raise OSError("the share is slow")

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutcomeUnknown if gone else Transient):
        folder.adapter.write(order())


def test_nobody_sees_a_file_that_is_not_whole(folder: Folder) -> None:
    folder.adapter.write(order())
    visible = [path.name for path in folder.outbox.rglob("*") if path.is_file()]
    assert sorted(visible) == [".last", ".record.json", "000001-订单-SO-1.xlsx"]


def test_a_change_is_another_file_with_all_of_it_and_a_withdrawal_says_so(folder: Folder) -> None:
    made = folder.adapter.write(order())
    assert made.line_keys == {"明细": {"a": "1", "b": "2"}}
    change = TableWrite(
        [RowWrite("b", "2", {"数量": Decimal(7)}), RowWrite("c", "", {"物料": "M3"})], ["1"]
    )
    folder.adapter.write(order(key="SO-1", fields={"订单备注": "加急"}, tables={"明细": change}))
    folder.adapter.write(order(key="SO-1", fields={}, tables={}, verb="cancel"))
    rows = [
        list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
        for path in files(folder)
    ]
    first, second, third = ([dict(zip(r[0], line, strict=True)) for line in r[1:]] for r in rows)
    assert [(one["操作"], one["行号"], one["数量"]) for one in first] == [
        ("新增", "1", 1.5), ("新增", "2", 1.5),
    ]  # fmt: skip
    assert [(one["操作"], one["订单备注"], one["行号"], one["数量"]) for one in second] == [
        ("修改", "加急", "2", 7), ("修改", "加急", "3", None),
    ]  # fmt: skip
    assert {one["操作"] for one in third} == {"作废"}
    assert [row[0] for row in rows] == [rows[0][0]] * 3, "every file has the same columns"
    with pytest.raises(Changed):
        gone = TableWrite([RowWrite("a", "1", {"数量": 1})])
        folder.adapter.write(order(key="SO-1", fields={}, tables={"明细": gone}))


def test_columns_stand_as_the_mapping_wants_them(folder: Folder) -> None:
    folder.adapter.write(order(options={"columns": ["物料", "数量", "订单号", "批号"]}))
    sheet = load_workbook(files(folder)[0]).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["物料", "数量", "订单号", "批号"]


def test_amounts_that_are_not_as_expected_are_told(folder: Folder) -> None:
    with pytest.raises(HalfDone):
        folder.adapter.write(order(expect={"明细/a/金额": (Decimal(4), Decimal(0))}))


@pytest.mark.parametrize(
    "write",
    [
        order(fields={"客户": "C001"}),
        order(verb="close", key="SO-0"),
        order(tables={"明细": TableWrite(), "付款": TableWrite()}),
    ],
)
def test_what_a_file_cannot_say_is_refused(folder: Folder, write: Write) -> None:
    folder.adapter.write(order("SO-0"))
    with pytest.raises(Rejected):
        folder.adapter.write(write)
    assert len(files(folder)) == 1


def test_a_file_that_has_no_word_for_it_withdraws_nothing(folder: Folder) -> None:
    folder.adapter.write(order())
    with pytest.raises(Rejected, match=r"options\.operation"):
        folder.adapter.write(order(key="SO-1", fields={}, tables={}, verb="cancel", options={}))


# -- what others read of it -----------------------------------------------------------------------

DIFFICULT = {
    "订单号": "0012",
    "客户": "=cmd|' /C calc'!A0",
    "订单备注": "+86 138",
    "日期": date(2026, 3, 5),
    "时间": datetime(2026, 3, 5, 0, 30, tzinfo=UTC),
    "金额": Decimal("1234567.8901"),
    "长": Decimal("12345678901234567.89"),
    "是": True,
}


def test_another_reader_finds_every_value_as_it_is_and_no_formula(folder: Folder) -> None:
    folder.adapter.write(order(fields=DIFFICULT, tables={}, options={}))
    headings, values = (
        CalamineWorkbook.from_path(files(folder)[0]).get_sheet_by_index(0).to_python()
    )
    found = dict(zip(headings, values, strict=True))
    assert found == {
        **DIFFICULT,
        "时间": datetime(2026, 3, 5, 8, 30),
        "金额": 1234567.8901,
        "长": "12345678901234567.89",
        "下单日期": "",
        MARK: "crm:SO-1",
        **dict.fromkeys(("物料", "数量"), ""),
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "gbk"])
def test_csv_is_written_in_the_encoding_that_is_asked_for(tmp_path: Path, encoding: str) -> None:
    folder = Folder(tmp_path, format="csv", encoding=encoding)
    folder.adapter.write(order(fields=DIFFICULT, tables={}, options={}))
    (line,) = csv.DictReader(io.StringIO(files(folder)[0].read_bytes().decode(encoding)))
    assert (line["订单号"], line["客户"][:2], line["订单备注"]) == ("0012", "'=", "'+86 138")
    assert (line["日期"], line["时间"]) == ("2026-03-05", "2026-03-05 08:30:00")
    assert (line["长"], line["是"]) == ("12345678901234567.89", "TRUE")


def test_a_character_that_an_encoding_lacks_is_named(tmp_path: Path) -> None:
    folder = Folder(tmp_path, format="csv", encoding="gbk")
    with pytest.raises(Rejected, match="😀"):
        folder.adapter.write(order(fields={"订单号": "SO-1", "客户": "😀"}))
    assert not folder.outbox.exists()


# -- receipts -------------------------------------------------------------------------------------

RECEIPT = {"form": "回执", "key": "订单号", "state": "结果", "done": ["成功"], "refused": "失败",
           "number": "ERP单号", "reason": "原因"}  # fmt: skip
CONFIRMED = {"until": "audited", "options": {"receipt": RECEIPT}}


def receipt(folder: Folder, *row: str, name: str) -> None:
    there = folder.root / "in" / "回执"
    there.mkdir(parents=True, exist_ok=True)
    (there / name).write_text(f"订单号,结果,ERP单号,原因\n{','.join(row)}\n", "utf-8")


def look(folder: Folder) -> Any:
    return folder.adapter.write(order(key="SO-1", fields={}, tables={}, step="saved", **CONFIRMED))


def test_a_record_waits_until_whoever_imports_it_says_so(folder: Folder) -> None:
    written = folder.adapter.write(order(**CONFIRMED))
    assert (written.step, bool(written.awaits)) == ("saved", True)
    receipt(folder, "SO-2", "成功", "X2", "", name="a.csv")
    assert look(folder).awaits
    receipt(folder, "SO-1", "成功", "X1", "", name="b.csv")
    assert (look(folder).step, look(folder).number, look(folder).awaits) == ("audited", "X1", "")


def test_what_was_refused_there_says_why_and_a_new_version_waits_for_its_own_receipt(
    folder: Folder,
) -> None:
    folder.adapter.write(order(**CONFIRMED))
    receipt(folder, "SO-1", "失败", "", "客户不存在", name="a.csv")
    with pytest.raises(HalfDone, match="客户不存在"):
        look(folder)
    folder.adapter.write(order(key="SO-1", fields={"客户": "C002"}, tables={}, **CONFIRMED))
    assert look(folder).awaits
    receipt(folder, "SO-1", "成功", "X1", "", name="b.csv")
    assert look(folder).number == "X1"


def test_receipts_that_no_mapping_names_are_not_waited_for_in_vain(folder: Folder) -> None:
    with pytest.raises(Rejected, match=r"options\.receipt"):
        folder.adapter.write(order(until="audited", options={}))
    assert not folder.outbox.exists()
