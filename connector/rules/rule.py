"""A rule, compiled: what stands in a file, checked whole, with the places of its mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from connector import complaints
from connector.errors import ConfigError, Problem
from connector.mapping.expr import Expression, ExpressionFault
from connector.messages import LANGUAGES, say
from connector.objects import OBJECTS
from connector.overlay import Layers
from connector.rules.model import RuleSettings, Said
from connector.rules.record import WAS, Seen, kind_of, names_of
from connector.rules.text import Text, TextFault

Texts = Mapping[str, Text]
"""By language."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is told."""

    title: str
    text: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule that can be asked."""

    name: str
    settings: RuleSettings
    when: Expression
    title: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    over: Texts = field(default_factory=dict)
    parameters: Mapping[str, Text] = field(default_factory=dict)
    why: Texts = field(default_factory=dict)
    """Of a pause."""
    todo_title: Texts = field(default_factory=dict)
    todo_text: Texts = field(default_factory=dict)
    asked: Texts = field(default_factory=dict)
    """Why a review is asked for."""

    @property
    def object(self) -> str:
        return self.settings.on

    @property
    def outside(self) -> bool:
        """It tells people outside the company."""
        return self.settings.say is not None and bool(self.settings.say.address)

    @property
    def urgent(self) -> bool:
        """It tells people at any hour."""
        return self.settings.say is not None and self.settings.say.urgent

    @cached_property
    def version(self) -> str:
        """Changes when it says something else of who looks at what."""
        settings, review = self.settings, self.settings.review
        text = [self.name, settings.when, sorted(map(str, settings.set.items()))]
        return f"{text} {review.model_dump_json(exclude={'why'}) if review else ''}"

    @cached_property
    def was(self) -> tuple[str, ...]:
        """The fields of which it asks what they were: then it is about changes."""
        return tuple(n.removeprefix(WAS) for n in self.when.names if n.startswith(WAS))

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that it names."""
        texts = (self.title, self.text, self.over, self.parameters)
        more = (self.why, self.todo_title, self.todo_text, self.asked)
        found = (text.names for by in (*texts, *more) for text in by.values())
        shown = self.settings.review.shows if self.settings.review else ()
        return frozenset((*self.when.names, *shown)).union(*found)

    @cached_property
    def daily(self) -> bool:
        """Its condition may turn though the record stays as it is."""
        return any("." in n and not n.startswith((WAS, "custom.")) for n in self.when.names)

    def holds(self, seen: Seen) -> bool:
        """Whether the condition holds. Raises ExpressionFault where it cannot be told."""
        return self.when.holds(seen.get)

    def rendered(self, seen: Seen, language: str, *, over: bool = False) -> Rendered:
        """What is told of a record. Raises TextFault."""
        text = self.over if over else self.text
        return Rendered(
            self.title[language](seen.get) if self.title else "",
            text[language](seen.get) if text else "",
            {name: made(seen.get) for name, made in self.parameters.items()},
        )


def compiled(name: str, layers: Layers) -> Rule:
    """A rule of these layers. Raises ConfigError with every mistake."""
    return _Compiler(name, layers).rule()


class _Compiler:
    def __init__(self, name: str, layers: Layers) -> None:
        self._name = name
        self._layers = layers
        self._problems: list[Problem] = []

    def rule(self) -> Rule:
        settings = self._settings()
        if settings.on not in OBJECTS:
            known = ", ".join(OBJECTS)
            raise ConfigError([self._problem(("on",), "unknown_object", name=settings.on,
                                             known=known)])  # fmt: skip
        when = self._when(settings)
        said, pause, todo, texts = settings.say, settings.pause, settings.todo, self._texts
        review = settings.review
        rule = Rule(
            self._name,
            settings,
            when,
            title=texts(settings, ("say", "title"), said.title if said else None),
            text=texts(settings, ("say", "text"), said.text if said else None),
            over=texts(settings, ("say", "over"), said.over if said else None),
            why=texts(settings, ("pause", "why"), pause.why if pause else None),
            todo_title=texts(settings, ("todo", "title"), todo.title if todo else None),
            todo_text=texts(settings, ("todo", "text"), todo.text if todo else None),
            asked=texts(settings, ("review", "why"), review.why if review else None),
            parameters={
                key: made
                for key, source in (said.parameters if said else {}).items()
                if (made := self._text(settings, source, LANGUAGES[0], ("say", "parameters", key)))
            },
        )
        if said and said.address:
            self._check(settings, said.address, ("say", "address"))
        for name in review.shows if review else ():
            self._check(settings, name, ("review", "shows"))
        if self._problems:
            raise ConfigError(self._problems)
        return rule

    def _settings(self) -> RuleSettings:
        try:
            return RuleSettings.model_validate(self._layers.plain())
        except ValidationError as error:
            raise ConfigError(complaints.problems(error, (), self._place)) from None

    def _when(self, settings: RuleSettings) -> Expression:
        try:
            made = Expression(settings.when)
        except ExpressionFault as fault:
            words = {"name": "when", "detail": str(fault)}
            raise ConfigError([self._problem(("when",), "bad_expression", **words)]) from None
        for name in made.names:
            self._check(settings, name, ("when",))
        return made

    def _texts(self, settings: RuleSettings, path: tuple[str, ...], said: Said | None) -> Texts:
        if said is None:
            return {}
        made = {lang: self._text(settings, getattr(said, lang), lang, (*path, lang))
                for lang in LANGUAGES}  # fmt: skip
        return {lang: text for lang, text in made.items() if text}

    def _text(
        self, settings: RuleSettings, source: str, language: str, path: tuple[str, ...]
    ) -> Text | None:
        try:
            made = Text(source, language)
        except TextFault as fault:
            self._problems.append(self._problem(path, "bad_template", detail=str(fault)))
            return None
        for name in made.names:
            self._check(settings, name, path)
        return made

    def _check(self, settings: RuleSettings, name: str, path: tuple[str, ...]) -> None:
        if name in settings.set or kind_of(settings.on, name):
            return
        known = ", ".join([*settings.set, *names_of(settings.on)])
        words = {"name": name, "object": settings.on, "known": known}
        self._problems.append(self._problem(path, "unknown_in_rule", **words))

    def _problem(self, path: tuple[str, ...], id: str, **params: Any) -> Problem:
        return Problem(self._place(path), say(id, **params))

    def _place(self, path: tuple[Any, ...]) -> str:
        return self._layers.find(path).place
