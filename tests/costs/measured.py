"""The stop-watch, and one line of the result."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from connector.contract import Adapter, Written, chunks
from connector.testing import Sample

MOST = 1.5
"""Times that a bare loop may take."""
BATCH = 50
"""Records that are handed over at once, as the engine does."""


@dataclass
class Watch:
    """Seconds that went by, and those that this thread worked itself."""

    wall: float = 0.0
    own: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        wall, own = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            self.wall += time.perf_counter() - wall
            self.own += time.thread_time() - own

    def of(self, work: Callable[[], object]) -> Watch:
        # What a sandbox holds in this very process is not for either side to go through.
        gc.collect()
        gc.freeze()
        try:
            with self.running():
                work()
        finally:
            gc.unfreeze()
        return self


@dataclass(frozen=True)
class Row:
    """An adapter at one kind of work."""

    adapter: str
    work: str
    records: int
    calls: int
    ours: Watch
    bare: Watch
    peaks: tuple[float, float] | None = None
    """MB that were taken at most: for a tenth of the records, and for all."""
    on: str = field(default_factory=lambda: f"{date.today()}")

    @property
    def times(self) -> float:
        return self.ours.wall / self.bare.wall

    def __str__(self) -> str:
        peaks = "{:.1f} → {:.1f}".format(*self.peaks) if self.peaks else ""
        cells = (
            self.adapter, self.work, f"{self.records:,}", f"{self.calls:,}",
            f"{self.ours.wall:.2f}", f"{self.bare.wall:.2f}", f"**{self.times:.2f}**",
            f"{self.ours.own:.2f}", f"{self.bare.own:.2f}", peaks,
            "yes" if self.times <= MOST else "no", self.on,
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


def write(adapter: Adapter, sample: Sample, tags: range) -> None:
    """New records with these tags."""
    assert sample.new is not None
    for some in chunks([sample.new(f"M{tag}") for tag in tags], BATCH):
        outcomes = list(adapter.write_many(some))
        failed = [outcome for outcome in outcomes if not isinstance(outcome, Written)]
        assert len(outcomes) == len(some) and not failed, failed


def read(adapter: Adapter, sample: Sample) -> int:
    """Everything from the beginning; how much that was."""
    return sum(len(page.records) for page in adapter.read(sample.shape, None))


def peak(work: Callable[[], object]) -> float:
    """MB that Python takes for it at most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
