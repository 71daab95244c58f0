"""What rules do besides telling people: what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from connector.engine.system import Flow
from connector.messages import Message, say
from connector.rules.people import RESPONSIBLE, SALESPERSON, People
from connector.rules.record import kind_of, sight_of
from connector.rules.rule import Rule
from connector.settings import HUB

Mistake = tuple[tuple[str, ...], Message]
"""Where in a rule it stands, and what it is."""
OF_RECORDS = (SALESPERSON, RESPONSIBLE)
"""Who is meant by these, a record says."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What rules can act on in one system."""

    flows: Collection[Flow]
    known: People
    channels: Collection[str]
    """Connections that tell."""
    connections: Collection[str]
    orders_from: str
    """The system that orders come from, where it is one."""

    def wrong(self, rule: Rule) -> Iterator[Mistake]:
        """Every mistake in what a rule does."""
        yield from self._pause(rule)
        yield from self._todo(rule)
        yield from self._review(rule)

    def people(self, rule: Rule, to: Iterable[str], by: Iterable[str]) -> Iterator[Message]:
        """Whom nobody knows, and what does not tell."""
        for name in to:
            if not self.known.knows(name):
                yield say("rule_tells_nobody", rule=rule.name, name=name)
        for name in by:
            if name not in self.channels:
                known = ", ".join(self.channels)
                yield say("rule_no_channel", rule=rule.name, name=name, known=known)

    def _pause(self, rule: Rule) -> Iterator[Mistake]:
        pause = rule.settings.pause
        if pause is None:
            return
        writing = [flow.name for flow in self.flows if flow.delivers]
        for name in pause.flows:
            if name not in writing:
                words = say("rule_pauses_what", name=name, known=", ".join(writing))
                yield ("pause", "flows"), words
        if rule.was and (pause.resume or pause.records > 1):
            word = "resume" if pause.resume else "records"
            yield ("pause", word), say("rule_pause_of_change", rule=rule.name, word=word)
        if not pause.to and not self.known.otherwise:
            yield ("pause",), say("rule_pauses_silently", rule=rule.name)
        for words in self.people(rule, pause.to, pause.by):
            yield ("pause",), words

    def _todo(self, rule: Rule) -> Iterator[Mistake]:
        todo = rule.settings.todo
        if todo is None:
            return
        where, known = todo.by or self.orders_from, ", ".join(self.connections)
        if not where:
            yield ("todo",), say("rule_todo_where", rule=rule.name, known=known)
        elif where not in self.connections:
            yield ("todo", "by"), say("unknown_connection", name=where, known=known)
        for name in todo.to:
            if not self.known.knows(name):
                yield ("todo", "to"), say("rule_tells_nobody", rule=rule.name, name=name)
            elif not (name in OF_RECORDS or self.known.first([name], where, lambda _: None)):
                yield ("todo", "to"), say("rule_todo_whose", name=name, connection=where)

    def _review(self, rule: Rule) -> Iterator[Mistake]:
        review, object = rule.settings.review, rule.object
        if review is None:
            return
        source = rule.settings.source
        carried = {one.object for one in self.flows if one.delivers and one.source != HUB
                   and source in ("", one.source)}  # fmt: skip
        if object not in carried:
            known = ", ".join(sorted(carried))
            yield ("review",), say("rule_reviews_what", rule=rule.name, object=object, known=known)
        if rule.settings.wait:
            yield ("for",), say("rule_reviews_later", rule=rule.name)
        for words in self.people(rule, review.who, ()):
            yield ("review", "who"), words
        for name in sorted({name for text in rule.asked.values() for name in text.names}):
            if kind := sight_of(object, name):
                yield ("review", "why"), say("review_why_unseen", name=name, kind=kind)
        for name in review.asks:
            if "." in name.removeprefix("custom.") or not kind_of(object, name):
                yield ("review", "asks"), say("unknown_field", name=name, object=object)
