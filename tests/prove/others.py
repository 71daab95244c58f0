"""T3 others: `kill -9` while orders go into any other ERP, each in its idempotency class.

    python -m tests.prove.others --erp NAME [--seed 7] [--kills 20]

Like T3, over whatever ERPs `tests/pairs` knows: every cycle starts the daemon, lets a salesperson
enter orders and kills it some moments later, while every tenth answer of the ERP is lost. At the
end each order is booked once, with the right rows, and none was ever made twice. In class C what
nobody can look up is left to a person, and listed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from connector.app import App
from connector.operations import overview
from connector.store import deliveries
from connector.yamlfile import plain_load
from tests.pairs.carrying import joined, sides
from tests.pairs.orders import amounts, customer_of, lines_of
from tests.pairs.side import Crm, Erp, Line
from tests.prove import reckoning
from tests.prove.live import HASTE, PATIENCE, READ
from tests.prove.suite import Evidence, Suite
from tests.system import configuration
from tests.system.company import SMALL
from tests.system.processes import Command

CRM, REFERENCE = "fxiaoke", "kingdee_galaxy"
"""Where orders come from; and the ERP that T3 itself is about."""
SEED = 1
KILLS, MANY = 3, 100
AT_ONCE = 4
"""Proofs that run beside each other."""
LOST = 0.1
LIVES = (0.5, 4.0)
"""Seconds for which a daemon lives that dies at any moment, one of five."""
BUSY = 8.0
"""Seconds to wait for a delivery under way, for the others."""
AFTER = (0.0, 0.005, 0.02, 0.1)
"""Seconds after one was seen."""
ENOUGH = 1 / 5
"""Share of the kills that must have met a delivery under way."""
SPARE = 0.5
IMPATIENT = 4.0
"""Seconds after which what backs off is told to go again."""
FEW = 5
"""Violations of one kind that are told."""


def kill(erp: str, kills: int, seed: int) -> Evidence:
    """T3 over one ERP."""
    command = f"python -m tests.prove.others --erp {erp} --seed {seed} --kills {kills}"
    evidence = Evidence(f"{kills} kills over {erp}, seed {seed}")
    with _site(erp, seed) as site:
        site.first()
        site.erp.trouble(LOST, seed)
        for _ in range(kills):
            evidence.counts["under way"] += site.live_and_die()
        site.erp.trouble(0, seed)
        violations = [site.rest(), *site.judge(evidence), *reckoning.bugs(site.log)]
    evidence.violations += [f"{text}\n    {command}" for text in violations if text]
    return evidence


def _gentle(evidence: Evidence, kills: int) -> list[str]:
    """Whether too few of the kills met anything."""
    met = evidence.counts["under way"]
    return [f"too gentle: {met} of {kills} met a delivery"] if met < kills * ENOUGH else []


@dataclass
class _Site:
    """Both systems, and daemons that die."""

    folder: Path
    crm: Crm
    erp: Erp
    random: random.Random
    orders: dict[str, list[Line]] = field(default_factory=dict)

    # -- what happens -----------------------------------------------------------------------

    def first(self) -> None:
        """A daemon reads what was there before, and ends when it has carried an order."""
        daemon = self._start()
        self._sell(1)
        end = time.monotonic() + PATIENCE
        while not self.erp.booked() and time.monotonic() < end:
            time.sleep(0.2)
        daemon.kill()

    def live_and_die(self) -> bool:
        """One life of a daemon, while somebody sells; whether its death met a delivery."""
        daemon = self._start()
        self._sell(self.random.randint(2, 4))
        self._its_moment(daemon)
        code = daemon.poll()
        daemon.kill()
        assert code is None, f"it ended by itself: {self.log[-2000:]}"
        return self._sending(daemon) > 0

    def _its_moment(self, daemon: Command) -> None:
        if self.random.random() < 0.2:
            time.sleep(self.random.uniform(*LIVES))
            return
        end = time.monotonic() + BUSY
        while time.monotonic() < end and not self._sending(daemon):
            time.sleep(0.005)
        time.sleep(self.random.choice(AFTER))

    def _sending(self, daemon: Command) -> int:
        mine = f"state = 'sending' and owner like '%:{daemon.pid}:%'"
        with closing(sqlite3.connect(self.folder / "connector.db")) as store:
            found = store.execute(f"select count(*) from deliveries where {mine}")
            return int(found.fetchone()[0])

    def rest(self) -> str:
        """A last daemon, and nothing goes wrong any more; why not everything is done, if so."""
        daemon, end = self._start(), time.monotonic() + PATIENCE
        asked = time.monotonic() + IMPATIENT
        app = App.open(self.folder / "config.yaml")
        try:
            while (left := self._undone(app)) and time.monotonic() < end:
                self.erp.work()
                if time.monotonic() > asked:
                    self._let_go(app)
                    asked = time.monotonic() + IMPATIENT
                time.sleep(0.3)
        finally:
            app.close()
            daemon.kill()
        return f"not settled within {PATIENCE:.0f} s: {left}" if left else ""

    def _start(self) -> Command:
        command = ["run", "--config", str(self.folder / "config.yaml")]
        out = self.folder / "daemon.log"
        return Command(command, os.environ, out, out, patched=HASTE)

    def _sell(self, count: int) -> None:
        for n in range(len(self.orders), len(self.orders) + count):
            self.orders[self.crm.order(customer_of(n), lines_of(n))] = lines_of(n)

    @property
    def log(self) -> str:
        return (self.folder / "daemon.log").read_text("utf-8")

    # -- what is left -----------------------------------------------------------------------

    def _undone(self, app: App) -> str:
        """What is neither done nor left to a person; the orders that nobody has read yet."""
        flows = app.status()["flows"]
        left = [
            f"{name}: {n} {state}"
            for name, flow in flows.items()
            for state, n in flow["states"].items()
            if state != "in_sync" and not (state == "stopped" and flow["class"] == "C")
        ]
        known = sum(flows["orders"]["states"].values())
        missing = len(self.orders) - known
        return "; ".join([*left, *([f"{missing} not read"] if missing else [])])

    def _let_go(self, app: App) -> None:
        """What backs off is told to go again, as by `connector failures retry`."""
        for name, flow in app.system.flows.items():
            if flow.delivers:
                with app.system.store.reading() as tx:
                    rows = deliveries.walk(tx, name, "", 1000)
                waiting = [one.key for one in rows if one.reason == "retry"]
                overview.retry(app.system, flow, waiting, who="operator", ours=False)

    # -- judging ----------------------------------------------------------------------------

    def judge(self, evidence: Evidence) -> Iterator[str]:
        """Count orders by what became of them; the violations."""
        booked = self.erp.booked()
        by_key = {one.reference.rpartition(":")[2]: one for one in booked}
        made = Counter(mark.rpartition(":")[2] for mark in self.erp.made())
        living = Counter(one.reference for one in booked)
        listed = self._listed()
        found = {
            "lost": [key for key in self.orders if key not in by_key and key not in listed],
            "duplicated": [
                *(key for key, times in made.items() if times > 1),
                *(mark for mark, times in living.items() if times > 1),
            ],
            "unexpected": [
                *(key for key in by_key if key not in self.orders),
                *(k for k, one in by_key.items() if one.amounts != amounts(self.orders.get(k, []))),
            ],
        }
        evidence.counts["orders"] += len(self.orders)
        evidence.counts["listed"] += len(listed)
        evidence.counts["ok"] += len(by_key.keys() & self.orders.keys())
        for kind, keys in found.items():
            evidence.counts[kind] += len(keys)
            yield from (f"{kind}: {key}" for key in keys[:FEW])

    def _listed(self) -> set[str]:
        """Orders that are left to a person, by the public listing."""
        app = App.open(self.folder / "config.yaml")
        try:
            return {failure["key"] for failure in app.failures("orders")}
        finally:
            app.close()


@contextmanager
def _site(erp: str, seed: int) -> Iterator[_Site]:
    with tempfile.TemporaryDirectory(prefix="others") as made:
        folder = Path(made)
        with joined(sides("CRM")[CRM], sides("ERP")[erp], SMALL, folder) as (crm, other):
            path = folder / "config.yaml"
            config = {**plain_load(path.read_text("utf-8")), "health": ""}
            for name in ("crm", "erp"):
                config["connections"][name].update(READ)
            config["connections"]["crm"].update(timeout=crm.patience, search_delay=0)
            config["connections"]["erp"].update(timeout=other.patience, **other.haste)
            for flow in config["flows"].values():
                flow.update(every="1s", attempts=1000)
            path.write_text(configuration.written(config), encoding="utf-8")
            config["connections"]["erp"]["settle"] = _shortest(path)
            path.write_text(configuration.written(config), encoding="utf-8")
            yield _Site(folder, crm, other, random.Random(seed))


def _shortest(path: Path) -> float:
    """The least that may be waited before the ERP is asked what became of a lost answer."""
    app = App.open(path)
    try:
        erp = app.system.connections["erp"]
        return erp.longest_request + erp.adapter.capabilities.visibility_delay + SPARE
    finally:
        app.close()


def others() -> list[str]:
    """The ERPs but for the one that T3 itself is about."""
    return [name for name in sides("ERP") if name != REFERENCE]


def _all(kills: int) -> Evidence:
    """Every one of them, each in a process of its own: they wait most of the time."""
    whole = Evidence(f"{kills} kills over each of {', '.join(others()) or 'none'}, seed {SEED}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in pool.map(partial(_aside, kills), others()):
            whole.counts += one.counts
            whole.violations += one.violations
    whole.violations += _gentle(whole, kills * len(others()))
    return whole


def _aside(kills: int, erp: str) -> Evidence:
    command = [sys.executable, "-m", "tests.prove.others", "--plain"]
    more = ["--erp", erp, "--seed", str(SEED), "--kills", str(kills)]
    ran = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    try:
        return Evidence.read(json.loads(ran.stdout))
    except ValueError:
        return Evidence(violations=[f"{erp}: {ran.stderr[-2000:]}"])


SUITES = (
    Suite(
        "T3 others",
        "kill -9 while delivering into any other ERP; every tenth answer lost",
        partial(_all, KILLS),
        partial(_all, MANY),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--erp", choices=tuple(sides("ERP")), required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    evidence = kill(options.erp, options.kills, options.seed)
    if options.plain:
        print(json.dumps(evidence.plain()))
        return 0
    evidence.violations += _gentle(evidence, options.kills)
    print(evidence.ran, dict(evidence.counts), *evidence.violations, sep="\n")
    return 0 if evidence.holds else 1


if __name__ == "__main__":
    sys.exit(main())
