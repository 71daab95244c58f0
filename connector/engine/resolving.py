"""From links standing as source keys to the target's numbers, for a whole group at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from connector.engine.system import System
from connector.errors import MappingFault, MissingLink
from connector.mapping.document import LinkRef
from connector.mapping.writing import getter
from connector.messages import say
from connector.objects import OBJECTS
from connector.store import deliveries, links, snapshots
from connector.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What is known of a linked record in the target."""

    key: str
    number: str
    usable: bool
    values: Callable[[str], Any] | None


class Resolver:
    """Resolves links between two connections. Made for one group, inside its transaction."""

    def __init__(self, system: System, source: str, target: str) -> None:
        self._system = system
        self._source = source
        self._target = target
        self._known: dict[tuple[str, str, str], Counterpart] = {}
        self._tx: Tx | None = None

    def prepare(self, tx: Tx, refs: Iterable[LinkRef]) -> None:
        """Look up everything that `refs` refer to, in few queries."""
        self._tx = tx
        wanted: dict[str, set[str]] = defaultdict(set)
        for ref in refs:
            wanted[ref.object].add(ref.key)
        for object, keys in wanted.items():
            found = links.find(tx, object, self._source, self._target, sorted(keys))
            shown = links.targets(tx, object, self._target, {item.there for item in found})
            unseen = [item.here for item in found if item.there not in shown]
            arrived = self._arrived(tx, object, unseen)
            for item in found:
                self._known[object, item.here, item.scope] = self._counterpart(
                    object, item, shown.get(item.there), arrived
                )

    def _arrived(self, tx: Tx, object: str, keys: list[str]) -> set[str]:
        """Of records that we deliver and have not read back: those that stand there finished."""
        flows = [
            flow.name
            for flow in self._system.taking(self._source, object)
            if flow.target and flow.target.name == self._target
        ]
        return deliveries.arrived(tx, flows, keys) if keys and flows else set()

    def _counterpart(
        self, object: str, item: links.Linked, shown: Any | None, arrived: set[str]
    ) -> Counterpart:
        if shown is None:
            return Counterpart(item.there, item.number, item.here in arrived, None)
        values = json.loads(shown.data) if shown.data else {}
        usable = bool(shown.usable) and not shown.deleted
        number = shown.number or item.number
        return Counterpart(item.there, number, usable, getter(values, OBJECTS[object]))

    def __call__(self, ref: LinkRef) -> Any:
        """A link's value. Raises MissingLink, or MappingFault where it may not wait."""
        found = self._known.get((ref.object, ref.key, ref.scope))
        found = found or self._known.get((ref.object, ref.key, ""))
        if found is not None and found.usable:
            return self._value(ref, found)
        if ref.missing == "default":
            return ref.default
        id = "link_missing" if found is None else "link_not_usable"
        words = say(id, kind_of_record=ref.object, number=self._name(ref))
        if ref.missing == "fail":
            raise MappingFault(ref.object, words)
        raise MissingLink(ref.object, ref.key, words)

    def _name(self, ref: LinkRef) -> str:
        """What people call the record in its own system."""
        assert self._tx is not None
        known = snapshots.load(self._tx, self._source, ref.object, [ref.key]).get(ref.key)
        return known.number if known and known.number else ref.key

    def or_none(self, ref: LinkRef) -> Any:
        """The value, or None where there is none yet; for comparing only."""
        try:
            return self(ref)
        except (MissingLink, MappingFault):
            return None

    def _value(self, ref: LinkRef, found: Counterpart) -> Any:
        if ref.field == "number":
            return found.number
        if ref.field == "key":
            return found.key
        value = found.values(ref.field) if found.values else None
        if value in (None, ""):
            words = say(
                "link_field_missing",
                kind_of_record=ref.object,
                number=self._name(ref),
                field=ref.field,
            )
            raise MissingLink(ref.object, ref.key, words)
        return value
