"""The help is held to the commands, and so are the commands that the pages give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from connector.cli import teaching
from connector.cli.main import cli
from tests.docs.pages import PAGES, blocks, page


def taught() -> Iterator[tuple[str, Any]]:
    """`(path, command)` of every command and group."""
    return _taught("", typer.main.get_command(cli))


def _taught(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _taught(f"{path} {name}".strip(), inner)


def test_every_command_and_parameter_is_explained_in_both_languages() -> None:
    known = set()
    for path, command in taught():
        said = teaching.explained(path)
        assert set(said) - {"examples"} == {"zh", "en"}, path
        for given in command.params:
            assert teaching.parameter(path, given.name), (path, given.name)
            own = f"{path} {given.name}".strip()
            known.add(own if own in teaching.texts()["parameters"] else given.name)
    assert set(teaching.texts()["commands"]) == {path for path, _ in taught()}
    assert set(teaching.texts()["parameters"]) == known
    listed = [name for chapter in teaching.texts()["chapters"] for name in chapter["commands"]]
    assert sorted(listed) == sorted(path for path, _ in taught() if path and " " not in path)


def test_every_example_of_the_help_is_a_command_with_options_that_it_has() -> None:
    commands = dict(taught())
    for said in teaching.texts()["commands"].values():
        for example in said.get("examples", ()):
            assert unknown(example, commands) == "", example


def unknown(line: str, commands: dict[str, Any]) -> str:
    """The first word of `connector …` that is no command or option; empty: all are known."""
    words = line.split(">")[0].split()[1:]
    path = ""
    while words and f"{path} {words[0]}".strip() in commands:
        path = f"{path} {words.pop(0)}".strip()
    if not path or hasattr(commands[path], "commands"):
        return line if words or not path else ""
    options = {name for given in commands[path].params for name in given.opts} | {"--help"}
    return next((w for w in words if w.startswith("-") and w.split("=")[0] not in options), "")


def test_every_command_in_the_docs_has_the_options_that_are_given() -> None:
    commands = dict(taught())
    wrong = []
    for path in PAGES:
        text = path.read_text("utf-8")
        inline = re.findall(r"`(connector [^`]+)`", text)
        lines = re.findall(r"^(?:\S*/)?(connector [a-z].*)$", "\n".join(blocks(text, "")), re.M)
        for line in (*inline, *lines):
            line = line.split("#")[0].replace("…", "").strip()
            if line.count(" ") and not re.search(r"[(|]", line) and unknown(line, commands):
                wrong.append(f"{path.name}: {line}")
    assert wrong == []


def test_every_command_is_explained_in_the_operations_page() -> None:
    text = page("docs/operations.md")
    names = [path for path, command in taught() if not hasattr(command, "commands")]
    assert [name for name in names if f"`connector {name}" not in text] == []
