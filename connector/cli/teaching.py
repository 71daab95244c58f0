"""Help that teaches: what a command is for, how it is called, an example; in two languages.

The texts stand in `help.yaml`. The code declares names and types only.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from typer.core import TyperCommand, TyperGroup

from connector.messages import language, word
from connector.yamlfile import shipped

WIDTH = 100


@cache
def texts() -> dict[str, Any]:
    """`commands`, `parameters` and `chapters` of `help.yaml`."""
    found: dict[str, Any] = shipped(Path(str(resources.files("connector.cli"))) / "help.yaml")
    return found


def explained(path: str) -> dict[str, Any]:
    """What a command is for; `path` is its name, `failures list`."""
    found: dict[str, Any] = texts()["commands"][path]
    return found


def parameter(path: str, name: str) -> str:
    """What a parameter means for a command, or for all of them."""
    known = texts()["parameters"]
    found = known.get(f"{path} {name}".strip()) or known[name]
    return str(found[language()])


class TaughtCommand(TyperCommand):
    """A command that explains itself from `help.yaml`."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(_help(ctx, self))


class TaughtGroup(TyperGroup):
    """Commands under one name, listed chapter by chapter."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(_help(ctx, self))


def path_of(ctx: Any) -> str:
    """A command's name without the program's."""
    return str(ctx.command_path).partition(" ")[2]


def _help(ctx: Any, command: Any) -> str:
    page = _Page()
    path, lang = path_of(ctx), language()
    said = explained(path)
    page.usage(ctx, command)
    page.text(said[lang])
    page.text(*said.get("examples", ()))
    for title, names in _chapters(path, command):
        page.rows(title, [(name, _first(f"{path} {name}".strip())) for name in names])
    parameters = [p for p in command.get_params(ctx) if p.name != "help"]
    for kind in ("argument", "option"):
        some = [p for p in parameters if p.param_type_name == kind]
        page.rows(word("head", f"{kind}s"), [(_called(p), _meant(path, p)) for p in some])
    return page.whole()


class _Page:
    def __init__(self) -> None:
        self._out = io.StringIO()
        self._console = Console(
            file=self._out, width=WIDTH, highlight=False, markup=False, color_system=None
        )

    def usage(self, ctx: Any, command: Any) -> None:
        parameters = command.get_params(ctx)
        pieces = [_place(p) for p in parameters if p.param_type_name == "argument"]
        rest = ["COMMAND …"] if hasattr(command, "commands") else [*pieces, "[OPTIONS]"]
        self._console.print(" ".join([ctx.command_path, *rest]))

    def text(self, *paragraphs: str) -> None:
        if paragraphs:
            self._console.print()
        for paragraph in paragraphs:
            self._console.print(Padding(paragraph, (0, 0, 0, 2)))

    def rows(self, title: str, rows: list[tuple[str, str]]) -> None:
        if not rows:
            return
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for row in rows:
            table.add_row(*row)
        self._console.print(f"\n{title}")
        self._console.print(Padding(table, (0, 0, 0, 2)))

    def whole(self) -> str:
        lines = self._out.getvalue().splitlines()
        return "\n".join(line.rstrip() for line in lines)


def _chapters(path: str, command: Any) -> Iterable[tuple[str, list[str]]]:
    """A group's commands: the program's by chapter, others as they come."""
    names = list(getattr(command, "commands", {}))
    if path or not names:
        return [(word("head", "commands"), names)] if names else []
    return [(chapter[language()], chapter["commands"]) for chapter in texts()["chapters"]]


def _first(path: str) -> str:
    """The first sentence of what a command is for."""
    said = str(explained(path)[language()])
    end = "。" if language() == "zh" else ". "
    return said.split(end)[0].rstrip(".")


def _place(argument: Any) -> str:
    name = str(argument.name).upper()
    name += " …" if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _called(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper()
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    shown = "" if parameter.is_flag else f" {parameter.metavar or str(parameter.name).upper()}"
    return names + shown


def _meant(path: str, given: Any) -> str:
    return parameter(path, str(given.name))
