"""A test account set and the real one: config diff."""

from __future__ import annotations

import typer

from connector.cli.output import Screen
from connector.cli.session import DONE, FAILED, PERSON, Session, command, group
from connector.messages import say
from connector.operations.comparing import Compared, compare


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    config = group()
    command(config)(config_diff)
    cli.add_typer(config, name="config")


def config_diff(session: Session, first: str, second: str) -> int:
    """What the mappings count on, and only one of two environments has."""
    session.quiet()
    with session.waiting(say("working_check")):
        found = compare(session.config, (first, second), speak=session.speak)
    session.show(found, lambda screen: _differences(screen, found))
    return PERSON if found.differ else FAILED if found.failed else DONE


def _differences(screen: Screen, found: Compared) -> None:
    for who, why in found.failed.items():
        screen.mark("✗", f"{who}  {why}")
    for name in found.same:
        screen.mark("!", say("same_account_set", name=name))
    missing = str(say("missing_there"))
    screen.table(
        ("connection", "code", *found.environments, "field", "where"),
        [
            [one.connection, one.code, *(n or missing for n in one.names), spot.field, spot.place]
            for one in found.codes
            for spot in one.spots
        ],
    )
    screen.table(
        ("connection", "field", "missing_in", "where"),
        [
            [one.connection, f"{one.spot.form} {one.spot.field}", one.environment, one.spot.place]
            for one in found.fields
        ],
    )
    counts = {"codes": len(found.codes), "fields": len(found.fields)}
    screen.mark("!" if found.differ else "✓", say("environments_differ", **counts))
    _not_looked_at(screen, found)


def _not_looked_at(screen: Screen, found: Compared) -> None:
    if found.neither:
        screen.line(say("in_neither", count=found.neither), "dim")
    if found.untold:
        screen.line(say("codes_untold", count=len(found.untold)), "dim")
    for where, why in found.untold.items():
        if why:
            screen.line(f"  {where}: {why}", "dim")
