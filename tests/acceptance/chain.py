"""From an order to the bought part that lies there for it, by `connector run` alone.

    python -m tests.acceptance.chain FOLDER

FOLDER holds a company as `tests.acceptance.adventureworks` takes it. The daemon carries the orders
and a forecast, plans, releases what must be bought, and tells the salesperson when the key parts
are there. People do only what people do: audit a requisition, order, receive. Exit code 0 if every
line holds.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.acceptance.site import Report, Site, site

AHEAD = "3650d"
"""What must be ordered within ten years: all of it."""
STEPS = ("purchase requisition", "purchase order", "goods receipt", "progress")
"""What its trace tells of an order, besides what becomes of itself."""
PATIENCE = 1800


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    report = Report()
    with site(str(options.folder)) as where:
        where.configure()
        where.edit(switch_on)
        forecast(where)
        daemon = where.daemon()
        try:
            follow(where, report, partial(until, where, daemon))
        finally:
            daemon.terminate()
            daemon.wait()
    return 0


def switch_on(config: Any) -> None:
    """What `init` writes switched off, and that the daemon releases by itself."""
    flows = {
        "forecasts": {
            "object": "forecast", "from": "crm", "to": "erp", "since": "all",
            "when": 'status == "confirmed"',
        },
        "released_purchases": {"object": "purchase_requisition", "from": "hub", "to": "erp"},
    }  # fmt: skip
    for name, flow in flows.items():
        config["flows"][name] = {**flow, "max_creates": "none"}
    for name in ("requisitions", "purchases", "goods_receipts"):
        config["flows"][name]["every"] = "30s"
    config["health"] = ""
    config["insight"] = {"release_ahead": AHEAD}


def forecast(where: Site) -> None:
    """Somebody expects to sell more of what is sold."""
    product = where.get("crm", "records/SalesOrderProductObj")["records"][0]["product_id"]
    (code,) = [
        one["product_code"]
        for one in where.get("crm", "records/ProductObj")["records"]
        if one["_id"] == product
    ]
    where.people(
        "crm", "add_forecast", product=code, quantity="500", starts_on="2026-12-01",
        ends_on="2026-12-31",
    )  # fmt: skip


def follow(where: Site, report: Report, shown: Callable[..., Any]) -> None:
    """Step by step, as each shows itself at the other side."""
    orders = where.get("crm", "records/SalesOrderObj")["records"]
    report.tell(f"{len(orders)} orders in the CRM")
    bills = shown(lambda: of(where, "SAL_SaleOrder", len(orders)), "orders")
    report.tell(f"{len(bills)} orders in the ERP")
    (expected,) = shown(lambda: of(where, "PLN_FORECAST"), "forecast")
    report.tell(f"forecast {expected['FBillNo']} in the ERP")
    wanted = shown(lambda: of(where, "PUR_Requisition"), "requisition")
    rows = sum(len(one["FEntity"]) for one in wanted)
    report.tell(f"{len(wanted)} requisitions with {rows} rows in the ERP")
    waiting = unready(where)
    report.check(bool(waiting), f"{len(waiting)} orders wait for key parts")
    buy(where, wanted)
    report.tell("all of it ordered and received")
    shown(lambda: len(unready(where)) < len(waiting), "milestone")
    ready = waiting - unready(where)
    report.check(bool(ready), f"{len(ready)} orders say that their key parts are there")
    tell_the_story(where, report, shown, min(ready))


def unready(where: Site) -> set[str]:
    orders = where.get("crm", "records/SalesOrderObj")["records"]
    return {str(one["name"]) for one in orders if not one.get("erp_materials_on__c")}


def of(where: Site, form: str, count: int = 1) -> list[dict[str, Any]]:
    """What we made of a form, once there are so many."""
    bills = where.get("erp", f"records/{form}")["records"]
    found = [bill for bill in bills if bill.get("F_CRM_Ref")]
    return found if len(found) >= count else []


def buy(where: Site, requisitions: list[dict[str, Any]]) -> None:
    """Purchasing audits what was asked for and orders it; the warehouse receives it."""
    for one in requisitions:
        where.people("erp", "audit", number=one["FBillNo"], form="PUR_Requisition")
        bought = where.people("erp", "order_requested", number=one["FBillNo"])
        where.people("erp", "receive_purchase", number=bought)


def tell_the_story(where: Site, report: Report, shown: Callable[..., Any], number: str) -> None:
    """`trace` tells each step of one order."""
    shown(lambda: all(step in story(where, number) for step in STEPS), f"trace of {number}")
    print(story(where, number))
    report.check(True, f"{number}: {', '.join(STEPS)} in its trace")


def story(where: Site, number: str) -> str:
    code, out, err = where.run("trace", "sales_order", number, "--lang", "en")
    if code:
        raise SystemExit(err)
    return out


def until(where: Site, daemon: subprocess.Popen[bytes], holds: Callable[[], Any], what: str) -> Any:
    """What `holds` says once it says something true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := holds():
            return found
        if daemon.poll() is not None:
            raise SystemExit(f"the daemon ended:\n{where.last_words()}")
        time.sleep(5)
    raise SystemExit(f"no {what} after {PATIENCE} s")


if __name__ == "__main__":
    raise SystemExit(main())
