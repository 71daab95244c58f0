"""Going live on systems that are in use: match, baseline."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from connector import sheets
from connector.cli.output import Screen
from connector.cli.session import DONE, PERSON, Keys, Session, command, wrong
from connector.messages import say
from connector.operations import pair_sheet
from connector.operations.agreeing import Agreed

SHOWN = 20
"""Proposals that the terminal shows; the sheet has them all."""

COLUMNS = ("source_number", "source_name", "target_number", "target_name", "evidence", "remark")

Out = Annotated[Path | None, typer.Option("--out", metavar="SHEET")]
In = Annotated[Path | None, typer.Option("--in", metavar="SHEET")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    command(cli)(match)
    command(cli)(baseline)


def match(
    session: Session,
    object: str,
    out: Out = None,
    sheet: In = None,
    source: Annotated[str, typer.Option("--from", metavar="CONNECTION")] = "",
    target: Annotated[str, typer.Option("--to", metavar="CONNECTION")] = "",
) -> int:
    """Pair what stands on both sides: proposals out, decisions in."""
    if out and sheet:
        raise wrong(say("out_or_in"))
    if sheet:
        return _decided(session, object, sheet, source, target)
    with session.waiting(say("working_match")):
        rows = session.app.match(object, source, target)
    if out:
        cells = [[row[column] for column in pair_sheet.COLUMNS] for row in rows]
        sheets.write(out, pair_sheet.headings(), cells)
    session.show({"pairs": rows}, lambda screen: _proposals(screen, object, rows, out))
    return PERSON if any(not row["decision"] for row in rows) else DONE


def _decided(session: Session, object: str, sheet: Path, source: str, target: str) -> int:
    done = session.app.pair(object, sheet.name, sheets.read(sheet), source, target)
    words = say("pairs_linked", owners=done.owners, aliases=done.aliases, known=done.known)
    session.show(done, lambda screen: screen.mark("✓", words))
    return DONE


def _proposals(screen: Screen, object: str, rows: list[pair_sheet.Row], out: Path | None) -> None:
    counts = Counter(
        "sure" if row["decision"] else "unsure" if row["target_number"] else "nobody"
        for row in rows
    )
    screen.line(say("pairs_proposed", **{n: counts[n] for n in ("sure", "unsure", "nobody")}))
    if out is None:
        screen.table(COLUMNS, ([row[column] for column in COLUMNS] for row in rows[:SHOWN]))
        screen.line(say("pairs_how", of=object), "dim")
    else:
        screen.mark("✓", say("pairs_written", sheet=out, of=object))


def baseline(session: Session, flow: str, key: Keys = None) -> int:
    """Take what stands on both sides as in agreement; nothing is written to either."""
    with session.waiting(say("working_baseline")):
        agreed = session.app.baseline(flow, key or ())
    session.show(agreed, lambda screen: _agreed(screen, agreed))
    return PERSON if agreed.left or agreed.unclear else DONE


def _agreed(screen: Screen, agreed: Agreed) -> None:
    screen.mark("✓", say("agreed", linked=len(agreed.linked), unlinked=len(agreed.unlinked)))
    for number in agreed.unclear:
        screen.mark("!", f"{number}  {say('rows_unclear_later')}")
    for number, words in agreed.left.items():
        screen.mark("!", f"{number}  {words}")
