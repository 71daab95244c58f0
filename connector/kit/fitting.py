"""Texts that must fit: shortened where a channel allows only so many bytes, never broken.

Whole lines first, then as much of the next one as fits, without markup that would no longer be
closed. A character is never cut, nor is what people see as one: an emoji of several code points, a
letter with its accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from connector import exact

MORE = "…"
JOINER = "\u200d"
_MARKUP = re.compile(r"\*\*|__|`|~~|!?\[([^\]]*)\]\([^)]*\)?")
"""Emphasis, code, links and pictures."""

Size = Callable[[str], int]


def in_bytes(text: str) -> int:
    """The size of a text in UTF-8."""
    return len(text.encode())


def in_json(text: str) -> int:
    """What a text adds to a document of JSON."""
    return len(exact.encode(text)) - 2


def fitting(text: str, most: int, size: Size = in_bytes) -> str:
    """`text`, or its beginning and `…`, of at most the size `most`; empty if not even that fits."""
    if size(text) <= most:
        return text
    lines = text.split("\n")
    kept = _largest(len(lines), lambda n: size("\n".join([*lines[:n], MORE])) <= most)
    start = "".join(f"{one}\n" for one in lines[:kept])
    next_line = _plain(lines[kept])[: most + 1]  # more never fits
    ends = [0, *_ends(next_line)]
    more = _largest(len(ends) - 1, lambda n: size(f"{start}{next_line[: ends[n]]}{MORE}") <= most)
    whole = f"{start}{next_line[: ends[more]]}{MORE}"
    return whole if size(whole) <= most else ""


def _largest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to `most` that fits; 0 if none does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _plain(line: str) -> str:
    return _MARKUP.sub(lambda found: found[1] or "", line)


def _ends(text: str) -> Iterator[int]:
    """Where a text may be cut: behind each character as people see them."""
    flags = 0
    for place in range(1, len(text)):
        before, behind = text[place - 1], text[place]
        flags = flags + 1 if _is_flag(before) else 0
        if JOINER in (before, behind) or _clings(behind) or (_is_flag(behind) and flags % 2):
            continue
        yield place
    if text:
        yield len(text)


def _clings(character: str) -> bool:
    """It belongs to the one before: accents, variants, tones of skin, tags."""
    code = ord(character)
    combines = unicodedata.category(character) in ("Mn", "Mc", "Me")
    return combines or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F


def _is_flag(character: str) -> bool:
    """Half a flag."""
    return 0x1F1E6 <= ord(character) <= 0x1F1FF
