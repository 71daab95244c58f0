"""`connector demo`: two simulated systems, the real daemon, orders flowing, a checked summary.

Everything runs as it would at a site: the sandboxes and the daemon are processes of their
own that speak HTTP. The summary is judged by a program that does not know the product.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text
from ruamel.yaml import YAML

from connector.cli.common import Output
from connector.errors import ConnectorError
from connector.messages import language
from connector.operations import beginning

SYSTEMS = {"crm": "fxiaoke", "erp": "kingdee_galaxy"}
QUICK = {"lookback": 30, "reread": 3, "timeout": 10, "parallel": 2}
EVERY = {"orders": "1s", "customers": "2s", "delivery_status": "1s", "progress": "1s"}
NEW_ORDER = 2.0
"""Seconds between two new orders in the simulated CRM."""
QUIET = 4
"""Looks in a row without a change before the flow counts as settled."""

WORDS = {
    "zh": {
        "title": "演示：模拟的纷享销客 → 连接器 → 模拟的金蝶云星空，全部在本机",
        "orders": "CRM 订单",
        "bills": "ERP 订单",
        "audited": "其中已审核",
        "production": "生产订单",
        "shipped": "出库单",
        "explained": "CRM 中注明原因的",
        "settling": "不再下新单，等待全部到达……",
        "sabotage": "破坏：在 ERP 里删掉订单 {number}",
        "ok": "核对通过：{arrived} 张订单各到达一次，{lines} 行，金额 {amount}，"
        "{explained} 张在 CRM 中注明原因",
        "bad": "核对不通过：",
    },
    "en": {
        "title": "Demo: simulated Fxiaoke → connector → simulated Kingdee, all on this machine",
        "orders": "orders in the CRM",
        "bills": "bills in the ERP",
        "audited": "of these audited",
        "production": "production orders",
        "shipped": "shipments",
        "explained": "explained in the CRM",
        "settling": "No more new orders; waiting until all have arrived …",
        "sabotage": "Sabotage: the order {number} was deleted in the ERP",
        "ok": "Verified: {arrived} orders arrived, each once, {lines} lines, amount {amount}, "
        "{explained} explained in the CRM",
        "bad": "Not verified:",
    },
}


def run(output: Output, *, seconds: float, sabotage: str, keep: bool) -> bool:
    """Run the demo; True if the witness finds nothing wrong."""
    if sabotage not in ("", "lose-order"):
        raise ConnectorError(f"--sabotage {sabotage}? lose-order")
    folder = Path(tempfile.mkdtemp(prefix="connector-demo-"))
    try:
        with _systems() as systems, _daemon(folder, systems):
            show = _Show(output, systems, time.monotonic() + seconds)
            show.play()
            if sabotage:
                show.lose_an_order()
            return show.judge()
    finally:
        if keep:
            output.errors.print(folder.as_posix())
        else:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _systems() -> Iterator[dict[str, Any]]:
    """Both sandboxes, each a process of its own, filled with the demo company."""
    started = {}
    try:
        for name, system in SYSTEMS.items():
            command = [sys.executable, "-m", "sandbox", system, "--load", "demo", "--json"]
            started[name] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        lines = {name: json.loads(_first_line(process)) for name, process in started.items()}
        yield lines
    finally:
        for process in started.values():
            _end(process)


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline() or "{}"


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def _daemon(folder: Path, systems: dict[str, Any]) -> Iterator[None]:
    """The connector itself, as a service would run it."""
    config = _config(folder, systems)
    environment = {**os.environ, **systems["crm"]["env"], **systems["erp"]["env"]}
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "connector", "run", "--config", str(config)],
            env=environment,
            stderr=log,
        )
        try:
            yield
        finally:
            _end(process)


def _config(folder: Path, systems: dict[str, Any]) -> Path:
    """What `init` writes, with the sandboxes' addresses and a quicker pace."""
    yaml = YAML()
    path = beginning.init(SYSTEMS["crm"], SYSTEMS["erp"], folder, backfill=True, today=_since())
    config = yaml.load(path.read_text("utf-8"))
    config["health"] = ""
    config["language"] = language()
    for name in SYSTEMS:
        config["connections"][name] = {**systems[name]["settings"], **QUICK}
    for name, flow in config["flows"].items():
        flow["every"] = EVERY.get(name, "3s")
    config["flows"]["orders"]["since"] = _since().isoformat()
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(config, file)
    return path


def _since() -> date:
    """The demo company has closed its books before the first of last month."""
    return (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)


