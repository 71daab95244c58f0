"""Value maps: flat tables of codes, ours on the left, the other system's on the right.

    CNY: PRE001
    draft: [A, Z, D]      # read: all of them; written: the first
    '*': other            # written for whatever of ours is not listed
    goods: ['0', '*']     # read for whatever of theirs is not listed

Reading uses the inverse, and is refused where two of our codes share one of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ANY = "*"


@dataclass(frozen=True, slots=True)
class ValueMap:
    """A named table. `ambiguous` lists codes of theirs that stand for several of ours."""

    name: str
    forward: Mapping[str, str]
    inverse: Mapping[str, str] = field(default_factory=dict)
    ambiguous: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, table: Mapping[Any, Any]) -> ValueMap:
        """From a YAML mapping of scalars and lists of scalars; anything else is a ValueError."""
        forward: dict[str, str] = {}
        inverse: dict[str, str] = {}
        ambiguous: list[str] = []
        if not isinstance(table, Mapping):
            raise ValueError("not a table")
        for ours, theirs in table.items():
            codes = [code_of(code) for code in (theirs if isinstance(theirs, list) else [theirs])]
            if not codes:
                raise ValueError(f"{ours} stands for nothing")
            if codes[0] != ANY:
                forward[code_of(ours)] = codes[0]
            for code in codes if ours != ANY else ():
                if code in inverse:
                    ambiguous.append(code)
                inverse.setdefault(code, code_of(ours))
        return cls(name, forward, inverse, tuple(ambiguous))

    def write(self, ours: Any) -> str | None:
        """Their code; None where the table has no answer."""
        return self.forward.get(code_of(ours), self.forward.get(ANY))

    def read(self, theirs: Any) -> str | None:
        """Our code; None where the table has no answer."""
        return self.inverse.get(code_of(theirs), self.inverse.get(ANY))


def code_of(value: Any) -> str:
    """YAML booleans and numbers as people wrote them; a decimal without zeros that say nothing."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list):
        raise ValueError("not a code")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
