"""The machines that the product runs on: daemons that are started, die, and are started again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Protocol

from connector.app import App
from connector.contract import Settings
from connector.runs import StoreInUse
from connector.store.engine import StoreUnavailable
from tests.simulation import company
from tests.simulation.database import Backup, VirtualStore
from tests.simulation.perils import Mishap
from tests.simulation.process import VirtualClock, VirtualDaemon
from tests.simulation.scene import LONGEST, Scene
from tests.simulation.scheduler import Process, Scheduler, Task
from tests.simulation.wire import Server, VirtualHttp, Wire


class Run(Protocol):
    """As much of a run as machines need."""

    start: float
    scheduler: Scheduler
    scene: Scene
    store: VirtualStore
    servers: dict[str, Server]

    def random(self, what: str) -> Random: ...

    def note(self, text: str) -> None: ...


class Machines:
    """Starts processes, watches daemons as a service manager does, and ends them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._scheduler = run.scheduler
        self._starts = 0
        self._closed = False
        self.daemons: dict[Process, VirtualDaemon] = {}
        self._commands: list[Process] = []
        self.started_at = 0.0
        """When a daemon was last started."""
        self.failed: list[Exception] = []
        """What ended a daemon, or a command, and should not have."""

    # -- daemons ----------------------------------------------------------------------------

    def start_all(self) -> None:
        self._closed = False
        for slot in range(self._run.scene.daemons):
            self._start(slot)

    def stop_all(self) -> None:
        """Whatever runs is killed, and nothing is started until somebody says so."""
        self._closed = True
        for process in (*self.daemons, *self._commands):
            self._scheduler.kill(process)

    def terminate(self) -> None:
        """Ask whichever daemon runs to end: an upgrade, a machine that is shut down."""
        for process in self._alive()[:1]:
            self._end(process)

    def reload(self) -> None:
        """The configuration changed: every daemon ends and starts with the new one."""
        for process in self._alive():
            self._end(process)

    def _alive(self) -> list[Process]:
        return [process for process in self.daemons if not process.dead]

    def _end(self, process: Process) -> None:
        self._run.note(f"{process.name}: is asked to end")
        self.daemons[process].end()

    def restore(self, backup: Backup) -> None:
        """The database is put back to an earlier state, as the manual says: wait, then start."""
        self._run.note("our database is lost")
        self.stop_all()

        def put_back() -> None:
            self._run.note("our database is put back")
            self._run.store.put_back(backup)
            self.start_all()

        self._scheduler.at(self._scheduler.now + self.settle, put_back)

    @property
    def settle(self) -> float:
        """Seconds after which nothing that was sent can still arrive."""
        return LONGEST + 60.0 + self._run.scene.nature.delay

    def slow_down(self) -> None:
        """Nothing is left to do but wait for the clock: rest longer."""
        for daemon in self.daemons.values():
            daemon.pace = 4.0

    def thaw(self) -> None:
        for process in (*self.daemons, *self._commands):
            self._scheduler.thaw(process)

    def _start(self, slot: int) -> None:
        if self._closed:
            return
        self._starts += 1
        self.started_at = self._scheduler.now
        process = Process(f"d{slot}.{self._starts}")
        hosts = self._run.scene.hosts
        process.skew = self._run.random(f"host {slot}").uniform(-hosts, hosts)
        self._run.note(f"{process.name}: starts")
        self._scheduler.spawn(process, partial(self._live, process, self._starts))
        self._scheduler.at(self._scheduler.now + 1.0, partial(self._watch, slot, process))

    def _watch(self, slot: int, process: Process) -> None:
        if process.dead or not process.tasks:
            wait = self._run.random(f"restart {self._starts}").choice((0.5, 5.0, 60.0))
            self._scheduler.kill(process)
            self._scheduler.at(self._scheduler.now + wait, partial(self._start, slot))
        else:
            self._scheduler.at(self._scheduler.now + 1.0, partial(self._watch, slot, process))

    def _live(self, process: Process, number: int) -> None:
        app = self.open(process, number)
        beat = self._run.random(f"beat {number}").choice((1.0, 2.0, 5.0))
        daemon = VirtualDaemon(app, self._scheduler, beat)
        self.daemons[process] = daemon
        try:
            daemon.live()
        except (StoreUnavailable, StoreInUse, Mishap) as error:
            self._run.note(f"{process.name}: ends, {error}")
        except Exception as error:  # noqa: BLE001 - the daemon must not end by itself
            self.failed.append(error)
        finally:
            process.dead = True

    def open(self, process: Process, number: int) -> App:
        """The product as this process sees it."""
        run = self._run
        clock = VirtualClock(self._scheduler, process)
        random = run.random(f"process {number}")

        def make_http(name: str, settings: Settings) -> VirtualHttp:
            server, weather = run.servers[name], run.scene.weather
            wire = Wire(server, weather, self._scheduler, random, process.name)
            return VirtualHttp(settings, clock, wire)

        shared = VirtualClock(self._scheduler, Process("the database's"))
        store = run.store.of(shared if run.store.shared else clock)
        early = self._scheduler.now < run.start + run.scene.introduced
        without = ("customers",) if early else ()
        login = process.name.partition(".")[0]
        names = (process.name, random, make_http, without, run.seen, login)
        return company.opened(run.scene, store, clock, *names)

    # -- commands ---------------------------------------------------------------------------

    def begin(self, name: str, work: Callable[[App], Any]) -> Task:
        """Somebody runs a command."""
        self._starts += 1
        process, number = Process(f"{name}.{self._starts}"), self._starts
        self._commands.append(process)

        def run() -> Any:
            if self._closed:
                self._run.note(f"{process.name}: ends, there is no database")
                return None
            try:
                return work(self.open(process, number))
            except (StoreUnavailable, Mishap) as error:
                self._run.note(f"{process.name}: ends, {error}")
            finally:
                process.dead = True

        return self._scheduler.spawn(process, run)

    def command(self, name: str, work: Callable[[App], Any]) -> Any:
        """Run a command to its end, in virtual time; what it says."""
        task = self.begin(name, work)
        while not task.done:
            self._scheduler.run(self._scheduler.now + 1.0)
        if task.error is not None:
            raise task.error
        return task.value
