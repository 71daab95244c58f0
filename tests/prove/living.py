"""Sites of the proof whose daemon lives through trouble and must come to rest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector.app import App
from tests.prove.cases import Found, witnessed
from tests.system.company import SMALL
from tests.system.processes import Command
from tests.system.site import Site, opened, wait_for

REST = 200.0
"""Seconds within which everything must settle: a dead claim on PostgreSQL takes 66 of them."""


@contextmanager
def small(folder: Path | None = None) -> Iterator[Site]:
    """A site of which bills stay open for changes; one order is there, not carried yet."""
    with (
        tempfile.TemporaryDirectory() as made,
        opened(folder or Path(made), SMALL, whole=True) as site,
    ):
        site.flow("orders", until="saved")
        site.order(number="old-0")
        yield site


def quicken(site: Site, *, timeout: float, crm: float, erp: float) -> None:
    """Short timeouts, times to settle just above what is legal, readings every second."""
    with site.settings() as config:
        config["connections"]["crm"].update(timeout=timeout, settle=crm)
        config["connections"]["erp"].update(timeout=timeout, settle=erp)
        for flow in config["flows"].values():
            flow["every"] = "1s"


def alive(site: Site) -> bool:
    """The daemon has begun."""
    return site.log.is_file() and b'"started"' in site.log.read_bytes()


def unsettled(app: App) -> list[str]:
    """What is still to be done, by the product's own account."""
    return [
        f"{flow}: {count} {state} {entry['reasons']}"
        for flow, entry in app.status()["flows"].items()
        for state, count in entry["states"].items()
        if state != "in_sync"
    ]


def rested(site: Site, daemon: Command, seconds: float = REST) -> Found:
    """The daemon works everything off by itself."""
    try:
        wait_for(lambda: not unsettled(site.app) and _all_told(site), seconds, daemon, 0.5)
    except AssertionError as error:
        return Found(violations=[f"{error}: {unsettled(site.app)}"])
    return witnessed(site)


def _all_told(site: Site) -> bool:
    return all(order.get("erp_number__c") for order in site.orders().values())
