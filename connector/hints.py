"""What remote texts and our own reasons mean for people: plain words, who acts, what to do.

Hints are data: `hints/<adapter>.yaml`, a list of patterns. The first one that matches is
used; what no hint knows is shown as the remote said it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector import yamlfile
from connector.errors import Words
from connector.messages import Message, language, say

WHO = {
    "waits_for": "who_master_data",
    "awaiting": "who_approver",
    "review": "who_sales",
    "locked": "who_target_user",
    "conflict": "who_ops",
    "mapping": "who_ops",
    "unlinked": "who_ops",
    "not_ours": "who_ops",
    "twice": "who_ops",
    "gone": "who_sales",
    "unknown": "who_ops",
    "rejected": "who_ops",
}
"""Who acts where no hint says so, by the delivery's reason."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason for people."""

    words: str
    who: str = ""
    do: str = ""


@dataclass(frozen=True, slots=True)
class _Hint:
    pattern: re.Pattern[str]
    texts: dict[str, Any]

    def text(self, what: str, lang: str, match: re.Match[str]) -> str:
        """One of the hint's texts, with the pattern's groups filled in."""
        template = self.texts.get(what, {})
        text = template.get(lang, "") if isinstance(template, dict) else str(template)
        return match.expand(text) if text else ""


class Hints:
    """The hints of one adapter."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Later files are asked first. Raises YamlFault for one that cannot be read."""
        self._hints: list[_Hint] = []
        for path in files:
            if path.is_file():
                entries = yamlfile.to_plain(yamlfile.load(path))
                made = [_Hint(re.compile(e["pattern"]), e) for e in entries]
                self._hints = made + self._hints

    def explain(self, words: Words, reason: str = "", lang: str = "") -> Explained:
        """The plain words in `lang`, or in the language in force."""
        lang = lang or language()
        who = say(WHO[reason]).render(lang) if reason in WHO else ""
        if isinstance(words, Message):
            return Explained(words.render(lang), who)
        for hint in self._hints:
            match = hint.pattern.search(words)
            if match:
                acts = hint.texts.get("who", "")
                return Explained(
                    hint.text("say", lang, match) or words,
                    say(f"who_{acts}").render(lang) if acts else who,
                    hint.text("do", lang, match),
                )
        return Explained(words, who)
