"""The daemon as a service of this machine: service install, service remove."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from connector.cli.output import Screen
from connector.cli.session import Session, command, group, wrong
from connector.messages import Message, say, word
from connector.operations.service import supervisor
from connector.operations.service.steps import Step, carry_out
from connector.settings import ConfigFile

Name = Annotated[str, typer.Option("--name", metavar="NAME")]
User = Annotated[str, typer.Option("--user", metavar="USER")]
DryRun = Annotated[bool, typer.Option("--dry-run")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    service = group()
    command(service)(service_install)
    command(service, without=("config",))(service_remove)
    cli.add_typer(service, name="service")


def service_install(
    session: Session, name: Name = "connector", user: User = "", dry_run: DryRun = False
) -> None:
    """Register the daemon for this configuration, and start it."""
    file = ConfigFile(session.config, speak=session.speak)
    steps = supervisor().install(file, _checked(name), user)
    done = [say("service_installed", name=name), *supervisor().notes(file, name)]
    _take(session, steps, done, dry_run=dry_run)


def service_remove(session: Session, name: Name = "connector", dry_run: DryRun = False) -> None:
    """Stop the service, and take it out."""
    steps = supervisor().remove(_checked(name))
    _take(session, steps, [say("service_removed", name=name)], dry_run=dry_run)


def _checked(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise wrong(say("bad_argument", name="--name", value=name, detail=say("need_plain_name")))
    return name


def _take(
    session: Session, steps: Sequence[Step], done: Sequence[Message], *, dry_run: bool
) -> None:
    if not dry_run:
        carry_out(steps)
    first, *more = done

    def render(screen: Screen) -> None:
        if dry_run:
            _steps(screen, steps)
        else:
            screen.mark("✓", first)
        for words in more:
            screen.line(f"  {words}")

    session.show({"steps": [asdict(step) for step in steps], "done": not dry_run}, render)


def _steps(screen: Screen, steps: Sequence[Step]) -> None:
    """What would be done, each file whole."""
    for step in steps:
        screen.line(f"{word('service', step.verb)} {step.what}", "bold")
        if step.text:
            screen.line(step.text)
