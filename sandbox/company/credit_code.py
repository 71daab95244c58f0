"""The unified social credit code (统一社会信用代码) of a Chinese company, after GB 32100-2015."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: no I, O, S, V, Z, which people misread."""
LENGTH = 18


def check_character(body: str) -> str:
    """The last character that belongs to the first 17."""
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Whether `code` is well formed and its check character right."""
    return (
        len(code) == LENGTH
        and set(code) <= set(ALPHABET)
        and check_character(code[:-1]) == code[-1]
    )
