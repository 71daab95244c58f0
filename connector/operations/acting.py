"""What rules do besides telling people, once all that waits was looked at: ten thousand records
that turn at once are one pause.

What is to be done stands among the occasions until it is done, in the transaction that does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from connector.engine.system import System
from connector.errors import ConnectorError
from connector.faults import fault
from connector.messages import Message, dump, load, say
from connector.operations import releasing
from connector.operations.todos import BY, NOTHING, Todos
from connector.rules.book import Book
from connector.rules.evaluate import PAUSE, RELEASE, TODO
from connector.rules.model import PauseSettings
from connector.rules.rule import Rule
from connector.rules.telling import announce
from connector.store import facts, journal, pauses, rules
from connector.store.engine import Tx

MOST = 20_000
"""Occasions that are looked at together."""


class Actor:
    """Does what the rules of one system say."""

    def __init__(self, system: System, book: Book) -> None:
        self._system = system
        self._book = book
        self._rules = book.named()
        self._todos = Todos(system, book)

    def run(self) -> None:
        """Do what is to be done now."""
        with self._system.store.reading() as tx:
            undone = rules.undone(tx, MOST, (PAUSE, RELEASE, TODO))
        wanted: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for one in undone:
            wanted[one.address, one.rule].append(one)
        for (action, name), some in wanted.items():
            if action == PAUSE:
                self._pause(name, some)
            if action == TODO:
                self._todos.follow(name, some)
        self._todos.abandon()
        self._release([one for one in undone if one.address == RELEASE])

    def _release(self, wanted: Sequence[Any]) -> None:
        """Release what is suggested of these materials."""
        if not wanted:
            return
        materials = sorted({one.key for one in wanted})
        try:
            released = releasing.release(self._system, materials, None, BY)
        except ConnectorError as error:
            outcome = str(error)
        else:
            outcome = ", ".join(one.number for one in released)
        with self._system.store.transaction() as tx:
            self._done(tx, wanted, outcome)

    def _done(self, tx: Tx, some: Sequence[Any], outcome: str) -> None:
        now = self._system.store.now(tx)
        rules.tell(tx, [one.id for one in some], now, outcome or NOTHING)

    # -- pausing ----------------------------------------------------------------------------

    def _pause(self, name: str, some: Sequence[Any]) -> None:
        """Pause flows, or let them go on, by how the rule stands now."""
        rule = self._rules.get(name)
        with self._system.store.transaction() as tx:
            pause = rule.settings.pause if rule else None
            outcome = self._paused(tx, rule, pause, some) if rule and pause else ""
            self._done(tx, some, outcome)
            fault("rule_paused")
        fault("rule_pause_stored")

    def _paused(self, tx: Tx, rule: Rule, pause: PauseSettings, some: Sequence[Any]) -> str:
        """What was done. It is done once, when the rule comes to hold for so many records: whoever
        lets a flow go on meanwhile is not overruled."""
        store, before = self._system.store, facts.noted(tx, pausing(rule.name))
        begun = [one.text for one in some if one.kind == "begin"]
        count = len(begun) if rule.was else rules.begun(tx, rule.name)
        if begun and count >= pause.records and not before:
            words = say("paused_by_rule", rule=rule.name, count=count, why=begun[-1])
            if not rule.was:
                facts.note(store, tx, pausing(rule.name), dump(words))
            return self._begin(tx, rule, pause, words)
        if before and count < pause.records:
            facts.note(store, tx, pausing(rule.name), "")
            return self._end(tx, rule, pause)
        return ""

    def _begin(self, tx: Tx, rule: Rule, pause: PauseSettings, words: Message) -> str:
        there = pauses.of(tx, pause.flows)
        flows = [name for name in pause.flows if name not in there]
        for name in flows:
            pauses.pause(self._system.store, tx, name, dump(words), rule.name)
            self._log(tx, "pause_flow", name, rule, words)
        if flows:
            title = say("rule_pauses", flows=", ".join(flows))
            lines = [say("flow_paused", name=name, why=words) for name in flows]
            self._tell(tx, rule, pause, title, lines, "begin")
        return ", ".join(flows)

    def _end(self, tx: Tx, rule: Rule, pause: PauseSettings) -> str:
        """It is over: what this rule paused goes on, if it is to, and no other rule wants it
        paused."""
        mine = [n for n, one in pauses.of(tx, pause.flows).items() if one.rule == rule.name]
        gone_on = []
        for name in mine if pause.resume else ():
            other, why = self._other(tx, name, rule)
            if other:
                pauses.pause(self._system.store, tx, name, why, other)
            else:
                pauses.resume(self._system.store, tx, name)
                gone_on.append(name)
                self._log(tx, "resume_flow", name, rule, say("rule_over", rule=rule.name))
        over, on = say("rule_over", rule=rule.name), ", ".join(gone_on)
        if mine:
            still = pauses.of(tx, mine)
            lines = [say("flow_paused", name=n, why=load(one.why)) for n, one in still.items()]
            title = say("rule_resumes", flows=on) if on else over
            self._tell(tx, rule, pause, title, [over, *lines], "over")
        return on

    def _other(self, tx: Tx, flow: str, but: Rule) -> tuple[str, str]:
        """Another rule that wants a flow paused, and why."""
        for name, rule in self._rules.items():
            pause, why = rule.settings.pause, facts.noted(tx, pausing(name))
            if pause and why and flow in pause.flows and name != but.name:
                return name, why
        return "", ""

    def _log(self, tx: Tx, what: str, flow: str, rule: Rule, why: Message) -> None:
        about = {"flow": flow, "rule": rule.name, "reason": str(why)}
        journal.log_audit(tx, self._system.store.now(tx), BY, what, about)

    def _tell(
        self,
        tx: Tx,
        rule: Rule,
        pause: PauseSettings,
        title: Message,
        lines: Sequence[Message],
        kind: str,
    ) -> None:
        people = self._book.people.told(pause.to, pause.by, lambda _: None)
        announce(
            self._system, tx, self._book, rule.name, people, title, lines,
            kind=kind, urgent=pause.urgent,
        )  # fmt: skip


def pausing(rule: str) -> str:
    """Under which it is noted why a rule wants flows paused."""
    return f"pausing {rule}"
