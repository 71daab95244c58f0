"""The product structure: what goes into what, on which days, and in which order to plan.

Of a material that is made, the versions of its BOM become *uses*: a component, a quantity, and
the days on which that counts. A low-level code is the longest way down to a material from
anything that it goes into (Orlicky, Material Requirements Planning, 1975, chapter 4): who plans
by it meets a material after all its parents. A cycle has no such order. Its materials are named,
and planning leaves them out.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from connector.derive.model import Component, Item, Model, Structure

MADE = "make"
"""The only kind of material that is made of something."""

Step = Callable[[str, Iterable[str]], set[str]]


class Use(NamedTuple):
    """That a component goes into a parent, from a day until before another."""

    parent: str
    component: str
    quantity: Decimal
    """In one base unit of the parent, scrap included."""
    valid_from: date
    valid_to: date

    def on(self, day: date) -> bool:
        """Whether it counts on this day."""
        return self.valid_from <= day < self.valid_to


def counting(versions: Iterable[Structure], day: date) -> Structure | None:
    """The version of a BOM that counts on a day: of those valid, the one with the latest
    `valid_from`, then with the higher number, V10 being higher than V9. None: none is valid."""
    valid = (one for one in versions if one.valid_from <= day < one.valid_to)
    return max(valid, key=_precedence, default=None)


def _precedence(one: Structure) -> tuple[Any, ...]:
    parts = re.split(r"(\d+)", one.number)
    parts[1::2] = [digits.zfill(200) for digits in parts[1::2]]
    # Of two that are otherwise the same, the one that says its work; None cannot be compared.
    work = [(cost is not None, cost or 0) for cost in (one.labour, one.overhead)]
    return one.valid_from, parts, one.components, one.valid_to, work


def uses(versions: Iterable[Structure]) -> Iterator[Use]:
    """What the versions of one BOM come to: each component of the version that counts, for the
    days on which both do. Components without a quantity are none."""
    versions = list(versions)
    bounds = sorted({day for one in versions for day in (one.valid_from, one.valid_to)})
    for begin, end in pairwise(bounds):
        one = counting(versions, begin)
        for component in one.components if one else ():
            use = _use(one.parent, component, begin, end) if one else None
            if use and use.quantity > 0 and use.valid_from < use.valid_to:
                yield use


def _use(parent: str, one: Component, begin: date, end: date) -> Use:
    begin, end = max(begin, one.valid_from), min(end, one.valid_to)
    return Use(parent, one.material, one.quantity, begin, end)


class Structures:
    """The uses of a model: of one day, or of all days from one on, since nothing begins in the
    past: what counts on that day counts for all that should have begun before.

    `levels` holds the low-level code of every material in it; those on a cycle come last, as
    nothing is made of them. What is not in it has none above and none below.
    """

    def __init__(self, model: Model, day: date | None = None, *, since: date = date.min) -> None:
        self._model, self._day, self._since = model, day, since
        self.uses: dict[str, list[Use]] = {}
        """By parent."""
        self.used: dict[str, list[Use]] = {}
        """By component."""
        self.levels: dict[str, int] = {}
        self.cyclic: frozenset[str] = frozenset()
        """Materials that go into themselves, directly or over others."""
        self.refresh(model.structures)

    def refresh(self, materials: Iterable[str]) -> set[str]:
        """Look at these materials' structures again: the components whose uses are not what
        they were, and what came onto a cycle or off it."""
        touched: set[str] = set()
        for material in materials:
            touched |= self._replace(material)
        if not touched:
            return touched
        before = self.cyclic
        self.levels, self.cyclic = self._order()
        return touched | (before ^ self.cyclic)

    def level(self, material: str) -> int:
        """Its low-level code; zero for what nothing is known of."""
        return self.levels.get(material, 0)

    def parts(self, material: str) -> Sequence[Use]:
        """What it is made of; nothing for what is bought or lies on a cycle."""
        return () if material in self.cyclic else self.uses.get(material, ())

    def cycle(self, material: str) -> tuple[str, ...]:
        """The shortest way from a material on a cycle back to itself, both ends named."""
        came: dict[str, str] = {}
        waiting = deque([material])
        while material not in came:
            parent = waiting.popleft()
            for part in sorted(self._below(parent, self.cyclic) - came.keys()):
                came[part] = parent
                waiting.append(part)
        path = [material, came[material]]
        while path[-1] != material:
            path.append(came[path[-1]])
        return tuple(reversed(path))

    def cycles(self) -> list[tuple[str, ...]]:
        """One cycle of each knot of materials that go into each other, from its first key on."""
        return [self.cycle(min(knot)) for knot in self._knots(set(self.cyclic))]

    def _replace(self, parent: str) -> set[str]:
        before, after = self.uses.get(parent, []), self._look(parent)
        if before == after:
            return set()
        for part in {use.component for use in before}:
            self.used[part] = [use for use in self.used[part] if use.parent != parent]
        for use in after:
            self.used.setdefault(use.component, []).append(use)
        self.uses[parent] = after
        return {use.component for use in (*before, *after)}

    def _look(self, parent: str) -> list[Use]:
        item = self._model.items.get(parent, Item(parent))
        found = uses(self._model.structures.get(parent, ())) if item.kind == MADE else ()
        if self._day:
            return sorted(use for use in found if use.on(self._day))
        return sorted(self._from_now(use) for use in found if use.valid_to > self._since)

    def _from_now(self, use: Use) -> Use:
        return use if use.valid_from > self._since else use._replace(valid_from=date.min)

    def _order(self) -> tuple[dict[str, int], frozenset[str]]:
        levels, stuck = _levels(self.uses, self.used, frozenset())
        if not stuck:
            return levels, frozenset()
        cyclic = frozenset(part for knot in self._knots(stuck) for part in knot)
        levels = _levels(self.uses, self.used, cyclic)[0]
        last = max(levels.values(), default=0) + 1
        return levels | dict.fromkeys(cyclic, last), cyclic

    def _knots(self, among: set[str]) -> Iterator[set[str]]:
        """The largest sets of materials that all go into each other."""
        left = self._trimmed(among)
        for material in sorted(left):
            if material in left:
                knot = self._reached(material, left, self._below)
                knot &= self._reached(material, left, self._above)
                if knot:
                    yield knot
                left -= knot | {material}

    def _trimmed(self, among: set[str]) -> set[str]:
        """Without what has nothing above it or nothing below it among them."""
        left, looked = set(among), deque(among)
        while looked:
            material = looked.popleft()
            above, below = self._above(material, left), self._below(material, left)
            if material in left and not (above and below):
                left.remove(material)
                looked.extend(above | below)
        return left

    def _reached(self, material: str, among: set[str], step: Step) -> set[str]:
        found: set[str] = set()
        waiting = [material]
        while waiting:
            new = step(waiting.pop(), among) - found
            found |= new
            waiting.extend(new)
        return found

    def _below(self, material: str, among: Iterable[str]) -> set[str]:
        return {use.component for use in self.uses.get(material, ())}.intersection(among)

    def _above(self, material: str, among: Iterable[str]) -> set[str]:
        return {use.parent for use in self.used.get(material, ())}.intersection(among)


def _levels(
    uses: Mapping[str, list[Use]], used: Mapping[str, list[Use]], without: frozenset[str]
) -> tuple[dict[str, int], set[str]]:
    """Low-level codes as far as nothing goes round in a circle, and the materials left over."""
    levels = {m: 0 for table in (uses, used) for m in table if m not in without}
    open_uses = {m: sum(use.parent not in without for use in used.get(m, ())) for m in levels}
    ready = [m for m, count in open_uses.items() if not count]
    while ready:
        parent = ready.pop()
        del open_uses[parent]
        below = levels[parent] + 1
        for use in uses.get(parent, ()):
            part = use.component
            if part in without:
                continue
            levels[part] = max(levels[part], below)
            open_uses[part] -= 1
            if not open_uses[part]:
                ready.append(part)
    return levels, set(open_uses)
