"""The verdict, in Jepsen's words: ok, lost, duplicated, unexpected, recovered."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.history import History
from tests.oracle.predicates import PREDICATES
from tests.oracle.reading import Violation, stories


@dataclass
class Verdict:
    """What came of everything that people in the CRM did."""

    ok: int = 0
    """Records that stand in the ERP as they should."""
    listed: int = 0
    """Records that wait for a person, with the reason."""
    withdrawn: int = 0
    """Records that are out of scope and whose bill, if any, is void."""
    recovered: int = 0
    """Bills made by a request whose answer nobody heard."""
    violations: list[Violation] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.violations

    def count(self, kind: str) -> int:
        return sum(v.kind == kind for v in self.violations)

    def __str__(self) -> str:
        bad = {v.kind: self.count(v.kind) for v in self.violations}
        counts = {"ok": self.ok, "listed": self.listed, "withdrawn": self.withdrawn,
                  "recovered": self.recovered, **bad}  # fmt: skip
        return ", ".join(f"{name} {count}" for name, count in counts.items())


def judge(history: History) -> Verdict:
    """Every predicate, and the counts."""
    verdict = Verdict()
    for predicate in PREDICATES:
        verdict.violations += predicate(history)
    broken = {violation.key for violation in verdict.violations}
    for story in stories(history):
        unheard = any(e.what == "create" and not e.heard for e in story.entries)
        verdict.recovered += bool(unheard and story.live and story.key not in broken)
        if story.key in broken:
            continue
        if story.failure or story.parked:
            verdict.listed += 1
        elif story.live:
            verdict.ok += 1
        else:
            verdict.withdrawn += 1
    return verdict
