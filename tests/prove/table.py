"""The table: one row per suite, for the terminal and for `docs/reliability.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from tests.prove.suite import JEPSEN, Evidence, Suite

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- evidence: begin -->", "<!-- evidence: end -->"

COLUMNS = ("suite", "what goes wrong", "what was run", *JEPSEN, "violations", "seconds", "of")
HEAD = (f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|")
ABOUT = """Each row says which form it is of, the day, and the product that was run (a hash of its
code and its mappings); written by `python -m tests.prove --write`, and with `--full`. {where}.
"""


def row(suite: Suite, evidence: Evidence, of: str) -> str:
    """One line of Markdown; `of`: which form of which product."""
    counts = [f"{evidence.counts[name]:,}" for name in JEPSEN]
    more = sorted(evidence.counts.keys() - set(JEPSEN))
    ran = "; ".join([evidence.ran, *(f"{name} {evidence.counts[name]:,}" for name in more)])
    cells = [suite.name, suite.what, ran, *counts, str(len(evidence.violations))]
    return f"| {' | '.join(cells)} | {evidence.seconds:.0f} | {of} |"


def document(fresh: Mapping[str, str], suites: Sequence[str], where: str) -> None:
    """Put rows, by their suites, into the page, between its marks; rows of other suites stay."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    known = {line.split(" | ")[0].removeprefix("| "): line for line in old.splitlines()}
    lines = [{**known, **fresh}[name] for name in suites if name in known or name in fresh]
    made = "\n".join([BEGIN, ABOUT.format(where=where), *HEAD, *lines, END])
    PAGE.write_text(f"{before}{made}{after}", "utf-8")


def of(form: str, product: str) -> str:
    """Which form of which product, today."""
    return f"{form}, {date.today()}, {product[:8]}"
