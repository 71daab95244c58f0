"""Every sentence the product says, in Chinese and English, in one place.

A `Message` is kept as an id with its parameters and rendered for whoever reads it, so that
a reason stored today can be read in either language tomorrow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from connector.yamlfile import shipped

LANGUAGES = ("zh", "en")
_language = "zh"
_reader: ContextVar[str] = ContextVar("reader")
"""The language of whoever reads what is said just here, where it is another one."""


def set_language(language: str) -> None:
    """Choose the language in which messages are rendered from now on: `zh` or `en`."""
    global _language
    _language = _known(language)


def speak(language: str) -> None:
    """From now on, in this context alone, messages are rendered in this language."""
    _reader.set(_known(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """In here messages are rendered in this language, and elsewhere as before."""
    before = _reader.set(_known(language))
    try:
        yield
    finally:
        _reader.reset(before)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(language)
    return language


def language() -> str:
    """The language messages are rendered in."""
    return _reader.get(_language)


CATALOGUE: dict[str, dict[str, str]] = {}


def add(package: str) -> None:
    """Take up the sentences in a package's own `messages.yaml`; adapters do so when imported.
    Raises `KeyError` where one of their ids is another sentence already."""
    more = shipped(Path(str(resources.files(package))) / "messages.yaml")
    if twice := sorted(id for id, text in more.items() if CATALOGUE.get(id, text) != text):
        raise KeyError(f"{package}/messages.yaml says otherwise what others say: {twice}")
    CATALOGUE.update(more)


add("connector")


class _Tolerant(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of ours: an id of the catalogue and its parameters."""

    id: str
    params: dict[str, Any] = field(default_factory=dict)

    def render(self, language: str) -> str:
        """The sentence in `zh` or `en`, codes in it in plain words."""
        said = {name: _said(name, value, language) for name, value in self.params.items()}
        known = CATALOGUE.get(self.id)
        # A reason may have been stored by another version, with other words or parameters.
        return known[language].format_map(_Tolerant(said)) if known else f"{self.id} {said}"

    def __str__(self) -> str:
        return self.render(language())

    def dump(self) -> str:
        """As text for the store; `load` reads it back."""
        return json.dumps({"id": self.id, **{k: str(v) for k, v in self.params.items()}})


def word(kind: str, code: str, wanted: str = "") -> str:
    """A code in plain words: `word("step", "audited")`; the code itself where there are none.
    `wanted`: in this language."""
    found = CATALOGUE.get(f"{kind}_{code}")
    return found[wanted or language()] if found else code


def _said(name: str, value: Any, language: str) -> Any:
    if isinstance(value, Message):
        return value.render(language)
    return word(name, value, language) if isinstance(value, str) else value


def say(id: str, /, **params: Any) -> Message:
    """The catalogue's sentence `id`; unknown ids are a bug and raise at once."""
    if id not in CATALOGUE:
        raise KeyError(f"no message {id!r} in connector/messages.yaml")
    return Message(id, params)


def dump(words: Message | str) -> str:
    """Words as stored: a message as JSON, foreign words as they are."""
    return words.dump() if isinstance(words, Message) else words


def load(text: str) -> Message | str:
    """Words from the store."""
    if text.startswith('{"id": "'):
        params = json.loads(text)
        return Message(params.pop("id"), params)
    return text
