"""Cells: what Excel and CSV make of numbers, days, codes and formulas, and what is meant."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import requires
from typing import Any

import pytest
from openpyxl import Workbook

from adapters.files import codec
from adapters.files.codec import Flaw
from adapters.files.values import Wrong, meant
from connector import exact

MOST = 1_000_000


def book(*rows: list[Any], how: Any = None) -> codec.Book:
    made = Workbook()
    sheet: Any = made.active
    for row in rows:
        sheet.append(row)
    if how is not None:
        how(sheet)
    content = io.BytesIO()
    made.save(content)
    return codec.read("a.xlsx", content.getvalue(), MOST)


def cell(value: Any, format: str = "") -> Any:
    """A cell of a workbook as it is read."""

    def formatted(sheet: Any) -> None:
        sheet["A1"].number_format = format or sheet["A1"].number_format

    return book([value], how=formatted).sheets[0].rows[0][0]


@pytest.mark.parametrize(
    "value, read",
    [
        (0.1, Decimal("0.1")),
        (1234567.8901, Decimal("1234567.8901")),
        (0.1 + 0.2, Decimal("0.3")),
        (226.00000000000003, Decimal("226")),
        (999999999999999, Decimal("999999999999999")),
        (20261120123456789, Flaw("files_digits_lost")),
        (1e300, Flaw("files_digits_lost")),
        (True, True),
        ("  text\n", "text"),
        ("#N/A", Flaw("files_error_value")),
        (datetime(2026, 3, 5), date(2026, 3, 5)),
        (datetime(2026, 3, 5, 8, 30), datetime(2026, 3, 5, 8, 30)),
    ],
)
def test_a_number_is_its_fifteen_digits_and_a_midnight_is_a_day(value: Any, read: Any) -> None:
    assert cell(value) == read


@pytest.mark.parametrize("value, format, read", [(12, "0000", "0012"), (12, "0", Decimal(12))])
def test_a_number_that_is_shown_with_zeros_is_a_code(value: int, format: str, read: Any) -> None:
    assert cell(value, format) == read


def test_a_formula_counts_by_its_last_result_and_without_one_says_so() -> None:
    assert cell("=1+1") == Flaw("files_no_value")
    with pytest.raises(Wrong, match="Excel"):
        meant(Flaw("files_no_value"), "number")


TEXT, NUMBER, DATE = "text", "number", "date"


@pytest.mark.parametrize(
    "given, kind, value",
    [
        ("0012", TEXT, "0012"),
        (Decimal("12"), TEXT, "12"),
        (Decimal("1E+2"), TEXT, "100"),
        ("1.5E+3 kg", TEXT, "1.5E+3 kg"),
        ("１２３", TEXT, "１２３"),
        ("１，２３４．５０", NUMBER, Decimal("1234.50")),
        ("¥ 1,234", NUMBER, Decimal("1234")),
        ("-5", NUMBER, Decimal("-5")),
        ("13%", NUMBER, Decimal("0.13")),
        (".5", NUMBER, Decimal("0.5")),
        (Decimal("46086"), DATE, "2026-03-05"),
        ("2026年3月5日", DATE, "2026-03-05"),
        ("2026/3/5", DATE, "2026-03-05"),
        ("２０２６.３.５", DATE, "2026-03-05"),
        ("20260305", DATE, "2026-03-05"),
        (Decimal("20260305"), DATE, "2026-03-05"),
        ("2026-03-05 08:30", "instant", "2026-03-05T08:30:00"),
        (date(2026, 3, 5), TEXT, "2026-03-05"),
        ("13", "", Decimal("13")),
        ("0012", "", "0012"),
        ("是", "bool", "是"),
        (None, NUMBER, None),
    ],
)
def test_a_cell_means_what_is_wanted_there(given: Any, kind: str, value: Any) -> None:
    assert meant(given, kind) == value


@pytest.mark.parametrize(
    "given, kind",
    [
        ("两", NUMBER),
        ("1,23,4", NUMBER),
        ("12-", NUMBER),
        ("3/5/2026", DATE),
        ("2026-02-30", DATE),
        ("明天", DATE),
        (Decimal("99999999"), DATE),
        ("1.23457E+11", TEXT),
    ],
)
def test_what_is_not_meant_so_is_refused_in_words(given: Any, kind: str) -> None:
    with pytest.raises(Wrong):
        meant(given, kind)


def test_days_of_old_macs_are_counted_from_1904() -> None:
    assert meant(Decimal("44624"), DATE, from_1904=True) == "2026-03-05"


def test_what_was_read_comes_back_from_what_is_kept() -> None:
    rows = [["a", 1.5, True, None, datetime(2026, 3, 5, 8), "=1+1"], [datetime(2026, 3, 5), "0012"]]

    def merged(sheet: Any) -> None:
        sheet.merge_cells("A1:A2")
        sheet["A1"] = 7

    read = book(*rows, how=merged)
    assert codec.loaded(codec.dumped(read)) == read
    assert b"1.5" in codec.dumped(read)
    assert exact.loads(codec.dumped(read))


# -- CSV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_whatever_way_it_was_saved(encoding: str, separator: str) -> None:
    text = f'订单号{separator}客户\r\n="0012"{separator}"海湾\n二厂"\r\n'
    read = codec.read("a.csv", text.encode(encoding), MOST)
    assert [list(row) for row in read.sheets[0].rows] == [
        ["订单号", "客户"],
        ["0012", "海湾\n二厂"],
    ]


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.xlsx", b"PK no workbook"),
        ("a.xlsx", b""),
        ("a.xls", b"\xd0\xcf\x11\xe0"),
        ("a.pdf", b"%PDF"),
        ("a.csv", b"\xff\xff\xff"),
        ("a.xlsx", None),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(name: str, content: bytes | None) -> None:
    assert codec.read(name, content, MOST).fault


def test_a_workbook_that_unpacks_to_more_than_is_allowed_is_refused() -> None:
    made = Workbook()
    for n in range(2000):
        made.worksheets[0].append([f"{n:0500}"])
    content = io.BytesIO()
    made.save(content)
    assert len(content.getvalue()) < 200_000
    assert "MB" in str(codec.read("a.xlsx", content.getvalue(), 500_000).fault)


def test_a_workbook_that_declares_entities_is_refused() -> None:
    made = Workbook()
    made.worksheets[0].append(["a"])
    content, hostile = io.BytesIO(), io.BytesIO()
    made.save(content)
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(hostile, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                declared = b'<!DOCTYPE x [<!ENTITY e "grown">]>'
                text = declared + text.replace(b"<v>0</v>", b"<v>&e;</v>").replace(
                    b't="s"', b't="str"'
                )
            target.writestr(name, text)
    assert codec.read("a.xlsx", hostile.getvalue(), MOST).fault
    needed = [one for one in requires("crm-erp-connector") or () if "extra" not in one]
    assert any(one.startswith("defusedxml") for one in needed), "openpyxl uses it where it is there"
