"""What rules do besides telling people: what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from connector.engine.system import Flow
from connector.messages import Message, say
from connector.rules.people import People
from connector.rules.rule import Rule

Mistake = tuple[tuple[str, ...], Message]
"""Where in a rule it stands, and what it is."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What rules can act on in one system."""

    flows: Collection[Flow]
    known: People
    channels: Collection[str]
    """Connections that tell."""

    def wrong(self, rule: Rule) -> Iterator[Mistake]:
        """Every mistake in what a rule does."""
        yield from self._pause(rule)

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
