"""The table: one row per suite, for the terminal and for `docs/reliability.md`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tests.prove.suite import JEPSEN, Evidence, Suite

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- evidence: begin -->", "<!-- evidence: end -->"

HEAD = (
    f"| suite | what goes wrong | what was run | {' | '.join(JEPSEN)} | violations | seconds |",
    "|---" * (5 + len(JEPSEN)) + "|",
)


def row(suite: Suite, evidence: Evidence) -> str:
    """One line of Markdown."""
    counts = [f"{evidence.counts[name]:,}" for name in JEPSEN]
    more = sorted(evidence.counts.keys() - set(JEPSEN))
    ran = "; ".join([evidence.ran, *(f"{name} {evidence.counts[name]:,}" for name in more)])
    cells = [suite.name, suite.what, ran, *counts, str(len(evidence.violations))]
    return f"| {' | '.join(cells)} | {evidence.seconds:.0f} |"


def document(lines: Iterable[str], command: str, where: str) -> None:
    """Put the table into the page, between its marks, with what produced it."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join([*HEAD, *lines])
    made = f"{BEGIN}\nWritten by `{command}` on {date.today()} ({where}).\n\n{table}\n{END}"
    PAGE.write_text(f"{before}{made}{after}", "utf-8")
