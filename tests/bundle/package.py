"""Packages to install, and a machine without a network to install them on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zipfile import ZipFile

from bundle.__main__ import lay_out

CLOSED = "http://127.0.0.1:9"
"""Nobody listens there."""
PROGRAM = "def main():\n    print('it runs')\n"


def wheel(folder: Path, name: str, *needs: str, program: str = "") -> Path:
    """A wheel called `name`, of one module and what it says that it needs."""
    project, version, *_ = name.split("-")
    info = f"{project}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
    files = {
        f"{project}.py": program,
        f"{info}/METADATA": head + "".join(f"Requires-Dist: {need}\n" for need in needs),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\nconnector = {project}:main\n",
    }
    path = folder / name
    with ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in [*files, "RECORD"]))
    return path


def small(folder: Path) -> Path:
    """A package like ours that holds next to nothing."""
    folder.mkdir()
    own = wheel(folder, "crm_erp_connector-9-py3-none-any.whl", "tiny>=1", program=PROGRAM)
    other = wheel(folder, "tiny-1-py3-none-any.whl")
    lay_out(folder / "package", [own, other])
    return folder / "package"


def offline(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What comes of a command on a machine without a network, or with none that leads anywhere."""
    nowhere = {"PIP_INDEX_URL": CLOSED, "HTTPS_PROXY": CLOSED, "HTTP_PROXY": CLOSED}
    return subprocess.run(
        [*_cut_off(), *map(str, command)],
        env={**os.environ, **nowhere, **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@cache
def _cut_off() -> Sequence[str]:
    """What a command is put behind that is to have no network; nothing where that is not to be."""
    program = shutil.which("unshare")
    if program and subprocess.run([program, "-rn", "true"], check=False).returncode == 0:
        return (program, "-rn")
    return ()
