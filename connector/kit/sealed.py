"""What several Chinese platforms push, as they seal it: AES-256-CBC, with whom it is for.

The key is given as 43 characters of Base64; its first half is the IV. Inside stand 16 random bytes,
the length of the text in four bytes, the text, and at the end whom it is for. The padding fills up
to 32 bytes, whatever the cipher's own block.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK, RANDOM, LENGTH = 32, 16, 4


class Broken(ValueError):
    """It was not sealed with this key, or is not whole."""


def unsealed(text: str, key: str) -> tuple[str, str]:
    """The message, and whom it is for. Raises Broken."""
    try:
        cipher = _cipher(key).decryptor()
        padded = cipher.update(base64.b64decode(text)) + cipher.finalize()
        plain = padded[: -padded[-1]]
        begins = RANDOM + LENGTH
        ends = begins + int.from_bytes(plain[RANDOM:begins], "big")
        whole = 1 <= padded[-1] <= BLOCK and ends <= len(plain)
        if whole:
            return plain[begins:ends].decode(), plain[ends:].decode()
    except (ValueError, IndexError, binascii.Error):
        pass  # a wrong key shows in any of these ways
    raise Broken


def sealed(message: str, receiver: str, key: str, random: bytes = b"") -> str:
    """The same the other way round; `random` is drawn unless it is given."""
    told = message.encode()
    drawn = random or os.urandom(RANDOM)
    plain = drawn + len(told).to_bytes(LENGTH, "big") + told + receiver.encode()
    missing = BLOCK - len(plain) % BLOCK
    cipher = _cipher(key).encryptor()
    return base64.b64encode(
        cipher.update(plain + bytes([missing]) * missing) + cipher.finalize()
    ).decode()


def _cipher(key: str) -> Cipher[CBC]:
    # Where 43 characters were chosen at will, a strict reader may refuse the bits at their end.
    raw = base64.b64decode(key + "=")
    return Cipher(AES256(raw), CBC(raw[:16]))
