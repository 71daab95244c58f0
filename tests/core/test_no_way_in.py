"""What the code itself does not do: run what it is given, or trust what it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [path for top in ("connector", "adapters") for path in sorted((ROOT / top).rglob("*.py"))]
RUNS = {"eval", "exec", "__import__", "os.system", "os.popen", "builtins.eval", "builtins.exec"}
"""Calls that make a program of a text."""
MAKES = "connector/mapping/function.py"
"""Where source is put together: `tests/mapping/test_function.py` sees to what goes into it."""
STARTS = {
    "connector/cli/demo/site.py",
    "connector/operations/service/steps.py",
    "connector/operations/service/systemd.py",
    "connector/operations/service/windows.py",
}
"""Where other programs are started: for the demo, and to register the service."""
UNTRUSTED = {"pickle", "marshal", "shelve", "dill", "xml.etree", "xml.dom", "xml.sax", "lxml"}
"""Readers that do what they read, or fetch what it names."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            plain = function.id if isinstance(function, ast.Name) else ""
            whole = ast.unparse(function) if isinstance(function, ast.Attribute) else plain
            yield whole, node


@pytest.mark.parametrize("top", ["connector", "adapters"])
def test_nothing_that_is_read_is_run(top: str) -> None:
    for path in (one for one in CODE if one.relative_to(ROOT).parts[0] == top):
        name = path.relative_to(ROOT).as_posix()
        for called, node in calls(ast.parse(path.read_text("utf-8"))):
            assert called not in RUNS or (called == "exec" and name == MAKES), name
            assert not [one for one in node.keywords if one.arg == "shell"], name


def test_other_programs_are_started_where_it_is_meant_and_nowhere_else() -> None:
    starting = {
        path.relative_to(ROOT).as_posix()
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import) and any(one.name == "subprocess" for one in node.names)
    }
    assert starting <= STARTS


def test_nothing_is_unpacked_by_readers_that_do_what_they_read() -> None:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            named += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            # Its `escape` writes.
            bad = [one for one in named if one != "xml.sax.saxutils"
                   and any(one == u or one.startswith(f"{u}.") for u in UNTRUSTED)]  # fmt: skip
            assert not bad, f"{path.relative_to(ROOT).as_posix()}: {bad}"
