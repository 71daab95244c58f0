"""A message's Markdown as HTML: emphasis, lists and links; all else stands there as it was typed.

By hand, because CommonMark takes `**说明：**请` for no emphasis: its rule asks for blanks that
Chinese has none of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

_ITEM = re.compile(r"\s*(?:[-*+]|(?P<number>\d{1,9})[.)])\s+(?P<text>\S.*)")
_MARKED = re.compile(
    r"\[(?P<label>[^\[\]]+)\]\((?P<url>(?:https?://|mailto:)[^\s()<>]+)\)"
    r"|\*\*(?P<strong>(?![\s*])(?:(?!\*\*).)+(?<!\s))\*\*"
    r"|\*(?P<em>[^\s*](?:[^*]*[^\s*])?)\*"
)
_PAGE = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{}\n</body></html>\n'


def page(text: str) -> str:
    """A whole page."""
    blocks = groupby(text.splitlines(), _kind)
    return _PAGE.format("\n".join(_block(kind, list(lines)) for kind, lines in blocks if kind))


def _kind(line: str) -> str:
    """What a line is a part of; empty: of nothing."""
    item = _ITEM.fullmatch(line)
    if item:
        return "ol" if item["number"] else "ul"
    return "p" if line.strip() else ""


def _block(kind: str, lines: Sequence[str]) -> str:
    inside = "<br>\n".join(map(_inline, lines)) if kind == "p" else "".join(map(_item, lines))
    return f"<{kind}>{inside}</{kind}>"


def _item(line: str) -> str:
    item = _ITEM.fullmatch(line)
    assert item is not None, line
    number = f' value="{item["number"]}"' if item["number"] else ""
    return f"<li{number}>{_inline(item['text'])}</li>"


def _inline(text: str) -> str:
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    end = 0
    for found in _MARKED.finditer(text):
        yield escape(text[end : found.start()])
        end = found.end()
        if found["url"]:
            yield f'<a href="{escape(found["url"])}">{_inline(found["label"])}</a>'
        else:
            kind = "strong" if found["strong"] else "em"
            yield f"<{kind}>{_inline(found[kind])}</{kind}>"
    yield escape(text[end:])
