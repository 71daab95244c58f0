"""From links standing as source keys to the target's numbers, for a whole group at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from connector import exact
from connector.contract import is_empty
from connector.engine.system import System
from connector.errors import MappingFault, MissingLink
from connector.mapping.document import LinkRef
from connector.mapping.writing import getter
from connector.messages import Message, load, say
from connector.objects import OBJECTS
from connector.store import deliveries, feeds, links, snapshots
from connector.store.engine import Tx


class Counterpart:
    """What is known of a linked record in the target."""

    __slots__ = ("_data", "_get", "_object", "key", "number", "usable")

    def __init__(self, object: str, known: links.Counterpart, arrived: set[str]) -> None:
        """`arrived` are the records that stand there finished though nobody has read them back."""
        self.key = known.there
        self.number = known.shown or known.number
        if known.usable is None:
            self.usable = known.here in arrived
        else:
            self.usable = bool(known.usable and not known.deleted)
        self._object = object
        self._data = known.data
        self._get: Callable[[str], Any] | None = None

    def value(self, field: str) -> Any:
        """A field of the record there; None where it is empty or was never read."""
        if self._get is None:
            self._get = getter(_values(self._data or "{}"), OBJECTS[self._object])
        return self._get(field)


class Resolver:
    """Resolves links between two connections, or of one to itself. Made for one group, inside its
    transaction."""

    def __init__(self, system: System, source: str, target: str) -> None:
        self._system = system
        self._source = source
        self._target = target
        self._known: dict[tuple[str, str, str], Counterpart] = {}
        self._called: dict[tuple[str, str], str] = {}
        """What people call the records that others wait for."""
        self._unread: dict[tuple[str, str], str] = {}
        """Why those of them that cannot be read cannot."""
        self._unlinked: dict[tuple[str, str], str] = {}
        """Those of them that were here before go-live, with the flow that does not create them."""

    def prepare(self, tx: Tx, refs: Iterable[LinkRef]) -> None:
        """Look up everything that `refs` refer to, in few queries."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for ref in refs:
            wanted[ref.object].add(ref.key)
        for object, keys in wanted.items():
            found = self._counterparts(tx, object, sorted(keys))
            unseen = [row for row in found if row.usable is None]
            arrived = self._arrived(tx, object, unseen)
            for row in found:
                made = Counterpart(object, row, arrived)
                self._known[object, row.here, row.scope] = made
                if made.usable:
                    keys.discard(row.here)
            self._name(tx, object, sorted(keys))

    def _counterparts(
        self, tx: Tx, object: str, keys: Sequence[str]
    ) -> Sequence[links.Counterpart]:
        if self._source != self._target:
            return links.counterparts(tx, object, self._source, self._target, keys)
        return [
            links.itself(row) for row in snapshots.load(tx, self._target, object, keys).values()
        ]

    def _name(self, tx: Tx, object: str, keys: list[str]) -> None:
        """A salesperson knows a customer's number and name; its key means nothing to them."""
        if not keys:
            return
        for key, row in snapshots.load(tx, self._source, object, keys).items():
            known = (row.number, str(snapshots.data(row).get("name", "")))
            self._called[object, key] = " ".join(part for part in known if part)
            self._unread[object, key] = row.fault
        for flow in self._flows(object):
            for key, row in deliveries.states(tx, flow, keys).items():
                if row.reason == "unlinked":
                    self._unlinked[object, key] = flow

    def _arrived(self, tx: Tx, object: str, unseen: Sequence[links.Counterpart]) -> set[str]:
        """Of records that we deliver and have not read back: those that stand there finished.
        One of several that are one there stands there with the one that is delivered.

        Flows that only other processes' configurations have count, too: nobody wakes what waits for
        a record that is there already.
        """
        if not unseen:
            return set()
        mine = self._system.taking(self._source, object)
        elsewhere = {flow.name for flow in mine} - set(self._flows(object))
        known = {*self._flows(object), *feeds.flow_names(tx, self._source, object)}
        flows = sorted(known - elsewhere)
        delivered = {row.here: self._delivered(tx, object, row) for row in unseen}
        arrived = deliveries.arrived(tx, flows, sorted(set(delivered.values())))
        return {here for here, key in delivered.items() if key in arrived}

    def _flows(self, object: str) -> list[str]:
        """Those that deliver an object between the two."""
        return [
            flow.name
            for flow in self._system.taking(self._source, object)
            if flow.target and flow.target.name == self._target
        ]

    def _delivered(self, tx: Tx, object: str, row: links.Counterpart) -> str:
        """The record that is delivered for this one."""
        owner = None if row.owns else links.owner_of(tx, object, self._target, row.there)
        return str(owner.source_key) if owner is not None else row.here

    def __call__(self, ref: LinkRef) -> Any:
        """A link's value. Raises MissingLink, or MappingFault where it may not wait."""
        found = self._known.get((ref.object, ref.key, ref.scope))
        found = found or self._known.get((ref.object, ref.key, ""))
        if found is not None and found.usable:
            return self._value(ref, found)
        if ref.missing == "default":
            return ref.default
        words = self._why_missing(ref, found)
        if ref.missing == "fail":
            raise MappingFault(ref.object, words)
        raise MissingLink(ref.object, ref.key, words)

    def _why_missing(self, ref: LinkRef, found: Counterpart | None) -> Message:
        named = {"object": ref.object, "record": self._called_or_key(ref), "system": self._target}
        if found is not None:
            return say("link_not_usable", **named)
        if unread := self._unread.get((ref.object, ref.key)):
            return say("link_unread", **named, why=load(unread))
        if flow := self._unlinked.get((ref.object, ref.key)):
            return say("link_unlinked", **named, flow=flow)
        return say("link_missing", **named)

    def _called_or_key(self, ref: LinkRef) -> str:
        return self._called.get((ref.object, ref.key)) or ref.key

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
        value = found.value(ref.field)
        if is_empty(value):
            named = {"record": self._called_or_key(ref), "system": self._target}
            words = say("link_field_missing", object=ref.object, field=ref.field, **named)
            raise MissingLink(ref.object, ref.key, words)
        return value


@lru_cache(1024)
def _values(data: str) -> Mapping[str, Any]:
    """A snapshot's values, which nobody changes; group after group links to the same records."""
    values: Mapping[str, Any] = exact.loads(data)
    return values
