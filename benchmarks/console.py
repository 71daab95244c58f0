"""The console before a store that is full, with readers and a sync beside it.

    python -m benchmarks.console [--orders 100000] [--readers 20] [--write]

The store is filled by the product itself, against the stub. The same process, as the daemon would,
then synchronises new orders, by turns alone and beside a console with its readers, each of whom
opens a page every two seconds; at last one reader opens as many pages as it can, and the console's
memory is looked at meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks import company, product
from benchmarks.measuring import control, told
from benchmarks.running import stub
from connector.derive.reports import REPORTS
from connector.operations.computed import OF

NEW, TURNS = 2_000, 3
"""Orders that are new in each turn, and turns of each kind."""
EVERY = 2.0
"""Seconds between two pages of a reader."""
WARM, MANY = 1_000, 10_000
"""Pages after which the console's memory is looked at first, and at last."""
SLOWEST, LOSS, GROWTH = 200.0, 0.10, 1.10
"""Milliseconds of the 95th percentile, share of the sync's rate, growth of memory: at most."""
ADDRESS = r"http://127\.0\.0\.1:(\d+)"
PASSWORD = "a long and plain pass phrase"
WRITTEN = Path(__file__).parent.parent / "docs" / "benchmarks-console.md"
PAGE = """# Benchmarks of the console

Written by `python -m benchmarks.console --write` on {day}; every figure is of that run.

{figures}

## What a figure means

The store is filled by the product itself against a stub of both systems: every order is read,
mapped, saved, submitted and audited, and all that the console shows is computed. Then the same
process synchronises {new:,} new orders at a time, {turns} times alone and {turns} times beside a
console whose {readers} readers each open one page every two seconds: the board by
salesperson, by number and by stage, single orders, failures, insight, reports, rules, audit. *Rate*
is the new orders by the seconds until everything that follows from them is computed, too. *Memory*
is what the console's process holds resident after {warm:,} pages and after {many:,}.
"""


