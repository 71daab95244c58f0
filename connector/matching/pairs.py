"""Pairs of records that may be one: proposals with their evidence. A person decides.

What proves: an equal credit code. What suggests: an equal number, name or telephone, the same
content of an order. Enough of these together are sure, and so is a name that nobody else there has.
What speaks against: two valid credit codes that differ, another name, a bill of another month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connector.matching.marks import Marked

WEIGHTS = {
    "credit_code": 16,
    "content": 8,
    "number": 5,
    "name": 5,
    "number of theirs": 5,
    "phone": 2,
}
"""How much an equal mark tells. From `SURE` on a pair is proposed as decided."""
SURE = 7
OTHER_NAME = 3
"""How much another name takes off, where no credit code proves that it is the same company."""
SHARED = frozenset({"customer", "employee", "department", "material", "unit"})
"""Objects of which several records here may be one there."""
NEAR = 31
"""Days between the dates of an order here and the bill that somebody typed for it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A record here and the one that it may be there; `target` None: nobody like it is there."""

    source: Marked
    target: Marked | None = None
    evidence: tuple[str, ...] = ()
    """Marks that are equal, the strongest first."""
    against: tuple[str, ...] = ()
    """What speaks against it, or must be known: `credit_code`, `name`, `several`, `wrong_code`,
    `inactive`, `date`."""
    sure: bool = False


def propose(object: str, sources: Iterable[Marked], targets: Sequence[Marked]) -> list[Pair]:
    """Every pair that anything speaks for, the best of each source first; one without a target for
    each source that nobody is like."""
    index = _index(targets)
    found: list[Pair] = []
    for source in sources:
        alike = {t.key: t for kind, mark in source.marks.items() for t in index[kind, mark]}
        pairs = sorted((_pair(source, t) for t in alike.values()), key=_rank, reverse=True)
        found += _decided(pairs, index) or [Pair(source, against=_known(source))]
    return found if object in SHARED else _one_to_one(found)


def _index(targets: Iterable[Marked]) -> Mapping[tuple[str, str], list[Marked]]:
    index: dict[tuple[str, str], list[Marked]] = defaultdict(list)
    for target in targets:
        for kind, mark in target.marks.items():
            index[kind, mark].append(target)
    return index


def _pair(source: Marked, target: Marked) -> Pair:
    equal = [kind for kind in WEIGHTS if _equal(source, target, kind)]
    against = [*_known(source), *_differing(source, target)]
    if not target.active:
        against.append("inactive")
    return Pair(source, target, tuple(equal), tuple(dict.fromkeys(against)))


def _equal(source: Marked, target: Marked, kind: str) -> bool:
    return kind in source.marks and source.marks[kind] == target.marks.get(kind)


def _known(source: Marked) -> tuple[str, ...]:
    return ("wrong_code",) if source.wrong_code else ()


def _differing(source: Marked, target: Marked) -> list[str]:
    kinds = ("credit_code", "name")
    found = [k for k in kinds if k in source.marks and k in target.marks]
    found = [kind for kind in found if not _equal(source, target, kind)]
    if target.wrong_code:
        found.append("wrong_code")
    if source.on and target.on and abs((target.on - source.on).days) > NEAR:
        found.append("date")
    return found


def _rank(pair: Pair) -> tuple[int, int]:
    """What speaks for it; among equals the nearest day."""
    target, source = pair.target, pair.source
    days = abs((target.on - source.on).days) if target and target.on and source.on else 0
    return _weight(pair), -days


def _weight(pair: Pair) -> int:
    weight = sum(WEIGHTS[kind] for kind in pair.evidence)
    if "credit_code" in pair.against:
        return weight - max(WEIGHTS.values())
    renamed = "name" in pair.against and "credit_code" not in pair.evidence
    return weight - OTHER_NAME if renamed else weight


def _decided(
    pairs: Sequence[Pair], index: Mapping[tuple[str, str], Sequence[Marked]]
) -> list[Pair]:
    """The best is sure if enough speaks for it, nothing against it, and no other is as good."""
    if not pairs:
        return []
    best, *others = pairs
    equal = [other for other in others if _rank(other) == _rank(best)]
    if equal:
        return [_with(pair, "several") if pair in (best, *equal) else pair for pair in pairs]
    return [_sure(best, index), *others]


def _sure(pair: Pair, index: Mapping[tuple[str, str], Sequence[Marked]]) -> Pair:
    proven = "credit_code" in pair.evidence
    doubt = {"credit_code", "date"} | (set() if proven else {"name"})
    alone = "name" in pair.evidence and len(index["name", pair.source.marks["name"]]) == 1
    enough = _weight(pair) >= SURE or alone
    sure = enough and not doubt & set(pair.against)
    return Pair(pair.source, pair.target, pair.evidence, pair.against, sure)


def _with(pair: Pair, remark: str) -> Pair:
    return Pair(pair.source, pair.target, pair.evidence, (*pair.against, remark))


def _one_to_one(pairs: Sequence[Pair]) -> list[Pair]:
    """Of several that would be one document, none is sure."""
    claims: dict[str, int] = defaultdict(int)
    for pair in pairs:
        claims[_claimed(pair)] += 1
    return [
        _with(pair, "several") if _claimed(pair) and claims[_claimed(pair)] > 1 else pair
        for pair in pairs
    ]


def _claimed(pair: Pair) -> str:
    """The key of the document that it takes for certain."""
    return pair.target.key if pair.sure and pair.target else ""