@dataclass(slots=True)
class _Show:
    """What people see, and what they would do in the two systems meanwhile."""

    output: Output
    systems: dict[str, Any]
    deadline: float
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    lines: list[str] = field(default_factory=list)
    told: int = 0
    ordered: set[str] = field(default_factory=set)

    def word(self, name: str, **values: Any) -> str:
        return WORDS[language()][name].format(**values)

    # -- what happens -----------------------------------------------------------------------

    def play(self) -> None:
        """Let the company work until the time is up, then until everything has settled."""
        selling = self.deadline - 30
        with self._screen() as show:
            following = time.monotonic()
            while time.monotonic() < selling:
                if time.monotonic() >= following and self._counts()["bills"]:
                    following += NEW_ORDER
                    self._work()
                show(self._counts())
                time.sleep(0.5)
            self._say(self.word("settling"))
            self._settle(show)

    def _work(self) -> None:
        """A salesperson sells, the factory makes, the warehouse ships."""
        products = self._pick("crm", "ProductObj", lambda p: p.get("product_status") == "1", 2)
        account = self._pick("crm", "AccountObj", lambda a: bool(a.get("erp_number__c", True)), 1)
        lines = [
            {
                "product": product["product_code"],
                "quantity": str(self.rng.randint(1, 20)),
                "price": "11.30",
                "tax_rate__c": "13",
            }
            for product in products
        ]
        number = self._people("crm", "add_order", customer=account[0]["account_no"], lines=lines)
        self.ordered.add(str(number))
        self._say(f"CRM  + {number}")
        bills = self._pick(
            "erp", "SAL_SaleOrder", lambda b: b["FDocumentStatus"] == "C" and b.get("F_CRM_Ref"), 2
        )
        for bill, to in zip(bills, ("started", "finished"), strict=False):
            self._people("erp", "advance_production", order_number=bill["FBillNo"], to=to)
        if bills and self.rng.random() < 0.5:
            self._people("erp", "ship", order_number=bills[0]["FBillNo"], carriage_no="SF100001")

    def _settle(self, show: Any) -> None:
        last: Any = None
        same = 0
        while same < QUIET and time.monotonic() < self.deadline + 25:
            counts = self._counts()
            same = same + 1 if counts == last else 0
            last = counts
            show(counts)
            time.sleep(1.0)

    def lose_an_order(self) -> None:
        """What a person with too many rights could do; the witness must see it."""
        bill = self._pick("erp", "SAL_SaleOrder", lambda b: bool(b.get("F_CRM_Ref")), 200)
        for candidate in bill:
            number = candidate["FBillNo"]
            if self._people("erp", "unaudit", number=number) != REFUSED and (
                self._people("erp", "delete", number=number) != REFUSED
            ):
                self._say(self.word("sabotage", number=number))
                return

    def judge(self) -> bool:
        """Ask the witness, a program of its own."""
        urls = [self.systems[name]["url"] for name in SYSTEMS]
        command = [sys.executable, "-m", "sandbox.witness", *urls, "--json"]
        command += ["--since", _since().isoformat()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        verdict = json.loads(done.stdout or "{}")
        ok = done.returncode == 0 and verdict.get("arrived", 0) > 0

        def render(console: Any) -> None:
            if ok:
                console.print(self.word("ok", **verdict), style="bold green")
                return
            console.print(self.word("bad"), style="bold red")
            for kind in ("lost", "doubled", "different", "unexpected"):
                for case in verdict.get(kind, ()):
                    console.print(f"  {kind}: {case}", style="red")

        self.output.show({"ok": ok, **verdict}, render)
        return ok

    # -- the side doors ---------------------------------------------------------------------

    def _counts(self) -> dict[str, int]:
        orders = self._records("crm", "SalesOrderObj")
        bills = [b for b in self._records("erp", "SAL_SaleOrder") if b.get("F_CRM_Ref")]
        states = [str(order.get("erp_state__c") or "") for order in orders]
        return {
            "orders": len(orders),
            "bills": len(bills),
            "audited": sum(bill["FDocumentStatus"] == "C" for bill in bills),
            "production": len(self._records("erp", "PRD_MO")),
            "shipped": len(self._records("erp", "SAL_OUTSTOCK")),
            "explained": sum(state[:2] in ("等待", "已停", "核实") for state in states),
        }

    def _pick(self, name: str, form: str, suits: Any, count: int) -> list[Any]:
        found = [record for record in self._records(name, form) if suits(record)]
        return self.rng.sample(found, min(count, len(found)))

    def _records(self, name: str, form: str) -> list[Any]:
        url = f"{self.systems[name]['url']}/_sandbox/records/{form}"
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own sandbox
            records: list[Any] = json.load(answer)["records"]
        return records

    def _people(self, name: str, act: str, **arguments: Any) -> Any:
        url = f"{self.systems[name]['url']}/_sandbox/people/{act}"
        request = urllib.request.Request(url, json.dumps(arguments).encode(), method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError:
            return REFUSED

    # -- the screen -------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self.lines.append(f"{datetime.now():%H:%M:%S}  {text}")

    @contextmanager
    def _screen(self) -> Iterator[Any]:
        if self.output.as_json or not self.output.console.is_terminal:
            yield self._print
            return
        with Live(console=self.output.console, refresh_per_second=4) as live:
            yield lambda counts: live.update(self._picture(counts))

    def _picture(self, counts: dict[str, int]) -> Group:
        grid = Table.grid(padding=(0, 3))
        for name, value in counts.items():
            grid.add_row(self.word(name), f"[bold]{value}[/bold]")
        return Group(Text(self.word("title"), style="bold"), grid, Text("\n".join(self.lines[-8:])))

    def _print(self, counts: dict[str, int]) -> None:
        """Without a terminal: a line now and then."""
        if self.output.as_json:
            return
        self.told += 1
        if self.told % 10 == 1:
            shown = ", ".join(f"{self.word(name)} {value}" for name, value in counts.items())
            self.output.console.print(f"{datetime.now():%H:%M:%S}  {shown}")


REFUSED = object()
"""What a person wanted was refused by the system."""
