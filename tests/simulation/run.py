"""One run: a company at work, everything going wrong, then calm, then the oracle's verdict."""

from __future__ import annotations

import copy
import hashlib
import json
import random as global_random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest import mock

from connector import faults
from connector.engine import dispatch
from tests.oracle import judge
from tests.oracle.history import Decision, History
from tests.oracle.verdict import Verdict
from tests.simulation import database
from tests.simulation.chat import Chat
from tests.simulation.crm import Crm, Salespeople
from tests.simulation.erp import Clerks, Erp
from tests.simulation.machines import Machines
from tests.simulation.observing import Observer, listening
from tests.simulation.people import Approver, Diary, Operator
from tests.simulation.perils import Fate, Seams, by_chance
from tests.simulation.process import Pool
from tests.simulation.scene import Scene, swarm
from tests.simulation.scheduler import Scheduler, Turn
from tests.simulation.wire import Server

START = 1_795_000_000.0
"""When virtual time begins: some day in November 2026."""
PATIENCE = 3 * 3600.0
"""Seconds after two comparisons in calm within which everything must have come to rest, long
backoffs included."""
REVIEWS = 30.0
"""Seconds between looks at the reviews."""
LOOK = 20.0
"""Seconds between looks at what stands too long."""


@dataclass
class Outcome:
    """What came of a run."""

    seed: int
    scene: Scene
    history: History
    verdict: Verdict
    hits: dict[str, int]
    """How often each fault point was met."""
    happened: dict[str, int]
    """What happened to processes, by kind."""
    log: list[str]

    @property
    def digest(self) -> str:
        """Equal for equal runs, byte for byte."""
        history = self.history
        ledgers = [asdict(entry) for entry in (*history.erp, *history.crm, *history.versions)]
        ledgers += [asdict(call) for call in history.calls]
        return hashlib.sha256(json.dumps(ledgers, default=str).encode()).hexdigest()


