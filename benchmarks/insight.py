"""How long planning takes and how much memory it needs.

python -m benchmarks.insight [kitting|requirements|growth] [--quick] [--write]

Each figure is of a process of its own. `growth` plans a generated factory (`factory.py`) by
weeks, at three sizes, and then goes on from single changed orders. `kitting` and `requirements`
are of AdventureWorks, where its data lies beside the project.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks import adventureworks, factory
from benchmarks.measuring import peak_mb, told
from connector.derive.kitting import Kitter
from connector.derive.model import Model
from connector.derive.requirements import Planner, week
from connector.derive.structure import Structures

CHANGES = 50
"""Orders changed one after the other, of which the median and the worst count."""
SIZES, QUICK = (25_000, 50_000, 100_000), (1_000, 2_000, 4_000)

WRITTEN = Path(__file__).parents[1] / "docs" / "benchmarks-insight.md"

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What a run must keep to."""

    seconds: float
    megabytes: float
    change: float = 1.0
    """Seconds after one order changed."""


TARGETS = {"kitting": Target(20, 500), "requirements": Target(20, 500), "growth": Target(90, 3_000)}


def kitting(_: int) -> Result:
    """All order lines in sequence; shortages are counted and let go."""
    model = adventureworks.adventureworks()
    lines = [one for rows in model.demands.values() for one in rows.values()]
    began = time.perf_counter()
    kitter, short = Kitter(model, Structures(model, adventureworks.OPENING)), 0
    for kit in kitter.sequence(lines):
        short += len(kit.shorts)
    return {"seconds": time.perf_counter() - began, **_size(model), "found": short}


def requirements(_: int) -> Result:
    """A whole run by days, and for each planned order whom it serves."""
    model = adventureworks.adventureworks()
    began = time.perf_counter()
    planner = Planner(model, adventureworks.OPENING)
    for material in planner.plans:
        planner.pegs(material)
    return {"seconds": time.perf_counter() - began, **_size(model), "found": _planned(planner)}


def growth(materials: int) -> Result:
    """A whole run by weeks, then single changed orders."""
    model = factory.factory(materials)
    began = time.perf_counter()
    planner = Planner(model, factory.OPENING, bucket=week)
    seconds = time.perf_counter() - began
    found = {"seconds": seconds, **_size(model), "found": _planned(planner), "peak_mb": peak_mb()}
    return {**found, **_changed(model, planner)}


def _changed(model: Model, planner: Planner) -> Result:
    orders = [one for rows in model.demands.values() for one in rows.values()]
    times, touched = [], []
    for order in Random(11).sample(orders, CHANGES):
        began = time.perf_counter()
        changed = model.put(f"document:{order.id}", [order._replace(quantity=order.quantity + 3)])
        touched.append(len(planner.update(changed)))
        times.append(time.perf_counter() - began)
    return {"change": median(times), "worst": max(times), "touched": median(touched)}


def _size(model: Model) -> Result:
    versions = (one for rows in model.structures.values() for one in rows)
    return {
        "materials": len(model.items),
        "bom": sum(len(one.components) for one in versions),
        "demands": sum(map(len, model.demands.values())),
    }


def _planned(planner: Planner) -> int:
    return sum(map(len, planner.plans.values()))


RUNS: dict[str, Callable[[int], Result]] = {
    "kitting": kitting, "requirements": requirements, "growth": growth
}  # fmt: skip

PAGE = """# Benchmarks of insight

Written by `python -m benchmarks.insight --write` on {day}. {busy}

{table}

- **kitting**: what of all open order lines of AdventureWorks can be delivered and built, in
  sequence, and what is short. *Found*: shortages.
- **requirements**: a whole requirement run over the same, by days, and for each planned order
  whom it serves. *Found*: planned orders.
- **growth**: a whole run over a generated factory of 12 levels, by weeks, at three sizes, then
  single changed orders one after the other. Work grows with demand lines plus BOM lines times
  weeks: *µs per line* is by that, and stays the same where growth is linear.
- The model is built before the clock runs; *peak MB* is of the whole process, model included.
"""
HEAD = (
    "| run | materials | BOM lines | demand lines | found | seconds | µs per line | peak MB "
    "| one change, s (worst) | materials planned again | target | ok |\n" + "|---" * 12 + "|"
)


def row(name: str, result: Result) -> str:
    """A line of the table. Work grows with demand lines, and BOM lines times weeks."""
    target, changes = TARGETS[name], "change" in result
    work = result["demands"] + result["bom"] * (factory.WEEKS if changes else 1)
    met = result["seconds"] < target.seconds and result["peak_mb"] < target.megabytes
    met = met and result.get("change", 0) < target.change
    wanted = f"{target.seconds:.0f} s, {target.megabytes:,.0f} MB"
    cells = [
        name, *(f"{result[key]:,}" for key in ("materials", "bom", "demands", "found")),
        f"{result['seconds']:.2f}", f"{1e6 * result['seconds'] / work:.2f}",
        f"{result['peak_mb']:.0f}",
        f"{result['change']:.3f} ({result['worst']:.3f})" if changes else "",
        f"{result['touched']:,.0f}" if changes else "",
        wanted + (f", {target.change:.0f} s" if changes else ""), "yes" if met else "no",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _measured(name: str, size: int) -> Result:
    command = [sys.executable, "-m", "benchmarks.insight", name, "--size", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: Result = json.loads(done.stdout)
    return result


def _cases(names: list[str], sizes: tuple[int, ...]) -> list[tuple[str, int]]:
    there = adventureworks.FOLDER.is_dir()
    wanted = [name for name in RUNS if name in names or not names]
    single = [(name, 0) for name in wanted if name != "growth" and there]
    return single + [("growth", size) for size in sizes if "growth" in wanted]


def main() -> int:
    """Everything that was asked for; 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.insight", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="kitting|requirements|growth")
    parser.add_argument("--quick", action="store_true", help="a small factory")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-insight.md")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.size is not None:
        result = RUNS[asked.names[0]](asked.size)
        told({"peak_mb": peak_mb(), **result})
        return 0
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    busy = f"Load before: {load} on {os.cpu_count()} processors."
    lines = [busy, "", HEAD]
    print("\n".join(lines), flush=True)
    for name, size in _cases(asked.names, QUICK if asked.quick else SIZES):
        lines.append(row(name, _measured(name, size)))
        print(lines[-1], flush=True)
    if asked.write:
        page = PAGE.format(day=date.today(), busy=busy, table="\n".join(lines[2:]))
        WRITTEN.write_text(page, "utf-8")
    return 1 if any(line.endswith("| no |") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
