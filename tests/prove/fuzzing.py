"""T9: a fuzzer that watches which lines are reached, on what reads strangers' words.

It needs atheris (extra `fuzz`). Without it the stored corpus is replayed, and the row says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from tests.prove.fuzzed import TARGETS, stored
from tests.prove.suite import Evidence, Suite

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "build" / "fuzz"
UNITS = "stat::number_of_executed_units:"


def installed() -> bool:
    return find_spec("atheris") is not None


def run(seconds: int, *, needed: bool) -> Evidence:
    """The stored corpus, and then so many seconds of new inputs for each target, in turn."""
    evidence = Evidence()
    for target in TARGETS:
        _replayed(target, evidence)
    if installed():
        for target in TARGETS:
            _fuzzed(target, seconds, evidence)
        evidence.ran = f"{len(TARGETS)} targets, {seconds} s each"
    else:
        evidence.ran = "skipped: atheris is not installed; its corpus was replayed"
        if needed:
            evidence.violations.append("atheris is not installed\n    pip install -e '.[fuzz]'")
    return evidence


def _replayed(target: str, evidence: Evidence) -> None:
    for path in stored(target):
        evidence.counts["stored inputs"] += 1
        try:
            TARGETS[target](path.read_bytes())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            evidence.violations.append(f"{target}: {error!r}\n    {_command(target, path)}")


def _fuzzed(target: str, seconds: int, evidence: Evidence) -> None:
    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="seen", dir=FOUND) as seen:
        words = [sys.executable, "-m", "tests.prove.fuzzed", target, "--seconds", str(seconds)]
        done = subprocess.run(
            [*words, seen, str(FOUND)], cwd=ROOT, capture_output=True, text=True, check=False,
            errors="replace", env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    told = [line for line in done.stderr.splitlines() if line.startswith(UNITS)]
    evidence.counts["new inputs"] += sum(int(line.split()[-1]) for line in told)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "Error" in line][:2]
        file = done.stderr.rpartition("written to ")[2].split()[:1]
        replay = _command(target, Path(file[0])) if file else " ".join(words)
        evidence.violations.append("\n".join([f"{target}: {said}", f"    {replay}"]))


def _command(target: str, path: Path) -> str:
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"python -m tests.prove.fuzzed {target} {where}"


SUITES = (
    Suite(
        "T9 fuzz",
        "bytes in answers and expressions, guided by what they reach",
        partial(run, 10, needed=False),
        partial(run, 600, needed=True),
    ),
)
