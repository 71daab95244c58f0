"""A folder, sheets in it, and the adapter that looks there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from adapters.files import Files
from adapters.files.settings import FilesSettings
from connector.contract import Record, Shape, Table, Write, Written
from connector.http import NoHttp
from connector.testing import SkippingClock

FORM = "订单"
ROWS = {"物料": "text", "数量": "number", "金额": "number"}
SHAPE = Shape(
    FORM,
    ("订单号",),
    ("客户", "下单日期", "订单备注"),
    "订单号",
    {"明细": Table("行号", ("物料", "数量", "金额"), kinds=ROWS)},
    kinds={"客户": "text", "下单日期": "date", "订单备注": "text"},
)  # fmt: skip
HEADINGS = ["订单号", "客户", "下单日期", "订单备注", "行号", "物料", "数量", "金额"]
ONE = ["SO-1", "C001", "2026-03-05", None, 1, "0012", 2, 22.6]


class Clock(SkippingClock):
    """The real time, moved on by the test."""

    offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


class Folder:
    """One connection to a folder of the test's own."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.root, self.clock = root, Clock()
        self.inbox, self.outbox = root / "in" / FORM, root / "out" / FORM
        self.inbox.mkdir(parents=True, exist_ok=True)
        self._settings = {"adapter": "files", "folder": root, "lag": 0, **settings}
        self.adapter = self.connect()
        self.cursor: str | None = None

    def connect(self) -> Files:
        settings = FilesSettings.model_validate(self._settings)
        return Files(settings, NoHttp(self.clock), self.clock)

    # -- what people do ---------------------------------------------------------------------

    def drop(
        self,
        *rows: Sequence[Any],
        name: str = "a.xlsx",
        how: Callable[[Any], None] | None = None,
        age: float = 0,
    ) -> Path:
        """Somebody saves a workbook of these rows; `how` changes its sheet before."""
        book = Workbook()
        sheet: Any = book.active
        for row in rows:
            sheet.append(row)
        if how is not None:
            how(sheet)
        path = self.inbox / name
        book.save(path)
        return self.saved(path, age)

    def put(self, name: str, content: bytes, age: float = 0) -> Path:
        """Somebody copies a file there."""
        path = self.inbox / name
        path.write_bytes(content)
        return self.saved(path, age)

    def saved(self, path: Path, age: float) -> Path:
        at = self.clock.now().timestamp() - age
        os.utime(path, (at, at))
        return path

    # -- what the adapter does --------------------------------------------------------------

    def read(self, shape: Shape = SHAPE) -> dict[str, Record]:
        """What is new since the last time, by key."""
        pages = list(self.adapter.read(shape, self.cursor))
        self.cursor = pages[-1].cursor
        return {record.key: record for page in pages for record in page.records}

    def fault(self, key: str = "SO-1", **more: Any) -> str:
        """Why a record cannot be read; empty: it can."""
        return str(self.read(**more)[key].fault)

    def answer(self, key: str, **fields: Any) -> Written:
        shape = replace(SHAPE, fields=tuple(fields), tables={})
        return self.adapter.write(Write(FORM, key, fields, show=shape))

    def copies(self) -> list[str]:
        """The answered copies, by name."""
        return sorted(path.name for path in (self.inbox / "answered").glob("*.xlsx"))

    def copy(self, name: str) -> Any:
        """The first sheet of an answered copy, as rows."""
        book = load_workbook(self.inbox / "answered" / name)
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
