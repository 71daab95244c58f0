"""Pauses of flows. A paused flow delivers nothing; what it carries is read and noted as ever, so
that it goes on where it stopped. Connections keep theirs themselves (`feeds`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from connector.store import facts
from connector.store.engine import Store, Tx


@dataclass(frozen=True, slots=True)
class Pause:
    """That a flow is paused."""

    at: float
    why: str
    """Words."""
    rule: str
    """The rule that paused it; empty: a person did."""


def of(tx: Tx, flows: Sequence[str]) -> dict[str, Pause]:
    """Of these flows, those that are paused."""
    noted = facts.all_noted(tx, [_fact(flow) for flow in flows])
    found = ((flow, noted.get(_fact(flow), "")) for flow in flows)
    return {flow: Pause(*json.loads(text)) for flow, text in found if text}


def pause(store: Store, tx: Tx, flow: str, why: str, rule: str = "") -> None:
    """Deliver nothing more by this flow until `resume`."""
    text = json.dumps([store.now(tx), why, rule], ensure_ascii=False)
    facts.note(store, tx, _fact(flow), text)


def resume(store: Store, tx: Tx, flow: str) -> None:
    """Deliver by it again."""
    facts.note(store, tx, _fact(flow), "")


def _fact(flow: str) -> str:
    return f"paused {flow}"
