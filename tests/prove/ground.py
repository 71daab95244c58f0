"""The ground that the state machine walks on: two owners at one real SQLite store, no network.

Records change in the CRM's world and are captured, marked, claimed and recorded by the product's
own code. Only the sending between claim and outcome is left out: the machine says what came of it.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.memory import World
from connector.assemble import Assembly
from connector.contract import Written
from connector.engine.capture import Capture
from connector.engine.claim import Claimer
from connector.engine.deliver import Deliverer
from connector.engine.dispatch import Dispatcher
from connector.engine.jobs import Job, Result
from connector.engine.record import Recorder
from connector.engine.system import Flow, System
from connector.settings import ConfigFile
from connector.store import deliveries
from connector.store.tables import metadata
from tests.engine.factory import Line, Site, site

STATES = Path(__file__).parents[2] / "docs" / "states.md"
KEYS = ("o1", "o2", "o3")
FLOW = "orders"


def arrows() -> frozenset[tuple[str, str]]:
    """`(from, to)` as the page draws them; a row that is not there is `[*]`."""
    found = re.findall(r"^ +(\S+) --> (\w+|\[\*\])", STATES.read_text("utf-8"), re.MULTILINE)
    return frozenset(found)


@dataclass
class Claim:
    """A job in somebody's hands, and which version of its record it carries."""

    job: Job
    owner: int
    version: int


@dataclass
class Ground:
    """The store, its two owners, and what they hold."""

    site: Site
    systems: list[System]
    engine: Dispatcher
    claims: list[Claim] = field(default_factory=list)

    @property
    def flow(self) -> Flow:
        return self.systems[0].flows[FLOW]

    def clear(self) -> None:
        """A new company."""
        for system in self.systems:
            system.random.seed(0)
        with self.systems[0].store.transaction() as tx:
            for table in metadata.sorted_tables:
                tx.execute(table.delete())
        for world in (self.site.crm, self.site.erp):
            world.forms.clear()
            world.ledger.clear()
        self.claims.clear()
        self.site.customer()
        self.site.material()
        self.site.sync()

    def rows(self) -> dict[str, Any]:
        with self.systems[0].store.reading() as tx:
            return deliveries.load(tx, FLOW, KEYS)

    def capture(self, owner: int, object: str = "sales_order") -> None:
        system = self.systems[owner]
        Capture(system, system.feeds[f"crm/{object}"]).run(allow_gone=True)

    def claim(self, owner: int, limit: int) -> list[Job]:
        system = self.systems[owner]
        return Claimer(system, system.flows[FLOW]).claim(limit).jobs

    def record(self, owner: int, result: Result) -> None:
        system = self.systems[owner]
        Recorder(system, system.flows[FLOW]).record([result])

    def deliver_customers(self) -> None:
        deliverer = Deliverer(self.systems[0], self.systems[0].flows["customers"])
        while deliverer.group():
            pass

    def share_a_line(self, keys: tuple[str, ...]) -> None:
        with self.systems[0].store.transaction() as tx:
            some = [key for key in keys if key in deliveries.load(tx, FLOW, KEYS)]
            rows = [{"flow": FLOW, "key": key, "part": "", "line": "one"} for key in some]
            deliveries.change(tx, rows)


def done(job: Job, step: str = "audited", awaits: str = "") -> Written:
    """The target's word that it holds the record."""
    return Written(job.key or f"bill of {job.row.key}", "N1", step=step, awaits=awaits)


@contextmanager
def ground() -> Iterator[Ground]:
    """Made once; `clear` begins anew."""
    # In memory where there is such a place: nobody pulls a plug here, and syncing takes long.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        directory = Path(folder)
        url = f"sqlite:///{(directory / 'store.db').as_posix()}"
        with site(directory, url) as made:
            made.config = made.config.replace("orders: {", "orders: {attempts: 3, ")
            made.start()
            other = Assembly(ConfigFile(directory / "config.yaml"), made.clock, lambda *_: Line())
            system = other.build()
            try:
                yield Ground(made, [made.system, system], made.dispatcher)
            finally:
                system.store.close()
                World.forget_all()
