"""Ids: a prefix by object, a running number, and three characters that tell letter case."""

from __future__ import annotations

import string

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""In the order of their bytes, so that a later id is a greater one."""
CHECKS = string.ascii_uppercase + "012345"
ORG = "00D5g000001Demo"
INTEGRATION = "0055g000001Intg"


def spelt(prefix: str, n: int) -> str:
    """The id number `n` of an object."""
    number = ""
    for _ in range(9):
        n, digit = divmod(n, len(DIGITS))
        number = DIGITS[digit] + number
    return checked(f"{prefix}5g0{number}")


def checked(short: str) -> str:
    """The 18 characters of an id of 15: each of the last says which of five are capitals."""
    groups = (short[start : start + 5] for start in (0, 5, 10))
    return short + "".join(
        CHECKS[sum(1 << place for place, letter in enumerate(group) if letter.isupper())]
        for group in groups
    )


def is_id(text: str) -> bool:
    """Whether it looks like an id, of 15 characters or 18."""
    return len(text) in (15, 18) and text.isascii() and text.isalnum()
