"""T12: with the mechanism of a row of the failure catalogue taken away, its test must fail.

python -m tests.prove.catalogue "WHAT IS TAKEN AWAY"
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.prove.suite import Evidence, Suite
from tests.prove.switches import ALL, VARIABLE
from tests.prove.table import PAGE

ROOT = Path(__file__).parents[2]
SAMPLE = (
    "doubts are not looked up",
    "lost answers are called passing",
    "only UTF-8 is read",
    "epochs stand still",
    "aliases are taken",
)
"""Taken away in the short form."""


@dataclass(frozen=True)
class Row:
    """A failure, and what proves that it does no harm."""

    failure: str
    mechanisms: tuple[str, ...]
    proofs: tuple[str, ...]
    """Tests below `tests/`, and suites."""
    without: str
    """What can be taken away; empty: nothing."""

    @property
    def test(self) -> str:
        """Its first proof, if that is a test."""
        return f"tests/{self.proofs[0]}" if "::" in "".join(self.proofs[:1]) else ""

    @property
    def exists(self) -> bool:
        """It is about something that the product has."""
        return bool(self.proofs)


def rows() -> list[Row]:
    """The catalogue, as the page has it."""
    _, _, rest = PAGE.read_text("utf-8").partition("\n## What may fail\n")
    table, _, _ = rest.partition("\n## ")
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    return [_row([cell.strip() for cell in line.strip("| ").split("|")]) for line in lines]


def _row(cells: list[str]) -> Row:
    failure, _, mechanisms, proofs, without = [*cells, "", "", ""][:5]
    named = tuple(re.findall(r"`([^`]+)`", proofs))
    return Row(failure, tuple(mechanisms.split()), named, without)


def check(chosen: tuple[str, ...] = ()) -> Evidence:
    """Rows with something to take away, or those of them that are chosen."""
    evidence = Evidence()
    for row in rows():
        if row.without and row.test and (not chosen or row.without in chosen):
            noticed = not _passes(row.test, row.without)
            evidence.counts["noticed"] += noticed
            if not noticed:
                replay = f'python -m tests.prove.catalogue "{row.without}"'
                evidence.violations.append(f"{row.test} passes without\n    {replay}")
    evidence.ran = "tests without their mechanism"
    return evidence


def _passes(test: str, without: str) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.prove.switches", test],
        cwd=ROOT,
        env={**os.environ, VARIABLE: without},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stdout[-1500:] + done.stderr[-1500:])
    return done.returncode == 0


SUITES = (
    Suite(
        "T12 catalogue", "a mechanism is taken away from its test", partial(check, SAMPLE), check
    ),
)

if __name__ == "__main__":
    assert sys.argv[1] in ALL, f"one of: {', '.join(ALL)}"
    sys.exit("\n".join(check((sys.argv[1],)).violations) or None)
