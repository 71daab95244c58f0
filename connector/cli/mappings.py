"""Mappings: checked, tested, read, tried on a record, and compared with what they were."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli.output import Screen, moment
from connector.cli.session import DONE, FAILED, Session, command, group, wrong
from connector.messages import say, word
from connector.operations import forms
from connector.operations.mappings import cases, rules
from connector.operations.mappings.trial import Field, Mapped

Reads = Annotated[bool, typer.Option("--reads")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    mapping = group()
    command(mapping)(mapping_check)
    command(mapping, without=("config",))(mapping_test)
    command(mapping)(mapping_show)
    command(mapping)(mapping_try)
    command(mapping)(mapping_versions)
    command(mapping)(mapping_diff)
    command(mapping)(mapping_template)
    command(mapping, without=("config", "json"))(mapping_schema)
    cli.add_typer(mapping, name="mapping")


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
    results = cases.test(directory)
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
    shown = rules.show(session.app.system, session.app.flow(flow))

    def render(screen: Screen) -> None:
        for side in ("read", "write"):
            if shown[side]["rules"]:
                screen.line(f"{shown[side]['form']}  {shown[side]['file']}", "bold")
                rows = [[r["field"], r["origin"], r["on"], r["as"]] for r in shown[side]["rules"]]
                screen.table(("field", "from", "on", "as"), rows)

    session.show({"rules": shown["write"]["rules"], **shown}, render)


def mapping_try(
    session: Session,
    flow: str,
    number: str,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE")] = None,
    reads: Reads = False,
) -> int:
    """What a mapping, or a draft of it, makes of a record."""
    app, side = session.app, _side(reads)
    if file is None:
        found = app.mapped(flow, side, number)
        session.show(found, lambda screen: _mapped(screen, found))
        return DONE
    tried = app.try_mapping(flow, side, number, _read(file))

    def render(screen: Screen) -> None:
        for problem in tried.problems:
            screen.mark("✗", f"{problem.place}: {problem.words}")
        if tried.mapped:
            _mapped(screen, tried.mapped)
            screen.line(say("trial_changes", count=tried.mapped.changes), "bold")
        for case in tried.cases:
            if not case["ok"]:
                screen.mark("✗", f"{case['file']}: {case['name']}")

    session.show(tried, render)
    return FAILED if tried.problems or any(not one["ok"] for one in tried.cases) else DONE


def _side(reads: bool) -> str:
    """Without a word, the one that writes, if the flow writes."""
    return "read" if reads else ""


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise wrong(say("file_unreadable", detail=str(error))) from None


def _mapped(screen: Screen, found: Mapped) -> None:
    for section in found.sections:
        title = f"{section.table}[{section.row}]" if section.table else found.number
        words = section.words or (word("made", section.state) if section.state else "")
        screen.line(f"{title}  {words}".rstrip(), "bold")
        screen.table(("field", "given", "from", "line", "was"), map(_cells, section.fields))


def _cells(one: Field) -> list[str]:
    value = one.value if one.state in ("given", "hidden") else word("made", one.state)
    sources = ", ".join(f"{name} {value}".rstrip() for name, value in one.sources)
    return [one.target, f"{value} {one.words}".rstrip(), sources, str(one.line or ""), one.was]


def mapping_versions(session: Session, flow: str, reads: Reads = False) -> None:
    """The versions of a flow's mapping, and how much went by each."""
    found = session.app.mapping_versions(flow, _side(reads))

    def render(screen: Screen) -> None:
        rows = [[one.version, moment(one.since), one.deliveries, one.file] for one in found]
        screen.table(("version", "since", "count", "file"), rows)

    session.show({"versions": found}, render)


def mapping_diff(
    session: Session,
    flow: str,
    version: str,
    other: Annotated[str, typer.Argument(metavar="[OTHER]")] = "",
    reads: Reads = False,
) -> None:
    """What differs between two versions of a flow's mapping."""
    app = session.app
    known = app.mapping(flow, _side(reads)).listed
    found = app.mapping_diff(flow, known.side, version, other or known.version)

    def render(screen: Screen) -> None:
        for one in found:
            screen.line(one.name, "bold")
            for n, piece in enumerate(one.pieces):
                if n:
                    screen.line("…")
                for line in piece:
                    screen.line(f"{line.sign} {line.text}")
        if not found:
            screen.line(say("versions_alike"))

    session.show({"differences": found}, render)


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
    sys.stdout.write(rules.schema_text() + "\n")
