"""A folder as people and other programs see it: files that they drop, and files that they find.

Everything here reads and writes sheets past the adapter.
"""

from __future__ import annotations

import copy
import csv
import io
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, ClassVar, Self

from openpyxl import Workbook, load_workbook

from adapters.files import Files
from adapters.files.settings import FilesSettings
from connector import sheets
from connector.contract import Adapter, RowWrite, Shape, Table, TableWrite, Write
from connector.errors import OutcomeUnknown, Unreachable
from connector.http import NoHttp
from connector.testing import Remote, Sample, SkippingClock

FORM, NUMBER, TABLE, LINE, MARK = "订单", "订单号", "明细", "行号", "来源标识"
HEAD, ROW = (NUMBER, "客户", "备注"), (LINE, "物料", "数量", "含税单价")
SHAPE = Shape(
    FORM,
    (NUMBER,),
    ("客户", "备注"),
    NUMBER,
    {TABLE: Table(LINE, ("物料", "数量", "含税单价"), kinds={"物料": "text", "数量": "number"})},
    kinds={"客户": "text", "备注": "text"},
)
SENT_SHAPE = replace(SHAPE, fields=(*SHAPE.fields, MARK))


def row(line: str) -> RowWrite:
    return RowWrite(line, "", {"物料": f"00{line}", "数量": Decimal("1.5"), "含税单价": Decimal(3)})


def order(tag: str) -> Write:
    return Write(
        form=FORM,
        key="",
        fields={NUMBER: tag, "客户": "C001", "备注": None, "下单日期": date(2026, 3, 5)},
        tables={TABLE: TableWrite([row("a"), row("b")])},
        reference=(MARK, f"crm:{tag}"),
        number=NUMBER,
        show=SENT_SHAPE,
        options={"operation": {"column": "操作", "create": "新增", "cancel": "作废"}},
    )


DROPPED = Sample(shape=SHAPE, text="备注", amount=f"{TABLE}/数量")
SENT = Sample(
    shape=SENT_SHAPE,
    text="备注",
    reference=MARK,
    new=order,
    row=row,
    refused=lambda tag: replace(order(tag), fields={"客户": tag}),
    refusal=NUMBER,
    amount=f"{TABLE}/数量",
)


MEMORY = "/dev/shm"
"""Where nothing waits for a disk, if there is such a place."""
ALWAYS = 10**9
"""As often as anybody looks."""


class MovedClock(SkippingClock):
    """The real time, moved on by the test."""

    offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


