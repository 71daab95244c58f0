"""Pauses of flows, as people make and end them."""

from __future__ import annotations

from connector.engine.system import Flow, System
from connector.messages import dump, say
from connector.store import journal, pauses


def change(system: System, verb: str, flow: Flow, who: str, reason: str = "") -> None:
    """`pause` or `resume` a flow, whoever has paused it."""
    store = system.store
    with store.transaction() as tx:
        about = {"flow": flow.name}
        if verb == "pause":
            words = say("paused_because" if reason else "paused_by", who=who, why=reason)
            pauses.pause(store, tx, flow.name, dump(words))
            about |= {"reason": reason} if reason else {}
        else:
            pauses.resume(store, tx, flow.name)
        journal.log_audit(tx, store.now(tx), who, f"{verb}_flow", about)
