"""Getting started: demo, init, check, sandbox, mapping."""

from __future__ import annotations

import runpy
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from connector.cli.common import (
    CONFIG,
    DONE,
    FAILED,
    ConfigOption,
    JsonOption,
    LangOption,
    opened,
    session,
    table,
)
from connector.operations import beginning, mappings

mapping_cli = typer.Typer(help="Check, test, show and describe mappings.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command()(demo)
    cli.command()(init)
    cli.command()(check)
    cli.command(
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
        add_help_option=False,
    )(sandbox)
    cli.add_typer(mapping_cli, name="mapping")


def demo(
    seconds: Annotated[float, typer.Option(help="How long it may run.")] = 75.0,
    sabotage: Annotated[
        str, typer.Option(help="Break something on purpose, to see it caught: lose-order.")
    ] = "",
    keep: Annotated[bool, typer.Option(help="Keep the demo's folder.")] = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """The whole thing on this machine: a simulated CRM and ERP, orders flowing, no setup.

    Nothing outside this machine is touched. It ends by itself with a summary that is checked
    against the simulated systems' own ledgers.
    """
    from connector.cli.demo import run as show

    with session(json, lang) as output:
        ok = show(output, seconds=seconds, sabotage=sabotage, keep=keep)
    raise typer.Exit(DONE if ok else FAILED)


def init(
    crm: Annotated[str, typer.Option(help="The CRM's adapter.")] = "fxiaoke",
    erp: Annotated[str, typer.Option(help="The ERP's adapter.")] = "kingdee_galaxy",
    directory: Annotated[Path, typer.Option("--dir", help="Folder to write to.")] = Path(),
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Carry everything there is, not only from today.")
    ] = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write a configuration to start from; asks nothing, overwrites nothing."""
    with session(json, lang) as output:
        path = beginning.init(crm, erp, directory, backfill=backfill, today=date.today())
        output.show(
            {"config": path.as_posix()},
            lambda console: console.print(
                f"✓ {path}\n  Fill in what says CHANGE_ME, set the secrets, then: connector check"
            ),
        )


def check(
    offline: Annotated[bool, typer.Option("--offline", help="Files only, call nobody.")] = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Check configuration, mappings and connections; every mistake with its place."""
    with session(json, lang) as output, opened(config, lang) as app:
        found = app.check(offline=offline)

        def render(console: Console) -> None:
            for entry in found:
                mark = "✓" if entry.get("ok", True) else "✗"
                known = entry.get("tenant") or entry.get("error") or ""
                console.print(f"{mark} {entry['connection']} ({entry['adapter']}) {known}")
                if "warning" in entry:
                    console.print(f"  ! {entry['warning']}")

        output.show({"connections": found}, render)
        if not all(entry.get("ok", True) for entry in found):
            raise typer.Exit(FAILED)


def sandbox(context: typer.Context) -> None:
    """Serve a simulated system: connector sandbox kingdee_galaxy --port 8801 --load demo.

    Options: --port N, --load DIR|demo, --json, --limits vendor|off, --numbering manual|erp.
    """
    sys.argv = ["connector sandbox", *context.args]
    runpy.run_module("sandbox", run_name="__main__")


@mapping_cli.command("check")
def mapping_check(
    config: ConfigOption = CONFIG, json: JsonOption = False, lang: LangOption = None
) -> None:
    """Compare every mapping with the live form, where the system describes it."""
    with session(json, lang) as output, opened(config, lang) as app:
        found = mappings.check(app.system)

        def render(console: Console) -> None:
            for item in found:
                console.print(f"{'✓' if not item['problems'] else '✗'} {item['file']}")
                for problem in item["problems"]:
                    console.print(f"  {problem}")

        output.show({"mappings": found}, render)
        if any(item["problems"] for item in found):
            raise typer.Exit(FAILED)


@mapping_cli.command("test")
def mapping_test(
    directory: Annotated[
        Path | None, typer.Option("--dir", help="A site's folder with mappings/cases.")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Run the named cases beside the mappings."""
    with session(json, lang) as output:
        results = mappings.test(directory)

        def render(console: Console) -> None:
            for result in results:
                mark = "✓" if result["ok"] else "✗"
                console.print(f"{mark} {result['file']}: {result['name']}")
                for line in result["differences"]:
                    console.print(f"    {line}")

        output.show({"cases": results}, render)
        if not all(result["ok"] for result in results):
            raise typer.Exit(FAILED)


@mapping_cli.command("show")
def mapping_show(
    flow: str, config: ConfigOption = CONFIG, json: JsonOption = False, lang: LangOption = None
) -> None:
    """Show what a flow's write mapping sends, field by field."""
    with session(json, lang) as output, opened(config, lang) as app:
        rows: list[dict[str, Any]] = mappings.show(app.flow(flow))

        def render(console: Console) -> None:
            made = table(flow, "field", "from", "as", "when")
            for row in rows:
                made.add_row(row["field"], row["origin"], row["as"], row["on"])
            console.print(made)

        output.show({"rules": rows}, render)


@mapping_cli.command("schema")
def mapping_schema() -> None:
    """Print the JSON Schema of mapping files, for editors."""
    sys.stdout.write(mappings.schema_text() + "\n")
