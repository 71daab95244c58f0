"""Reports for managers, with what they are made of and how old that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.derive.reports import FIGURES, REPORTS, Report, Row
from connector.engine import reports
from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.messages import language, say, word
from connector.objects.showing import Cell
from connector.operations import inputs
from connector.operations.finding import NotFound

CODES = ("figure", "term")
"""Columns that hold codes."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report, as whoever asks reads it."""

    report: Report
    as_of: datetime | None
    """When the oldest of what it is made of was read; None: nothing of it ever was."""
    missing: Sequence[str]
    """Inputs that were never read."""
    stale: Sequence[str]
    """Inputs that were read longer ago than `insight.stale_after`."""

    def titles(self) -> list[str]:
        """The headings in plain words."""
        return [word("head", name) for name in self.report.columns]

    def rows(self) -> list[Row]:
        """The rows, codes in plain words."""
        columns = self.report.columns
        return [
            row._replace(cells=tuple(map(_worded, columns, row.cells))) for row in self.report.rows
        ]

    def plain(self) -> list[dict[str, Any]]:
        """The rows as values by the names of their columns."""
        return [dict(zip(self.report.columns, row.cells, strict=True)) for row in self.report.rows]


def _worded(column: str, cell: Cell) -> Cell:
    return word(column, cell) if column in CODES and isinstance(cell, str) else cell


def look(system: System, name: str, year: int = 0, figure: str = "") -> Reported:
    """A report. Raises NotFound for one that there is not, ConfigError where no ERP is known."""
    if name not in REPORTS:
        raise NotFound(say("unknown_report", name=name, known=", ".join(REPORTS)))
    if figure and figure not in FIGURES:
        raise NotFound(say("unknown_figure", name=figure, known=", ".join(FIGURES)))
    if not system.insight.erp:
        raise ConfigError([Problem("", say("insight_erp"))])
    with system.store.reading() as tx:
        made = reports.report(system, tx, name, language(), year, figure)
        read = inputs.reading(system, tx, REPORTS[name][0])
    oldest = min(read.at.values(), default=None)
    return Reported(
        made,
        datetime.fromtimestamp(oldest, system.own_zone) if oldest else None,
        read.missing + read.unread,
        read.stale,
    )
