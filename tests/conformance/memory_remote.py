"""A world in memory with people and faults in it, and how its records look."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from adapters.memory import MemoryAdapter, MemorySettings, World
from connector.contract import Adapter, RowWrite, Shape, Table, TableWrite, Write
from connector.errors import AdapterError, OutcomeUnknown, Transient, Unreachable
from connector.testing import Remote, Sample, SkippingClock

SHAPE = Shape(
    "bill",
    ("id",),
    ("note", "total"),
    "no",
    {"lines": Table("id", ("goods", "qty"))},
)


def row(line: str) -> RowWrite:
    return RowWrite(line, "", {"goods": f"G-{line}", "qty": Decimal("1.5")})


def new(tag: str) -> Write:
    return Write(
        form="bill",
        key="",
        fields={"no": tag, "note": "", "total": Decimal("226.00")},
        tables={"lines": TableWrite([row("a"), row("b")])},
        reference=("ref", f"crm:{tag}"),
        number="no",
        show=SHAPE,
    )


def refused(tag: str) -> Write:
    return replace(new(tag), fields={**new(tag).fields, "note": "forbidden"})


BILLS = Sample(
    shape=SHAPE,
    text="note",
    reference="ref",
    new=new,
    row=row,
    refused=refused,
    refusal="不允许",
    unique_number=True,
    amount="lines/qty",
    coded="lines/goods",
)
TOTALS = replace(BILLS, amount="total")
"""The same with the decimal field of the head."""


class MemoryRemote(Remote):
    """A world of its own for each test."""

    def __init__(self, kind: Callable[..., Adapter] = MemoryAdapter, **settings: Any) -> None:
        self.world = World.of(uuid.uuid4().hex)
        self.world.unique["bill"] = "no"
        self.world.rules["bill"] = lambda f: "不允许" if f.get("note") == "forbidden" else ""
        names = {"G": "齿轮箱", "G-a": "轴承", "G-b": "联轴器", "G-c": "密封圈"}
        self.world.codes["bill", "lines/goods"] = names
        self._kind = kind
        self._settings = settings

    def connect(self, **settings: Any) -> Adapter:
        stated = {"adapter": "memory", "world": self.world.name, **self._settings, **settings}
        known = MemorySettings.model_validate(stated)
        return self._kind(known, None, SkippingClock())

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.world.lock:
            kept = self.world.form("bill").values()
            return {
                k.key: {**k.fields, "lines": [dict(r) for r in k.fields.get("lines", ())]}
                for k in kept
            }

    def add(self, number: str = "") -> str:
        number = number or f"P{self.world.new_key('number')}"
        rows = [{"id": self.world.new_key(), "goods": "G", "qty": Decimal(2)} for _ in range(2)]
        fields = {"no": number, "note": "", "total": Decimal(4), "lines": rows}
        return self.world.put("bill", fields, step="saved")

    def add_together(self, count: int) -> Sequence[str]:
        return [self.add() for _ in range(count)]

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        fields = {name: value}
        if table:
            rows = [dict(r) for r in self.held()[key][table]]
            rows[0][name] = value
            fields = {table: rows}
        self.world.put("bill", fields, key)

    def delete(self, key: str) -> None:
        self.world.delete("bill", key)

    def saves(self) -> int:
        return sum(entry[0] == "put" for entry in self.world.ledger)

    def step_of(self, key: str) -> str:
        return self.world.form("bill")[key].step

    def is_cancelled(self, key: str) -> bool:
        return self.world.form("bill")[key].cancelled

    def drop_request(self) -> None:
        self._go_wrong("before", OutcomeUnknown("lost"), times=1)

    def lose_answer(self) -> None:
        self._go_wrong("after", OutcomeUnknown("lost"), times=1)

    def lose_step(self, step: str) -> None:
        self._go_wrong(step, OutcomeUnknown("lost"), times=1)

    def answer_status(self, status: int, after: int = 0) -> None:
        kind = Unreachable if status == 429 else Transient
        self._go_wrong("read before", kind("busy"), skip=after)

    def heal(self) -> None:
        self.world.trouble = None

    def _go_wrong(
        self, moments: str, error: AdapterError, *, times: int = 10_000, skip: int = 0
    ) -> None:
        left = [skip, times]

        def trouble(moment: str, _: str) -> None:
            if moment not in moments.split():
                return
            if left[0] > 0:
                left[0] -= 1
            elif left[1] > 0:
                left[1] -= 1
                raise error

        self.world.trouble = trouble
