"""The façade: every operation of the product, for the command line, the daemon and tests.

Operations that read or write other systems need the engine. On SQLite one process at a
time is the engine; while a daemon is, commands are handed to it and waited for.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from connector.assemble import Assembly
from connector.clock import Clock
from connector.engine.capture import Capture
from connector.engine.dispatch import Dispatcher, Done, Permits, Progress
from connector.engine.system import Flow, System
from connector.errors import ConfigError, ConnectorError, Problem
from connector.faults import fault
from connector.messages import say, set_language
from connector.operations import linking, overview, planning, reconciling, tracing
from connector.settings import Config, ConfigFile
from connector.store import deliveries, feeds, journal, migrate, snapshots

WAIT = 0.2
"""Seconds between looks for the answer to a command that was handed over."""


class StoreInUse(ConnectorError):
    """Another process is the engine of this store, and it does not take commands."""


def _silent(_: str, __: int) -> None:
    """Nobody watches."""


class App:
    """One configuration, opened."""

    def __init__(self, system: System, config: Config, who: str = "") -> None:
        self.system = system
        self.config = config
        self._who = who or _user()
        self._dispatcher: Dispatcher | None = None

    @classmethod
    def open(cls, path: Path, clock: Clock | None = None, *, speak: bool = False) -> App:
        """Read the configuration and open the store. Raises ConfigError.

        `speak`: messages are in the configuration's language from then on.
        """
        file = ConfigFile(path)
        if speak:
            set_language(file.config.language)
        system = Assembly(file, clock).build()
        migrate.prepare(system.store)
        system.store.check_durable()
        return cls(system, file.config)

    def close(self) -> None:
        """Give back sessions and files."""
        for connection in self.system.connections.values():
            connection.adapter.close()
        self.system.store.close()

    # -- the engine -------------------------------------------------------------------------

    @contextmanager
    def engine(self) -> Iterator[Dispatcher]:
        """Be the engine for a while. Raises StoreInUse if another process is."""
        if self._dispatcher is not None:
            yield self._dispatcher
            return
        path = self.system.store.path
        lock = FileLock(f"{path}.lock") if path else None
        try:
            if lock is not None:
                lock.acquire(timeout=0)
        except Timeout:
            raise StoreInUse(say("store_in_use", path=path)) from None
        dispatcher = Dispatcher(self.system, self.config.workers)
        self._dispatcher = dispatcher
        try:
            dispatcher.recover(alone=lock is not None)
            yield dispatcher
        finally:
            self._dispatcher = None
            dispatcher.close()
            if lock is not None:
                lock.release()

    def sync(
        self,
        names: Sequence[str] = (),
        *,
        allow_gone: bool = False,
        allow_creates: bool = False,
        progress: Progress = _silent,
    ) -> dict[str, Any]:
        """Read and deliver once, until nothing more is due; what came of it, by flow."""
        arguments = {"names": list(names), "allow_gone": allow_gone, "allow_creates": allow_creates}
        try:
            with self.engine() as engine:
                flows = self._chosen(names)
                done = engine.sync(flows, progress, Permits(allow_gone, allow_creates))
        except StoreInUse:
            return self._hand_over("sync", arguments)
        return self._result(flows, done)

    def _chosen(self, names: Sequence[str]) -> list[Flow]:
        return [self.flow(name) for name in names] or list(self.system.flows.values())

    def flow(self, name: str) -> Flow:
        """A flow by its name. Raises ConfigError naming those there are."""
        found = self.system.flows.get(name)
        if found is None:
            known = ", ".join(self.system.flows)
            raise ConfigError([Problem("", say("unknown_flow", name=name, known=known))])
        return found

    def _result(self, flows: Sequence[Flow], done: Done) -> dict[str, Any]:
        standing = overview.standing(self.system)
        return {
            "flows": {flow.name: self._counts(flow, done, standing[flow.name]) for flow in flows},
            "errors": {name: str(words) for name, words in done.errors.items()},
        }

    def _counts(self, flow: Flow, done: Done, standing: dict[str, int]) -> dict[str, int]:
        counts = done.feeds.get(f"{flow.source}/{flow.object}")
        read = counts.as_dict() if counts else {}
        tally = done.flows.get(flow.name)
        names = ("read", "new", "changed", "same", "refused")
        found = {name: read.get(name, 0) for name in names}
        return {**found, "written": tally.written if tally else 0, **standing}

    def _hand_over(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Leave a command to the running daemon and wait for its answer."""
        store, clock = self.system.store, self.system.clock
        with store.transaction() as tx:
            id = journal.ask(tx, store.now(tx), name, arguments)
        while True:
            clock.sleep(WAIT)
            with store.reading() as tx:
                result = journal.answered(tx, id)
            if result is not None:
                answer: dict[str, Any] = result
                return answer
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
            arguments = json.loads(row.arguments)
            try:
                result = getattr(self, row.name)(**arguments)
            except ConnectorError as error:
                result = {"errors": {row.name: str(error)}, "flows": {}}
            fault("command_done")
            with store.transaction() as tx:
                journal.answer(tx, row.id, result)
        return len(waiting)

    # -- looking ----------------------------------------------------------------------------

    def check(self, *, offline: bool) -> list[dict[str, Any]]:
        """Who we are in each system, or why it cannot be reached."""
        found = []
        for name, connection in self.system.connections.items():
            entry: dict[str, Any] = {"connection": name, "adapter": connection.settings.adapter}
            if connection.settings.base_url.startswith("http://"):
                entry["warning"] = str(say("not_encrypted"))
            if not offline:
                entry |= self._identity(name)
            found.append(entry)
        return found

    def _identity(self, name: str) -> dict[str, Any]:
        try:
            identity = self.system.connections[name].adapter.check()
        except ConnectorError as error:
            return {"ok": False, "error": str(error)}
        return {
            "ok": True,
            "tenant": identity.tenant,
            "user": identity.user,
            "organisations": list(identity.organisations),
            "version": identity.version,
        }

    def plan(
        self, name: str, numbers: Sequence[str] = (), limit: int = 200
    ) -> list[planning.Planned]:
        """What a run would write now; reads the source first unless a daemon does that anyway."""
        flow = self.flow(name)
        if not flow.delivers:
            raise ConfigError([Problem("", say("only_reads", name=name))])
        try:
            with self.engine() as engine:
                engine.introduce()
                engine.capture(self.system.feeds.values(), Done())
        except StoreInUse:
            pass
        keys = self._keys(flow, numbers) if numbers else None
        return planning.plan(self.system, flow, keys, limit)

    def _keys(self, flow: Flow, numbers: Sequence[str]) -> list[str]:
        with self.system.store.reading() as tx:
            keys = snapshots.keys_of_numbers(tx, flow.source, flow.object, numbers)
        if not keys:
            words = say("no_such_record", numbers=", ".join(numbers), flow=flow.name)
            raise linking.NotFound(words)
        return keys

    def status(self) -> dict[str, Any]:
        """How things stand."""
        return overview.status(self.system)

    def failures(self, flow: str = "") -> list[dict[str, Any]]:
        """What waits for a person."""
        return overview.failures(self.system, flow)

    def trace(self, object: str, number: str) -> list[tracing.Story]:
        """The whole story of a record."""
        return tracing.trace(self.system, object, number)

    # -- deciding ---------------------------------------------------------------------------

    def retry(self, flow: str, numbers: Sequence[str], *, ours: bool = False) -> int:
        """Let stopped records go again; without numbers all of the flow's failures."""
        known = self.flow(flow)
        keys = self._keys(known, numbers) if numbers else self._stopped(known)
        return overview.retry(self.system, known, keys, self._who, ours=ours)

    def discard(self, flow: str, numbers: Sequence[str]) -> int:
        """Set stopped records aside until their next change."""
        known = self.flow(flow)
        return overview.discard(self.system, known, self._keys(known, numbers), self._who)

    def _stopped(self, flow: Flow) -> list[str]:
        with self.system.store.reading() as tx:
            return [row.key for row in deliveries.listing(tx, "stopped", flow=flow.name)]

    def reconcile(self, name: str, *, repair: bool = False) -> list[reconciling.Finding]:
        """Where the target differs from what was delivered; on request, mend it."""
        flow = self.flow(name)
        findings = list(reconciling.reconcile(self.system, flow))
        if repair:
            reconciling.repair(self.system, flow, findings, self._who)
        return findings

    def resync(
        self,
        name: str,
        *,
        numbers: Sequence[str] = (),
        since: date | str | None = None,
        everything: bool = False,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Read records again with today's mapping and deliver what that changes."""
        if isinstance(since, str):
            since = date.fromisoformat(since)
        if dry_run:
            return {"plan": self.plan(name, numbers)}
        try:
            with self.engine() as engine:
                flow = self.flow(name)
                self._reread(engine, flow, numbers, since, everything=everything)
                done = engine.sync([flow])
        except StoreInUse:
            arguments = {
                "name": name,
                "numbers": list(numbers),
                "since": since.isoformat() if since else None,
                "everything": everything,
            }
            return self._hand_over("resync", arguments)
        return self._result([flow], done)

    def _reread(
        self,
        engine: Dispatcher,
        flow: Flow,
        numbers: Sequence[str],
        since: date | None,
        *,
        everything: bool,
    ) -> None:
        store = self.system.store
        keys = self._keys(flow, numbers) if numbers else self._all_keys(flow, since)
        feed = self.system.feeds.get(f"{flow.source}/{flow.object}")
        if feed is not None and everything:
            with store.transaction() as tx:
                feeds.rewind(tx, feed.connection.name, feed.object)
            engine.capture([feed], Done())
        elif feed is not None:
            with store.transaction() as tx:
                snapshots.forget_raw(tx, feed.connection.name, feed.object, keys)
            Capture(self.system, feed).look_at(keys)
        with store.transaction() as tx:
            deliveries.awaken(tx, flow.name, keys, store.now(tx))

    def _all_keys(self, flow: Flow, since: date | None) -> list[str]:
        keys: list[str] = []
        after = ""
        while True:
            with self.system.store.reading() as tx:
                rows = list(deliveries.walk(tx, flow.name, after, 1000))
                if not rows:
                    return keys
                known = snapshots.load(tx, flow.source, flow.object, [row.key for row in rows])
            after = rows[-1].key
            keys += [key for key, row in known.items() if since is None or _is_since(row, since)]

    # -- links and connections --------------------------------------------------------------

    def links(self, object: str, number: str) -> list[dict[str, Any]]:
        """A record's counterparts."""
        return linking.show(self.system, object, number)

    def set_link(self, flow: str, number: str, target_number: str) -> None:
        """Say which target record a source record is."""
        linking.set_link(self.system, self.flow(flow), number, target_number, self._who)

    def remove_link(self, flow: str, number: str) -> int:
        """Forget a record's counterpart."""
        return linking.remove_link(self.system, self.flow(flow), number, self._who)

    def create_anew(self, flow: str, number: str) -> int:
        """Create an unlinked record after all."""
        return linking.create_anew(self.system, self.flow(flow), number, self._who)

    def change_connection(self, verb: str, name: str) -> str:
        """`move`, `forget`, `pause` or `resume` a connection; what it is now, for `move`."""
        connection = self.system.connections.get(name)
        if connection is None:
            known = ", ".join(self.system.connections)
            raise ConfigError([Problem("", say("unknown_connection", name=name, known=known))])
        if verb == "move":
            return linking.move(self.system, connection, self._who)
        verbs = {"forget": linking.forget, "pause": linking.pause, "resume": linking.resume}
        verbs[verb](self.system, name, self._who)
        return ""


def _is_since(row: Any, since: date) -> bool:
    values = snapshots.data(row)
    own = values.get("order_date") or values.get("shipped_on") or values.get("created_on")
    return own is None or date.fromisoformat(own) >= since


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
