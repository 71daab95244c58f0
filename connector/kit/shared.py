"""What callers of one connection share and one of them renews: a session, a token.

Renewing is single flight. Of many callers that found it lost, the first asks for another one;
the others wait and take that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Holds one of them. Safe for several threads."""

    def __init__(self, make: Callable[[], T], good: Callable[[T], bool] = lambda _: True) -> None:
        """`make` asks the remote for one; `good` says that it is not worn out."""
        self._make = make
        self._good = good
        # The calls with which one is made may come back with a new one themselves.
        self._lock = threading.RLock()
        self._current: T | None = None

    def get(self, lost: T | None = None) -> T:
        """The one in use; a new one if that is worn out, or the very one that was `lost`."""
        with self._lock:
            current = self._current
            if current is None or current is lost or not self._good(current):
                self._current = None
                current = self._current = self._make()
            return current

    @property
    def held(self) -> T | None:
        """The one in use, worn out or not; None: nobody has asked for one, or it was given up."""
        with self._lock:
            return self._current

    def replace(self, old: T, new: T) -> None:
        """The remote gave `new` to a caller that came with `old`; nobody renewed that meanwhile."""
        with self._lock:
            if self._current is old:
                self._current = new

    def give_up(self) -> T | None:
        """Forget the one in use and return it."""
        with self._lock:
            current, self._current = self._current, None
            return current
