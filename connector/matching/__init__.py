"""Which record here is which record there, where both systems were in use before: pure."""

from __future__ import annotations

from connector.matching.marks import Marked, marked
from connector.matching.pairs import Pair, propose

__all__ = ["Marked", "Pair", "marked", "propose"]
