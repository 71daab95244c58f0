"""Refusing the absurd, with the numbers and the name of the way out: pure."""

from __future__ import annotations

from connector.errors import UnsafeRun
from connector.messages import say

FEW = 10
"""Fewer records than this may go without asking."""


def check_gone(what: str, known: int, gone: int, share: int) -> None:
    """A complete reading in which too much is missing is more likely a fault than the truth."""
    if gone >= FEW and gone * 100 > known * share:
        raise UnsafeRun(say("too_many_gone", what=what, gone=gone, known=known, share=share))


def check_creates(flow: str, waiting: int, most: int | None) -> None:
    """A run that would create far more than usual is more likely a mistake."""
    if most is not None and waiting > most:
        raise UnsafeRun(say("too_many_creates", flow=flow, waiting=waiting, most=most))
