"""What may stand on either side of a value map, as the systems tell it. Each is asked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from connector.contract import Adapter
from connector.engine.system import System
from connector.errors import AccessDenied, Rejected
from connector.mapping.coding import Field, Spot, spots
from connector.mapping.values import ANY
from connector.operations.value_uses import Used, mappings

Codes = Mapping[str, str]
"""Codes with their names."""


class Accepted:
    """The codes of both sides of one table."""

    def __init__(self, system: System, used: Sequence[Used]) -> None:
        self._system = system
        self._used = used
        self._told: dict[tuple[Adapter, Field], Codes | None] = {}
        self.refused: list[str] = []
        """Why a system did not tell what it was asked."""

    @cached_property
    def theirs(self) -> Codes | None:
        """What all of their fields accept that tell their codes; None: none tells."""
        adapter = self._system.connections[self._used[0].connection].adapter
        fields = dict.fromkeys(field for used in self._used for field in used.use.theirs)
        told = [codes for field in fields if (codes := self._ask(adapter, field)) is not None]
        if not told:
            return None
        return {code: n for code, n in told[0].items() if all(code in other for other in told)}

    @cached_property
    def ours(self) -> Codes:
        """Our codes, as those systems tell them that have the same field of ours, and as other
        tables know them."""
        found: dict[str, str] = {}
        for adapter, field, spot in self._same():
            map = spot.rule.map
            for code, name in (self._ask(adapter, field) or {}).items():
                our = map.read(code) if map else code
                if our is not None:
                    found[our] = found.get(our) or name
            for our in map.forward if map else ():
                found.setdefault(our, "")
        found.pop(ANY, None)
        return found

    def _same(self) -> Iterator[tuple[Adapter, Field, Spot]]:
        """Every field of a system that is read into, or written from, a field of ours."""
        wanted = {(used.object, name) for used in self._used for name in used.use.ours}
        for adapter, mapping, reads in mappings(self._system):
            for spot in spots(mapping.read if reads else mapping.write):
                if {(mapping.object, name) for name in spot.ours(reads=reads)} & wanted:
                    fields = spot.read(mapping) if reads else [spot.written(mapping)]
                    yield from ((adapter, field, spot) for field in fields)

    def _ask(self, adapter: Adapter, field: Field) -> Codes | None:
        if (adapter, field) not in self._told:
            try:
                self._told[adapter, field] = adapter.codes(*field)
            except (Rejected, AccessDenied) as error:
                self._told[adapter, field] = None
                self.refused.append(f"{' '.join(field)}: {error}")
        return self._told[adapter, field]
