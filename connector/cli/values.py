"""Value maps: values fill."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from connector import sheets
from connector.cli.going_live import In, Out
from connector.cli.output import Screen
from connector.cli.session import DONE, PERSON, Session, command, group, wrong
from connector.messages import say, word
from connector.operations import value_sheet
from connector.operations.filling import Asked, Filling

COLUMNS = ("way", "code", "name", "count", "example", "target_code", "target_name")


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    values = group()
    command(values)(values_fill)
    cli.add_typer(values, name="values")


def values_fill(
    session: Session,
    table: str,
    connection: Annotated[str, typer.Option(metavar="NAME")] = "",
    out: Out = None,
    sheet: In = None,
    write: Annotated[bool, typer.Option("--write")] = False,
) -> int:
    """Which codes in use have a partner in a value map, and who it could be."""
    if (out is not None) + (sheet is not None) + write > 1:
        raise wrong(say("out_in_or_write"))
    with session.waiting(say("working_match")):
        found = _found(session, table, connection, sheet, write)
    if out:
        sheets.write(out, value_sheet.headings(), value_sheet.rows(found))
    session.show(found, lambda screen: _filling(screen, found, out))
    return PERSON if found.open else DONE


def _found(
    session: Session, table: str, connection: str, sheet: Path | None, write: bool
) -> Filling:
    if sheet is None:
        return session.app.fill(table, connection, write=write)
    return session.app.decide(table, sheet.name, sheets.read(sheet), connection)


def _filling(screen: Screen, found: Filling, out: Path | None) -> None:
    screen.line(f"{found.table}  {found.file}", "bold")
    for use in found.uses:
        screen.line(f"  {word('way', use['way'])}  {_rule(use)}  {use['place']}", "dim")
    if not found.told:
        screen.mark("!", say("target_untold", connection=found.connection))
    for why in found.refused:
        screen.line(f"  {why}", "dim")
    screen.table(COLUMNS, (_row(one) for one in found.open))
    for dead in found.dead:
        words = say("dead_code", ours=dead.ours, theirs=dead.theirs, connection=found.connection)
        screen.mark("!", f"{dead.place}  {words}")
    if found.written:
        screen.mark("✓", say("pairs_added", count=found.written, file=found.file))
    counts = Counter(_standing(one) for one in found.asked)
    numbers = {name: counts[name] for name in ("mapped", "proposed", "alone")}
    screen.mark("!" if found.open else "✓", say("codes_stand", **numbers))
    if out:
        screen.mark("✓", say("codes_in_sheet", sheet=out, table=found.table))
    elif counts["proposed"]:
        screen.line(say("codes_how", table=found.table), "dim")


def _rule(use: dict[str, Any]) -> str:
    ours = f"{use['source']} {use['object']} {', '.join(use['ours'])}"
    theirs = ", ".join(use["theirs"])
    return f"{theirs} → {ours}" if use["way"] == "read" else f"{ours} → {theirs}"


def _row(one: Asked) -> list[str]:
    told = (one.code, one.name, str(one.count), one.example, one.partner, one.partner_name)
    return [word("way", one.way), *told]


def _standing(one: Asked) -> str:
    return "mapped" if one.mapped else "proposed" if one.partner else "alone"
