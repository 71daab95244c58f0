"""The façade: every operation of the product, for the command line, the daemon and tests.

Operations that read or write other systems need the engine. On SQLite one process at a
time is the engine; while a daemon is, commands are handed to it and waited for.
"""

from __future__ import annotations

import gc
import getpass
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from connector import log
from connector.assemble import Assembly
from connector.clock import Clock
from connector.engine import restored
from connector.engine.dispatch import Dispatcher, Done, Permits, Progress
from connector.engine.system import Flow, System
from connector.errors import ConnectorError, UnsafeRun, Words
from connector.faults import fault
from connector.messages import dump, load, say
from connector.operations import (
    agreeing,
    checking,
    filling,
    finding,
    linking,
    matching,
    observing,
    overview,
    pair_sheet,
    planning,
    reconciling,
    rehearsing,
    restoring,
    resyncing,
    tracing,
    value_sheet,
)
from connector.settings import HUB, Config, ConfigFile
from connector.store import journal, migrate
from connector.store.engine import StoreUnavailable

_log = log.get(__name__)

Result = dict[str, Any]
"""What a run did: `flows` with their counts, the `errors` of whatever could not run, and the
`rests` of connections where something was left for later."""

WAIT = 0.2
"""Seconds between looks for the answer to a command that was handed over."""


class StoreInUse(ConnectorError):
    """Another process is the engine of this store, and it does not take commands."""


COLLECT = 50_000
"""Objects made before the garbage collector looks at them, instead of its usual 700."""


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


def _silent(_: str, __: int) -> None:
    """Nobody watches."""


