"""What a command prints: tables and sentences for people, or one line of JSON for programs.

All commands show things through a `Screen`, so that a table, a mark and an error look alike
everywhere. Headings and codes come from the catalogue of messages, in the reader's language.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from connector.errors import ConfigError
from connector.messages import word
from connector.objects.showing import harmless

WIDE = 4000
"""Columns where nobody looks: a file or another program gets whole lines."""

STYLES = {"✓": "green", "✗": "red", "!": "yellow", "‖": "yellow", "●": "green"}


class Screen:
    """A terminal, or whatever stands in its place."""

    def __init__(self, file: TextIO) -> None:
        width = None if file.isatty() else WIDE
        self.console = Console(file=file, highlight=False, width=width, markup=False)

    @property
    def is_terminal(self) -> bool:
        return self.console.is_terminal

    def line(self, text: Any = "", style: str = "") -> None:
        """A line of text as it is; long ones are wrapped by the terminal."""
        self.console.print(harmless(str(text)), style=style or None, soft_wrap=True)

    def mark(self, mark: str, text: Any) -> None:
        """A line that begins with a sign of how it is: ✓ ✗ ! ● ‖."""
        self.line(f"{mark} {text}", STYLES.get(mark, ""))

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Rows under headings named in the catalogue (`head_NAME`); nothing for no rows.

        Only the last column may take several lines: a number is never broken.
        """
        made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
        for heading in headings:
            last = heading == headings[-1]
            made.add_column(word("head", heading), overflow="fold", no_wrap=not last)
        for row in rows:
            made.add_row(*(harmless(str(cell)) for cell in row))
        if made.row_count:
            self.console.print(made)


class Output:
    """Where a command's answer goes."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.screen = Screen(sys.stdout)
        self.errors = Screen(sys.stderr)

    def show(self, value: Any, render: Callable[[Screen], None]) -> None:
        """`value` as JSON, or whatever `render` makes of it for people."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            render(self.screen)

    def tell(self, words: Any) -> None:
        """A remark beside the answer; programs do not hear it."""
        if not self.as_json:
            self.errors.line(words, style="dim")

    def fail(self, error: object) -> None:
        """What is wrong, a line for each mistake, never a traceback."""
        problems = error.problems if isinstance(error, ConfigError) else ()
        if self.as_json:
            told: dict[str, Any] = {"error": str(error)}
            if problems:
                told["problems"] = [{"place": p.place, "words": str(p.words)} for p in problems]
            self.show(told, lambda _: None)
            return
        for sentence in problems or (error,):
            self.errors.mark("✗", " ".join(str(sentence).split()))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type) and not hasattr(value, "render"):
        return asdict(value)
    return str(value)


def moment(seconds: float | None) -> str:
    """A time of the store, on this machine's clock."""
    return datetime.fromtimestamp(seconds).strftime("%m-%d %H:%M") if seconds else ""
