"""Exact JSON: a decimal goes out as plain digits, all of them, and comes in as it is written.

`msgspec` does both at the speed of C; the standard library and most fast ones go through
binary floating point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from msgspec import DecodeError, Raw
from msgspec.json import Decoder, Encoder

NotJson = (DecodeError, UnicodeDecodeError, RecursionError)
"""What `loads` raises for anything else than JSON in UTF-8, absurdly deep nesting and numbers
of absurd size included."""

LONGEST = 1_000
"""Digits before or after the point of a number that can be meant: `1E999999999` is ten
characters here, and a gigabyte wherever its digits are asked for."""


def _number(text: str) -> Decimal:
    with suppress(InvalidOperation):  # an exponent that Decimal cannot hold itself
        value = Decimal(text)
        if abs(value.adjusted()) <= LONGEST:
            return value
    raise ValueError("a number of absurd size")


_DECODER = Decoder(float_hook=_number)
_AWKWARD = re.compile(rb"\dE[+-]\d|NaN|Infinity")
"""Where a decimal may have been written otherwise than as digits."""


def encode(value: Any) -> bytes:
    """JSON in UTF-8, without spaces, keys in the order of the mapping.

    Raises TypeError for what JSON does not know, infinity and not-a-number included.
    """
    return _spelt_out(value, _encoder(None))


def dumps(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """The same as text. `default` turns what JSON does not know into what it does."""
    return _spelt_out(value, _encoder(default)).decode()


@cache
def _encoder(default: Callable[[Any], Any] | None) -> Encoder:
    return Encoder(decimal_format="number", enc_hook=default)


def mark(value: Any) -> bytes:
    """The same bytes for the same value, whatever is in it; for comparing, not for reading."""
    return _encoder(repr).encode(value)


def loads(text: str | bytes) -> Any:
    """The value; numbers with a point or an exponent are Decimals. Raises `NotJson`."""
    return _DECODER.decode(text)


def _spelt_out(value: Any, encoder: Encoder) -> bytes:
    encoded = encoder.encode(value)
    # Many servers read `1E+2` as a float, or not at all.
    maybe = b"E+" in encoded or b"E-" in encoded or b"NaN" in encoded or b"Infinity" in encoded
    # A pattern alone would look at every byte in turn.
    return encoder.encode(_digits(value)) if maybe and _AWKWARD.search(encoded) else encoded


def _digits(value: Any) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} is no number that can be written down")
        return Raw(format(value, "f").encode())
    if isinstance(value, Mapping):
        return {key: _digits(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_digits(item) for item in value]
    return value
