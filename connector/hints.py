"""What remote texts and our own reasons mean for people: plain words, who acts, what to do.

Hints are data: `hints/<adapter>.yaml`, a list of patterns. The first one that matches is
used; what no hint knows is shown as the remote said it. A hint proves itself by its `example`:
one that its pattern does not match, or that an earlier hint takes, is a mistake of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector import yamlfile
from connector.errors import AdapterError, ConfigError, ConnectorError, Problem, Words
from connector.messages import CATALOGUE, Message, language, say

WHO = {
    "waits_for": "master_data",
    "awaiting": "approver",
    "review": "sales",
    "locked": "target_user",
    "conflict": "ops",
    "mapping": "ops",
    "unlinked": "ops",
    "not_ours": "ops",
    "twice": "ops",
    "gone": "sales",
    "unknown": "ops",
    "rejected": "ops",
}
"""Who acts where no hint says so, by the delivery's reason."""

_TEXTS = ("say", "do")
_WORDS = {"pattern", "example", "who", *_TEXTS}
_GROUP = re.compile(r"\\(?:g<(\w+)>|(\d+))")
"""How a text names what its pattern matched."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason for people."""

    words: str
    who: str = ""
    """In the reader's words."""
    do: str = ""
    role: str = ""
    """Who acts, as a code."""


@dataclass(frozen=True, slots=True)
class _Hint:
    pattern: re.Pattern[str]
    texts: dict[str, Any]

    def matches(self, words: str) -> bool:
        return self.pattern.search(words) is not None

    def text(self, what: str, lang: str, match: re.Match[str]) -> str:
        """One of the hint's texts, with the pattern's groups filled in."""
        template = self.texts.get(what, {})
        text = template.get(lang, "") if isinstance(template, dict) else str(template)
        return match.expand(text) if text else ""


class Hints:
    """The hints of one adapter."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Later files are asked first. Raises ConfigError with every mistake of a file."""
        self._hints: list[_Hint] = []
        for path in files:
            if path.is_file():
                self._hints = _read(path) + self._hints

    def explain(self, words: Words, reason: str = "", lang: str = "") -> Explained:
        """The plain words in `lang`, or in the language in force."""
        lang = lang or language()
        role = WHO.get(reason, "")
        if isinstance(words, Message):
            return Explained(words.render(lang), _called(role, lang), role=role)
        for hint in self._hints:
            match = hint.pattern.search(words)
            if match:
                role = str(hint.texts.get("who") or role)
                return Explained(
                    hint.text("say", lang, match) or words,
                    _called(role, lang),
                    hint.text("do", lang, match),
                    role,
                )
        return Explained(words, _called(role, lang), role=role)

    def explain_error(self, error: ConnectorError) -> Explained:
        """The plain words of an error; where ours hide what the remote said, of its raw answer."""
        explained = self.explain(error.words)
        if isinstance(error, AdapterError) and error.answer and not explained.do:
            raw = self.explain(error.answer)
            return raw if raw.do else explained
        return explained


def _called(role: str, lang: str) -> str:
    return say(f"who_{role}").render(lang) if role else ""


def _read(path: Path) -> list[_Hint]:
    try:
        node = yamlfile.load(path)
    except yamlfile.YamlFault as fault:
        raise ConfigError([Problem(fault.place, say(fault.reason, detail=fault.detail))]) from None
    if not isinstance(node, list):
        raise ConfigError([Problem(path.as_posix(), say("hints_are_a_list"))])
    checked = [_checked(path, node, n) for n in range(len(node))]
    hints = [hint for hint, _ in checked if hint]
    problems = [problem for _, found in checked for problem in found]
    problems += [
        Problem(yamlfile.place(path.as_posix(), node, n), say("hint_not_reached"))
        for n in (() if problems else _unproven(hints))
    ]
    if problems:
        raise ConfigError(problems)
    return hints


def _checked(path: Path, node: Any, n: int) -> tuple[_Hint | None, list[Problem]]:
    """One entry as a hint, or what is wrong with it."""
    entry = yamlfile.to_plain(node[n])
    place = yamlfile.place(path.as_posix(), node, n)
    if not isinstance(entry, dict) or "pattern" not in entry:
        return None, [Problem(place, say("missing_word", name="pattern"))]
    try:
        pattern = re.compile(str(entry["pattern"]))
    except re.error as error:
        return None, [Problem(place, say("bad_pattern", detail=str(error)))]
    hint = _Hint(pattern, entry)
    return hint, [Problem(place, words) for words in _mistakes(hint)]


def _unproven(hints: Sequence[_Hint]) -> Iterator[int]:
    """Positions of hints that are not the first whose pattern matches their example."""
    for n, hint in enumerate(hints):
        text = hint.texts.get("example")
        if text is not None:
            first = next((m for m, other in enumerate(hints) if other.matches(str(text))), None)
            if first != n:
                yield n


def _mistakes(hint: _Hint) -> Iterator[Message]:
    for name in sorted(hint.texts.keys() - _WORDS):
        yield say("unknown_word", name=name, known=", ".join(sorted(_WORDS)))
    who = hint.texts.get("who", "")
    if who and f"who_{who}" not in CATALOGUE:
        known = ", ".join(id[4:] for id in CATALOGUE if id.startswith("who_"))
        yield say("bad_choice", name="who", known=known)
    groups = {*hint.pattern.groupindex, *map(str, range(hint.pattern.groups + 1))}
    for text in _TEXTS:
        for match in _GROUP.finditer(" ".join(_both(hint.texts.get(text)))):
            if (match[1] or match[2]) not in groups:
                yield say("bad_pattern", detail=match[0])


def _both(text: Any) -> Iterable[str]:
    """A text in both languages, or the one that serves for both."""
    return text.values() if isinstance(text, dict) else [str(text or "")]
