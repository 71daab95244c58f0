"""The test of the suite: every planted fault fails the test that should catch it."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conformance import broken, broken_in_batches, broken_over_http

HERE = Path(__file__).parent
FAULTS = [
    kind
    for module in (broken, broken_in_batches, broken_over_http)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, broken.Planted) and kind.caught_by
]


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Names of the tests that failed, by class; parameters cut off. One run for all faults."""
    report = tmp_path_factory.mktemp("suite") / "report.xml"
    control = named(broken.TestNothingIsBroken)
    chosen = [f"{named(fault)}::{test}" for fault in FAULTS for test in fault.caught_by]
    command = [
        sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider",
        "--tb=no", f"--junitxml={report}", control, *chosen,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    found: defaultdict[str, set[str]] = defaultdict(set)
    for case in ElementTree.parse(report).iter("testcase"):
        kind = case.attrib["classname"].rpartition(".")[2]
        found[kind].update(
            case.attrib["name"].partition("[")[0] for child in case if child.tag == "failure"
        )
        assert all(child.tag != "error" for child in case), case.attrib
    return found


def named(kind: type[broken.Planted]) -> str:
    """A class of tests, as pytest is asked for it."""
    return f"{sys.modules[kind.__module__].__file__}::{kind.__name__}"


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) >= 12


def test_an_adapter_without_faults_passes(failed: dict[str, set[str]]) -> None:
    assert failed["TestNothingIsBroken"] == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda kind: kind.__name__)
def test_a_planted_fault_is_caught(
    fault: type[broken.Planted], failed: dict[str, set[str]]
) -> None:
    assert failed[fault.__name__] == set(fault.caught_by)
