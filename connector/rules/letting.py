"""What a record was when departments let it through last: for rules that ask for reviews of what
changed.

However many edits lie between, and whoever looked at the record meanwhile: what counts is how far
what would be delivered is from what was let through.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connector.engine.system import Flow
from connector.rules.evaluate import Swept, swept
from connector.rules.record import Seen
from connector.rules.rule import Rule
from connector.store import facts, reviews, snapshots
from connector.store.engine import Tx


def seen_by(tx: Tx, flow: Flow, rule: Rule, key: str, seen: Seen) -> Seen:
    """A record as a rule sees it that asks for reviews of it."""
    was = let_through(tx, flow, rule, key) if rule.was else {}
    return replace(seen, thresholds=rule.settings.set, was=was)


def let_through(tx: Tx, flow: Flow, rule: Rule, key: str) -> Mapping[str, Any]:
    """The record as it was reviewed last and passed; as it stood when the rule came into force,
    where none was since; nothing where it did not exist then."""
    passed = reviews.newest_passed(tx, flow.name, [key]).get(key)
    noted = Swept.load(facts.noted(tx, swept(rule.name, (flow.source, flow.object))))
    row = snapshots.load(tx, flow.source, flow.object, [key]).get(key)
    was: dict[str, Any] = dict(snapshots.data(row)) if row else {}
    if passed is None and noted is None:
        return was
    at = float(passed.at) if passed is not None else noted.since if noted else 0.0
    for change in reversed(snapshots.history(tx, flow.source, flow.object, key)):
        if change.at <= at:
            break
        if change.kind == "new":
            return {}
        for name, (before, _) in json.loads(change.diff or "{}").items():
            _put(was, name, before)
    return was


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    """A field, or one of the company's own; of lines nothing can be named."""
    head, _, own = name.partition(".")
    if not own:
        values[name] = value
    elif head == "custom":
        values["custom"] = {**values.get("custom", {}), own: value}
