"""The façade: every operation of the product, for the command line, the daemon and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

from connector.assemble import Assembly, shipped
from connector.clock import Clock
from connector.contract import Hint, WebhookCall
from connector.engine.dispatch import Dispatcher, Progress
from connector.engine.system import Feed, Flow, System
from connector.errors import Problem
from connector.http import Http, NoHttp
from connector.operations import (
    agreeing,
    asking,
    auditing,
    boarding,
    checking,
    computed,
    correcting,
    filling,
    finding,
    forgetting,
    hearing,
    linking,
    matching,
    observing,
    overview,
    pair_sheet,
    pausing,
    planning,
    reconciling,
    rehearsing,
    releasing,
    reports,
    restoring,
    resyncing,
    reviewing,
    ruling,
    templating,
    tracing,
    value_sheet,
    viewing,
    watching,
)
from connector.operations.accounts import Account, Accounts
from connector.operations.mappings import listing, trial, versions
from connector.operations.review_page import review_page
from connector.reviews.board import Board
from connector.rights import this_user
from connector.rules.book import Book
from connector.rules.load import available
from connector.runs import Runs, silent, told
from connector.settings import Config, ConfigFile
from connector.store import migrate
from connector.store.engine import StoreUnavailable


class App:
    """One configuration, opened."""

    def __init__(
        self,
        system: System,
        config: Config,
        who: str = "",
        book: Book | None = None,
        board: Board | None = None,
        *,
        apart: bool = False,
    ) -> None:
        self.system = system
        self.config = config
        self._book = book or Book()
        self._board = board or Board()
        self.who = who or this_user()
        """Who works with it: a user of this machine."""
        self.hides: frozenset[str] = frozenset()
        """Kinds of fields that they do not see; see `rights.hidden`."""
        self._runs = Runs(system, config.workers, apart=apart)
        self.files: frozenset[Path] = frozenset()
        """Secrets and certificates that the configuration names and that were read."""
        self.unfilled: Sequence[Problem] = ()
        """What is still to be filled in, of a draft."""
        self.folders: Sequence[Path] = ()
        """The site's folders of mappings; what stands in the first counts."""

    @classmethod
    def open(
        cls,
        path: Path,
        clock: Clock | None = None,
        *,
        speak: bool = False,
        draft: bool = False,
        apart: bool = False,
    ) -> App:
        """Read the configuration and open the store. Raises ConfigError.

        `speak`: messages are in the configuration's language from then on. `draft`: what is still
        to be filled in is told by `unfilled`; nothing can be called then. `apart`: without the
        connections' secrets: no system can be called, and runs are left to the daemon.
        """
        file = ConfigFile(path, speak=speak, draft=draft, secrets=not apart)
        assembly = Assembly(file, clock, NoHttp.instead if apart else Http)
        system = assembly.build()
        migrate.prepare(system.store)
        system.store.check_durable()
        app = cls(system, file.config, book=assembly.book, board=assembly.board, apart=apart)
        app.files = frozenset(file.files)
        app.unfilled = tuple(file.unfilled)
        app.folders = file.mappings()
        return app

    def of(self, who: str, hides: frozenset[str] = frozenset()) -> App:
        """The same in somebody's hands, who does not see some kinds of fields."""
        made = copy(self)
        made.who, made.hides = who, hides
        return made

    def close(self) -> None:
        """Give back sessions and files."""
        for connection in self.system.connections.values():
            connection.adapter.close()
        with suppress(StoreUnavailable):
            self.system.settle_calls(at_once=True)
        self.system.store.close()

    # -- runs -------------------------------------------------------------------------------

    def engine(self) -> AbstractContextManager[Dispatcher]:
        """Be the engine for a while. Raises StoreInUse if another process is."""
        return self._runs.engine()

    def daemon_runs(self) -> bool | None:
        """Another process is the engine of this store; None where several may be."""
        return self._runs.daemon_runs()

    def on_hand_over(self, tell: Callable[[], None]) -> None:
        """Call `tell` when a command is left to the daemon, before waiting for it."""
        self._runs.on_hand_over = tell

    def carry_out_commands(self) -> int:
        """What the daemon does with commands that were handed to it."""
        return self._runs.carry_out_commands()

    def flow(self, name: str) -> Flow:
        """A flow by its name. Raises ConfigError naming those there are."""
        return finding.flow(self.system, name)

    def sync(
        self,
        names: Sequence[str] = (),
        *,
        allow_gone: bool = False,
        allow_creates: bool = False,
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Read and deliver once, until nothing more is due; what came of it, by flow."""
        permits: dict[str, Any] = {"allow_gone": allow_gone, "allow_creates": allow_creates}
        return told(self._runs.sync(names, **permits, progress=progress), str)

    def resync(
        self,
        name: str,
        *,
        numbers: Sequence[str] = (),
        since: date | str | None = None,
        everything: bool = False,
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Read records again with today's mapping and deliver what that changes."""
        chosen: dict[str, Any] = {"numbers": numbers, "since": since, "everything": everything}
        return told(self._runs.resync(name, **chosen, progress=progress), str)

    # -- looking ----------------------------------------------------------------------------

    def check(self, *, offline: bool, sees: str = "") -> list[dict[str, Any]]:
        """Who we are in each system or why we are not let in, whether the record numbered `sees`
        is visible there, and how many calls a day our settings make."""
        return checking.check(self.system, offline=offline, sees=sees)

    def plan(self, name: str, numbers: Sequence[str] = (), limit: int = 200) -> planning.Plan:
        """What a run would write now; reads the sources first unless a daemon does that anyway."""
        flow = finding.may_call(self.system, finding.delivering(self.system, name))
        errors = self._runs.look()
        keys = finding.keys(self.system, flow, numbers) if numbers else None
        return planning.plan(self.system, flow, keys, limit, errors=errors)

    def rehearse(self, name: str, since: date | None) -> rehearsing.Rehearsal:
        """What would stop a flow's records dated from a day on; nothing is written."""
        flow = finding.linking(self.system, name)
        self._runs.look_or_fail()
        return rehearsing.rehearse(self.system, flow, since)

    def observe(self) -> list[observing.Observed]:
        """Report what flows that only observe would have done since the last report."""
        return observing.observe(self.system)

    def watch_forms(self) -> None:
        """Compare the mappings with the live forms of every system whose turn it is."""
        watching.watch(self.system)

    def hear(self, name: str, call: WebhookCall) -> tuple[Hint | None, list[Feed]]:
        """What a webhook of a connection tells, and which feeds are to be read for it. Raises
        AdapterError for one that is not genuine."""
        return hearing.hear(self.system, name, call)

    def status(self, *, records: bool = True) -> dict[str, Any]:
        """How things stand; on request without how many records there are."""
        return overview.status(self.system, records=records)

    def template(self, flow: str, path: Path) -> list[str]:
        """Write a workbook to fill in for what a flow reads; its headings. Raises ConfigError."""
        return templating.template(self.system, self.flow(flow), path)

    def failures(
        self,
        flow: str = "",
        *,
        ignored: bool = False,
        limit: int = 1000,
        after: tuple[float, str] | None = None,
    ) -> list[dict[str, Any]]:
        """What waits for a person, the oldest first, so many `after` one since when and with which
        key; `ignored`: also what a person set aside."""
        name = finding.delivering(self.system, flow).name if flow else ""
        return overview.failures(self.system, name, ignored=ignored, limit=limit, after=after)

    def standing(self) -> dict[str, dict[str, int]]:
        """Per flow, how many records wait, failed, are in conflict or in doubt."""
        return overview.standing(self.system)

    def failure(self, flow: str, number: str) -> dict[str, Any]:
        """One of them, with its last attempt."""
        known = finding.delivering(self.system, flow)
        return overview.failure(self.system, known, number, hides=self.hides)

    def trace(self, object: str, number: str) -> list[tracing.Story]:
        """The whole story of a record."""
        return tracing.trace(self.system, object, number, hides=self.hides)

    def asking(self) -> asking.Asking:
        """Insight: what only both sides together can tell. Reads the sources first unless a daemon
        does that anyway. Raises ConfigError, ConnectorError."""
        self._runs.look()
        return asking.Asking(self.system, self.hides)

    # -- deciding ---------------------------------------------------------------------------

    def retry(
        self,
        flow: str,
        numbers: Sequence[str] = (),
        *,
        ours: bool = False,
        seen: Mapping[str, float] | None = None,
    ) -> int:
        """Let stopped records go again; without numbers all of the flow's failures. `seen`: those
        that still stand as somebody saw them, by key since when. Raises ChangedMeanwhile."""
        known = finding.delivering(self.system, flow)
        keys = finding.keys(self.system, known, numbers)
        if not numbers and seen is None:
            keys = [failure["key"] for failure in self.failures(flow)]
        return overview.retry(self.system, known, keys, self.who, ours=ours, seen=seen)

    def discard(
        self, flow: str, numbers: Sequence[str] = (), *, seen: Mapping[str, float] | None = None
    ) -> int:
        """Set records that stopped or wait aside until their next change; `seen` as of `retry`."""
        known = finding.delivering(self.system, flow)
        keys = finding.keys(self.system, known, numbers)
        return overview.discard(self.system, known, keys, self.who, seen=seen)

    def reconcile(self, name: str, *, repair: bool = False) -> list[reconciling.Finding]:
        """Where the target differs from what was delivered; on request, mend it."""
        flow = finding.may_call(self.system, finding.linking(self.system, name))
        findings = list(reconciling.reconcile(self.system, flow))
        if repair:
            reconciling.repair(self.system, flow, findings, self.who)
        return findings

    def plan_resync(
        self, name: str, numbers: Sequence[str], since: date | None, limit: int = 200
    ) -> planning.Plan:
        """What today's mapping would change, record by record; what would stay is left out."""
        flow = finding.may_call(self.system, finding.delivering(self.system, name))
        errors = self._runs.look()
        keys = resyncing.chosen(self.system, flow, numbers, since)
        return planning.plan(self.system, flow, keys, limit, errors=errors)

    def missing(self, name: str, since: date | None = None) -> list[reconciling.Finding]:
        """What the target has lost, or lost since a day."""
        return reconciling.lost(self.system, finding.delivering(self.system, name), since)

    def bring_back(
        self, name: str, lost: Sequence[reconciling.Finding], *, progress: Progress = silent
    ) -> dict[str, Any]:
        """Create, change or end once more what the target has lost."""
        flow = finding.linking(self.system, name)
        linking.bring_back(self.system, flow, lost, self.who)
        return self.sync([name], progress=progress)

    def release(
        self, numbers: Sequence[str], until: date | None, *, dry_run: bool
    ) -> list[releasing.Released]:
        """Make documents of what is suggested of these materials, none: of all, as far as it must
        begin by a day. Raises ConfigError, NotFound."""
        self._runs.look()
        found = asking.Asking(self.system).materials(numbers) if numbers else None
        return releasing.release(self.system, found, until, self.who, dry_run=dry_run)

    def releases_until(self) -> date | None:
        """What must begin by this day is to be released by itself; None: nothing is."""
        return releasing.ahead(self.system)

    def release_ahead(self, until: date) -> list[releasing.Released]:
        """Release what must begin by this day, in nobody's name."""
        return releasing.release(self.system, None, until, "connector")

    # -- rules ------------------------------------------------------------------------------

    def follow_rules(self) -> int:
        """Look at what changed, do and tell what rules say; how much there was to tell."""
        return ruling.follow(self.system, self._book)

    def rules(self) -> list[ruling.Listed]:
        """The rules in force, and how they stand."""
        return ruling.listing(self.system, self._book)

    def rules_at_hand(self) -> list[str]:
        """The names of rules that could be switched on."""
        return [n for n in available([*self.folders, shipped()]) if n not in self.config.rules]

    def try_rule(self, name: str, numbers: Sequence[str] = ()) -> list[ruling.Tried]:
        """What a rule would tell now, and why; nothing is changed. Raises ConfigError."""
        self._runs.look_or_fail()
        return ruling.trial(self.system, self._book, name, numbers, self.hides)

    def stop_messages(self, channel: str, address: str, *, wanted: bool) -> None:
        """An address outside the company wants no messages any more, or again."""
        ruling.stop(self.system, channel, address, self.who, wanted=wanted)

    # -- reviews ----------------------------------------------------------------------------

    @property
    def reviewed(self) -> bool:
        """Some flow waits for reviews."""
        return bool(self._board.by_flow)

    def mind_reviews(self) -> int:
        """Ask departments, remind them, withdraw what nobody needs; how much there was to do."""
        return reviewing.mind(self.system, self._board)

    @property
    def _desk(self) -> reviewing.Desk:
        return reviewing.Desk(self.system, self._board, self.who, self.hides)

    def reviews(self, flow: str = "") -> list[reviewing.Shown]:
        """The reviews under way."""
        return self._desk.listing(flow)

    def review(self, flow: str, number: str) -> reviewing.Shown:
        """The newest review of a record. Raises NotFound."""
        return self._desk.show(flow, number)

    def answer_review(self, flow: str, number: str, department: str, reply: reviewing.Reply) -> str:
        """Answer for a department; the review's state after it. Raises ConnectorError."""
        return self._desk.answer(flow, number, department, reply)

    def say_review(
        self, flow: str, number: str, text: str, asks: Sequence[str] = (), seen: int | None = None
    ) -> None:
        """Say something of a record under review, to those named, or to all whom it concerns;
        `seen`: id of the review that was seen. Raises ConnectorError."""
        self._desk.say(flow, number, text, asks, seen)

    def speaks(self, flow: str, number: str) -> bool:
        """Whether whoever is logged in may say something of it. Raises NotFound."""
        return self._desk.speaks(flow, number)

    def delegate_review(self, flow: str, number: str, department: str, to: str) -> None:
        """Let somebody else answer for a department. Raises ConnectorError."""
        self._desk.delegate(flow, number, department, to)

    def release_review(self, flow: str, number: str, reason: str) -> None:
        """Let a record go without its review, as an admin. Raises ConnectorError."""
        self._desk.release(flow, number, reason)

    def accept_review(self, flow: str) -> None:
        """Accept a flow's review and mappings as they are, as an admin. Raises ConnectorError."""
        self._desk.accept(flow)

    def review_times(self) -> list[tuple[str, int, float]]:
        """How long departments take: `(department, answers, seconds each)`."""
        return reviewing.times(self.system)

    def review_page(self, method: str, token: str, form: Mapping[str, str]) -> tuple[int, str]:
        """What a link in a message leads to: a page that shows, and takes an answer."""
        return review_page(self.system, self._board, method, token, form)

    def forget(self, customer: str) -> forgetting.Forgotten:
        """Forget the people at a customer, by its number or key. Raises NotFound."""
        return forgetting.forget(self.system, customer, self.who)

    # -- the console ------------------------------------------------------------------------

    @property
    def accounts(self) -> Accounts:
        """Who can log in."""
        return Accounts(self.system, self.config)

    def users(self) -> list[Account]:
        """Every login, and what stands for it."""
        return self.accounts.listing()

    def invite(self, login: str) -> str:
        """A secret with which a login gets a password, once. Raises NotLetIn."""
        return self.accounts.invite(login, self.who)

    def make_token(self, login: str, name: str, most: str, days: int) -> str:
        """A secret for a program that works in a login's name. Raises NotLetIn."""
        return self.accounts.make_token(login, name, most, days, self.who)

    def end_sessions(self, login: str, id: str = "") -> int:
        """End one secret of a login, or all its sessions; how many."""
        return self.accounts.end(login, id, self.who)

    def remove_user(self, login: str) -> bool:
        """A login cannot be used any more; whether it could."""
        return self.accounts.remove(login, self.who)

    def board(self, wish: boarding.Wish) -> boarding.Board:
        """The orders under way, by where they stand."""
        return boarding.look(self.system, wish)

    def computed(self, object: str, number: str = "", after: str = "") -> computed.Found:
        """Insight as it was computed last, a page of it. Raises NotFound."""
        return computed.look(self.system, object, number, after, hides=self.hides)

    def report(self, name: str, year: int = 0, figure: str = "") -> reports.Reported:
        """A report for managers. Raises NotFound, ConfigError."""
        return reports.look(self.system, name, year, figure)

    def order_line(self, connection: str, key: str) -> boarding.Line | None:
        """One order's line of the board; None: it has none."""
        return boarding.line(self.system, connection, key)

    def mappings(self) -> list[listing.Listed]:
        """The mappings in use, and how each stands."""
        return listing.listing(self.system, self.folders)

    def mapping(self, flow: str, side: str = "") -> listing.Shown:
        """A flow's mapping, of the side that writes or reads. Raises ConfigError."""
        return listing.show(self.system, self.folders, flow, side)

    def mapped(self, flow: str, side: str, number: str) -> trial.Mapped:
        """What it makes of a record. Raises ConfigError, NotFound."""
        return trial.mapped(self.system, flow, side, number, hides=self.hides)

    def try_mapping(self, flow: str, side: str, number: str, text: str) -> trial.Tried:
        """What this text in its place would make of it. Raises ConfigError, NotFound."""
        hides = self.hides
        return trial.attempt(self.system, self.folders, flow, side, number, text, hides=hides)

    def mapping_versions(self, flow: str, side: str = "") -> list[versions.Version]:
        """Its versions, the newest first. Raises ConfigError."""
        return versions.versions(self.system, flow, side)

    def mapping_version(self, flow: str, side: str, version: str) -> versions.Kept:
        """A version's text, and what went by it. Raises ConfigError, NotFound."""
        return versions.kept(self.system, flow, side, version)

    def mapping_diff(self, flow: str, side: str, one: str, other: str) -> versions.Differences:
        """What differs between two versions, file by file. Raises ConfigError, NotFound."""
        return versions.differences(self.system, flow, side, one, other)

    # -- correcting -------------------------------------------------------------------------

    def fields(self, flow: str, number: str) -> list[correcting.Field]:
        """What can be corrected of a record. Raises NotFound."""
        known = finding.delivering(self.system, flow)
        return correcting.fields(self.system, known, number, hides=self.hides)

    def correct(
        self, flow: str, number: str, said: Mapping[str, str], seen: float | None = None
    ) -> int:
        """Say what fields should be, and let the record go again. Raises NotFound, MappingFault,
        ChangedMeanwhile."""
        known = finding.delivering(self.system, flow)
        return correcting.correct(
            self.system, known, number, said, self.who, seen=seen, hides=self.hides
        )

    # -- the audit --------------------------------------------------------------------------

    def audit(self, limit: int = 100, before: int = 0) -> list[auditing.Line]:
        """Who decided what, newest first; `before` the line with this id."""
        return auditing.listing(self.system, limit, before)

    def verify_audit(self, head: str = "") -> auditing.Verified:
        """Whether the audit is as it was written; `head`: a link that was noted before."""
        return auditing.verify(self.system, head)

    # -- the store --------------------------------------------------------------------------

    def store_was_restored(self) -> None:
        """The store was put back to an earlier state: be careful from now on."""
        restoring.say_restored(self.system, self.who)

    def trust_store(self) -> bool:
        """Both sides have been compared; whether there was anything to trust again."""
        return restoring.trust(self.system, self.who)

    def make_views(self, *, wanted: bool) -> list[str]:
        """Make the store's views for the reports of others, or take them away; their names."""
        return viewing.make(self.system, self.who, wanted=wanted)

    # -- links and connections --------------------------------------------------------------

    def match(self, object: str, source: str = "", target: str = "") -> list[pair_sheet.Row]:
        """What may be what, a row of the sheet for each proposal; nothing is linked."""
        chosen = matching.sides(self.system, object, source, target)
        self._runs.look_or_fail()
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
        Raises ConfigError with every row that cannot be carried out; then none is."""
        chosen = matching.sides(self.system, object, source, target)
        decided = pair_sheet.decisions(name, sheet)
        return matching.decide(self.system, chosen, decided, self.who)

    def fill(self, table: str, connection: str = "", *, write: bool = False) -> filling.Filling:
        """How a value map stands against what is in use; on request, with what is proposed."""
        chosen = self._table(table, connection)
        return chosen.write_proposed() if write else chosen.look()

    def decide(
        self, table: str, name: str, sheet: Sequence[Mapping[str, str]], connection: str = ""
    ) -> filling.Filling:
        """Write the pairs that the rows of a sheet say yes to; `name` is the sheet's, for messages.
        Raises ConfigError with every row that cannot be carried out; then none is."""
        decided = value_sheet.decisions(name, sheet)
        return self._table(table, connection).write_decided(decided)

    def _table(self, name: str, connection: str) -> filling.Table:
        chosen = filling.Table(self.system, self.folders, name, connection)
        self._runs.look_or_fail()
        return chosen

    def links(self, object: str, number: str) -> list[dict[str, Any]]:
        """A record's counterparts."""
        return linking.show(self.system, object, number)

    def set_link(
        self, flow: str, number: str, target_number: str, *, agreed: bool = False
    ) -> agreeing.Agreed:
        """Say which target record a source record is; `agreed`: as it stands here."""
        known = finding.linking(self.system, flow)
        return linking.set_link(self.system, known, number, target_number, self.who, agreed=agreed)

    def baseline(self, name: str, numbers: Sequence[str] = ()) -> agreeing.Agreed:
        """Take what stands on both sides as in agreement; nothing is written to either."""
        flow = finding.linking(self.system, name)
        self._runs.look_or_fail()
        keys = resyncing.chosen(self.system, flow, numbers, None)
        return agreeing.baseline(self.system, flow, keys, self.who)

    def remove_link(self, flow: str, number: str) -> int:
        """Forget a record's counterpart."""
        known = finding.linking(self.system, flow)
        return linking.remove_link(self.system, known, number, self.who)

    def create_anew(self, flow: str, number: str) -> int:
        """Create an unlinked record after all."""
        known = finding.linking(self.system, flow)
        return linking.create_anew(self.system, known, number, self.who)

    def change_connection(self, verb: str, name: str) -> str:
        """`move`, `forget`, `pause` or `resume` a connection; what it is now, for `move`."""
        return linking.change(self.system, verb, finding.connection(self.system, name), self.who)

    def change_flow(self, verb: str, name: str, reason: str = "") -> None:
        """`pause` or `resume` a flow."""
        flow = finding.delivering(self.system, name)
        pausing.change(self.system, verb, flow, self.who, reason)
