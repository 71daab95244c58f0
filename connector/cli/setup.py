"""Getting started: demo, init, check, sandbox, mapping."""

from __future__ import annotations

import runpy
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli import checked
from connector.cli.output import Screen
from connector.cli.session import DONE, FAILED, Session, command, group, wrong
from connector.messages import language, say, word
from connector.operations import beginning, forms, mappings
from connector.operations.systems import abilities

NO_CONFIG = ("config",)


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    mapping = group()
    command(cli, without=NO_CONFIG)(demo)
    command(cli, without=NO_CONFIG)(init)
    command(cli)(check)
    command(cli, without=NO_CONFIG)(systems)
    command(cli, without=("config", "lang"))(sandbox)
    command(mapping)(mapping_check)
    command(mapping, without=NO_CONFIG)(mapping_test)
    command(mapping)(mapping_show)
    command(mapping)(mapping_template)
    command(mapping, without=("config", "json"))(mapping_schema)
    cli.add_typer(mapping, name="mapping")


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


def mapping_check(session: Session) -> int:
    """Mappings against the live forms."""
    app = session.app
    with session.waiting(say("working_check")):
        found = forms.check(app.system)

    def render(screen: Screen) -> None:
        for item in found:
            _checked(screen, item)

    session.show({"mappings": found}, render)
    return FAILED if any(item["problems"] for item in found) else DONE


def _checked(screen: Screen, item: dict[str, Any]) -> None:
    mark = "✗" if item["problems"] else "✓" if item["described"] else "!"
    screen.mark(mark, f"{item['connection']} {item['form']}  {item['file']}")
    if not item["described"]:
        screen.line(f"    {say('not_described')}")
    for problem in item["problems"]:
        screen.line(f"    {problem}")
    for demand in item["required"]:
        screen.mark("!", demand)


def mapping_test(
    session: Session,
    directory: Annotated[Path | None, typer.Option("--dir", metavar="FOLDER")] = None,
) -> int:
    """The named cases beside the mappings."""
    results = mappings.test(directory)
    failed = [result for result in results if not result["ok"]]

    def render(screen: Screen) -> None:
        for result in results:
            screen.mark("✓" if result["ok"] else "✗", f"{result['file']}: {result['name']}")
            for line in result["differences"]:
                screen.line(f"    {line}")
        screen.line(say("cases_run", count=len(results), failed=len(failed)), "bold")

    session.show({"cases": results}, render)
    return FAILED if failed else DONE


def mapping_show(session: Session, flow: str) -> None:
    """What a flow reads and writes."""
    shown = mappings.show(session.app.system, session.app.flow(flow))

    def render(screen: Screen) -> None:
        for side in ("read", "write"):
            if shown[side]["rules"]:
                screen.line(f"{shown[side]['form']}  {shown[side]['file']}", "bold")
                rows = [[r["field"], r["origin"], r["on"], r["as"]] for r in shown[side]["rules"]]
                screen.table(("field", "from", "on", "as"), rows)

    session.show({"rules": shown["write"]["rules"], **shown}, render)


def mapping_template(
    session: Session,
    flow: str,
    out: Annotated[Path, typer.Option("--out", metavar="SHEET")],
) -> None:
    """A workbook to fill in for what a flow reads."""
    headings = session.app.template(flow, out)
    told = {"template": out.as_posix(), "headings": headings}
    session.show(told, lambda screen: screen.mark("✓", f"{out}  {', '.join(headings)}"))


def mapping_schema(session: Session) -> None:
    """The JSON Schema of mapping files."""
    sys.stdout.write(mappings.schema_text() + "\n")
