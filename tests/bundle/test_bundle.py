"""The real package, made from the index and installed with the network off: `make bundle-check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from bundle.__main__ import build
from tests.bundle.package import offline
from tests.core.test_portable import EVERY_MODULE

pytestmark = pytest.mark.index

HERE = f"3.{sys.version_info.minor}"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    with ZipFile(build(folder, sorted({"3.11", HERE}))) as archive:
        archive.extractall(folder)
    (found,) = [path for path in folder.iterdir() if path.is_dir()]
    return found


def test_it_installs_and_works_without_a_network(package: Path, tmp_path: Path) -> None:
    done = offline("sh", package / "install.sh", tmp_path / "there")
    assert done.returncode == 0, done.stderr
    program = tmp_path / "there/bin/connector"
    site = tmp_path / "site"
    for command in (
        [program, "--help"],
        [program, "init", "--dir", site],
        [program, "mapping", "test"],
        [program.with_name("python"), "-c", EVERY_MODULE],
    ):
        done = offline(*command)
        assert (done.returncode, done.stderr) == (0, ""), command
    assert (site / "config.yaml").is_file()


def test_pip_finds_a_wheel_for_windows_of_everything_in_it(package: Path, tmp_path: Path) -> None:
    (product,) = (package / "wheels").glob("crm_erp_connector-*.whl")
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
    command += ["--platform=win_amd64", "--python-version=3.11", "--only-binary=:all:"]
    command += ["--no-index", f"--find-links={package / 'wheels'}", f"--target={tmp_path}"]
    # Asked for by name: pip takes what is meant for Windows alone for what it need not have.
    subprocess.run([*command, str(product), "colorama"], check=True)
