"""Texts with values in them, by Jinja's sandbox.

Values come from records that anybody may have typed: they are put in as plain words, so that they
can neither open a link nor call a whole group.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from connector.messages import word

LONGEST = 2_000
"""Characters of a template."""
LANGUAGE = "$language"
"""No name that a template can have."""
_NEUTRAL = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "'", "@": "＠"})


class TextFault(ValueError):
    """A template that may not be used, or that comes to nothing; the text says why."""


def shown(value: Any) -> str:
    """A value as it stands in a text: plain words on one line."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        value = format(value.normalize(), "f")
    if isinstance(value, datetime):
        value = value.strftime("%Y-%m-%d %H:%M")
    elif isinstance(value, date):
        value = value.isoformat()
    text = "".join(" " if _controls(one) else one for one in str(value))
    return text.translate(_NEUTRAL)


def _controls(character: str) -> bool:
    """Line ends, and what turns the direction of reading."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character != "\u200d"


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=shown)
    made.globals.clear()
    kept = {"round", "abs", "default", "length", "join", "first", "last", "upper", "lower"}
    made.filters = {name: made.filters[name] for name in kept}
    made.filters["word"] = _in_words
    return made


@pass_context
def _in_words(context: Context, code: Any, kind: str) -> str:
    """`stage | word("stage")`: a code in the words of the text's language."""
    return word(kind, str(code or ""), context[LANGUAGE])


_ENVIRONMENT = _environment()
_LOOPS = (nodes.For, nodes.Macro, nodes.Import, nodes.Include, nodes.Extends, nodes.Call)


class Text:
    """A template, compiled; dotted names are names like any other."""

    def __init__(self, source: str, language: str) -> None:
        """Raises TextFault."""
        self._language = language
        if len(source) > LONGEST:
            raise TextFault(f"> {LONGEST} characters")
        try:
            tree = _ENVIRONMENT.parse(source)
            if found := next(tree.find_all(_LOOPS), None):
                raise TextFault(f"{type(found).__name__.lower()} not allowed")
            self.names = tuple(dict.fromkeys(_names(tree)))
            self._template = _ENVIRONMENT.from_string(source)
        except TemplateError as error:
            raise TextFault(str(error)) from None

    def __call__(self, get: Callable[[str], Any]) -> str:
        """The text, `get(name)` giving the values; what is missing is empty. Raises TextFault."""
        values: dict[str, Any] = {LANGUAGE: self._language}
        for name in self.names:
            *path, last = name.split(".")
            inside = values
            for part in path:
                inside = inside.setdefault(part, {})
            inside[last] = get(name)
        try:
            return self._template.render(values).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise TextFault(str(error)) from None


def _names(node: nodes.Node) -> Iterator[str]:
    """What a template names, whole: `order.number`."""
    if isinstance(node, nodes.Getattr):
        yield _dotted(node)
    elif isinstance(node, nodes.Name):
        yield node.name
    else:
        for child in node.iter_child_nodes():
            yield from _names(child)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Name):
        return node.name
    raise TextFault("only names may have a point in them")
