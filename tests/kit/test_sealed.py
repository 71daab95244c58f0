"""What platforms push is sealed: only the key opens it, and it says whom it is for."""

from __future__ import annotations

import base64

import pytest

from connector.kit.sealed import Broken, sealed, unsealed

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
RANDOM = b"0123456789abcdef"
CONTENT = "Q3stYC6hdFzMh9T8HCvyDEayQfECS0dWFk2EakqtJ2VLfoR1QOUfWdqBflvPETFGul4CJMvQEuY7jPCkO6jcHg=="
"""As published, of an event of Fxiaoke."""


def test_a_published_message_is_opened_and_sealed_again_to_the_letter() -> None:
    message = '{"type":"MESSAGE","content":"{}"}'
    assert unsealed(CONTENT, KEY) == (message, "FSAID_demo")
    assert sealed(message, "FSAID_demo", KEY, RANDOM) == CONTENT


@pytest.mark.parametrize("length", range(40))
def test_messages_of_any_length_come_back_whole(length: int) -> None:
    message = "单" * length
    assert unsealed(sealed(message, "app", KEY), KEY) == (message, "app")


def changed(text: str, place: int) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[place] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (CONTENT, KEY[::-1]),
        (CONTENT[:40], KEY),
        ("no base64!", KEY),
        ("", KEY),
        (changed(CONTENT, 0), KEY),
        (CONTENT, "short"),
    ],
    ids=["wrong key", "cut", "no base64", "empty", "changed length", "short key"],
)
def test_anything_else_is_broken(text: str, key: str) -> None:
    with pytest.raises(Broken):
        unsealed(text, key)
