"""The product as real processes, people at work meanwhile, and the reckoning at the end.

What T3, T4 and T6 share. Both systems are served over HTTP by this process; whatever carries
orders between them are `connector run` processes, which are killed, stopped and bereft of their
database. What people do is drawn from a seed. When processes meet what people did is not, so a
seed replays the same troubles, not the same microseconds.
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from connector.operations import overview
from sandbox.fxiaoke import auth
from sandbox.server import Application, Request, Response
from tests.database import serving
from tests.prove import reckoning
from tests.prove.people import People
from tests.prove.suite import Evidence
from tests.system.company import SMALL
from tests.system.processes import Command
from tests.system.site import Site, opened

LIFE = 2.0
"""Seconds for which a request may live: what the adapters' longest write comes to here."""
SETTLE = 5.0
TIMES = {
    "crm": {"timeout": LIFE / 5, "settle": SETTLE, "search_delay": 0, "parallel": 2},
    "erp": {"timeout": LIFE / 3, "settle": SETTLE, "parallel": 2},
}
"""Legal settings: a write takes up to five requests in the CRM and three in the ERP."""
READ = {"lookback": 20, "reread": 5}
"""What was entered is read soon, and not over and over again."""

CUTOFF = 0.5
SPARE = 1.0
HASTE = {
    "connector.daemon.BEAT": 0.1,
    "connector.engine.system.SPARE": SPARE,
    "connector.engine.send.CUTOFF": CUTOFF,
}
"""Constants of the product in these processes. A claim, and a reading's lease, then ends after
2 x LIFE + SPARE = 5 s instead of 64 s. The rule that they serve stands: nothing is sent that could
not end, CUTOFF included, while the claim lasts; so there are 2.5 s in which to begin."""
LEASE = 2 * LIFE + SPARE

LOST = {"do": "lose_answer", "rate": 0.1}
"""Of all calls of the ERP, every tenth is done and never answered."""
LATE = {"do": "late", "operation": "*Save", "rate": 0.2, "seconds": LIFE - 0.2}
"""Some saves are still travelling when their sender gives them up, or is dead."""
WRITES = ("Save", "BatchSave", "Submit", "Audit", "UnAudit")
PATIENCE = 180.0
IMPATIENT = 20.0
"""Seconds after which an operator lets go again what backs off: it does so for up to an hour where
it was in the hands of many daemons that died."""
CALM = 1.0
"""Seconds for which everything must be done and stay done."""


@contextmanager
def _tokens_enough() -> Iterator[None]:
    """The CRM gives ten tokens a minute: a daemon that starts sixty times would mostly wait."""
    before, auth.CALLS_A_MINUTE = auth.CALLS_A_MINUTE, 10_000
    try:
        yield
    finally:
        auth.CALLS_A_MINUTE = before


@contextmanager
def live(store: str, seed: int) -> Iterator[Live]:
    """A company with an empty store: `sqlite`, or the URL of a database."""
    with (
        _tokens_enough(),
        tempfile.TemporaryDirectory(prefix="live") as folder,
        # The ERP numbers its bills: numbers of ours would be a second key, which it keeps unique.
        opened(Path(folder), SMALL, numbering="erp", whole=True) as site,
    ):
        with site.settings() as config:
            _quicken(config)
            if store != "sqlite":
                config["store"] = store
        path = (Path(folder) / "connector.db").as_posix()
        made = Live(site, f"sqlite:///{path}" if store == "sqlite" else store, seed)
        try:
            yield made
        finally:
            made.end()


@contextmanager
def stores(store: str) -> Iterator[str]:
    """What `live` takes, for `sqlite` or `postgresql`; the server is there meanwhile."""
    if store == "sqlite":
        yield store
        return
    with serving() as server:
        yield server.database("live")


def _quicken(config: Any) -> None:
    for name, times in TIMES.items():
        config["connections"][name].update(times, **READ)
    for flow in config["flows"].values():
        # So many answers are lost that a person would have to let some go again.
        flow.update(every="1s", attempts=1000)
    config["flows"]["orders"]["on_change"] = ["edit", "unaudit"]


