"""Rules as they are followed: look, act, tell, report; and as people try them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from connector.engine import failing
from connector.engine.system import Flow, System
from connector.errors import ConfigError, Problem
from connector.mapping.expr import ExpressionFault
from connector.messages import Message, say
from connector.objects.sights import HIDDEN
from connector.operations.acting import Actor
from connector.rules import letting, telling
from connector.rules.assigning import assigned
from connector.rules.book import Book, Watch
from connector.rules.evaluate import Evaluator, Looked
from connector.rules.record import sight_of
from connector.rules.reporting import Reporter
from connector.rules.rule import Rule
from connector.rules.scheduled import Scheduled
from connector.rules.telling import Teller
from connector.rules.text import TextFault
from connector.settings import HUB
from connector.store import feeds, journal, rules, snapshots
from connector.store.engine import Tx

LEASE = "rules"
SECONDS = 60.0
"""For which following the rules is one process's alone."""
WALK = 500


def follow(system: System, book: Book) -> int:
    """Look at what changed, do what rules say, tell and report; how much there was to tell."""
    if not (book.rules or book.people.reachable) or not _is_ours(system):
        return 0
    failing.tell(system)
    found = Evaluator(system, book).run()
    if system.stopping.is_set():
        return found
    Actor(system, book).run()
    Teller(system, book).run()
    Reporter(system, book).run()
    Scheduled(system, book).run()
    return found


def _is_ours(system: System) -> bool:
    with system.store.transaction() as tx:
        return feeds.take_lease(system.store, tx, LEASE, system.owner, SECONDS) is not None


def stop(system: System, channel: str, address: str, who: str, *, wanted: bool) -> None:
    """An address outside the company wants no messages any more, or again."""
    with system.store.transaction() as tx:
        telling.stop(system, tx, channel, address, wanted=wanted)
        what = "messages_wanted" if wanted else "messages_stopped"
        about = {"channel": channel, "address": address}
        journal.log_audit(tx, system.store.now(tx), who, what, about)


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in force."""

    name: str
    object: str
    connections: tuple[str, ...]
    when: str
    holding: int
    """Records for which it holds."""
    last: float | None
    """When it had something to tell last."""


def listing(system: System, book: Book) -> list[Listed]:
    """The rules in force, and how they stand."""
    with system.store.reading() as tx:
        holding, last = rules.holding(tx), rules.last(tx)
    return [
        Listed(
            rule.name,
            rule.object,
            tuple(sorted(c for (c, _), some in book.rules.items() if rule in some)),
            rule.settings.when,
            holding.get(rule.name, 0),
            last.get(rule.name),
        )
        for rule in book.named().values()
    ]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule says of a record now."""

    key: str
    number: str
    holds: bool
    values: dict[str, Any]
    """What its condition asked for."""
    title: str = ""
    text: str = ""
    to: tuple[str, ...] = ()
    """Whom it would tell, as `channel: address`."""
    does: tuple[str, ...] = ()
    """What it would do besides."""
    fault: str = ""
    """Why it cannot be told."""


def trial(
    system: System,
    book: Book,
    name: str,
    numbers: Sequence[str],
    hides: frozenset[str] = frozenset(),
    limit: int = 20,
) -> list[Tried]:
    """What would be told now: of the records with these numbers, else of all for which the rule
    holds; without the kinds of fields that are hidden, and without texts that name one. Nothing is
    changed. Raises ConfigError where there is no such rule."""
    rule = book.named().get(name)
    if rule is None:
        known = ", ".join(book.named())
        raise ConfigError([Problem("", say("unknown_rule", name=name, known=known))])
    found: list[Tried] = []
    with system.store.reading() as tx:
        for watch, some in book.rules.items():
            if rule in some:
                found += _tried(system, book, tx, watch, rule, numbers, limit)
    unseen = {name for name in rule.names if sight_of(rule.object, name) in hides}
    return [_seen(one, unseen) for one in found] if unseen else found


