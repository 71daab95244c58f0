"""Getting started: demo, init, check, sandbox."""

from __future__ import annotations

import runpy
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli import checked
from connector.cli.output import Screen
from connector.cli.session import DONE, FAILED, Session, command, wrong
from connector.messages import language, say, word
from connector.operations import beginning
from connector.operations.systems import abilities

NO_CONFIG = ("config",)


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    command(cli, without=NO_CONFIG)(demo)
    command(cli, without=NO_CONFIG)(init)
    command(cli)(check)
    command(cli, without=NO_CONFIG)(systems)
    command(cli, without=("config", "lang"))(sandbox)


def demo(
    session: Session,
    seconds: Annotated[float, typer.Option(metavar="N")] = 75.0,
    sabotage: Annotated[str, typer.Option(metavar="WHAT")] = "",
    keep: Annotated[bool, typer.Option("--keep")] = False,
    stay: Annotated[bool, typer.Option("--stay")] = False,
) -> int:
    """The whole thing on this machine, judged by a witness."""
    from connector.cli.demo import play

    ok = play(session.output, seconds=seconds, sabotage=sabotage, keep=keep, stay=stay)
    return DONE if ok else FAILED


def init(
    session: Session,
    crm: Annotated[str, typer.Option(metavar="ADAPTER")] = "",
    erp: Annotated[str, typer.Option(metavar="ADAPTER")] = "",
    directory: Annotated[Path, typer.Option("--dir", metavar="FOLDER")] = Path(),
    backfill: Annotated[bool, typer.Option("--backfill")] = False,
    first_load: Annotated[str, typer.Option("--first-load", metavar="crm|erp")] = "crm",
) -> None:
    """Write a configuration to start from."""
    asked: dict[str, Any] = {} if session.speak else {"language": language()}
    asked |= {"backfill": backfill, "today": date.today(), "first_load": first_load}
    crm = crm or session.ask(say("init_crm"), beginning.systems("crm"), "fxiaoke")
    erp = erp or session.ask(say("init_erp"), beginning.systems("erp"), "kingdee_galaxy")
    path = beginning.init(crm, erp, directory, **asked)
    copied = beginning.copy_mappings(path)

    def render(screen: Screen) -> None:
        screen.mark("✓", path)
        screen.mark("✓", say("init_copied", count=len(copied), folder=path.parent / "mappings"))
        screen.line(say("after_init", path=path))

    found = {"config": path.as_posix(), "mappings": [file.as_posix() for file in copied]}
    session.show(found, render)


def check(
    session: Session,
    offline: Annotated[bool, typer.Option("--offline")] = False,
    sees: Annotated[str, typer.Option("--sees", metavar="NUMBER")] = "",
) -> int:
    """Configuration, mappings, connections, and whether the settings fit their limits."""
    if sees and offline:
        raise wrong(say("sees_offline"))
    app = session.draft if offline else session.app
    with session.waiting(say("working_check")):
        found = app.check(offline=offline, sees=sees)
    flows, unfilled = len(app.system.flows), [str(one) for one in app.unfilled]

    def render(screen: Screen) -> None:
        screen.mark("✓", say("config_is_right", path=session.config, flows=flows))
        for gap in unfilled:
            screen.mark("!", gap)
        for entry in found:
            checked.connection(screen, entry)

    session.show({"connections": found, "unfilled": unfilled}, render)
    return DONE if checked.is_well(found, sees) else FAILED


def systems(
    session: Session, system: Annotated[str, typer.Argument(metavar="[SYSTEM]")] = ""
) -> None:
    """Which systems there are, and what each of them can do."""
    found = abilities(system)

    def render(screen: Screen) -> None:
        screen.table(
            ("system", "object", "form", "reads", "writes", "class", "support"),
            (
                (one.system, word("object", one.object), one.form, one.reads,
                 ", ".join(one.writes), one.idempotency, one.status)
                for one in found
            ),
        )  # fmt: skip

    session.show({"abilities": found}, render)


def sandbox(
    session: Session,
    system: str,
    port: Annotated[str, typer.Option(metavar="N")] = "",
    host: Annotated[str, typer.Option(metavar="ADDRESS")] = "",
    load: Annotated[str, typer.Option(metavar="demo|FOLDER")] = "",
    limits: Annotated[str, typer.Option(metavar="vendor|off")] = "",
    numbering: Annotated[str, typer.Option(metavar="manual|erp")] = "",
    side: Annotated[str, typer.Option(metavar="crm|erp")] = "",
    switch: Annotated[list[str] | None, typer.Option(metavar="NAME=JSON")] = None,
    seed: Annotated[str, typer.Option(metavar="N")] = "",
) -> None:
    """Serve a simulated system, a program of its own."""
    given = {"port": port, "host": host, "load": load, "limits": limits}
    given |= {"numbering": numbering, "side": side, "seed": seed}
    arguments = [f"--{name}={value}" for name, value in given.items() if value]
    arguments += [f"--switch={one}" for one in switch or ()]
    arguments += ["--json"] if session.output.as_json else []
    sys.argv = ["connector sandbox", system, *arguments]
    runpy.run_module("sandbox", run_name="__main__")
