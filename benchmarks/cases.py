"""What is measured, on how many records, and what is promised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the table."""

    group: str
    """W1 to W4."""
    name: str
    workload: str
    count: int
    """Orders or SKUs."""
    options: dict[str, int] = field(default_factory=dict)
    """Of the bare loop and the product alike: `batch`, `group`, `parallel`."""
    latency: int = 0
    """Milliseconds that every call takes."""
    must: float = 0.0
    aim: float = 0.0
    by: str = "cpu"
    """Which ratio the target is about; `calls`: how many more remote calls at most."""
    keeps: bool = False
    """The store is filled once and then used by every run."""

    @property
    def target(self) -> str:
        if self.by == "calls":
            return f"calls ≤ +{self.must:.0f} (+{self.aim:.0f})"
        return f"{self.by} ≥ {self.must} ({self.aim})" if self.must else ""


SINGLE: dict[str, int] = {"batch": 1}
ALONE: dict[str, int] = {"batch": 1, "group": 1}


def _forward(
    name: str, options: dict[str, int], counts: tuple[int, int, int], must: float, aim: float
) -> list[Case]:
    """The same deliveries at three latencies; the target is about the client's own cost."""
    latencies = zip((0, 20, 100), counts, strict=True)
    return [
        Case(
            group="W1",
            name=f"{name}, {latency} ms",
            workload="orders",
            count=count,
            options=options,
            latency=latency,
            must=must if not latency else 0.0,
            aim=aim,
        )
        for latency, count in latencies
    ]


CASES = [
    *_forward("W1 batches of 50", {}, (10_000, 2_000, 1_000), 0.35, 0.6),
    Case(
        group="W1",
        name="W1 batches of 50, 100 ms, 4 parallel",
        workload="orders",
        count=2_000,
        options={"parallel": 4},
        latency=100,
        must=0.7,
        aim=0.9,
        by="wall",
    ),
    *_forward("W1 one by one", SINGLE, (10_000, 200, 50), 0.6, 0.9),
    *_forward("W1 one by one, an intent per order", ALONE, (10_000, 200, 50), 0.4, 0.55),
    Case(
        group="W2",
        name="W2 nothing changed",
        workload="unchanged",
        count=100_000,
        must=0.5,
        aim=0.8,
        keeps=True,
    ),
    Case(group="W3", name="W3 stock pull", workload="stock", count=50_000, keeps=True),
    Case(
        group="W4",
        name="W4 one order",
        workload="one",
        count=200,
        options={},
        must=3,
        aim=1,
        by="calls",
    ),
]

GROWTH = (1_000, 10_000, 100_000)
MEMORY_MUST, MEMORY_AIM, MEMORY_GROWTH = 150.0, 100.0, 1.3
QUICK = {"W1": 60, "W2": 120, "W3": 300, "W4": 20}
WRITES = frozenset(
    {"crm create", "crm update", "erp Save", "erp BatchSave", "erp Submit", "erp Audit"}
)
"""Calls that change something."""
CONSTANT = 10
"""Calls a run may make once beside those for its records: who is there, what fields there are."""

Result = dict[str, Any]