class Run:
    """Everything that belongs to one run."""

    def __init__(
        self,
        seed: int,
        scene: Scene | None = None,
        fate: Fate | None = None,
        url: str = "",
        start: float = START,
        draw: Callable[[Random], Scene] = swarm,
    ) -> None:
        self.seed = seed
        self.start = start
        self.scene = copy.deepcopy(scene) or draw(self.random("scene"))
        self.scheduler = Scheduler(self.random("scheduler"), start)
        self.log: list[str] = []
        self.trouble: list[str] = []
        self.decisions: list[Decision] = []
        self.calm_at = 0.0
        self.seen: Path | None = None
        """The file beside the store in which starts are counted; a backup of the store has none."""
        self.store = database.store(url)
        self.store.begin(Turn(self.scheduler, database.PATIENCE), shared=self.scene.daemons > 1)
        chance = fate or by_chance(self.scene.perils, self.random("perils"))
        self.seams = Seams(self.scheduler, self.random("seams"), self.scene, chance, self.note)
        self._worlds()
        self.machines = Machines(self)
        self.observer = Observer(self)
        self.operator = Operator(self, self.random("operator"))
        self.approver = Approver(self, self.random("approver"))

    def random(self, what: str) -> Random:
        """A stream of chance of its own, so that one more draw here changes nothing there."""
        return Random(f"{self.seed}/{what}")

    def note(self, text: str) -> None:
        """A line of the readable log."""
        self.log.append(f"{self.scheduler.now - self.start:10.3f}  {text}")

    # -- the world --------------------------------------------------------------------------

    def _worlds(self) -> None:
        scene = self.scene
        self.crm = Crm(self.scheduler, skew=scene.skew, grain=scene.grain)
        self.erp = Erp(self.scheduler, self.random("erp"), scene.nature, skew=0.0)
        self.chat = Chat(self.scheduler)
        self.servers: dict[str, Server] = {"crm": self.crm, "erp": self.erp, "chat": self.chat}
        # What a stamp is rounded down by counts as lateness, too.
        late, longest = scene.late, scene.lookback * 0.9 - scene.grain
        self.sales = Salespeople(self.crm, self.random("sales"), late=late, longest=longest)
        self.clerks = Clerks(self.erp, self.random("clerks"))
        self.crm.note = self.erp.note = self.note
        self.sales.open_shop(scene.customers)
        self.erp.open_shop(self.sales.MATERIALS)
        self.erp.on_save = partial(self._meddle, self.random("meddling"))

    def _meddle(self, random: Random, mark: str) -> None:
        """Somebody changes an order in the very moment in which its bill is saved."""
        if not self.seams.calm and random.random() < self.scene.meddling:
            self.sales.edit(mark.removeprefix("crm:"))

    def _schedule(self) -> None:
        """Everything that happens by itself."""
        scene, random = self.scene, self.random("people")
        diary = Diary(self.scheduler, random, scene, self.sales, self.clerks)
        diary.write()
        for _ in range(scene.terminations):
            diary.soon(0.1, self.machines.terminate)
        if scene.outage:
            diary.soon(0.1, partial(self.seams.cut_off, scene.outage))
        if scene.downtime:
            down = random.choice(list(self.servers.values()))
            diary.soon(0.1, partial(self._take_down, down, scene.downtime))
        if scene.erp_restored:
            self.erp.back_up()
            diary.soon(0.1, self.erp.back_up)
            diary.soon(0.6, self.erp.restore)
        if scene.store_restored:
            diary.soon(0.1, partial(self._back_up, diary))
        if scene.introduced:
            self.scheduler.at(self.start + scene.introduced, self.machines.reload)
        if scene.operator:
            self.scheduler.at(self.start + scene.operator, self._operate)
        if scene.review:
            self.scheduler.at(self.start + REVIEWS, self._approve)

    def _take_down(self, server: Server, seconds: float) -> None:
        self.note(f"{server.name} is down for {seconds:.0f} s")
        server.down = (self.scheduler.now, self.scheduler.now + seconds)

    def _back_up(self, diary: Diary) -> None:
        self.note("our database is backed up")
        diary.soon(0.6, partial(self._restore, self.store.contents()))

    def _restore(self, backup: database.Backup) -> None:
        self.decisions.append(Decision(self.scheduler.now, "restore", "", ""))
        self.machines.restore(backup)

    def _operate(self) -> None:
        if not self.seams.calm:
            self.machines.begin("operator", self.operator.look)
            self.scheduler.at(self.scheduler.now + self.scene.operator, self._operate)

    def _approve(self) -> None:
        self.machines.begin("boss", partial(self.approver.look, calm=self.seams.calm))
        self.scheduler.at(self.scheduler.now + REVIEWS, self._approve)

    # -- the run --------------------------------------------------------------------------

    def go(self) -> Outcome:
        """Work and trouble, calm, verdict."""
        with self._installed():
            self._schedule()
            self.machines.start_all()
            self.scheduler.run(self.start + self.scene.seconds)
            self._calm()
            if self.scene.erp_restored:
                self._rest()
                self.machines.command("operator", self.operator.after_restore)
            history = self.observer.history(rested=self._rest())
        hits, done = dict(self.seams.hits), dict(self.seams.done)
        return Outcome(self.seed, self.scene, history, judge(history), hits, done, self.log)

    @contextmanager
    def _installed(self) -> Iterator[None]:
        known = global_random.getstate()
        global_random.seed(self.seed)  # tenacity draws its waits from there
        faults.install(self.seams)
        with ExitStack() as stack:
            stack.callback(global_random.setstate, known)
            stack.callback(self.scheduler.bury)
            stack.callback(faults.install, None)
            pool = partial(Pool, self.scheduler)
            stack.enter_context(mock.patch.object(dispatch, "ThreadPoolExecutor", pool))
            stack.enter_context(listening(self))
            self.seen = Path(stack.enter_context(TemporaryDirectory())) / "starts"
            yield

    def _calm(self) -> None:
        """From here on nothing goes wrong, and nobody changes anything."""
        self.note("calm")
        self.calm_at = self.scheduler.now
        self.seams.calm = self.erp.calm = self.scene.weather.calm = True
        self.machines.thaw()

    def _rest(self) -> bool:
        """Wait until nothing is left to do; False: it never came to that."""
        earliest = self.scheduler.now + 2 * self.scene.compare + 130.0
        patience = earliest + PATIENCE
        while self.scheduler.now < patience:
            self.scheduler.run(self.scheduler.now + LOOK)
            self.observer.look()
            if self.scheduler.now > earliest:
                if not self.observer.is_busy():
                    return True
                self.machines.slow_down()
        return False
