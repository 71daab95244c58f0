"""Runs on request: this process does them as the engine, or leaves them to the one that is.

On SQLite one process at a time is the engine of a store. While a daemon is, a command is
handed to it through the store and waited for.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from filelock import FileLock, Timeout

from connector import log
from connector.engine import restored
from connector.engine.dispatch import Dispatcher, Done, Permits, Progress
from connector.engine.system import Flow, System
from connector.errors import ConnectorError, Words
from connector.faults import fault
from connector.messages import dump, load, say
from connector.operations import finding, overview, resyncing
from connector.operations.mappings import versions
from connector.store import journal
from connector.store.engine import StoreUnavailable

_log = log.get(__name__)

Result = dict[str, Any]
"""What a run did: `flows` with their counts, the `errors` of whatever could not run, and the
`rests` of connections where something was left for later."""

WAITS = (0.2, 2.0)
"""Seconds before the first look for the answer to a command that was handed over, and before a
later one at most; each takes half as long again as the one before."""

COLLECT = 50_000
"""Objects made before the garbage collector looks at them, instead of its usual 700."""


class StoreInUse(ConnectorError):
    """Another process is the engine of this store, and it does not take commands."""


def silent(_: str, __: int) -> None:
    """Nobody watches."""


class Runs:
    """The runs of one configuration."""

    def __init__(self, system: System, workers: int, *, apart: bool = False) -> None:
        """`apart`: this process can call no system; it is never the engine."""
        self._system = system
        self._workers = workers
        self._apart = apart
        self._dispatcher: Dispatcher | None = None
        self.on_hand_over: Callable[[], None] = lambda: None
        """Called when a command is left to the daemon, before waiting for it."""

    # -- who is the engine ------------------------------------------------------------------

    @contextmanager
    def engine(self) -> Iterator[Dispatcher]:
        """Be the engine for a while. Raises StoreInUse if another process is."""
        if self._dispatcher is not None:
            yield self._dispatcher
            return
        if self._apart:
            raise StoreInUse(say("engine_apart"))
        with self._held(), _seldom_collecting():
            dispatcher = Dispatcher(self._system, self._workers)
            self._dispatcher = dispatcher
            try:
                restored.begin(self._system)
                versions.take_up(self._system)
                dispatcher.recover(alone=self._system.store.path is not None)
                yield dispatcher
            finally:
                self._dispatcher = None
                dispatcher.close()

    @contextmanager
    def _held(self) -> Iterator[None]:
        """The store is this process's alone, where it is a file. Raises StoreInUse."""
        path = self._system.store.path
        if path is None:
            yield
            return
        try:
            with FileLock(f"{path}.lock").acquire(timeout=0):
                yield
        except Timeout:
            raise StoreInUse(say("store_in_use", path=path)) from None

    def daemon_runs(self) -> bool | None:
        """Another process is the engine of this store; None where several may be."""
        if self._system.store.path is None:
            return None
        try:
            with self._held():
                return False
        except StoreInUse:
            return True

    # -- runs -------------------------------------------------------------------------------

    def sync(
        self,
        names: Sequence[str] = (),
        *,
        allow_gone: bool = False,
        allow_creates: bool = False,
        progress: Progress = silent,
    ) -> Result:
        """Read and deliver once, until nothing more is due."""
        arguments = {"names": list(names), "allow_gone": allow_gone, "allow_creates": allow_creates}
        flows = [finding.flow(self._system, name) for name in names]
        flows = flows or list(self._system.flows.values())
        try:
            with self.engine() as engine:
                done = engine.sync(flows, progress, Permits(allow_gone, allow_creates))
        except StoreInUse:
            return self._hand_over("sync", arguments)
        return self._result(flows, done)

    def resync(
        self,
        name: str,
        *,
        numbers: Sequence[str] = (),
        since: date | str | None = None,
        everything: bool = False,
        progress: Progress = silent,
    ) -> Result:
        """Read records again with today's mapping and deliver what that changes."""
        day = date.fromisoformat(since) if isinstance(since, str) else since
        flow = finding.flow(self._system, name)
        keys = resyncing.chosen(self._system, flow, numbers, day)
        try:
            with self.engine() as engine:
                done = resyncing.reread(self._system, engine, flow, keys, everything=everything)
                done.add(engine.sync([flow], progress))
        except StoreInUse:
            arguments = {
                "name": name,
                "numbers": list(numbers),
                "since": day.isoformat() if day else None,
                "everything": everything,
            }
            return self._hand_over("resync", arguments)
        return self._result([flow], done)

    def look(self) -> dict[str, Words]:
        """Read what changed, unless a daemon does that anyway; what was not read, and why."""
        done = Done()
        try:
            with self.engine() as engine:
                engine.introduce()
                engine.capture(self._system.feeds.values(), done)
        except StoreInUse:
            pass
        return done.rests | done.errors

    def look_or_fail(self) -> None:
        """The same. Raises ConnectorError where a system cannot be read."""
        for words in self.look().values():
            raise ConnectorError(words)

    def _result(self, flows: Sequence[Flow], done: Done) -> Result:
        standing = overview.standing(self._system)
        return {
            "flows": {flow.name: _counts(flow, done, standing[flow.name]) for flow in flows},
            "errors": dict(done.errors),
            "rests": dict(done.rests),
        }

    # -- commands that are left to the daemon -----------------------------------------------

    def _hand_over(self, name: str, arguments: dict[str, Any]) -> Result:
        """Leave a command to the running daemon and wait for its answer."""
        self.on_hand_over()
        store, clock = self._system.store, self._system.clock
        with store.transaction() as tx:
            id = journal.ask(tx, store.now(tx), name, arguments)
        wait, longest = WAITS
        while True:
            clock.sleep(wait)
            wait = min(1.5 * wait, longest)
            with store.reading() as tx:
                result = journal.answered(tx, id)
            if result is not None:
                return told(result, load)
            try:
                with self.engine():
                    self.carry_out_commands()  # the other process ended; the work is ours
            except StoreInUse:
                continue

    def carry_out_commands(self) -> int:
        """What the daemon does with commands that were handed to it."""
        store = self._system.store
        with store.reading() as tx:
            waiting = journal.asked(tx)
        for row in waiting:
            fault("command_taken")
            result = self._carried_out(row.name, json.loads(row.arguments))
            fault("command_done")
            with store.transaction() as tx:
                journal.answer(tx, row.id, told(result, dump))
        return len(waiting)

    def _carried_out(self, name: str, arguments: dict[str, Any]) -> Result:
        """What came of a command, or why nothing did: whoever left it waits for an answer."""
        commands: dict[str, Callable[..., Result]] = {"sync": self.sync, "resync": self.resync}
        try:
            return commands[name](**arguments)
        except StoreUnavailable:
            raise
        except ConnectorError as error:
            words: Words = error.words
        except Exception as error:  # noqa: BLE001 - one command must not silence the others
            _log.exception("command_failed", command=name)
            words = say("program_bug", detail=repr(error))
        return {"errors": {name: words}, "flows": {}, "rests": {}}


def told(result: Result, made: Callable[[Any], Any]) -> Result:
    """The same with what `made` makes of its words: texts for a reader, or for the store."""
    worded = {part: result[part] for part in ("errors", "rests")}
    return result | {part: {n: made(w) for n, w in some.items()} for part, some in worded.items()}


def _counts(flow: Flow, done: Done, standing: dict[str, int]) -> dict[str, int]:
    counts = done.feeds.get(f"{flow.source}/{flow.object}")
    read = counts.as_dict() if counts else {}
    tally = done.flows.get(flow.name)
    names = ("read", "new", "changed", "same", "refused")
    found = {name: read.get(name, 0) for name in names}
    return {**found, "written": tally.written if tally else 0, **standing}


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Records come and go without cycles; looking for some takes an eighth of the engine's time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(COLLECT, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
