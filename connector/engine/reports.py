"""Reports, made of what was computed last; where nothing computes it, of the books as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connector.derive.reports import REPORTS, Report, Wish
from connector.engine import orders
from connector.engine.books import Books
from connector.engine.figuring import TOGETHER
from connector.engine.system import System
from connector.messages import say
from connector.objects import OBJECTS
from connector.settings import HUB
from connector.store import snapshots
from connector.store.engine import Tx

NEEDED = frozenset({"order_progress", *(object for object, _ in REPORTS.values())})
"""What must be computed for them."""


def report(
    system: System, tx: Tx, name: str, language: str, year: int = 0, figure: str = ""
) -> Report:
    """One of `REPORTS`, for somebody who reads this language."""
    object, make = REPORTS[name]
    there = system.zone(system.insight.erp)
    wish = Wish(
        today=datetime.fromtimestamp(system.store.now(tx), there).date(),
        names=_names(system, tx),
        nobody=say("of_nobody").render(language),
        everybody=say("of_all").render(language),
        year=year,
        figure=figure,
    )
    return make(_records(system, tx, object), wish)


def _records(system: System, tx: Tx, object: str) -> Sequence[Any]:
    if object not in system.asked_of_hub():
        return list(TOGETHER[object](Books(system, tx)).values())
    model = OBJECTS[object]
    return [model.model_validate_json(row.data) for row in snapshots.every(tx, HUB, object)]


def _names(system: System, tx: Tx) -> dict[str, str]:
    """What people call employees; those of the systems that orders come from go first."""
    found: dict[str, str] = {}
    for connection in (*orders.sources(system), system.insight.erp):
        for row in snapshots.every(tx, connection, "employee"):
            name = snapshots.data(row).get("name")
            found.setdefault(row.key, str(name or row.number or row.key))
    return found
