"""Tables, for the terminal and for the documentation."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.cases import MEMORY_AIM, MEMORY_GROWTH, MEMORY_MUST, Case, Result

_COLUMNS = (
    "workload", "records", "calls bare", "product", "CPU s bare", "product", "**ratio**",
    "wall s bare", "product", "ratio", "stub ms/call", "target (aim)", "ok",
)  # fmt: skip
HEAD = f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}"


def line(case: Case, sides: dict[str, Result]) -> str:
    """One row: what both sides did, and whether the target is met."""
    bare, product = sides["bare"], sides["product"]
    calls = [sum(side["calls"].values()) for side in (bare, product)]
    cpu, wall = bare["cpu"] / product["cpu"], bare["wall"] / product["wall"]
    stub = 1000 * (bare["stub_cpu"] + product["stub_cpu"]) / sum(calls)
    cells = [
        case.name, f"{case.count:,}", f"{calls[0]:,}", f"{calls[1]:,}",
        f"{bare['cpu']:.3f}", f"{product['cpu']:.3f}", f"**{cpu:.2f}**",
        f"{bare['wall']:.3f}", f"{product['wall']:.3f}", f"{wall:.2f}",
        f"{stub:.3f}", case.target, _verdict(case, cpu, wall, calls[1] - calls[0]),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _verdict(case: Case, cpu: float, wall: float, more: int) -> str:
    if not case.must:
        return ""
    if case.by == "calls":
        return _word(more <= case.must, more <= case.aim)
    found = cpu if case.by == "cpu" else wall
    return _word(found >= case.must, found >= case.aim)


def _word(must: bool, aim: bool) -> str:
    return "aim" if aim else "yes" if must else "no"


def grown(result: Result) -> str:
    """One row of the growth table."""
    each = 1000 * result["cpu"] / result["orders"]
    return f"| {result['orders']:,} | {result['cpu']:.2f} | {each:.3f} | {result['peak_mb']:.0f} |"


def memory(results: Sequence[Result]) -> str:
    """What the memory targets say of the largest run."""
    largest = results[-1]
    peak = largest["peak_mb"]
    words = f"Peak {peak:.0f} MB at {largest['orders']:,} orders "
    words += f"(under {MEMORY_MUST:.0f}, aim {MEMORY_AIM:.0f}: "
    words += f"{_word(peak < MEMORY_MUST, peak < MEMORY_AIM)})"
    if len(results) > 1:
        ratio = peak / results[-2]["peak_mb"]
        met = _word(ratio <= MEMORY_GROWTH, False)
        words += f", {ratio:.2f} times that of {results[-2]['orders']:,}"
        words += f" (at most {MEMORY_GROWTH}: {met})"
    return words + "."


def document(
    command: str, asked: argparse.Namespace, lines: Sequence[str], results: Sequence[Result]
) -> str:
    """The whole page."""
    about = _ABOUT.format(
        command=command,
        day=date.today().isoformat(),
        machine=_machine(),
        software=_software(),
        store=asked.store,
        pairs=1 if asked.quick else asked.pairs,
    )
    parts = [about]
    if lines:
        parts += ["\n".join([HEAD, *lines])]
    if results:
        head = "| orders | CPU s | CPU ms/order | peak MB |\n|---|---|---|---|"
        parts += ["## Growth and memory", "\n".join([head, *map(grown, results)]), memory(results)]
    return "\n\n".join([*parts, _MEANING]) + "\n"


def _machine() -> str:
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        names = [n for n in information.read_text().splitlines() if n.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}"


def _software() -> str:
    names = ("requests", "SQLAlchemy", "pydantic", "msgspec")
    known = ", ".join(f"{name} {version(name)}" for name in names)
    return f"Python {platform.python_version()}, {known}"


_ABOUT = """\
# Benchmarks

Written by `{command}` on {day}; every figure is of that run.

- Machine: {machine}
- Software: {software}
- Store: {store}, fully durable, as the product opens it
- {pairs} runs of each side, in turn; CPU and wall seconds are medians"""

_MEANING = """\
## What a row means

Two processes do the same work against the same stub server: a *bare loop* (`benchmarks/bare.py`:
`requests`, plain dicts, no state, no checks) and the *product* with its real adapters, shipped
mappings and store. The loop makes the same remote calls in the same batches with as many
threads; the calls columns are the stub's own count. The product makes a few more per run: it asks
which fields an object has.

- **CPU ratio** = CPU of the bare loop / CPU of the product, client processes only (PostgreSQL and
  stub excluded). 1 would mean that durability, checks, comparison and history cost nothing.
- **wall ratio** = the same with elapsed time.
- The clock runs from the first CRM request to the last outcome stored. Before it, customers,
  materials and employees were read and paired, and connections opened.
- `ok`: `aim` and `yes` meet the target, `no` misses it.

- **W1**: orders of 5 lines are read from the CRM, mapped, and saved, submitted and audited in the
  ERP. *Batches of 50*: one call a step for 50 orders. *One by one*: one call a step for each
  order, the intents of 50 orders committed together; *an intent per order*: flow option `group: 1`.
  Before it creates, the product asks the ERP whether the order is there already; so does the loop.
- **W2**: all orders are read again and none has changed. The product compares; the loop maps them
  and has nowhere to send them.
- **W3**: the ERP's whole stock is read; one SKU in a hundred moved and is written to the CRM. The
  loop keeps no state and is told which.
- **W4**: one new order, in a process that is warm, from the CRM's change to the audited bill. The
  loop asks once for the order, once for its lines and once whether the ERP has it, then saves,
  submits and audits.

## Where an order's time goes in batches

There calls are cheap, and an order costs what is done for it. A profile of 6,000 orders in batches
of 50 (`py-spy record --gil`, 2026-11-25) shows reading 28 %, claiming 27 %, sending 25 % and
recording 16 %, and nothing that stands out: compiled mappings 5 %, exact JSON 10 %, validation and
the stored text of the object 6 %, statements 8 %, the log line 2 %. Most of it is what the loop
does not do at all: check, keep what was read and its history, hash, resolve links, make the intent
durable, compare what came back. To come to 0.35 a third of that would have to go, and each part
of it stands behind a promise.

## What is not measured

The remote systems' own time, TLS, networks (latency is a sleep in the stub, the same for every
call), rate limits, approvals and refusals, edits of delivered orders, several processes on one
store, and the CPU of the PostgreSQL server. The bare loop does not sign its calls to the ERP; the
product does. The stub prepares its answers in advance and checks nothing; its own CPU per call is
a column of the table, larger where an answer carries a hundred records."""
