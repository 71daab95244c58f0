"""Exact JSON: a decimal is written with all its digits and read back with all of them.

`msgspec` does both at the speed of C; the standard library and most fast ones go through
binary floating point.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

NotJson = (DecodeError, UnicodeDecodeError, RecursionError)
"""What `loads` raises for anything else than JSON in UTF-8, absurdly deep nesting included."""

_ENCODER = Encoder(decimal_format="number")
_DECODER = Decoder(float_hook=Decimal)


def encode(value: Any) -> bytes:
    """JSON in UTF-8, without spaces, keys in the order of the mapping."""
    return _ENCODER.encode(value)


def dumps(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """The same as text. `default` turns what JSON does not know into what it does."""
    encoder = _ENCODER if default is None else Encoder(decimal_format="number", enc_hook=default)
    return encoder.encode(value).decode()


def loads(text: str | bytes) -> Any:
    """The value; numbers with a point or an exponent are Decimals. Raises `NotJson`."""
    return _DECODER.decode(text)
