"""The folder's adapter beside sheets made, and taken apart, with openpyxl by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from tests.conformance import files_remote as folder
from tests.costs.measured import BATCH, Row, Watch, peak, read, write

FILE = 1_000
"""Rows of a sheet that is dropped."""
ROUNDS = 3
"""A read of two seconds counts at its quickest: what else the machine does can only add."""


def rows(name: str, written: int, wanted: int) -> Iterator[Row]:
    """So many orders of two lines sent, a file each; so many read, a line each."""
    with folder.Imported.running() as remote:
        adapter = remote.connect()
        write(adapter, folder.SENT, range(BATCH))
        first = range(BATCH, BATCH + written)
        ours = Watch().of(lambda: write(adapter, folder.SENT, first))
        bare = Watch().of(lambda: _sent(remote.folder, first))
        yield Row(name, "written", written, written, ours, bare)
    rounds = [_taken(wanted) for _ in range(ROUNDS)]
    ours, bare = (min(some, key=lambda watch: watch.wall) for some in zip(*rounds, strict=True))
    peaks = _peak(FILE), _peak(wanted)
    yield Row(name, "read", wanted, wanted // FILE, ours, bare, peaks)


def _taken(count: int) -> tuple[Watch, Watch]:
    with _full(count) as remote:
        bare = Watch().of(lambda: [_rows(path) for path in sorted(remote.inbox.glob("*.xlsx"))])
        adapter = remote.connect()
        return Watch().of(lambda: _all(adapter, count)), bare


def _peak(count: int) -> float:
    with _full(count) as remote:
        return peak(lambda: _all(remote.connect(), count))


@contextmanager
def _full(count: int) -> Iterator[Any]:
    """A folder with so many rows in its sheets."""
    with folder.Dropped.running() as remote:
        for start in range(0, count, FILE):
            _drop(remote.inbox / f"{start}.xlsx", range(start, start + FILE))
        yield remote


def _all(adapter: Any, count: int) -> None:
    assert read(adapter, folder.DROPPED) == count


def _drop(path: Path, tags: range) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([*folder.HEAD, *folder.ROW])
    for tag in tags:
        sheet.append([f"P{tag}", "C001", None, "1", "007", 2, 3])
    book.save(path)


def _rows(path: Path) -> list[dict[str, Any]]:
    head, *lines = load_workbook(path, data_only=True).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def _sent(place: Path, tags: range) -> None:
    """A file for each, looking as ours do; a power cut leaves none of them half written."""
    for tag in tags:
        wanted = folder.order(f"L{tag}")
        own = {"操作": "新增", **wanted.fields, folder.MARK: f"crm:{tag}"}
        lines = [{**own, **row.fields} for row in wanted.tables[folder.TABLE].rows]
        part = place / "out.part"
        with part.open("wb") as file:
            _sheet([*lines[0]], [list(line.values()) for line in lines]).save(file)
            file.flush()
            os.fsync(file.fileno())
        part.rename(place / f"out-{tag}.xlsx")


def _sheet(headings: Sequence[str], lines: Sequence[Sequence[Any]]) -> Workbook:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(headings)
    for line in lines:
        sheet.append(line)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = len(cell.value) + 4
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str):
                cell.number_format = "@"
    sheet.freeze_panes = "A2"
    return book
