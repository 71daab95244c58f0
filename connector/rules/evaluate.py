"""Evaluating rules: the records that changed, those whose time has come, and once a day all of them
that time alone may turn.

A group of records at a time, all that follows from it in one transaction: how they stand now, what
is to be told, and that they were looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from connector import exact, log
from connector.engine import deriving
from connector.engine.system import System
from connector.engine.watched import queue
from connector.faults import fault
from connector.mapping.expr import ExpressionFault
from connector.messages import say
from connector.rules.assigning import Assigned, Counterpart, assigned, todo_id
from connector.rules.book import Book, Watch
from connector.rules.joining import Joiner
from connector.rules.people import Recipient
from connector.rules.record import Seen, Values
from connector.rules.rule import Rule
from connector.rules.standing import Opens, Standing, Told, at_any_hour, changed, step
from connector.rules.text import TextFault
from connector.settings import HUB
from connector.store import facts, journal, rules, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row

GROUP = 200
"""Records evaluated in one transaction."""

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """A rule at a record."""

    rule: Rule
    watch: Watch
    key: str
    seen: Seen
    there: bool
    """False: the record is gone."""
    fresh: bool
    """It changed since the rule has been in force."""
    before: Any
    """How it stood, as stored; None: never looked at."""
    opens: Opens
    """From when on, after an instant, people are told by this rule."""
    counterpart: Counterpart

    def answer(self, now: float) -> tuple[Standing, Told]:
        """How it stands now, and what is to be told."""
        settings, rule = self.rule.settings, self.rule
        holds = self.there and rule.holds(self.seen)
        if rule.was:
            return changed(holds=holds and (self.fresh or self.before is not None))
        row = self.before
        standing = Standing(row.since, row.told_at) if row else Standing()
        made, told = step(
            standing,
            holds=holds,
            now=now,
            wait=settings.wait,
            repeat=settings.repeat,
            opens=self.opens,
        )
        # Nobody outside is told of what was there before anybody thought of telling them.
        return made, "" if rule.outside and not self.fresh else told

    def row(self, standing: Standing) -> Row:
        """The standing as it is kept, with what the record was."""
        rule = self.rule
        was = {name: _field(self.seen.values, name) for name in rule.was} if self.there else {}
        return {
            "rule": rule.name,
            "connection": self.watch[0],
            "key": self.key,
            "since": standing.since,
            "told_at": standing.told_at,
            "due_at": standing.due_at(rule.settings.wait, rule.settings.repeat, self.opens),
            "was": exact.dumps(was) if was else "",
        }


@dataclass(frozen=True, slots=True)
class Swept:
    """That all records of a watch were asked for, for a rule."""

    version: str
    day: str
    """Empty: no need to do it daily."""
    since: float
    """Since when the rule has been in force."""

    def dump(self) -> str:
        return json.dumps([self.version, self.day, self.since])

    @classmethod
    def load(cls, text: str) -> Swept | None:
        """What `dump` gave; None: nothing was noted."""
        return cls(*json.loads(text)) if text else None


class Evaluator:
    """Evaluates the rules of one system."""

    def __init__(self, system: System, book: Book) -> None:
        self._system = system
        self._book = book

    def run(self) -> int:
        """Look at everything that waits; how much there is to tell."""
        self._sweep()
        told = 0
        while waiting := self._waiting():
            for watch in waiting:
                if self._system.stopping.is_set():
                    return told
                told += self._group(watch)
        return told

    def looks(self, tx: Tx, watch: Watch, rule: Rule, keys: Sequence[str]) -> Iterator[Looked]:
        """A rule at these records, as they stand."""
        connection, object = watch
        known = snapshots.load(tx, connection, object, keys)
        before = rules.standing(tx, rule.name, connection, keys)
        joiner, now = Joiner(self._system, tx), self._system.store.now(tx)
        swept_before = Swept.load(facts.noted(tx, swept(rule.name, watch)))
        opens = at_any_hour if rule.urgent else self._book.opens
        since, today = swept_before.since if swept_before else now, self._book.today(now)
        for key in keys:
            row, stood = known.get(key), before.get(key)
            values = snapshots.data(row) if row else {}
            was: Values = exact.loads(stood.was) if stood and stood.was else {}
            joined = joiner.of(connection, object, key, values)
            seen = Seen(object, values, today, rule.settings.set, was, joined)
            there = row is not None and not row.deleted
            fresh = row is not None and (row.changed_at or 0) > since
            counterpart = partial(joiner.counterpart, watch, key, seen.get)
            yield Looked(rule, watch, key, seen, there, fresh, stood, opens, counterpart)

    # -- what is looked at ------------------------------------------------------------------

    def _sweep(self) -> None:
        """Ask for all records once a day, where time alone may turn a rule, and once where the
        rule is new or another one."""
        store = self._system.store
        with store.reading() as tx:
            now, noted = store.now(tx), facts.all_noted(tx, self._names())
        for watch, some in self._book.rules.items():
            notes = {rule.name: self._note(noted, watch, rule, now) for rule in some}
            if all(known == wanted for known, wanted in notes.values()):
                continue
            with store.reading() as tx:
                keys = list(snapshots.keys(tx, *watch))
            if watch[0] == HUB and not all(known for known, _ in notes.values()):
                deriving.everything(self._system, watch[1])
            with store.transaction() as tx:
                journal.derive_later(store, tx, queue(*watch), keys)
                for name, (_, wanted) in notes.items():
                    facts.note(store, tx, swept(name, watch), wanted.dump())
            fault("rules_swept")

    def _names(self) -> list[str]:
        return [
            swept(rule.name, watch) for watch, some in self._book.rules.items() for rule in some
        ]

    def _note(
        self, noted: Mapping[str, str], watch: Watch, rule: Rule, now: float
    ) -> tuple[Swept | None, Swept]:
        """When all records were asked for last, and how that should be."""
        known = Swept.load(noted.get(swept(rule.name, watch), ""))
        day = str(self._book.today(now).day) if rule.daily else ""
        return known, Swept(_version(rule), day, known.since if known else now)

    def _waiting(self) -> list[Watch]:
        """Where anything waits to be looked at."""
        store, watches = self._system.store, self._book.rules
        if not watches:
            return []
        with store.reading() as tx:
            changed = journal.waiting(tx, [queue(*watch) for watch in watches])
            due = rules.any_due(tx, store.now(tx))

        def waits(watch: Watch) -> bool:
            its_due = ((rule.name, watch[0]) in due for rule in watches[watch])
            return queue(*watch) in changed or any(its_due)

        return [watch for watch in watches if waits(watch)]

    def _group(self, watch: Watch) -> int:
        """Evaluate one group; how much there is to tell."""
        store = self._system.store
        with store.transaction() as tx:
            now = store.now(tx)
            changed = [row.key for row in journal.to_derive(tx, queue(*watch), GROUP)]
            told = 0
            for rule in self._book.rules[watch]:
                due = rules.due(tx, rule.name, watch[0], now, GROUP)
                keys = list(dict.fromkeys([*changed, *due]))
                told += self._evaluate(tx, watch, rule, keys, now)
            fault("rules_evaluated")
            journal.derived(tx, queue(*watch), changed)
        fault("rules_evaluation_stored")
        return told

    def _evaluate(self, tx: Tx, watch: Watch, rule: Rule, keys: Sequence[str], now: float) -> int:
        stands: list[Row] = []
        occasions: list[Row] = []
        for looked in self.looks(tx, watch, rule, keys):
            try:
                standing, told = looked.answer(now)
                occasions += self._occasions(looked, told, now) if told else ()
                occasions += self._to_do(looked, standing, told, now) if told else ()
            except (ExpressionFault, TextFault) as problem:
                words = say("rule_unanswerable", rule=rule.name, key=looked.key, detail=problem)
                _log.error("rule_failed", rule=rule.name, key=looked.key, why=str(words))
                standing = Standing()
                if looked.before is not None and looked.before.told_at is not None:
                    occasions += self._to_do(looked, standing, "over", now)
            if looked.before is not None or standing != Standing() or rule.was:
                stands.append(looked.row(standing))
        rules.stand(self._system.store, tx, stands)
        rules.note(tx, occasions)
        return len(occasions)

    # -- what follows -----------------------------------------------------------------------

    def _occasions(self, looked: Looked, told: Told, now: float) -> Iterator[Row]:
        """What is to be told, one for each recipient, in the words of this moment."""
        rule, said = looked.rule, looked.rule.settings.say
        if said is None or (told == "over" and said.over is None):
            return
        occasion = _occasion(looked, told, now)
        for one in self.recipients(looked):
            words = rule.rendered(
                looked.seen, one.language or self._book.language, over=told == "over"
            )
            yield occasion | {
                "channel": one.channel,
                "address": one.address,
                "title": words.title,
                "text": words.text,
                "template": said.template,
                "parameters": json.dumps(words.parameters, ensure_ascii=False)
                if words.parameters
                else "",
                "urgent": int(said.urgent),
                "outside": int(one.outside),
                "digest": int(rule.settings.digest),
            }

    def _to_do(self, looked: Looked, standing: Standing, told: Told, now: float) -> Iterator[Row]:
        """What is to be done, one for each action of the rule, which `address` names."""
        rule, settings = looked.rule, looked.rule.settings
        occasion = _occasion(looked, told, now)
        if settings.release and told == "begin":
            yield occasion | {"address": RELEASE}
        if settings.pause and told != "repeat":
            why = rule.why[self._book.language](looked.seen.get) if told == "begin" else ""
            yield occasion | {"address": PAUSE, "text": why}
        if settings.todo:
            since = standing.since if told != "over" else looked.before.since
            yield occasion | {"address": TODO} | self._todo(looked, told, since or now)

        if settings.review and told != "repeat" and not rule.was:
            yield occasion | {"address": REVIEW}

    def _todo(self, looked: Looked, told: Told, since: float) -> Row:
        """What a to-do says; once it is over, which it was."""
        rule, seen, language = looked.rule, looked.seen, self._book.language
        id = todo_id(rule.name, looked.watch[0], looked.key, since)
        if told == "over":
            return {"parameters": Assigned(id, self._book.todos_of(rule)).dump()}
        return {
            "title": rule.todo_title[language](seen.get),
            "text": rule.todo_text[language](seen.get),
            "parameters": assigned(self._book, rule, seen, looked.counterpart, id).dump(),
        }

    def recipients(self, looked: Looked) -> Iterator[Recipient]:
        """Whom the rule tells of a record."""
        said = looked.rule.settings.say
        if said is None:
            return
        if not said.address:
            yield from self._book.people.told(said.to, said.by, looked.seen.get)
            return
        address = str(looked.seen.get(said.address) or "").strip()
        if address:
            yield from (Recipient(name, address, outside=True) for name in said.by)


NOBODY: Mapping[str, Any] = {
    "channel": "", "address": "", "title": "", "text": "", "template": "", "parameters": "",
    "urgent": 0, "outside": 0, "digest": 0,
}  # fmt: skip
"""An occasion for us, not for people."""


RELEASE, PAUSE, TODO, REVIEW = "release", "pause", "todo", "review"
"""What rules do besides telling people. Reviews follow a rule that is about a state; whatever
changed is reviewed anyway."""


def occasion_of(rule: str, kind: str, at: float, *of: str) -> Row:
    """Something to be told or done; `of`: connection, object and key of the record that it is
    about, or nothing."""
    connection, object, key = of or ("", "", "")
    known = {"rule": rule, "connection": connection, "object": object, "key": key}
    return {**known, "kind": kind, "at": at, **NOBODY}


def _occasion(looked: Looked, told: Told, now: float) -> Row:
    return occasion_of(looked.rule.name, told, now, *looked.watch, looked.key)


def _field(values: Values, name: str) -> Any:
    own = values.get("custom", {}) if name.startswith("custom.") else values
    return own.get(name.removeprefix("custom."))


def swept(rule: str, watch: Watch) -> str:
    """Under which it is noted that all records were asked for."""
    return f"rule {rule} {watch[0]}/{watch[1]}"


def _version(rule: Rule) -> str:
    """Changes when the rule says something else of when it holds."""
    settings = rule.settings
    text = json.dumps([settings.when, settings.wait, sorted(map(str, settings.set.items()))])
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