class App:
    """One configuration, opened."""

    def __init__(self, system: System, config: Config, who: str = "") -> None:
        self.system = system
        self.config = config
        self._who = who or _user()
        self._dispatcher: Dispatcher | None = None
        self.files: frozenset[Path] = frozenset()
        """Secrets and certificates that the configuration names and that were read."""
        self.folders: Sequence[Path] = ()
        """The site's folders of mappings; what stands in the first counts."""
        self.on_hand_over: Callable[[], None] = lambda: None
        """Called when a command is left to the daemon, before waiting for it."""

    @classmethod
    def open(cls, path: Path, clock: Clock | None = None, *, speak: bool = False) -> App:
        """Read the configuration and open the store. Raises ConfigError.

        `speak`: messages are in the configuration's language from then on.
        """
        file = ConfigFile(path, speak=speak)
        system = Assembly(file, clock).build()
        migrate.prepare(system.store)
        system.store.check_durable()
        app = cls(system, file.config)
        app.files = frozenset(file.files)
        app.folders = file.mappings()
        return app

    def close(self) -> None:
        """Give back sessions and files."""
        for connection in self.system.connections.values():
            connection.adapter.close()
        with suppress(StoreUnavailable):
            self.system.settle_calls(at_once=True)
        self.system.store.close()

    # -- the engine -------------------------------------------------------------------------

    @contextmanager
    def engine(self) -> Iterator[Dispatcher]:
        """Be the engine for a while. Raises StoreInUse if another process is."""
        if self._dispatcher is not None:
            yield self._dispatcher
            return
        with self._held(), _seldom_collecting():
            dispatcher = Dispatcher(self.system, self.config.workers)
            self._dispatcher = dispatcher
            try:
                restored.begin(self.system)
                dispatcher.recover(alone=self.system.store.path is not None)
                yield dispatcher
            finally:
                self._dispatcher = None
                dispatcher.close()

    @contextmanager
    def _held(self) -> Iterator[None]:
        """The store is this process's alone, where it is a file. Raises StoreInUse."""
        path = self.system.store.path
        if path is None:
            yield
            return
        try:
            with FileLock(f"{path}.lock").acquire(timeout=0):
                yield
        except Timeout:
            raise StoreInUse(say("store_in_use", path=path)) from None

    def sync(
        self,
        names: Sequence[str] = (),
        *,
        allow_gone: bool = False,
        allow_creates: bool = False,
        progress: Progress = _silent,
    ) -> dict[str, Any]:
        """Read and deliver once, until nothing more is due; what came of it, by flow."""
        permits: dict[str, Any] = {"allow_gone": allow_gone, "allow_creates": allow_creates}
        return _told(self._synced(names, **permits, progress=progress), str)

    def _synced(
        self,
        names: Sequence[str] = (),
        *,
        allow_gone: bool = False,
        allow_creates: bool = False,
        progress: Progress = _silent,
    ) -> Result:
        arguments = {"names": list(names), "allow_gone": allow_gone, "allow_creates": allow_creates}
        flows = self._chosen(names)
        try:
            with self.engine() as engine:
                done = engine.sync(flows, progress, Permits(allow_gone, allow_creates))
        except StoreInUse:
            return self._hand_over("sync", arguments)
        return self._result(flows, done)

    def _chosen(self, names: Sequence[str]) -> list[Flow]:
        return [self.flow(name) for name in names] or list(self.system.flows.values())

    def flow(self, name: str) -> Flow:
        """A flow by its name. Raises ConfigError naming those there are."""
        return finding.flow(self.system, name)

    def _result(self, flows: Sequence[Flow], done: Done) -> Result:
        standing = overview.standing(self.system)
        return {
            "flows": {flow.name: self._counts(flow, done, standing[flow.name]) for flow in flows},
            "errors": dict(done.errors),
            "rests": dict(done.rests),
        }

    def _counts(self, flow: Flow, done: Done, standing: dict[str, int]) -> dict[str, int]:
        counts = done.feeds.get(f"{flow.source}/{flow.object}")
        read = counts.as_dict() if counts else {}
        tally = done.flows.get(flow.name)
        names = ("read", "new", "changed", "same", "refused")
        found = {name: read.get(name, 0) for name in names}
        return {**found, "written": tally.written if tally else 0, **standing}

    def _hand_over(self, name: str, arguments: dict[str, Any]) -> Result:
        """Leave a command to the running daemon and wait for its answer."""
        self.on_hand_over()
        store, clock = self.system.store, self.system.clock
        with store.transaction() as tx:
            id = journal.ask(tx, store.now(tx), name, arguments)
        while True:
            clock.sleep(WAIT)
            with store.reading() as tx:
                result = journal.answered(tx, id)
            if result is not None:
                return _told(result, load)
            try:
                with self.engine():
                    self.carry_out_commands()  # the other process ended; the work is ours
            except StoreInUse:
                continue

    def carry_out_commands(self) -> int:
        """What the daemon does with commands that were handed to it."""
        store = self.system.store
        with store.reading() as tx:
            waiting = journal.asked(tx)
        for row in waiting:
            fault("command_taken")
            result = self._carried_out(row.name, json.loads(row.arguments))
            fault("command_done")
            with store.transaction() as tx:
                journal.answer(tx, row.id, _told(result, dump))
        return len(waiting)

    def _carried_out(self, name: str, arguments: dict[str, Any]) -> Result:
        """What came of a command, or why nothing did: whoever left it waits for an answer."""
        commands: dict[str, Callable[..., Result]]
        commands = {"sync": self._synced, "resync": self._resynced}
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

    def daemon_runs(self) -> bool | None:
        """Another process is the engine of this store; None where several may be."""
        if self.system.store.path is None:
            return None
        try:
            with self._held():
                return False
        except StoreInUse:
            return True

    # -- looking ----------------------------------------------------------------------------

    def check(self, *, offline: bool, sees: str = "") -> list[dict[str, Any]]:
        """Who we are in each system or why we are not let in, whether the record numbered `sees`
        is visible there, and how many calls a day our settings make."""
        return checking.check(self.system, offline=offline, sees=sees)

    def plan(self, name: str, numbers: Sequence[str] = (), limit: int = 200) -> planning.Plan:
        """What a run would write now; reads the sources first unless a daemon does that anyway."""
        flow = self._called(finding.delivering(self.system, name))
        errors = self._look()
        keys = finding.keys(self.system, flow, numbers) if numbers else None
        made = planning.plan(self.system, flow, keys, limit)
        made.errors = errors
        return made

    def rehearse(self, name: str, since: date | None) -> rehearsing.Rehearsal:
        """What would stop a flow's records dated from a day on; nothing is written."""
        flow = finding.linking(self.system, name)
        self._look_or_fail()
        return rehearsing.rehearse(self.system, flow, since)

    def observe(self) -> list[observing.Observed]:
        """Report what flows that only observe would have done since the last report."""
        return observing.observe(self.system)

    def _called(self, flow: Flow) -> Flow:
        """The flow, if its systems may be called. What a person asks for goes on while calls run
        short, and not when they are used up: raises UnsafeRun."""
        self.system.settle_calls()
        for name in {flow.source, flow.target.name if flow.target else ""} - {HUB, ""}:
            rest = self.system.limits[name].reading(vital=True)
            if rest is not None:
                raise UnsafeRun(rest.words)
        return flow

    def _look(self) -> dict[str, Words]:
        """Read what changed, unless a daemon does that anyway; what was not read, and why."""
        done = Done()
        try:
            with self.engine() as engine:
                engine.introduce()
                engine.capture(self.system.feeds.values(), done)
        except StoreInUse:
            pass
        return done.rests | done.errors

    def _look_or_fail(self) -> None:
        """Read what changed. Raises ConnectorError where a system cannot be read."""
        for words in self._look().values():
            raise ConnectorError(words)

    def status(self) -> dict[str, Any]:
        """How things stand."""
        return overview.status(self.system)

    def failures(self, flow: str = "", *, ignored: bool = False) -> list[dict[str, Any]]:
        """What waits for a person; `ignored`: also what a person set aside."""
        name = finding.delivering(self.system, flow).name if flow else ""
        return overview.failures(self.system, name, ignored=ignored)

    def failure(self, flow: str, number: str) -> dict[str, Any]:
        """One of them, with its last attempt."""
        return overview.failure(self.system, finding.delivering(self.system, flow), number)

    def trace(self, object: str, number: str) -> list[tracing.Story]:
        """The whole story of a record."""
        return tracing.trace(self.system, object, number)

    # -- deciding ---------------------------------------------------------------------------

    def retry(self, flow: str, numbers: Sequence[str], *, ours: bool = False) -> int:
        """Let stopped records go again; without numbers all of the flow's failures."""
        known = finding.delivering(self.system, flow)
        if numbers:
            keys = finding.keys(self.system, known, numbers)
        else:
            keys = [failure["key"] for failure in self.failures(flow)]
        return overview.retry(self.system, known, keys, self._who, ours=ours)

    def discard(self, flow: str, numbers: Sequence[str]) -> int:
        """Set records that stopped or wait aside until their next change."""
        known = finding.delivering(self.system, flow)
        keys = finding.keys(self.system, known, numbers)
        return overview.discard(self.system, known, keys, self._who)

    def reconcile(self, name: str, *, repair: bool = False) -> list[reconciling.Finding]:
        """Where the target differs from what was delivered; on request, mend it."""
        flow = self._called(finding.linking(self.system, name))
        findings = list(reconciling.reconcile(self.system, flow))
        if repair:
            reconciling.repair(self.system, flow, findings, self._who)
        return findings

    def plan_resync(
        self, name: str, numbers: Sequence[str], since: date | None, limit: int = 200
    ) -> planning.Plan:
        """What today's mapping would change, record by record; what would stay is left out."""
        flow = self._called(finding.delivering(self.system, name))
        errors = self._look()
        keys = resyncing.chosen(self.system, flow, numbers, since)
        made = planning.plan(self.system, flow, keys, limit)
        made.errors = errors
        return made

    def resync(
        self,
        name: str,
        *,
        numbers: Sequence[str] = (),
        since: date | str | None = None,
        everything: bool = False,
        progress: Progress = _silent,
    ) -> dict[str, Any]:
        """Read records again with today's mapping and deliver what that changes."""
        chosen: dict[str, Any] = {"numbers": numbers, "since": since, "everything": everything}
        return _told(self._resynced(name, **chosen, progress=progress), str)

    def missing(self, name: str) -> list[reconciling.Finding]:
        """What was delivered and is not in the target any more."""
        return [found for found in self.reconcile(name) if found.kind == "missing"]

    def bring_back(
        self, name: str, lost: Sequence[reconciling.Finding], *, progress: Progress = _silent
    ) -> dict[str, Any]:
        """Create once more what the target has lost."""
        flow = finding.linking(self.system, name)
        linking.bring_back(self.system, flow, [found.key for found in lost], self._who)
        return self.sync([name], progress=progress)

    def _resynced(
        self,
        name: str,
        *,
        numbers: Sequence[str] = (),
        since: date | str | None = None,
        everything: bool = False,
        progress: Progress = _silent,
    ) -> Result:
        day = date.fromisoformat(since) if isinstance(since, str) else since
        flow = self.flow(name)
        keys = resyncing.chosen(self.system, flow, numbers, day)
        try:
            with self.engine() as engine:
                done = resyncing.reread(self.system, engine, flow, keys, everything=everything)
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

    # -- the store --------------------------------------------------------------------------

    def store_was_restored(self) -> None:
        """The store was put back to an earlier state: be careful from now on."""
        restoring.say_restored(self.system, self._who)

    def trust_store(self) -> bool:
        """Both sides have been compared; whether there was anything to trust again."""
        return restoring.trust(self.system, self._who)

    # -- links and connections --------------------------------------------------------------

    def match(self, object: str, source: str = "", target: str = "") -> list[pair_sheet.Row]:
        """What may be what, a row of the sheet for each proposal; nothing is linked."""
        chosen = matching.sides(self.system, object, source, target)
        self._look_or_fail()
        return pair_sheet.rows(matching.match(self.system, chosen))

    def pair(
        self,
        object: str,
        name: str,
        sheet: Sequence[Mapping[str, str]],
        source: str = "",
        target: str = "",
    ) -> matching.Linked:
        """Make the links that the rows of a sheet say yes to; `name` is the sheet's, for messages.

        Raises ConfigError with every row that cannot be carried out; then none is.
        """
        chosen = matching.sides(self.system, object, source, target)
        decided = pair_sheet.decisions(name, sheet)
        return matching.decide(self.system, chosen, decided, self._who)

    def fill(self, table: str, connection: str = "", *, write: bool = False) -> filling.Filling:
        """How a value map stands against what is in use; on request, with what is proposed."""
        chosen = self._table(table, connection)
        return chosen.write_proposed() if write else chosen.look()

    def decide(
        self, table: str, name: str, sheet: Sequence[Mapping[str, str]], connection: str = ""
    ) -> filling.Filling:
        """Write the pairs that the rows of a sheet say yes to; `name` is the sheet's, for messages.

        Raises ConfigError with every row that cannot be carried out; then none is.
        """
        decided = value_sheet.decisions(name, sheet)
        return self._table(table, connection).write_decided(decided)

    def _table(self, name: str, connection: str) -> filling.Table:
        chosen = filling.Table(self.system, self.folders, name, connection)
        self._look_or_fail()
        return chosen

    def links(self, object: str, number: str) -> list[dict[str, Any]]:
        """A record's counterparts."""
        return linking.show(self.system, object, number)

    def set_link(
        self, flow: str, number: str, target_number: str, *, agreed: bool = False
    ) -> agreeing.Agreed:
        """Say which target record a source record is; `agreed`: as it stands here."""
        known = finding.linking(self.system, flow)
        return linking.set_link(self.system, known, number, target_number, self._who, agreed=agreed)

    def baseline(self, name: str, numbers: Sequence[str] = ()) -> agreeing.Agreed:
        """Take what stands on both sides as in agreement; nothing is written to either."""
        flow = finding.linking(self.system, name)
        self._look_or_fail()
        keys = resyncing.chosen(self.system, flow, numbers, None)
        return agreeing.baseline(self.system, flow, keys, self._who)

    def remove_link(self, flow: str, number: str) -> int:
        """Forget a record's counterpart."""
        return linking.remove_link(
            self.system, finding.linking(self.system, flow), number, self._who
        )

    def create_anew(self, flow: str, number: str) -> int:
        """Create an unlinked record after all."""
        return linking.create_anew(
            self.system, finding.linking(self.system, flow), number, self._who
        )

    def change_connection(self, verb: str, name: str) -> str:
        """`move`, `forget`, `pause` or `resume` a connection; what it is now, for `move`."""
        name = finding.connection(self.system, name)
        if verb == "move":
            return linking.move(self.system, self.system.connections[name], self._who)
        verbs = {"forget": linking.forget, "pause": linking.pause, "resume": linking.resume}
        verbs[verb](self.system, name, self._who)
        return ""


def rehearse_upgrade(path: Path) -> dict[str, int]:
    """Bring a copy of a configuration's store to this version's schema; rows by table.

    The store itself stays as it is. Raises ConfigError, ConnectorError.
    """
    store = Assembly(ConfigFile(path)).store()
    try:
        return migrate.rehearse(store)
    finally:
        store.close()


def _told(result: Result, made: Callable[[Any], Any]) -> Result:
    """The same with what `made` makes of its words: texts for a reader, or for the store."""
    worded = {part: result[part] for part in ("errors", "rests")}
    return result | {part: {n: made(w) for n, w in some.items()} for part, some in worded.items()}


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
