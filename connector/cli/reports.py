"""Reports for managers, on the screen, as JSON or as a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connector import sheets
from connector.cli.output import Screen
from connector.cli.session import Session, command
from connector.messages import say, word
from connector.objects.showing import shown


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    command(cli)(report)


def report(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", min=2000, max=9998)] = None,
    figure: Annotated[str, typer.Option("--figure", metavar="WHAT")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="SHEET")] = None,
) -> None:
    """What managers ask for every week."""
    with session.waiting(say("working_insight")):
        found = session.app.report(name, year or 0, figure)
    rows = found.rows()
    if out:
        sheets.write(out, found.titles(), (row.cells for row in rows))

    def render(screen: Screen) -> None:
        if out:
            screen.mark("✓", say("report_written", path=out, count=len(rows)))
        elif rows:
            screen.table(
                found.report.columns, ([shown(cell) for cell in row.cells] for row in rows)
            )
        else:
            screen.line(say("report_none"))
        if found.as_of:
            screen.line(say("report_as_of", at=f"{found.as_of:%m-%d %H:%M}"), "dim")
        for id, some in (("insight_missing", found.missing), ("insight_stale", found.stale)):
            if some:
                screen.mark("!", say(id, inputs=", ".join(word("object", one) for one in some)))

    told = {"report": name, "year": found.report.year, "as_of": found.as_of,
            "missing": found.missing, "stale": found.stale, "rows": found.plain()}  # fmt: skip
    session.show(told, render)
