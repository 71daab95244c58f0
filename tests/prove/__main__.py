"""Run the proof, suite by suite, and tell what was run and found.

python -m tests.prove [--full] [--from T3] [--only T5] [--write]

Three processes share the suites; each runs its own one after the other.

The full form remembers in build/prove what it has finished: begun again with the same product, it
goes on from there. Exit code 1 on any violation.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.prove import table
from tests.prove.suite import Evidence, Suite

MODULES = (
    "simulated", "kills", "others", "lower_class", "restarts", "full_disk", "stops", "sockets",
    "upgrades", "machine", "properties", "fuzzing", "mutation", "catalogue",
)  # fmt: skip
"""Modules of this package, in the order of their suites."""
LANES = ({1, 12}, {2, 3, 10}, {4, 5, 6, 7, 8, 9})
"""Numbers of the suites that one process runs. The last ones mostly wait."""
PRODUCT = ("connector", "adapters", "mappings")
ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "prove"


def suites() -> list[Suite]:
    """All of them, in order of their names."""
    found = [suite for name in MODULES for suite in import_module(f"tests.prove.{name}").SUITES]
    return sorted(found, key=lambda suite: (_number(suite.name), suite.name))


def _number(name: str) -> int:
    return int("".join(c for c in name.split()[0] if c.isdigit()))


def main() -> int:
    """0 if every promise held."""
    options = _arguments()
    chosen = [s for s in suites() if _wanted(s, options.first, options.only)]
    kept = Kept(resume=options.full)
    if options.lane is not None:
        return _go(chosen, kept, full=options.full, lane=options.lane)
    print("\n".join(table.HEAD), flush=True)
    words = [sys.executable, "-m", "tests.prove", *sys.argv[1:], "--lane"]
    others = [subprocess.Popen([*words, str(lane)]) for lane in range(1, len(LANES))]
    codes = [_go(chosen, kept, full=options.full, lane=0), *(other.wait() for other in others)]
    if options.write:
        fresh = {s.name: kept.row(s, evidence) for s in chosen if (evidence := kept.get(s))}
        where = f"{platform.system()}, Python {platform.python_version()}"
        table.document(fresh, [suite.name for suite in suites()], where)
    return int(any(codes))


def _go(chosen: list[Suite], kept: Kept, *, full: bool, lane: int) -> int:
    """Those of one lane, one after the other."""
    broken = []
    for suite in chosen:
        if _number(suite.name) in LANES[lane]:
            evidence = kept.done(suite) or _run(suite, full=full)
            kept.put(suite, evidence)
            print(kept.row(suite, evidence), flush=True)
            broken += [f"{suite.name}: {text}" for text in evidence.violations]
    if broken:
        print(*broken, sep="\n", file=sys.stderr)
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the full forms: hours")
    parser.add_argument("--from", dest="first", default="", help="the first suite, such as T3")
    parser.add_argument("--only", default="", help="one suite, such as T5")
    parser.add_argument("--write", action="store_true", help="put the table into the page")
    parser.add_argument("--lane", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _wanted(suite: Suite, first: str, only: str) -> bool:
    if only:
        return only in (suite.name, suite.name.split()[0])
    return not first or _number(suite.name) >= _number(first)


def _run(suite: Suite, *, full: bool) -> Evidence:
    started = time.monotonic()
    evidence = (suite.full if full else suite.short)()
    evidence.seconds = time.monotonic() - started
    return evidence


class Kept:
    """Evidence of this very product: a file for each suite, so that several processes may write."""

    def __init__(self, *, resume: bool) -> None:
        self._resume = resume
        self._product = _digest(*PRODUCT, "sandbox", "tests")

    def done(self, suite: Suite) -> Evidence | None:
        """What is known of a suite that held, in the full form; one that did not is run again."""
        found = self.get(suite) if self._resume else None
        return found if found and found.holds else None

    def get(self, suite: Suite) -> Evidence | None:
        path = self._path(suite)
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return Evidence.read(known["found"]) if known.get("product") == self._product else None

    def put(self, suite: Suite, evidence: Evidence) -> None:
        known = {"product": self._product, "found": evidence.plain()}
        self._path(suite).parent.mkdir(parents=True, exist_ok=True)
        self._path(suite).write_text(json.dumps(known), "utf-8")

    def row(self, suite: Suite, evidence: Evidence) -> str:
        """Its line in the table."""
        return table.row(suite, evidence, table.of(self._form, _digest(*PRODUCT)))

    @property
    def _form(self) -> str:
        return "full" if self._resume else "short"

    def _path(self, suite: Suite) -> Path:
        return KEPT / self._form / f"{suite.name.replace(' ', '-')}.json"


def _digest(*folders: str) -> str:
    """A hash of what lies in these folders."""
    hash = hashlib.sha256()
    for path in _files(*folders):
        hash.update(path.read_bytes())
    return hash.hexdigest()


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        found = (ROOT / folder).rglob("*")
        yield from sorted(p for p in found if p.suffix in (".py", ".yaml"))


if __name__ == "__main__":
    sys.exit(main())