class FolderRemote(Remote):
    """A folder of its own for each test."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.clock = MovedClock()
        self._settings = settings
        self._trouble = ""
        self._left = ALWAYS

    @classmethod
    @contextmanager
    def running(cls, **settings: Any) -> Iterator[Self]:
        with TemporaryDirectory() as folder:
            yield cls(Path(folder), **settings)

    def connect(self, **settings: Any) -> Adapter:
        stated = {"adapter": "files", "folder": self.folder, "lag": 0, **self._settings, **settings}
        known = FilesSettings.model_validate(stated)
        made: Any = Files(known, NoHttp(self.clock), self.clock)
        for folder in (made._reading._inbox, made._writing._sending._outbox):
            for name in {"take", "taken", "kept", "content", "since", "went"} & set(dir(folder)):
                setattr(folder, name, partial(self._reached, getattr(folder, name)))
        adapter: Adapter = made
        return adapter

    def _reached(self, how: Callable[..., Any], *arguments: Any) -> Any:
        """The share, as long as it is there."""
        self._left -= 1
        if self._left < 0:
            raise Unreachable("the share is gone")
        return how(*arguments)

    def pass_time(self, seconds: float) -> None:
        self.clock.offset += timedelta(seconds=seconds)

    def answer_status(self, status: int, after: int = 0) -> None:
        self._left = after

    def heal(self) -> None:
        self._left = ALWAYS


class Dropped(FolderRemote):
    """Orders that people drop, each in a file of its own; an edit is another file."""

    suffix: ClassVar[str] = ".xlsx"

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(folder, **settings)
        self.inbox = folder / "in" / FORM
        self.inbox.mkdir(parents=True)
        self._newest: dict[str, str] = {}
        """By number, the name of the newest file without its suffix."""
        self._saved: dict[str, float] = {}
        self._numbers = count(1)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        return {number: self._read(number) for number in self._newest}

    def add(self, number: str = "") -> str:
        number = number or f"P{next(self._numbers)}"
        lines = [{LINE: str(n), "物料": "007", "数量": 2, "含税单价": 3} for n in (1, 2)]
        self._drop({NUMBER: number, "客户": "C001", "备注": None, TABLE: lines})
        return number

    def add_together(self, count: int) -> Sequence[str]:
        return [self.add() for _ in range(count)]

    def edit(self, key: str, field: str, value: Any) -> None:
        self.edit_late(key, field, value, 0)

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        table, _, name = field.rpartition("/")
        fields = self._read(key)
        (fields[table][0] if table else fields)[name] = value
        self._drop(fields, seconds)

    def delete(self, key: str) -> None:
        for path in self._files(f"{key}_*"):
            shutil.rmtree(path.parent) if path.parent.parent.name == "done" else path.unlink()
        del self._newest[key]

    # -- files ------------------------------------------------------------------------------

    def _drop(self, fields: Mapping[str, Any], age: float = 0) -> None:
        number = fields[NUMBER]
        self._newest[number] = f"{number}_{next(self._numbers)}"
        path = self.inbox / f"{self._newest[number]}{self.suffix}"
        self._write(path, fields)
        before = self._saved.get(number, 0.0)
        self._saved[number] = max(self.clock.now().timestamp() - age, before)
        os.utime(path, (self._saved[number],) * 2)

    def _files(self, pattern: str) -> list[Path]:
        return [path for path in self.inbox.rglob(pattern) if not path.name.startswith(".")]

    def _read(self, number: str) -> dict[str, Any]:
        """As it stands in the answered copy of its newest file, or in that."""
        name = self._newest[number]
        found = self._files(f"{name}-*-answered.xlsx") or self._files(f"{name}{self.suffix}")
        lines = self._lines(found[0])
        head = {heading: lines[0].get(heading) for heading in HEAD}
        return head | {TABLE: [{heading: line[heading] for heading in ROW} for line in lines]}

    def _lines(self, path: Path) -> list[dict[str, Any]]:
        return lines_of(path)

    def _write(self, path: Path, fields: Mapping[str, Any]) -> None:
        book = Workbook()
        sheet: Any = book.active
        for place, heading in enumerate((*HEAD, *ROW), 1):
            sheet.cell(1, place, heading)
            for n, line in enumerate(fields[TABLE], 2):
                put(sheet.cell(n, place), {**fields, **line}[heading])
        book.save(path)


class AsForms(Dropped):
    """Each file a form: names and values, and the lines below."""

    def _write(self, path: Path, fields: Mapping[str, Any]) -> None:
        book = Workbook()
        sheet: Any = book.active
        sheet["A1"] = "销售订单"
        sheet.merge_cells("A1:D1")
        for n, heading in enumerate(HEAD, 3):
            sheet.cell(n, 1, f"{heading}：")
            put(sheet.cell(n, 2), fields[heading])
        for place, heading in enumerate(ROW, 1):
            sheet.cell(7, place, heading)
            for n, line in enumerate(fields[TABLE], 8):
                put(sheet.cell(n, place), line[heading])
        sheet.cell(9 + len(fields[TABLE]), 1, "审核：")
        book.save(path)

    def _lines(self, path: Path) -> list[dict[str, Any]]:
        sheet = load_workbook(path).worksheets[0]
        head = {str(sheet.cell(n, 1).value).strip("："): sheet.cell(n, 2).value for n in (3, 4, 5)}
        answers = {str(cell.value): cell.column for cell in sheet[7][len(ROW) :] if cell.value}
        rows = [row for row in sheet.iter_rows(8) if row[0].value and row[1].value]
        return [
            head
            | {name: line[place - 1].value for name, place in answers.items()}
            | {heading: line[place].value for place, heading in enumerate(ROW)}
            for line in rows
        ]


class AsCsv(Dropped):
    """As Excel writes CSV in China."""

    suffix = ".csv"

    def _write(self, path: Path, fields: Mapping[str, Any]) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, (*HEAD, *ROW), extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**fields, **line} for line in fields[TABLE])
        path.write_bytes(text.getvalue().encode("gb18030"))

    def _lines(self, path: Path) -> list[dict[str, Any]]:
        if path.suffix == ".xlsx":
            return lines_of(path)
        text = path.read_bytes().decode("gb18030")
        return [
            {n: v or None for n, v in line.items()} for line in csv.DictReader(io.StringIO(text))
        ]


class Remembered(AsCsv):
    """The same without looking: what stands there is what was dropped last. Nobody reads copies,
    so none are made."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(Path(mkdtemp(dir=MEMORY if Path(MEMORY).is_dir() else None)))
        self._dropped: dict[str, dict[str, Any]] = {}

    def connect(self, **settings: Any) -> Adapter:
        made: Any = super().connect(**settings)
        made._reading._answering._copy = lambda *_: b""
        adapter: Adapter = made
        return adapter

    def shows_after(self, seconds: float) -> None:
        """A folder shows everything at once."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        return self._dropped

    def delete(self, key: str) -> None:
        super().delete(key)
        del self._dropped[key]

    def _drop(self, fields: Mapping[str, Any], age: float = 0) -> None:
        super()._drop(fields, age)
        self._dropped[fields[NUMBER]] = copy.deepcopy(dict(fields))

    def _read(self, number: str) -> dict[str, Any]:
        return copy.deepcopy(self._dropped[number])


class Imported(FolderRemote):
    """Orders that we send, as another program finds them."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        return {key: _record(lines) for key, lines in self._newest().items()}

    def _newest(self) -> dict[str, list[dict[str, Any]]]:
        """By number, the lines of the newest file."""
        files = sorted((self.folder / "out" / FORM).glob("*.xlsx"))
        found = [lines_of(path) for path in files]
        return {str(lines[0][NUMBER]): lines for lines in found}

    def delete(self, key: str) -> None:
        """Somebody clears away what we keep of it, and its files."""
        out = self.folder / "out" / FORM
        for path in out.glob(f"*-{key}.xlsx"):
            shutil.rmtree(out / "sent" / path.name[:6])
            path.unlink()

    def saves(self) -> int:
        return len(list((self.folder / "out" / FORM).glob("*.xlsx")))

    def is_cancelled(self, key: str) -> bool:
        return bool(self._newest()[key][0]["操作"] == "作废")

    def drop_request(self) -> None:
        self._trouble = "before"

    def lose_answer(self) -> None:
        self._trouble = "after"

    def connect(self, **settings: Any) -> Adapter:
        made: Any = super().connect(**settings)
        outbox = made._writing._sending._outbox
        publish = outbox._publish

        def troubled(file: Path, to: Path) -> None:
            trouble, self._trouble = self._trouble, ""
            if trouble == "before":
                raise Unreachable("gone")
            publish(file, to)
            if trouble == "after":
                raise OutcomeUnknown("lost")

        outbox._publish = troubled
        adapter: Adapter = made
        return adapter


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a workbook by their headings."""
    first, *rest = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, first), line, strict=True)) for line in rest]


def put(cell: Any, value: Any) -> None:
    """A value as a person types it."""
    if isinstance(value, str):
        sheets.put_text(cell, value)
    else:
        cell.value = value


def _record(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    head = {name: lines[0][name] for name in (*HEAD, MARK)}
    return head | {TABLE: [{name: line[name] for name in ROW} for line in lines]}
