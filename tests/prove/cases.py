"""Suites made of cases: each a word that says what goes wrong, each replayed by one command."""

from __future__ import annotations

import logging
import multiprocessing
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sandbox import witness
from tests.parsing import parsing_once
from tests.prove.suite import Evidence
from tests.system.site import Site


@dataclass
class Found:
    """What came of one case."""

    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    skipped: str = ""
    """Why it could not be tried on this machine."""

    def expect(self, holds: Any, otherwise: str) -> None:
        """Unless it holds, a promise is broken."""
        if not holds:
            self.violations.append(otherwise)

    def add(self, other: Found) -> None:
        """Take up what came of another part."""
        self.counts.update(other.counts)
        self.violations += other.violations


Carry = Callable[[str], Found]
"""Carries one case out."""


def proven(what: str, module: str, carry: Carry, cases: Sequence[str], jobs: int = 2) -> Evidence:
    """The evidence of many cases, so many of them side by side."""
    evidence, skipped = Evidence(), []
    for case, found in _side_by_side(carry, cases, jobs):
        evidence.counts.update(found.counts)
        print(f"{case}: {found.skipped or dict(found.counts)}", *found.violations, sep="\n    ",
              file=sys.stderr, flush=True)  # fmt: skip
        command = f"python -m {module} {case}"
        evidence.violations += [f"{text}\n    {command}" for text in found.violations]
        if found.skipped:
            skipped.append(f"{case} SKIPPED: {found.skipped}")
    tried = len(cases) - len(skipped)
    evidence.ran = "; ".join([f"{tried:,} {what}", *skipped])
    return evidence


def replay(carry: Carry) -> int:
    """Carry out what the command line names; 0: every promise held."""
    broken = 0
    for case in sys.argv[1:]:
        found = _told(carry, case)
        counts = ", ".join(f"{name} {number}" for name, number in found.counts.items())
        print(f"{case}: {found.skipped or counts}", *found.violations, sep="\n    ", flush=True)
        broken += len(found.violations)
    return 1 if broken else 0


def _side_by_side(carry: Carry, cases: Sequence[str], jobs: int) -> Iterator[tuple[str, Found]]:
    # Not forked: whoever calls may have threads.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        futures = {pool.submit(partial(_told, carry), case): case for case in cases}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _told(carry: Carry, case: str) -> Found:
    """What goes wrong in the carrying out itself is a violation like any other."""
    logging.getLogger("connector").setLevel(logging.CRITICAL)  # what went wrong is counted
    try:
        with parsing_once():
            return carry(case)
    except Exception:  # noqa: BLE001 - told with the command that replays it
        return Found(violations=[f"{case}: {traceback.format_exc()[-1500:]}"])


def witnessed(site: Site) -> Found:
    """What the witness says of a site that has come to rest."""
    verdict = witness.judge(site.urls["crm"], site.urls["erp"])
    found = Found(Counter(ok=verdict.told, lost=len(verdict.lost)))
    found.counts.update(duplicated=len(verdict.doubled), unexpected=len(verdict.unexpected))
    for name in ("lost", "doubled", "different", "untold", "unexpected"):
        found.violations += [f"{name}: {text}" for text in getattr(verdict, name)]
    found.expect(verdict.explained == 0, f"{verdict.explained} orders never arrived")
    return found
