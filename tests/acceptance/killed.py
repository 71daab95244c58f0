"""kill -9 the daemon again and again while a company is carried across and answers get lost.

    python -m tests.acceptance.killed FOLDER [--kills 30] [--seed 1]

Ends with the same comparison as `adventureworks`, and with the ledger's word that no order
ever had two living bills. Fails if the run was too gentle: fewer than half of the kills with
a delivery under way, or fewer than 100 answers lost on any of save, submit and audit.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.acceptance.adventureworks import compare, wanted
from tests.acceptance.site import Report, Site, site

QUICK = {"timeout": 5, "settle": 60, "parallel": 2}
LOST = {"save": ("BatchSave", "Save"), "submit": ("Submit",), "audit": ("Audit",)}
RATE = 0.22
ENOUGH = 100
PATIENCE = 1800.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = Report()
    rng = random.Random(options.seed)
    with site(str(options.folder)) as where:
        where.configure(**QUICK)
        where.edit(_hurry)
        lose_answers(where, options.seed)
        under_way = kill_again_and_again(where, options.kills, rng, report)
        lost = answers_lost(where)
        report.tell(f"kills with a delivery under way: {under_way} of {options.kills}")
        report.tell(f"answers lost after the work was done: {lost}")
        report.check(under_way * 2 >= options.kills, "enough kills in the middle")
        report.check(min(lost.values()) >= ENOUGH, "enough answers lost of each kind")
        where.post("erp", "faults", {"rules": []})
        finish(where, report)
        orders, lines = wanted(options.folder)
        compare(where, orders, lines, report, "manual")
        _, verdict = where.witness()
        report.check(not verdict["doubled"], f"never two living bills: {verdict['doubled'][:3]}")
    return 0


def _hurry(config: Any) -> None:
    config["health"] = ""
    for flow in config["flows"].values():
        flow["every"] = "2s"


def lose_answers(where: Site, seed: int) -> None:
    rules = [
        {"do": "lose_answer", "operation": name, "rate": RATE}
        for names in LOST.values()
        for name in names
    ]
    where.post("erp", "faults", {"rules": rules, "seed": seed})


def answers_lost(where: Site) -> dict[str, int]:
    fired = {rule["operation"]: rule["fired"] for rule in where.get("erp", "faults")["rules"]}
    return {kind: sum(fired[name] for name in names) for kind, names in LOST.items()}


def kill_again_and_again(where: Site, kills: int, rng: random.Random, report: Report) -> int:
    """How many of the kills met a delivery under way."""
    under_way = 0
    for n in range(kills):
        process = where.daemon()
        time.sleep(rng.uniform(3.0, 9.0))
        wait_for_a_delivery(where, process)
        time.sleep(rng.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        counts = states(where)
        under_way += bool(counts.get("sending"))
        report.tell(f"kill {n + 1}: {counts}")
    return under_way


def wait_for_a_delivery(where: Site, process: subprocess.Popen[bytes]) -> None:
    """Until something is being sent; not for ever, since there may be nothing to do."""
    end = time.monotonic() + 10.0
    while time.monotonic() < end and not states(where).get("sending"):
        if process.poll() is not None:
            raise SystemExit(f"the daemon ended by itself: {where.last_words()}")
        time.sleep(0.05)


def states(where: Site) -> dict[str, int]:
    with closing(sqlite3.connect(where.folder / "connector.db", timeout=60)) as store:
        found = store.execute(
            "select state, count(*) from deliveries where flow in ('customers', 'orders', "
            "'delivery_status') group by state"
        )
        return dict(found.fetchall())


def finish(where: Site, report: Report) -> None:
    """Without faults everything settles by itself."""
    process = where.daemon()
    try:
        end = time.monotonic() + PATIENCE
        calm = 0
        while calm < 3:
            if time.monotonic() > end:
                report.check(False, "settles in time")
            time.sleep(10.0)
            counts = states(where)
            report.tell(f"settling: {counts}")
            calm = calm + 1 if set(counts) <= {"in_sync"} else 0
    finally:
        process.send_signal(signal.SIGTERM)
        report.check(process.wait(timeout=60) == 0, "ends orderly")


if __name__ == "__main__":
    raise SystemExit(main())
