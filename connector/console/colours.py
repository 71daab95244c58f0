"""YAML as people read it: a line at a time, its parts told apart by classes of our own styles."""

from __future__ import annotations

from markupsafe import Markup, escape
from pygments.lexers.data import YamlLexer
from pygments.token import Comment, Name, Punctuation, String, _TokenType

CLASSES = {
    Comment: "y-comment",
    Name.Tag: "y-key",
    String: "y-text",
    Punctuation: "y-sign",
}
"""By kind of part; those of `tests/console/test_mappings.py` are told apart in either scheme."""


def lines(text: str) -> list[Markup]:
    """Each line of a text, marked up."""
    made: list[list[Markup]] = [[]]
    whole = text.replace("\r\n", "\n").removesuffix("\n")
    for kind, value in YamlLexer(ensurenl=False, stripnl=False).get_tokens(whole):
        for n, part in enumerate(value.split("\n")):
            if n:
                made.append([])
            if part:
                made[-1].append(_marked(kind, part))
    return [Markup("").join(parts) for parts in made]


def _marked(kind: _TokenType, part: str) -> Markup:
    within = (name for known, name in CLASSES.items() if kind[: len(known)] == known)
    name = next(within, "")
    return Markup('<span class="{}">{}</span>').format(name, part) if name else escape(part)
