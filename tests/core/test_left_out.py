"""What CI leaves out is told, each with a command that there is."""

from __future__ import annotations

import re

from tests.left_out import ROOT, LeftOut, all_of_it, left_out, settings

MAKEFILE = """\
test: install lint
\tpython -m pytest

# Everything, for hours,
# begun again where it stopped.
prove-full: install
\tpython -m tests.prove --full

lint: install
\truff check .
"""


def test_a_target_that_runs_tests_is_told_unless_ci_calls_it() -> None:
    (one,) = left_out(MAKEFILE, "set -e\nmake test lint\n")
    assert one.command == "make prove-full"
    assert one.what == "Everything, for hours, begun again where it stopped."


def test_every_marker_that_pytest_leaves_out_has_a_command_that_is_told() -> None:
    left = re.findall(r"not (\w+)", settings()["tool:pytest"]["addopts"])
    assert [marker for marker in left if not any(_runs(one, marker) for one in all_of_it())] == []


def test_everything_is_told_with_what_it_is() -> None:
    assert [one.command for one in all_of_it() if not one.what] == []


def test_ci_tells_it_at_its_end() -> None:
    assert (ROOT / ".ci" / "run").read_text("utf-8").split()[-1] == "left-out"


def _runs(one: LeftOut, marker: str) -> bool:
    return re.search(rf"-m \W?{marker}\b", one.runs) is not None
