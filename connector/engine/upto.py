"""Up to when plans and figures know everything: who is asked by them is asked no earlier."""

from __future__ import annotations

from collections.abc import Iterable

from connector.engine.figuring import TOGETHER
from connector.engine.system import System
from connector.store import facts
from connector.store.engine import Tx

PLANS, FIGURES = "plans know until", "figures know until"


def note(system: System, what: str, at: float) -> None:
    """Plans or figures are told that hold what was stored before `at`."""
    if system.reckoned:
        with system.store.transaction() as tx:
            facts.note(system.store, tx, what, repr(at))


def known(tx: Tx, objects: Iterable[str]) -> float:
    """Up to when derived objects that are made of everything know everything; 0: never told."""
    parts = {FIGURES if object in TOGETHER else PLANS for object in objects}
    return min((float(facts.noted(tx, part) or 0) for part in parts), default=float("inf"))