@dataclass
class Live:
    """A site whose connector is one daemon or several."""

    site: Site
    url: str
    seed: int
    daemons: list[Command] = field(default_factory=list)
    let_go: int = 0
    """Records that an operator told to go again."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.people = People(self.site, self.random)
        self._engine = create_engine(self.url, pool_pre_ping=True, isolation_level="AUTOCOMMIT")
        self._arrived = threading.Semaphore(0)
        for system in (self.site.crm, self.site.erp):
            self._listen(system)

    # -- processes --------------------------------------------------------------------------

    def start(self) -> Command:
        """One more `connector run`."""
        self.daemons.append(self.site.begin("run", patched=HASTE))
        return self.daemons[-1]

    def end(self) -> None:
        """Nobody is left."""
        for daemon in self.daemons:
            daemon.kill()
        self.daemons.clear()
        self._engine.dispose()

    def log(self) -> str:
        return self.site.log.read_text("utf-8") if self.site.log.exists() else ""

    # -- what happens -----------------------------------------------------------------------

    def trouble(self) -> None:
        """From now on answers are lost and requests are late."""
        self.site.erp.faults.set([LATE, LOST], self.seed)

    def _listen(self, system: Application) -> None:
        answer = system.answer

        def heard(request: Request, operation: str, form: str) -> Response:
            if operation in (*WRITES, "create", "update"):
                self._arrived.release()
            return answer(request, operation, form)

        system.answer = heard  # type: ignore[method-assign]

    def wait_for_writes(self, count: int, seconds: float) -> bool:
        """Until so many more requests that write have arrived anywhere; whether they did."""
        while self._arrived.acquire(blocking=False):
            pass
        end = time.monotonic() + seconds
        return all(
            self._arrived.acquire(timeout=max(end - time.monotonic(), 0.0)) for _ in range(count)
        )

    # -- what stands there ------------------------------------------------------------------

    def ask(self, statement: str) -> Sequence[Any]:
        """What the store holds, by a connection of our own."""
        with self._engine.connect() as connection:
            return connection.execute(text(statement)).all()

    def sending(self, daemon: Command) -> int:
        """Deliveries that are, or were at its end, under way in this daemon."""
        mine = f"state = 'sending' and owner like '%:{daemon.pid}:%'"
        return int(self.ask(f"select count(*) from deliveries where {mine}")[0][0])

    # -- the end ----------------------------------------------------------------------------

    def _settle(self) -> str:
        """Nothing goes wrong any more: wait until everything is done. Why it is not, if so."""
        self.site.erp.faults.set([])
        end, since = time.monotonic() + PATIENCE, 0.0
        asked = time.monotonic() + IMPATIENT
        while time.monotonic() < end:
            if time.monotonic() > asked:
                self.let_go += self._retry()
                asked = time.monotonic() + IMPATIENT
            since = (since or time.monotonic()) if self._done() else 0.0
            if since and time.monotonic() - since > CALM:
                return ""
            time.sleep(0.2)
        return f"not settled within {PATIENCE:.0f} s: {self._undone()}"

    def _retry(self) -> int:
        """What `connector failures retry` does for records that wait; how many."""
        waiting: dict[str, list[str]] = {}
        for flow, key in self.ask(
            "select flow, key from deliveries where state = 'pending' and reason = 'retry'"
        ):
            waiting.setdefault(flow, []).append(key)
        app = self.site.app
        retry = partial(overview.retry, app.system, who="operator", ours=False)
        return sum(retry(app.flow(flow), keys) for flow, keys in waiting.items())

    def _done(self) -> bool:
        with suppress(DBAPIError):
            undone = self.ask("select key from deliveries where state <> 'in_sync' limit 1")
            return not undone and reckoning.agree(self.site)
        return False

    def _undone(self) -> str:
        rows = self.ask(
            "select flow, key, state, reason, detail from deliveries where state <> 'in_sync'"
        )
        return "; ".join(" ".join(str(value) for value in row)[:300] for row in rows[:5])

    def reckon(self, evidence: Evidence, command: str) -> None:
        """Wait for the end and judge; every violation names what replays it."""
        late = self._settle()
        violations = [late, *reckoning.judge(self.site, evidence), *reckoning.bugs(self.log())]
        evidence.counts["let go by the operator"] += self.let_go
        evidence.counts["orders"] += len(self.people.orders)
        evidence.counts["recovered"] += self._recovered()
        evidence.violations += [f"{text}\n    {command}" for text in violations if text]

    def _recovered(self) -> int:
        """Bills made by a request whose answer nobody heard."""
        adopted = "select count(*) from links where object = 'sales_order' and origin = 'adopted'"
        return int(self.ask(adopted)[0][0])
