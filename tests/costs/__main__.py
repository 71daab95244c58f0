"""What each adapter costs beside a bare loop that makes the same calls.

python -m tests.costs [ADAPTER …] [--read 10000] [--written 1000] [--write]

Exit code 1 where an adapter takes more than it may.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.costs import in_sheets, in_tables, over_http
from tests.costs.measured import MOST, Row

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks-adapters.md"
WORKS: dict[str, Callable[[str, int, int], Iterator[Row]]] = {
    **dict.fromkeys(over_http.SYSTEMS, over_http.rows),
    "sql": in_tables.rows,
    "files": in_sheets.rows,
}
TITLE = (
    "# What the adapters cost\n",
    "Written by `make costs`; an adapter alone by `python -m tests.costs ADAPTER --write`.\n",
)
HEAD = (
    "| adapter | work | records | calls | s | bare, s | **times** | own s | bare, own s "
    "| peak MB: some → all | ok | on |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
)
WORDS = f"""
Each adapter writes records into its system and reads all that is there, and a *bare loop* does
the same with `requests`, SQLAlchemy or openpyxl and no more: no checks, no comparison, no
cursor, nothing that survives a power cut.

- **times**: the adapter's seconds by the loop's; at most {MOST}.
- The systems are the sandboxes, a real Tryton and a real PostgreSQL, all on this machine and much
  nearer than yours. What they take is measured once and counted for both sides.
- *own s*: what the calling thread worked itself, without the other side. A loop that does nothing
  with a page but parse it works next to nothing, so that this ratio grows where a page holds a
  thousand records; what an adapter does with a record takes it some millionths of a second.
- *peak MB*: the most that Python held while everything was read, when there was a part of it and
  when there was all of it; the sandbox's answers are in it. `files` remembers where each record
  stands, and holds the 10,000 that it read last; where a list only names what is then fetched one
  by one, these names are in it.
- A CRM's form is its stock, an ERP's its orders with lines, each written in batches of 50 where the
  system takes them. `files` writes a workbook an order, and reads sheets of 1,000 rows.
"""


def main() -> int:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.costs", description=__doc__)
    parser.add_argument("adapters", nargs="*", help="default: all")
    parser.add_argument("--read", type=int, default=10_000, help="records that are read")
    parser.add_argument("--written", type=int, default=1_000, help="records that are written")
    parser.add_argument("--write", action="store_true", help="write the page; others' rows stay")
    options = parser.parse_args()
    print(*HEAD, sep="\n", flush=True)
    found: dict[str, list[Row]] = {}
    for name in options.adapters or WORKS:
        for row in WORKS[name](name, options.written, options.read):
            print(row, flush=True)
            found.setdefault(name, []).append(row)
    if options.write:
        told = {name: list(map(str, rows)) for name, rows in found.items()}
        lines = [line for name in WORKS for line in told.get(name, _written(name))]
        PAGE.write_text("\n".join([*TITLE, *HEAD, *lines, WORDS.rstrip()]) + "\n", "utf-8")
    return 1 if any(row.times > MOST for rows in found.values() for row in rows) else 0


def _written(name: str) -> list[str]:
    """What the page says of an adapter."""
    page = PAGE.read_text("utf-8") if PAGE.exists() else ""
    return [line for line in page.splitlines() if line.startswith(f"| {name} |")]


if __name__ == "__main__":
    sys.exit(main())