def _seen(tried: Tried, unseen: Set[str]) -> Tried:
    values = {n: HIDDEN if n in unseen else value for n, value in tried.values.items()}
    title, text, fault = (HIDDEN if one else "" for one in (tried.title, tried.text, tried.fault))
    does = tuple(HIDDEN for _ in tried.does)
    return replace(tried, values=values, title=title, text=text, does=does, fault=fault)


def _tried(
    system: System,
    book: Book,
    tx: Tx,
    watch: Watch,
    rule: Rule,
    numbers: Sequence[str],
    limit: int,
) -> Iterator[Tried]:
    evaluator = Evaluator(system, book)
    for keys in _keys(tx, watch, numbers):
        for looked in _as_reviewed(system, tx, evaluator.looks(tx, watch, rule, keys)):
            tried = _one(system, tx, evaluator, book, looked)
            if tried.holds or tried.fault or numbers:
                yield tried
                limit -= 1
            if not limit:
                return


def _as_reviewed(system: System, tx: Tx, some: Iterator[Looked]) -> Iterator[Looked]:
    """Of rules that ask for reviews what counts is what was let through last."""
    for one in some:
        flow = next(iter(_reviewed(system, one)), None)
        seen = letting.seen_by(tx, flow, one.rule, one.key, one.seen) if flow else one.seen
        yield replace(one, seen=seen)


def _reviewed(system: System, looked: Looked) -> list[Flow]:
    """The flows whose reviews the rule adds to."""
    flows = system.taking(*looked.watch) if looked.rule.settings.review else []
    return [flow for flow in flows if flow.source != HUB]


def _one(system: System, tx: Tx, evaluator: Evaluator, book: Book, looked: Looked) -> Tried:
    rule, get = looked.rule, looked.seen.get
    number = str(get("order.number") if "order." in rule.settings.when else get("number") or "")
    values = {name: get(name) for name in rule.when.names}
    try:
        holds = looked.there and rule.holds(looked.seen)
        words = rule.rendered(looked.seen, book.language)
        does = tuple(map(str, _does(system, tx, looked, book))) if holds else ()
    except (ExpressionFault, TextFault) as fault:
        return Tried(looked.key, number, holds=False, values=values, fault=str(fault))
    to = tuple(f"{one.channel}: {one.address}" for one in evaluator.recipients(looked))
    return Tried(looked.key, number, holds, values, words.title, words.text, to, does)


def _does(system: System, tx: Tx, looked: Looked, book: Book) -> Iterator[Message]:
    """What follows besides telling people, as it stands now. Raises TextFault."""
    rule, seen, settings = looked.rule, looked.seen, looked.rule.settings
    if settings.release:
        yield say("would_release")
    if pause := settings.pause:
        why, flows = rule.why[book.language](seen.get), ", ".join(pause.flows)
        count = say("would_pause_count", count=rules.begun(tx, rule.name), of=pause.records)
        yield say("would_pause", flows=flows, why=why, count=count if pause.records > 1 else "")
    if settings.todo:
        made = assigned(book, rule, seen, looked.counterpart, "")
        title = rule.todo_title[book.language](seen.get)
        id = "would_todo" if made.who else "would_todo_nobody"
        due = say("would_todo_until", day=made.due_on) if made.due_on else ""
        yield say(id, connection=made.channel, who=made.who, title=title, due=due)
    if review := settings.review:
        flows = ", ".join(flow.name for flow in _reviewed(system, looked))
        why = rule.asked[book.language](seen.get)
        yield say("would_review", flows=flows, who=", ".join(review.who), why=why)


def _keys(tx: Tx, watch: Watch, numbers: Sequence[str]) -> Iterator[list[str]]:
    if numbers:
        yield snapshots.keys_of_numbers(tx, *watch, numbers)
        return
    for rows in snapshots.groups(tx, *watch, WALK):
        yield [row.key for row in rows]
