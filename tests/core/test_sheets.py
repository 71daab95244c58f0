"""Sheets go out and come back as they were, whatever people's programs make of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from connector import sheets
from connector.errors import ConfigError
from connector.objects.showing import Cell, Rate

HEADINGS = ["编号", "名称"]
ROWS = [["0012", "=1+1"], ["+8613800138000", "海湾（集团），\n二厂"], ["@x", ""]]


@pytest.mark.parametrize("name", ["pairs.xlsx", "pairs.csv"])
def test_a_sheet_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    sheets.write(tmp_path / name, HEADINGS, ROWS)
    found = sheets.read(tmp_path / name)
    assert [list(row.values()) for row in found] == ROWS
    assert list(found[0]) == HEADINGS


def test_nothing_in_a_workbook_is_a_formula_or_a_number(tmp_path: Path) -> None:
    sheets.write(tmp_path / "a.xlsx", HEADINGS, ROWS)
    cells = [cell for row in load_workbook(tmp_path / "a.xlsx").worksheets[0] for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


def test_a_csv_begins_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    sheets.write(tmp_path / "a.csv", HEADINGS, ROWS)
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"'=1+1" in raw


def test_numbers_that_a_spreadsheet_made_of_texts_have_no_point(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["n"])
    book.worksheets[0].append([12.0])
    book.save(tmp_path / "a.xlsx")
    assert sheets.read(tmp_path / "a.xlsx") == [{"n": "12"}]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"", ".xlsx"),
        ("a.xlsx", b"PK no workbook", ".xlsx"),
        ("a.csv", "编号,名称\n1,海湾".encode("gbk"), "UTF-8"),
        ("a.csv", b"n,n\n1,2", "n"),
    ],
)
def test_a_wrong_file_is_refused_with_the_way_out(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        sheets.read(tmp_path / name)
    assert words in str(caught.value)


def test_a_sheet_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.csv"):
        sheets.read(tmp_path / "a.csv")


def test_numbers_are_numbers_and_rates_are_per_cent(tmp_path: Path) -> None:
    row: list[Cell] = [Decimal("-1234.50"), 7, Rate("0.2346"), None, "007", date(2026, 3, 1)]
    sheets.write(tmp_path / "a.xlsx", list("abcdef"), [row])
    cells = load_workbook(tmp_path / "a.xlsx").worksheets[0][2]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in cells] == [
        (-1234.5, "n", "0.00"), (7, "n", "0"), (0.2346, "n", "0.0%"),
        (None, "n", "General"), ("007", "s", "@"), ("2026-03-01", "s", "@"),
    ]  # fmt: skip
    sheets.write(tmp_path / "a.csv", list("abcdef"), [row])
    assert (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1] == (
        "-1234.5,7,0.2346,,007,2026-03-01"
    )
