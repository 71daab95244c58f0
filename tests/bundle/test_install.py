"""The offline package: it installs without a network, and refuses what cannot go well."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bundle import install
from tests.bundle.package import offline, small, wheel

SOURCE = Path(install.__file__).parent
WRONG = 2


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return small(tmp_path / "made")


def test_it_installs_without_a_network_and_tells_the_next_command(
    package: Path, tmp_path: Path
) -> None:
    done = offline("sh", package / "install.sh", tmp_path / "in here")
    program = tmp_path / "in here/bin/connector"
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == f'"{program}" init --dir /etc/connector'
    assert offline(program).stdout == "it runs\n"


def change(package: Path) -> Path:
    path = package / "wheels/tiny-1-py3-none-any.whl"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    return path


def lose(package: Path) -> Path:
    path = package / "wheels/tiny-1-py3-none-any.whl"
    path.unlink()
    return path


def slip_in(package: Path) -> Path:
    return wheel(package / "wheels", "tiny-2-py3-none-any.whl")


@pytest.mark.parametrize("spoil", [change, lose, slip_in])
def test_a_package_that_is_not_as_it_was_made_is_refused_before_anything_is_touched(
    package: Path, tmp_path: Path, spoil: Callable[[Path], Path]
) -> None:
    name = spoil(package).name
    done = offline("sh", package / "install.sh", tmp_path / "there")
    assert done.returncode == WRONG
    chinese, english = done.stderr.splitlines()
    assert f"校验不符，没有安装：wheels/{name}" in chinese
    assert f"nothing was installed: wheels/{name}" in english
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("version", ["", "Python 3.8.10"])
def test_a_machine_without_a_python_that_is_new_enough_is_told_so(
    package: Path, tmp_path: Path, version: str
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "dirname").symlink_to(str(shutil.which("dirname")))
    if version:
        old = programs / "python3"
        old.write_text(f'#!/bin/sh\n[ "$1" = -V ] && echo {version}\nexit 1\n')
        old.chmod(0o755)
    done = offline("/bin/sh", package / "install.sh", PATH=str(programs), PYTHON="")
    assert done.returncode == WRONG
    chinese, english = done.stderr.splitlines()
    assert f"需要 Python 3.11 以上，本机没有（找到的： {version or '无'}）" in chinese
    assert f"not there (found: {version or 'none'})" in english


def refused(capsys: Any, check: Callable[[], None]) -> list[str]:
    """The two sentences, Chinese and English, with which `check` ends the installation."""
    with pytest.raises(SystemExit) as end:
        check()
    assert end.value.code == WRONG
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("of", "name", "value", "told"),
    [
        (sys, "maxsize", 2**31 - 1, "Python 32 bit"),
        (platform, "machine", lambda: "aarch64", "aarch64"),
        (platform, "libc_ver", lambda: ("", ""), "glibc"),
        (platform, "libc_ver", lambda: ("glibc", "2.12"), "glibc"),
    ],
)
def test_a_machine_for_which_there_are_no_wheels_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, of: Any, name: str, value: Any, told: str
) -> None:
    monkeypatch.setattr(of, name, value)
    chinese, english = refused(capsys, install.check_machine)
    assert (told in chinese, told in english) == (True, True)


def test_this_machine_is_one_for_which_there_are() -> None:
    install.check_machine()


def test_a_python_without_wheels_is_told_for_which_there_are_some(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    for tag in ("cp39-abi3", "cp32-cp32", "cp33-cp33"):
        (tmp_path / f"x-1-{tag}-win_amd64.whl").touch()
    monkeypatch.setattr(install, "WHEELS", tmp_path)
    chinese, english = refused(capsys, install.check_python)
    assert "适用于 Python 3.2, 3.3，" in chinese
    assert "is for Python 3.2, 3.3;" in english


def test_a_python_that_makes_no_environments_is_told_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "WHEELS", tmp_path)
    monkeypatch.setattr(install, "find_spec", lambda _: None)
    assert all("-venv" in sentence for sentence in refused(capsys, install.check_python))


# -- what cannot be run here ---------------------------------------------------------------------


def test_what_windows_reads_begins_with_a_mark_and_ends_its_lines_as_windows_does(
    package: Path,
) -> None:
    for name in ("install.ps1", "README.txt"):
        data = (package / name).read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\n") == data.count(b"\r\n") > 0


def test_both_scripts_look_for_the_same_python_and_leave_the_rest_to_the_same_program() -> None:
    for name in ("install.sh", "install.ps1"):
        text = (SOURCE / name).read_text("utf-8")
        assert "import sys; sys.exit(sys.version_info < (3, 11))" in text
        assert "install.py" in text.split("sys.version_info")[1]
        assert ("需要 Python 3.11 以上" in text, "3.11 or later" in text) == (True, True)


def test_the_windows_script_names_no_path_of_another_system() -> None:
    code = [
        line
        for line in (SOURCE / "install.ps1").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert [line for line in code if "/" in line or "2>" in line] == []


def test_no_package_index_is_named_anywhere() -> None:
    for path in SOURCE.iterdir():
        if path.is_file():
            assert "://" not in path.read_text("utf-8"), path
