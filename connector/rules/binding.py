"""Binding rules to a system: which connections they watch, whom they mean, by what they tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC

from connector.engine.system import Connection, Flow
from connector.errors import Problem
from connector.messages import Message, say
from connector.objects import DERIVED
from connector.rules.book import Book, Watch
from connector.rules.doing import Doing
from connector.rules.people import People
from connector.rules.rule import Rule
from connector.settings import HUB, Config, ConfigFile
from connector.workdays import Calendar


def orders_from(config: Config) -> str:
    """The system that orders come from; empty: there are several, or none."""
    found = {one.source for one in config.flows.values()
             if one.object == "sales_order" and one.to and one.source != HUB}  # fmt: skip
    return found.pop() if len(found) == 1 else ""


def todos_in(config: Config, rules: Iterable[Rule]) -> dict[str, str]:
    """The connections in which these rules make to-dos, each with one of the rules."""
    home = orders_from(config)
    found = {todo.by or home: rule.name for rule in rules if (todo := rule.settings.todo)}
    return {name: rule for name, rule in found.items() if name}


class Binder:
    """Binds the rules of a configuration."""

    def __init__(
        self,
        file: ConfigFile,
        connections: Mapping[str, Connection],
        flows: Collection[Flow],
        rules: Sequence[Rule],
    ) -> None:
        self._file = file
        self._connections = connections
        self._flows = flows
        self._rules = rules
        self._channels = sorted(n for n, one in connections.items() if one.adapter.tells)
        self._knowing = {n for n, one in connections.items() if one.adapter.approves}
        self._knowing |= todos_in(file.config, rules).keys()
        self.problems: list[Problem] = []

    def book(self) -> Book:
        """All rules, bound; what is wrong stands in `problems`."""
        config = self._file.config
        people = People(config.people, self._channels, config.messages.report)
        self._check_people(people)
        watches: dict[Watch, list[Rule]] = {}
        for rule in self._rules:
            place = self._file.place("rules", rule.name)
            self.problems += [Problem(place, words) for words in self._wrong(rule, people)]
            self.problems += [Problem(self._file.place("rules", rule.name, *path), words)
                              for path, words in self._doing(people).wrong(rule)]  # fmt: skip
            for watch in self._watched(rule):
                watches.setdefault(watch, []).append(rule)
        return Book(
            rules=watches,
            people=people,
            messages=config.messages,
            calendar=Calendar(frozenset(config.calendar.off), frozenset(config.calendar.on)),
            zone=next((c.settings.zone for c in self._connections.values()), UTC),
            language=config.language,
            orders_from=orders_from(config),
        )

    def _watched(self, rule: Rule) -> list[Watch]:
        """Where the records begin: as a rule they are read in the system that people make them in,
        from which a flow carries them on."""
        read = self._read(rule.object)
        if rule.settings.source:
            read = [name for name in read if name == rule.settings.source]
        begin = {flow.source for flow in self._flows if flow.object == rule.object and flow.target}
        chosen = [name for name in read if name in begin] or read
        return [(name, rule.object) for name in chosen]

    def _read(self, object: str) -> list[str]:
        if object in DERIVED:
            return [HUB]
        return sorted({f.source for f in self._flows if f.object == object and f.source != HUB})

    def _wrong(self, rule: Rule, people: People) -> Iterator[Message]:
        settings, read = rule.settings, self._read(rule.object)
        if not read:
            yield say("rule_not_asked", rule=rule.name, object=rule.object)
        elif settings.source and settings.source not in read:
            known = ", ".join(read)
            yield say("rule_reads", rule=rule.name, object=rule.object, known=known)
        if settings.release and rule.object != "material_requirement":
            yield say("rule_releases_what")
        if settings.say and settings.say.address and not settings.say.by:
            yield say("rule_by_what", rule=rule.name)
        if settings.say:
            yield from self._doing(people).people(rule, settings.say.to, settings.say.by)

    def _doing(self, people: People) -> Doing:
        config = self._file.config
        return Doing(self._flows, people, self._channels, self._connections, orders_from(config))

    def _check_people(self, people: People) -> None:
        config = self._file.config
        for name, person in config.people.items():
            for channel in self._strangers(person.ids):
                known = ", ".join(self._channels)
                place = self._file.place("people", name, "ids", channel)
                words = say("person_no_channel", name=channel, known=known)
                self.problems.append(Problem(place, words))
        for name, one in config.messages.reports.items():
            for to in one.to:
                if not people.knows(to):
                    place = self._file.place("messages", "reports", name, "to")
                    words = say("rule_tells_nobody", rule=name, name=to)
                    self.problems.append(Problem(place, words))
        for name in config.messages.report:
            if not people.knows(name):
                place = self._file.place("messages", "report")
                words = say("rule_tells_nobody", rule="report", name=name)
                self.problems.append(Problem(place, words))

    def _strangers(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name not in {*self._channels, *self._knowing}]
