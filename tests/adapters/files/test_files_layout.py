"""Where things stand in sheets that people make: merged cells, totals, forms, headings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from folder import HEADINGS, ONE, SHAPE, Folder

from connector.contract import Shape
from connector.errors import Rejected, Transient

TWO = ["SO-1", None, None, None, 2, "M2", 1, 5]


def test_rows_that_carry_one_key_are_one_record(folder: Folder) -> None:
    folder.drop(HEADINGS, ONE, ["SO-2", *ONE[1:]], TWO)
    read = folder.read()
    assert list(read) == ["SO-1", "SO-2"]
    fields = read["SO-1"].fields
    assert (fields["客户"], fields["下单日期"]) == ("C001", "2026-03-05")
    assert [(row["行号"], row["物料"], row["数量"]) for row in fields["明细"]] == [
        ("1", "0012", Decimal(2)), ("2", "M2", Decimal(1)),
    ]  # fmt: skip


def test_what_is_merged_over_rows_belongs_to_all_of_them_but_is_no_row_s_own(
    folder: Folder,
) -> None:
    def merge(sheet: Any) -> None:
        for column in "ABH":
            sheet.merge_cells(f"{column}2:{column}3")

    folder.drop(HEADINGS, ONE, [None, None, None, None, 2, "M2", 1, None], how=merge)
    (record,) = folder.read().values()
    assert [row.get("金额", "none") for row in record.fields["明细"]] == [
        Decimal("22.6"), "none",
    ]  # fmt: skip


def test_headings_may_stand_below_a_title_in_two_rows_and_be_written_loosely(
    folder: Folder,
) -> None:
    loosely = ["订单号*", " 客 户", "下单日期：", "订单备注", "行号", "物料", "数量", "金额\n"]

    def merge(sheet: Any) -> None:
        sheet.merge_cells("A1:H1")
        sheet.merge_cells("A2:A3")
        sheet["A2"] = "订单号*"

    folder.drop(
        ["销售订单汇总"], [None, "订单", None, None, "明细"], [None, *loosely[1:]], ONE, how=merge
    )
    assert folder.read()["SO-1"].fault == ""


def test_totals_and_rows_that_are_only_numbered_are_passed_over(folder: Folder) -> None:
    numbered = [None, None, None, None, 2, None, None, None]
    folder.drop(HEADINGS, ONE, numbered, ["合计", None, None, None, None, None, 2, 22.6],
                [None, "小计（元）", None, None, None, None, 2, 22.6])  # fmt: skip
    (record,) = folder.read().values()
    assert len(record.fields["明细"]) == 1


def test_a_customer_whose_name_is_total_still_buys(folder: Folder) -> None:
    folder.drop(["客户", "订单号", *HEADINGS[2:]], ["Total", "SO-1", *ONE[2:]])
    assert folder.read()["SO-1"].fields["客户"] == "Total"


@pytest.mark.parametrize(
    "row, words",
    [
        ([None, *ONE[1:]], "row 3"),
        (["SO-1", "C002", None, None, 2, "M2", 1, 5], "B2"),
        (["SO-1", None, None, None, None, "M2", 1, 5], "行号"),
        (["SO-1", None, None, None, 1, "M2", 1, 5], "second time"),
        (["SO-1", None, None, None, 2, "M2", "两", 5], "G3"),
        (["SO-1", None, None, None, 2, "M2", "=1+1", 5], "save it"),
        (["SO-1", None, "明天", None, 2, "M2", 1, 5], "2026-03-05"),
    ],
)
def test_a_wrong_row_is_told_with_its_place(folder: Folder, row: list[Any], words: str) -> None:
    folder.drop(HEADINGS, ONE, row)
    faults = [str(record.fault) for record in folder.read().values()]
    assert [words in fault for fault in faults if fault] == [True]


def test_an_order_without_a_number_does_not_take_the_others_along(folder: Folder) -> None:
    folder.drop(HEADINGS, [None, *ONE[1:]], ["SO-2", *ONE[1:]])
    read = folder.read()
    assert (bool(read["SO-2"].fault), list(read)) == (False, ["a.xlsx Sheet!2", "SO-2"])
    assert read["a.xlsx Sheet!2"].number == "a.xlsx"


@pytest.mark.parametrize(
    "headings, words",
    [
        (["单号", *HEADINGS[1:]], "订单号"),
        ([*HEADINGS[:-2], "数量(件)", "金额"], "数量(件)"),
        ([*HEADINGS[:-1], "数量"], "twice"),
        (["x"], "template"),
    ],
)
def test_a_sheet_whose_headings_do_not_fit_is_refused_as_a_whole(
    folder: Folder, headings: list[str], words: str
) -> None:
    folder.drop(headings, ONE)
    (record,) = folder.read().values()
    assert words in str(record.fault)


def test_columns_that_are_not_there_are_named_in_the_copy(folder: Folder) -> None:
    folder.drop([name for name in HEADINGS if name != "订单备注"], [*ONE[:3], *ONE[4:]])
    assert folder.read()["SO-1"].fault == ""
    folder.answer("SO-1", 结果="已进ERP")
    assert "订单备注" in str(folder.copy("a-1-answered.xlsx")[1])


# -- forms and several sheets ---------------------------------------------------------------------


def form(folder: Folder, *more: Any, number: str | None = "SO-1", **settings: Any) -> None:
    lines = [[1, "0012", 2, 22.6], [2, "M2", 1, 5], ["合计", None, 3, 27.6]]
    folder.drop(
        ["销售订单"], ["订单号：", number, None, "客户", "C001"], ["下单日期:2026-03-05"],
        HEADINGS[4:], *lines, ["订单备注：", None, "木箱"], ["制单人：张三"], *more, **settings,
    )  # fmt: skip


def test_a_form_has_what_is_the_order_s_own_beside_its_name(folder: Folder) -> None:
    form(folder)
    fields = folder.read()["SO-1"].fields
    assert [fields[name] for name in HEADINGS[:4]] == ["SO-1", "C001", "2026-03-05", "木箱"]
    assert [row["物料"] for row in fields["明细"]] == ["0012", "M2"]


def test_a_form_without_a_number_says_so(folder: Folder) -> None:
    form(folder, number=None)
    assert "订单号" in folder.fault("a.xlsx Sheet")


def test_answers_stand_beside_the_lines_of_a_form(folder: Folder) -> None:
    form(folder)
    folder.read()
    folder.answer("SO-1", 结果="已进ERP")
    rows = folder.copy("a-1-answered.xlsx")
    assert [row[4] for row in rows[3:7]] == ["结果", "已进ERP", "已进ERP", None]


def test_each_visible_sheet_with_the_headings_is_read_or_the_one_that_is_named(
    folder: Folder,
) -> None:
    def sheets(sheet: Any) -> None:
        sheet.title = "三月"
        for title, number, state in (("四月", "SO-2", "visible"), ("旧", "SO-3", "hidden")):
            other = sheet.parent.create_sheet(title)
            other.sheet_state = state
            other.append(HEADINGS)
            other.append([number, *ONE[1:]])
        sheet.parent.create_sheet("说明")["A1"] = "怎样填写"

    folder.drop(HEADINGS, ONE, how=sheets)
    assert list(folder.read()) == ["SO-1", "SO-2"]
    named = Folder(folder.root / "other", sheet="四月")
    named.drop(HEADINGS, ONE, how=sheets)
    assert list(named.read()) == ["SO-2"]


def test_an_order_in_two_sheets_is_neither(folder: Folder) -> None:
    def sheets(sheet: Any) -> None:
        other = sheet.parent.copy_worksheet(sheet)
        other.title = "again"

    folder.drop(HEADINGS, ONE, how=sheets)
    assert "again" in folder.fault()


def test_rows_without_a_number_of_their_own_go_by_their_place(folder: Folder) -> None:
    table = replace(SHAPE.tables["明细"], key="#")
    folder.drop([*HEADINGS[:4], *HEADINGS[5:]], [*ONE[:4], *ONE[5:]], ["SO-1", *TWO[1:4], *TWO[5:]])
    (record,) = folder.read(replace(SHAPE, tables={"明细": table})).values()
    assert [row["#"] for row in record.fields["明细"]] == ["1", "2"]


def test_a_sheet_holds_one_kind_of_rows(folder: Folder) -> None:
    two = replace(SHAPE, tables={**SHAPE.tables, "付款": SHAPE.tables["明细"]})
    folder.drop(HEADINGS, ONE)
    with pytest.raises(Rejected, match="付款"):
        folder.read(two)


# -- forms that are read whole --------------------------------------------------------------------

STOCK = Shape("订单", ("物料", "仓库"), (), sums=("数量",), kinds={"数量": "number"})


@pytest.fixture
def stock(tmp_path: Any) -> Folder:
    return Folder(tmp_path, whole=["订单"])


def test_rows_that_share_a_key_are_added_up_and_the_newest_file_is_everything(
    stock: Folder,
) -> None:
    stock.drop(["物料", "仓库", "数量"], ["M1", "A", 1], ["M1", "A", 2.5], ["M2", None, 1])
    assert {k: r.fields["数量"] for k, r in stock.read(STOCK).items()} == {
        "M1|A": Decimal("3.5"), "M2|": Decimal(1),
    }  # fmt: skip
    stock.drop(["物料", "仓库", "数量"], ["M3", "A", 1], name="b.xlsx")
    assert list(stock.read(STOCK)) == ["M3|A"]
    assert stock.adapter.capabilities.of("订单").reads == "full"


def test_nothing_is_gone_because_the_newest_file_cannot_be_read(stock: Folder) -> None:
    stock.drop(["物料", "仓库", "数量"], ["M1", "A", 1])
    stock.read(STOCK)
    stock.put("b.xlsx", b"no workbook")
    stock.clock.offset += timedelta(hours=1)
    with pytest.raises(Transient):
        stock.read(STOCK)
