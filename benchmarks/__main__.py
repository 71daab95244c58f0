"""The product beside a bare loop that makes the same remote calls.

python -m benchmarks [W1|W2|W3|W4|memory|growth] [--quick] [--store sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks import report
from benchmarks.cases import (
    CASES,
    CONSTANT,
    GROWTH,
    QUICK,
    WRITES,
    Case,
    Result,
)
from benchmarks.measuring import control
from benchmarks.running import Stores, run, stub

REPEATS = 15
"""Orders, one after the other, of which W4 takes the median."""


class Bench:
    """Runs cases against one kind of store."""

    def __init__(self, stores: Stores, pairs: int) -> None:
        self._stores = stores
        self._pairs = pairs

    def case(self, case: Case) -> dict[str, Result]:
        """Bare loop and product in turn; the median of each figure."""
        stock = case.workload == "stock"
        with stub(0 if stock else case.count, case.count if stock else 0) as port:
            kept = self._filled(case, port) if case.keeps else None
            control(port, latency=case.latency)
            bare, product = [], []
            for n in range(1, self._pairs + 1):
                extra = {"round": n} if stock else {}
                control(port, **extra)
                bare.append(self._bare(case, port, extra))
                product.append(self._product(case, port, kept))
            return {"bare": _middle(bare), "product": _middle(product)}

    def _filled(self, case: Case, port: int) -> dict[str, str]:
        """A store to which everything was delivered once."""
        kept = self._stores.fresh()
        workload = "stock" if case.workload == "stock" else "orders"
        run("product", port=port, workload=workload, **kept)
        return kept

    def _bare(self, case: Case, port: int, extra: dict[str, int]) -> Result:
        if case.workload != "one":
            return run("bare", port=port, workload=case.workload, **case.options, **extra)
        with stub(case.count) as own:
            control(own, add=1)
            return run("bare", port=own, workload="one", batch=1)

    def _product(self, case: Case, port: int, kept: dict[str, str] | None) -> Result:
        where = kept or self._stores.fresh()
        if case.workload != "one":
            return run("product", port=port, workload=case.workload, **where, **case.options)
        # A stub of its own: what is new to the CRM must be this run's orders alone.
        with stub(case.count) as own:
            return run("product", port=own, workload="one", times=REPEATS, **where)

    def growth(self, counts: Sequence[int]) -> list[Result]:
        """The product alone, batches of 50, from few orders to many."""
        found = []
        for count in counts:
            with stub(count) as port:
                result = run("product", port=port, workload="orders", **self._stores.fresh())
            found.append({**result, "orders": count})
            print(report.grown(found[-1]), flush=True)
        return found


def _middle(runs: list[Result]) -> Result:
    """The medians of CPU and wall; everything else as the last run had it."""
    figures = {name: median(result[name] for result in runs) for name in ("cpu", "wall")}
    untouched = all(result.get("untouched", True) for result in runs)
    return {**runs[-1], **figures, "untouched": untouched}


def broken_promises(case: Case, sides: dict[str, Result]) -> list[str]:
    """What the stub counted, against what is promised whatever the machine."""
    bare, product = sides["bare"]["calls"], sides["product"]["calls"]
    counts = [(name, bare.get(name, 0), product.get(name, 0)) for name in sorted(WRITES)]
    found = [f"{name}: {its} bare, {ours} product" for name, its, ours in counts if its != ours]
    more = sum(product.values()) - sum(bare.values())
    most = case.must if case.by == "calls" else CONSTANT
    if more > most:
        found.append(f"{more} more calls than the bare loop")
    if case.workload == "unchanged" and not sides["product"]["untouched"]:
        found.append("something was written to the store although nothing changed")
    return found


def _chosen(names: Sequence[str], *, quick: bool, orders: int) -> list[Case]:
    cases = [case for case in CASES if not names or case.group in names]
    if quick:
        cases = [case for case in cases if case.latency == 0 or case.by == "wall"]
        return [replace(case, count=QUICK[case.group]) for case in cases]
    return [replace(case, count=min(case.count, orders or case.count)) for case in cases]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="W1|W2|W3|W4|memory|growth")
    parser.add_argument("--quick", action="store_true", help="few records; fails on wrong calls")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--orders", type=int, default=0, help="at most so many records")
    parser.add_argument("--pairs", type=int, default=3, help="runs of each side")
    parser.add_argument("--write", type=Path, help="write the results there as Markdown")
    return parser.parse_args()


def main() -> int:
    """Everything that was asked for; 1 if a promise about calls was broken."""
    asked = _arguments()
    every = not asked.names
    grows = {"memory", "growth"} & set(asked.names) or (every and not asked.quick)
    lines, grown, broken = [], [], []
    with tempfile.TemporaryDirectory(prefix="bench") as directory:
        stores = Stores(asked.store, Path(directory))
        bench = Bench(stores, 1 if asked.quick else asked.pairs)
        try:
            print(report.HEAD, flush=True)
            names = [name for name in asked.names if name.startswith("W")]
            cases = _chosen(names, quick=asked.quick, orders=asked.orders)
            for case in cases if every or names else ():
                sides = bench.case(case)
                lines.append(report.line(case, sides))
                print(lines[-1], flush=True)
                broken += [f"{case.name}: {words}" for words in broken_promises(case, sides)]
            if grows:
                grown = bench.growth([n for n in GROWTH if n <= (asked.orders or n)])
                print(report.memory(grown))
        finally:
            stores.close()
    for words in broken:
        print(f"broken: {words}", file=sys.stderr)
    if asked.write:
        given = [word for word in sys.argv[1:] if word not in ("--write", str(asked.write))]
        command = shlex.join(["python", "-m", "benchmarks", *given])
        asked.write.write_text(report.document(command, asked, lines, grown), "utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
