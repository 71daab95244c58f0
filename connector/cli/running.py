"""Working: plan, sync, run, resync."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connector.cli.common import (
    CONFIG,
    DONE,
    FAILED,
    PERSON,
    ConfigOption,
    JsonOption,
    LangOption,
    opened,
    session,
    table,
)
from connector.engine.dispatch import Progress as Report
from connector.operations.planning import Planned

COLUMNS = (
    "read", "new", "changed", "same", "refused",
    "written", "failed", "waiting", "conflicts", "in_doubt",
)  # fmt: skip


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    for command in (plan, sync, run, resync):
        cli.command()(command)


def plan(
    flow: str,
    key: Annotated[list[str] | None, typer.Option("--key", "-k", help="Number or key.")] = None,
    limit: Annotated[int, typer.Option(help="Records at most.")] = 200,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show what would be written, field by field, against what the target holds; writes nothing."""
    with session(json, lang) as output, opened(config, lang) as app:
        planned = app.plan(flow, key or (), limit)

        output.show({"plan": planned}, lambda console: _differences(console, planned))


def sync(
    flows: Annotated[list[str] | None, typer.Argument(help="Flows; none: all of them.")] = None,
    allow_gone: Annotated[
        bool, typer.Option("--allow-gone", help="It is true that so many records are gone.")
    ] = False,
    allow_creates: Annotated[
        bool, typer.Option("--allow-creates", help="It is meant to create so many records.")
    ] = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Read and deliver once, now, until nothing more is due."""
    with session(json, lang) as output, opened(config, lang) as app, _bars(not json) as report:
        result = app.sync(
            flows or (), allow_gone=allow_gone, allow_creates=allow_creates, progress=report
        )
    output.show(result, lambda console: _counts(console, result))
    raise typer.Exit(_code(result))


def resync(
    flow: str,
    key: Annotated[list[str] | None, typer.Option("--key", "-k", help="Number or key.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Records dated from then on.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every record.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show it.")] = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Read records again with today's mapping, and deliver what that changes."""
    if not (key or since or everything):
        raise typer.BadParameter("--key, --since or --all")
    with session(json, lang) as output, opened(config, lang) as app:
        result = app.resync(
            flow,
            numbers=key or (),
            since=since.date() if since else None,
            everything=everything,
            dry_run=dry_run,
        )
    output.show(result, lambda console: _counts(console, result))
    raise typer.Exit(_code(result))


def run(config: ConfigOption = CONFIG, lang: LangOption = None) -> None:
    """Run as a service: read and deliver on schedule until told to stop."""
    from connector.daemon import serve

    with session(False, lang):
        raise typer.Exit(serve(Path(config), speak=not lang))


def _differences(console: Console, planned: Sequence[Planned]) -> None:
    for item in planned:
        name = item.number or item.key
        target = f" → {item.target_number}" if item.target_number else ""
        reason = f"  {item.reason}" if item.reason else ""
        console.print(f"{item.action:8} {name}{target}{reason}", markup=False)
        for difference in item.writes:
            old = "" if difference.base is None else f"{difference.base} → "
            console.print(f"    {difference.path}: {old}{difference.ours}", markup=False)
        for difference in item.conflicts:
            console.print(
                f"  ! {difference.path}: {difference.base} → {difference.theirs} (ERP), "
                f"{difference.ours} (CRM)",
                markup=False,
            )
    console.print(f"{len(planned)}")


def _counts(console: Console, result: dict[str, Any]) -> None:
    if "plan" in result:
        _differences(console, result["plan"])
        return
    made = table("", "", *COLUMNS)
    for name, counts in result["flows"].items():
        made.add_row(name, *(str(counts[column]) if counts[column] else "·" for column in COLUMNS))
    console.print(made)
    for name, words in result["errors"].items():
        console.print(f"✗ {name}: {words}", style="red", markup=False)


def _code(result: dict[str, Any]) -> int:
    flows = result.get("flows", {}).values()
    if result.get("errors") or any(flow["failed"] or flow["refused"] for flow in flows):
        return FAILED
    return PERSON if any(flow["conflicts"] for flow in flows) else DONE


@contextmanager
def _bars(wanted: bool) -> Iterator[Report]:
    """A line per feed and flow that moves while it works."""
    if not wanted or not sys.stderr.isatty():
        yield lambda _, __: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bars:
        tasks: dict[str, Any] = {}

        def report(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=None)
            bars.advance(tasks[name], count)

        yield report
