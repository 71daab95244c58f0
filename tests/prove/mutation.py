"""T12: mutation testing of the pure decisions: what is changed in them, some test must notice.

mutmut (extra `mutation`) makes the mutants of the modules that `setup.cfg` names and runs the tests
that stand there against each, in a copy of the project under `build/mutation`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from tests.prove.suite import Evidence, Suite
from tests.prove.survivors import LEFT

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "mutation"
COPIED = (
    "connector", "adapters", "sandbox", "mappings", "tests",
    "setup.cfg", "setup.py", "pyproject.toml",
)  # fmt: skip
KILLED = frozenset({1, 3})
"""Exit codes of tests that noticed."""
TOO_SLOW = frozenset({-24, 24, 152, 255, -9})
"""Those of tests that never ended, which is noticed, too."""
ENOUGH = 0.85
JOBS = 2

SAMPLE = (
    "connector.engine.guards.x_check_gone",
    "connector.engine.retry.x_backoff",
    "connector.engine.scope.x_scope",
)
"""Functions of which every mutant must be noticed."""


def installed() -> bool:
    return find_spec("mutmut") is not None


def every() -> Evidence:
    """All mutants; at least `ENOUGH` of them must be noticed."""
    return _judged(ENOUGH)


def sample() -> Evidence:
    """The mutants of a few functions, every one of which must be noticed."""
    return _judged(1.0, *(f"{name}__mutmut_*" for name in SAMPLE))


def _judged(enough: float, *names: str) -> Evidence:
    if not installed():
        return Evidence("skipped: mutmut is not installed", violations=_missed(names))
    _copy()
    words = [sys.executable, "-m", "mutmut", "run", "--max-children", str(JOBS), *names]
    done = subprocess.run(words, cwd=PLACE, capture_output=True, text=True, check=False)
    codes = _codes()
    if not codes:
        return Evidence("no mutant was run", violations=[done.stdout[-800:] + done.stderr[-800:]])
    left = [name for name, code in codes.items() if code not in KILLED | TOO_SLOW]
    killed = len(codes) - len(left)
    evidence = Evidence(f"{killed / len(codes):.1%} of {len(codes):,} mutants noticed")
    evidence.counts.update({"noticed": killed, "unnoticed": len(left)})
    new = _unlisted(left)
    if killed < enough * len(codes) or new:
        replay = f"    (cd {PLACE.relative_to(ROOT)} && mutmut show {(new or left)[0]})"
        told = ", ".join((new or left)[:20])
        evidence.violations.append("\n".join([f"unnoticed: {told}", replay]))
    return evidence


def _unlisted(left: list[str]) -> list[str]:
    """Those of functions in which more are unnoticed than is known and explained."""
    count = Counter(_function(name) for name in left)
    return [n for n in left if count[_function(n)] > LEFT.get(_function(n), (0, ""))[0]]


def _function(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


def _missed(names: tuple[str, ...]) -> list[str]:
    """The full form may not be left out."""
    return [] if names else ["pip install -e '.[mutation]'"]


def _copy() -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, PLACE / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, PLACE)


def _codes() -> dict[str, int]:
    """The exit code of the tests of every mutant that was run, by its name."""
    found: dict[str, int] = {}
    for path in sorted((PLACE / "mutants").rglob("*.py.meta")):
        codes = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        found |= {name: code for name, code in codes.items() if code is not None}
    return found


SUITES = (Suite("T12 mutation", "a decision is changed in one place", sample, every),)
