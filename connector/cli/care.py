"""Caring: status, failures, trace, reconcile, link, connection, store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from connector.cli.common import (
    CONFIG,
    DONE,
    PERSON,
    ConfigOption,
    JsonOption,
    LangOption,
    opened,
    session,
    table,
)
from connector.store import migrate

failures_cli = typer.Typer(help="What stopped and waits for a person.", no_args_is_help=True)
link_cli = typer.Typer(help="Which record there is which record here.", no_args_is_help=True)
connection_cli = typer.Typer(help="Pause, resume, move or forget.", no_args_is_help=True)
store_cli = typer.Typer(help="Upgrade or back up the store.", no_args_is_help=True)

Number = Annotated[list[str] | None, typer.Option("--key", "-k", help="Number or key.")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    for command in (status, trace, reconcile):
        cli.command()(command)
    cli.add_typer(failures_cli, name="failures")
    cli.add_typer(link_cli, name="link")
    cli.add_typer(connection_cli, name="connection")
    cli.add_typer(store_cli, name="store")


def status(
    config: ConfigOption = CONFIG, json: JsonOption = False, lang: LangOption = None
) -> None:
    """How things stand: connections, flows with their promise, what waits."""
    with session(json, lang) as output, opened(config, lang) as app:
        found = app.status()

        def render(console: Console) -> None:
            for name, entry in found["connections"].items():
                mark = "‖" if entry["paused"] else "●"
                console.print(f"{mark} {name}  {entry['fingerprint']}  {entry['paused']}")
            columns = ("in sync", "pending", "sending", "doubt", "stopped", "class")
            made = table("", "flow", "", *columns)
            for name, flow in found["flows"].items():
                states = flow["states"]
                names = ("in_sync", "pending", "sending", "in_doubt", "stopped")
                way = f"{flow['from']} → {flow['to']}" if flow["to"] else f"{flow['from']} →"
                made.add_row(
                    name, way, *(str(states.get(state, "·")) for state in names), flow["class"]
                )
            console.print(made)
            for promise in sorted({flow["promise"] for flow in found["flows"].values()} - {""}):
                console.print(f"  {promise}", style="dim")

        output.show(found, render)


def trace(
    object: str,
    number: str,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Tell a record's whole story in order: connector trace sales_order SO-1001."""
    with session(json, lang) as output, opened(config, lang) as app:
        stories = app.trace(object, number)

        def render(console: Console) -> None:
            for story in stories:
                console.print(f"{story.object} {story.number}  ({story.connection} {story.key})")
                for link in story.links:
                    console.print(f"  = {link['target']} {link['target_number']}")
                for row in story.deliveries:
                    console.print(f"  {row['flow']}: {row['state']} {row['reason']} {row['words']}")
                for event in story.events:
                    at = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
                    console.print(f"  {at}  {event.where:12} {event.what}  {event.words}")

        output.show({"stories": stories}, render)
        if not stories:
            output.fail(LookupError(f"{object} {number}?"))
            raise typer.Exit(1)