@dataclass(slots=True)
class Readers:
    """People before the console."""

    port: int
    pages: Sequence[str]
    cookie: str = ""
    times: list[float] = field(default_factory=list)
    """Milliseconds of each page."""
    _over: threading.Event = field(default_factory=threading.Event)

    def enter(self) -> None:
        """Set the first admin's password with the link that the console printed."""
        answer = self._ask("/login", {"login": "root", "password": PASSWORD})
        cookie = answer.getheader("set-cookie")
        if answer.status != 303 or not cookie:
            raise RuntimeError(f"nobody gets in: {answer.status}")
        self.cookie = cookie.partition(";")[0]

    def open(self, path: str) -> None:
        """Look at a page."""
        began = time.perf_counter()
        answer = self._ask(path)
        self.times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    @contextmanager
    def reading(self, count: int) -> Iterator[None]:
        """So many of them read meanwhile."""
        self._over.clear()
        readers = [threading.Thread(target=self._read, args=(n,)) for n in range(count)]
        for one in readers:
            one.start()
        try:
            yield
        finally:
            self._over.set()
            for one in readers:
                one.join()

    def _read(self, seed: int) -> None:
        chance = random.Random(seed)
        self._over.wait(chance.random() * EVERY)
        while not self._over.is_set():
            began = time.perf_counter()
            self.open(chance.choice(self.pages))
            self._over.wait(max(EVERY - (time.perf_counter() - began), 0))

    def _ask(self, path: str, form: Any = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": self.cookie}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method, body = ("GET", None) if form is None else ("POST", urlencode(form))
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()


def pages(orders: int) -> list[str]:
    """What people open."""
    number = company.order_number(orders - 7)
    own = [f"/insight/{one}" for one in OF] + [f"/reports/{one}" for one in REPORTS]
    return [
        "/", "/orders", "/orders?late=true", f"/orders?number={number[:-2]}",
        f"/orders?salesperson={company.employee_id(3)}", "/orders?stage=ordered",
        f"/orders/{number}", f"/orders/{company.order_number(7)}", "/failures", "/reviews",
        f"/insight/order_progress?number={number}", "/rules", "/audit", "/users", *own,
    ]  # fmt: skip


def work(port: int, directory: str) -> None:
    """Deliver everything that there is, and compute what the console shows; then, for each line
    that comes in, synchronise new orders and tell the seconds it took."""
    path = product.configure(Path(directory), port, "orders")
    config = json.loads(path.read_text("utf-8"))
    config["console"] = {"address": f"127.0.0.1:{_free()}"}
    config["people"] = {"root": {"logins": ["root"], "roles": ["admin"]}}
    path.write_text(json.dumps(config, ensure_ascii=False), "utf-8")
    with product.warm(path) as app:
        product.checked(app.sync(["orders"]))
        accounts = app.accounts
        accounts.welcome(accounts.invite("root", "benchmark"), PASSWORD)
        told(product.rows(app))
        for _ in iter(sys.stdin.readline, ""):
            control(port, add=NEW)
            began = time.perf_counter()
            found = product.checked(app.sync(["orders"]))
            seconds = time.perf_counter() - began
            if found["flows"]["orders"]["written"] != NEW:
                raise RuntimeError(str(found))
            told(seconds)


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def worker(port: int, directory: str) -> Iterator[tuple[dict[str, int], Callable[[], float]]]:
    """That process: the rows of the store once it is filled, and what has new orders synchronised
    and tells the seconds it took."""
    arguments = json.dumps({"port": port, "directory": directory})
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.console", arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    there, back = process.stdin, process.stdout
    assert there is not None
    assert back is not None

    def turn() -> float:
        there.write("\n")
        there.flush()
        return float(back.readline())

    with process, there, back:
        yield json.loads(back.readline()), turn


@contextmanager
def console(directory: Path) -> Iterator[tuple[int, int]]:
    """The console in a process of its own: its port and the process's number."""
    command = [sys.executable, "-m", "connector", "console", "--lang", "en"]
    process = subprocess.Popen(
        [*command, "--config", str(directory / "config.yaml")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    output = process.stdout
    assert output is not None
    try:
        yield _port(output), process.pid
    finally:
        process.terminate()
        process.wait()
        output.close()


def _port(output: Any) -> int:
    """Of a console that has said where it is, once it answers."""
    found = next((one for line in output if (one := re.search(ADDRESS, line))), None)
    if found is None:
        raise RuntimeError("the console did not start")
    port = int(found[1])
    while True:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return port
        time.sleep(0.05)


def resident_mb(process: int) -> float:
    """What a process holds resident."""
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def measure(orders: int, count: int) -> dict[str, Any]:
    """All of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        stub(orders) as port,
        worker(port, folder) as (rows, turn),
    ):
        alone, beside, times, wanted = [], [], list[float](), pages(orders)
        for _ in range(TURNS):
            alone.append(NEW / turn())
            with console(Path(folder)) as (own, _):
                readers = Readers(own, wanted)
                readers.enter()
                for path in wanted:
                    readers.open(path)
                readers.times.clear()
                with readers.reading(count):
                    beside.append(NEW / turn())
                times += readers.times
        with console(Path(folder)) as (own, process):
            reader = Readers(own, wanted)
            reader.enter()
            held = []
            for most in (WARM, MANY - WARM):
                for n in range(most):
                    reader.open(wanted[n % len(wanted)])
                held.append(resident_mb(process))
    times.sort()
    return {"rows": rows, "alone": median(alone), "beside": median(beside), "held": held,
            "pages": len(times), "median": median(times), "p95": times[int(len(times) * 0.95)],
            "longest": times[-1]}  # fmt: skip


def figures(found: dict[str, Any], orders: int, readers: int) -> tuple[str, bool]:
    """What was measured, and whether it is what is wanted."""
    loss, growth = 1 - found["beside"] / found["alone"], found["held"][1] / found["held"][0]
    met = found["p95"] < SLOWEST and loss < LOSS and growth < GROWTH
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    lines = [
        f"- Machine: {os.cpu_count()} processors; load at the end {load}",
        f"- Store: SQLite, {orders:,} orders at first; {found['rows']['deliveries']:,} deliveries, "
        f"{found['rows']['snapshots']:,} records",
        f"- Pages, {readers} readers beside a sync: {found['pages']:,}; median "
        f"{found['median']:.0f} ms, 95th percentile {found['p95']:.0f} ms (wanted: under "
        f"{SLOWEST:.0f}), longest {found['longest']:.0f} ms",
        f"- Rate of the sync: {found['alone']:.1f} orders/s alone, {found['beside']:.1f} beside "
        f"the readers: {loss:.1%} lost (wanted: under {LOSS:.0%})",
        f"- Memory of the console: {found['held'][0]:.0f} MB after {WARM:,} pages, "
        f"{found['held'][1]:.0f} MB after {MANY:,}: {growth:.2f} times (wanted: under {GROWTH})",
    ]
    return "\n".join(lines), met


def main() -> int:
    """Measure and tell; 1 if a target was missed."""
    if len(sys.argv) == 2 and sys.argv[1].startswith("{"):
        work(**json.loads(sys.argv[1]))
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-console.md")
    asked = parser.parse_args()
    text, met = figures(measure(asked.orders, asked.readers), asked.orders, asked.readers)
    print(text)
    if asked.write:
        page = PAGE.format(day=date.today(), figures=text, new=NEW, turns=TURNS, warm=WARM,
                           many=MANY, readers=asked.readers)  # fmt: skip
        WRITTEN.write_text(page, "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
