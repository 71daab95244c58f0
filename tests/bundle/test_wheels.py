"""Which wheels another machine needs is asked of that machine, not of this one."""

from __future__ import annotations

from pathlib import Path

from bundle.wheels import MACHINES, missing
from tests.bundle.package import wheel

LINUX, WINDOWS = MACHINES
OWN = "own-1-py3-none-any.whl"


def lacking(folder: Path, *needs: str, python: str = "3.11") -> tuple[list[str], list[str]]:
    """What lacks on Linux, and on Windows."""
    wheel(folder, OWN, *needs)
    linux, windows = (list(missing(OWN, folder, machine, python)) for machine in MACHINES)
    return linux, windows


def test_what_only_windows_needs_lacks_only_there(tmp_path: Path) -> None:
    assert lacking(tmp_path, 'colorama; platform_system == "Windows"') == ([], ["colorama"])


def test_what_a_wheel_that_is_needed_needs_is_needed_too(tmp_path: Path) -> None:
    wheel(tmp_path, "tzlocal-5-py3-none-any.whl", 'tzdata>=2; sys_platform == "win32"')
    assert lacking(tmp_path, "tzlocal") == ([], ["tzdata>=2"])


def test_an_extra_counts_where_it_is_asked_for_and_not_elsewhere(tmp_path: Path) -> None:
    wheel(tmp_path, "psycopg-3-py3-none-any.whl", 'psycopg-binary==3; extra == "binary"')
    assert lacking(tmp_path, "psycopg") == ([], [])
    assert lacking(tmp_path, "psycopg[binary]") == (["psycopg-binary==3"],) * 2


def test_a_version_that_does_not_do_is_as_good_as_none(tmp_path: Path) -> None:
    wheel(tmp_path, "rich-12-py3-none-any.whl")
    assert lacking(tmp_path, "rich>=13") == (["rich>=13"],) * 2


def test_the_python_over_there_counts(tmp_path: Path) -> None:
    need = 'typing-extensions; python_version < "3.13"'
    assert lacking(tmp_path, need, python="3.12") == (["typing-extensions"],) * 2
    assert lacking(tmp_path, need, python="3.13") == ([], [])


def test_wheels_that_need_each_other_come_to_an_end(tmp_path: Path) -> None:
    wheel(tmp_path, "a-1-py3-none-any.whl", "b")
    wheel(tmp_path, "b-1-py3-none-any.whl", "a")
    assert lacking(tmp_path, "a") == ([], [])