def reconcile(
    flow: str,
    repair: Annotated[bool, typer.Option("--repair", help="Write ours over drift.")] = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Compare what was delivered with what the target shows now."""
    with session(json, lang) as output, opened(config, lang) as app:
        findings = app.reconcile(flow, repair=repair)

        def render(console: Console) -> None:
            for item in findings:
                console.print(f"{item.kind:9} {item.key} {item.target_number} {item.words}")
                for difference in item.differences:
                    console.print(f"    {difference.path}: {difference.base} → {difference.theirs}")
            console.print(f"{len(findings)}")

        output.show({"findings": findings}, render)
        raise typer.Exit(PERSON if findings and not repair else DONE)


@failures_cli.command("list")
def failures_list(
    flow: Annotated[str, typer.Argument(help="Only this flow.")] = "",
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List what waits for a person: reason, who acts, what to do."""
    with session(json, lang) as output, opened(config, lang) as app:
        found = app.failures(flow)

        def render(console: Console) -> None:
            made = table("", "flow", "number", "reason", "words", "who", "since")
            for item in found:
                since = datetime.fromtimestamp(item["since"]).strftime("%m-%d %H:%M")
                name = item["number"] or item["key"]
                words = f"{item['words']} {item['do']}".strip()
                made.add_row(item["flow"], name, item["reason"], words, item["who"], since)
            console.print(made)

        output.show({"failures": found}, render)
        raise typer.Exit(PERSON if found else DONE)


@failures_cli.command("show")
def failures_show(
    flow: str,
    number: str,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show one failure with the remote's own words."""
    with session(json, lang) as output, opened(config, lang) as app:
        found = [i for i in app.failures(flow) if number in (i["number"], i["key"])]

        def render(console: Console) -> None:
            for item in found:
                for name, value in item.items():
                    console.print(f"{name:14} {value}", markup=False)

        output.show({"failures": found}, render)


@failures_cli.command("retry")
def failures_retry(
    flow: str,
    key: Number = None,
    ours: Annotated[
        bool, typer.Option("--ours", help="Our values win over what people changed.")
    ] = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Let stopped records go again; without --key all of the flow."""
    with session(json, lang) as output, opened(config, lang) as app:
        count = app.retry(flow, key or (), ours=ours)
        output.show({"count": count}, lambda console: console.print(f"✓ {count}"))


@failures_cli.command("discard")
def failures_discard(
    flow: str,
    key: Annotated[list[str], typer.Option("--key", "-k", help="Number or key.")],
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Set records aside until their next change."""
    with session(json, lang) as output, opened(config, lang) as app:
        count = app.discard(flow, key)
        output.show({"count": count}, lambda console: console.print(f"✓ {count}"))


@link_cli.command("show")
def link_show(
    object: str,
    number: str,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show a record's counterparts."""
    with session(json, lang) as output, opened(config, lang) as app:
        found = app.links(object, number)

        def render(console: Console) -> None:
            for link in found:
                console.print(
                    f"{link['source']} {link['source_number']} ({link['source_key']}) = "
                    f"{link['target']} {link['target_number']} ({link['target_key']}) "
                    f"{link['origin']}"
                )

        output.show({"links": found}, render)


@link_cli.command("set")
def link_set(
    flow: str,
    number: str,
    target_number: str,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say that a source record is that target record: changes become updates of it."""
    with session(json, lang) as output, opened(config, lang) as app:
        app.set_link(flow, number, target_number)
        output.show({"ok": True}, lambda console: console.print("✓"))


@link_cli.command("create")
def link_create(
    flow: str,
    number: str,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Create an unlinked record in the target after all."""
    with session(json, lang) as output, opened(config, lang) as app:
        count = app.create_anew(flow, number)
        output.show({"count": count}, lambda console: console.print(f"✓ {count}"))


@link_cli.command("remove")
def link_remove(
    flow: str,
    number: str,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Forget a record's counterpart; it stops until somebody says what it is."""
    with session(json, lang) as output, opened(config, lang) as app:
        count = app.remove_link(flow, number)
        output.show({"count": count}, lambda console: console.print(f"✓ {count}"))


def _connection(verb: str, help: str) -> None:
    @connection_cli.command(verb, help=help)
    def change(
        name: str, config: ConfigOption = CONFIG, json: JsonOption = False, lang: LangOption = None
    ) -> None:
        with session(json, lang) as output, opened(config, lang) as app:
            found = app.change_connection(verb, name)
            output.show({verb: name, "now": found}, lambda c: c.print(f"✓ {verb} {name} {found}"))


_connection("move", "The same account set has a new address: believe it.")
_connection("forget", "Another account set: drop everything learnt from the old one.")
_connection("pause", "Leave it alone until resumed.")
_connection("resume", "Use it again, at once.")


@store_cli.command("upgrade")
def store_upgrade(config: ConfigOption = CONFIG, lang: LangOption = None) -> None:
    """Bring the store to this version's schema."""
    with session(False, lang) as output, opened(config, lang):
        output.show({}, lambda console: console.print("✓"))


@store_cli.command("backup")
def store_backup(
    target: Path, config: ConfigOption = CONFIG, json: JsonOption = False, lang: LangOption = None
) -> None:
    """Copy an SQLite store while it is in use."""
    with session(json, lang) as output, opened(config, lang) as app:
        migrate.backup(app.system.store, target)
        shown: dict[str, Any] = {"backup": target.as_posix()}
        output.show(shown, lambda console: console.print(f"✓ {target}"))
