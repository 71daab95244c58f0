"""Wheels for a kind of machine that is not this one: what it needs, and what is still lacking.

pip finds wheels for another platform, but asks the machine it runs on whether a requirement
such as `colorama; platform_system == "Windows"` holds. So what it has found is held against the
other machine's own markers, and what is lacking is asked for by name until nothing is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of machine."""

    platforms: tuple[str, ...]
    """What wheels for it are called."""
    markers: Mapping[str, str]
    """What it says of itself when it is asked whether a requirement is meant for it."""


MACHINES = (
    Machine(
        ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": "x86_64",
        },
    ),
    Machine(
        ("win_amd64",),
        {
            "os_name": "nt",
            "sys_platform": "win32",
            "platform_system": "Windows",
            "platform_machine": "AMD64",
        },
    ),
)


def download(wheel: Path, machine: Machine, python: str, folder: Path) -> None:
    """Fill `folder` with `wheel` and everything that it needs on such a machine.

    Raises CalledProcessError where the index has no wheel of something.
    """
    wanted = [str(wheel)]
    while wanted:
        shutil.rmtree(folder, ignore_errors=True)
        _fetch(wanted, machine, python, folder)
        lacking = sorted(set(missing(wheel.name, folder, machine, python)))
        wanted = wanted + lacking if lacking else []


def _fetch(wanted: Sequence[str], machine: Machine, python: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:"]
    command += ["--implementation=cp", f"--python-version={python}", f"--dest={folder}"]
    command += [f"--platform={name}" for name in machine.platforms]
    subprocess.run([*command, *wanted], check=True)


def missing(wheel: str, folder: Path, machine: Machine, python: str) -> Iterator[str]:
    """What `wheel`, or what that needs in its turn, finds no wheel of in `folder` over there."""
    there = {made.name: made for made in map(_Wheel.read, folder.glob("*.whl"))}
    facts = {**machine.markers, "python_version": python, "python_full_version": f"{python}.0"}
    asked = [(parse_wheel_filename(wheel)[0], "")]
    for name, extra in asked:  # it grows meanwhile
        for requirement in there[name].needs:
            if requirement.marker and not requirement.marker.evaluate({**facts, "extra": extra}):
                continue
            found = there.get(canonicalize_name(requirement.name))
            if found is None or not requirement.specifier.contains(found.version, True):
                yield f"{requirement.name}{requirement.specifier}"
                continue
            more = [(found.name, wanted) for wanted in ("", *requirement.extras)]
            asked += [one for one in more if one not in asked]


@dataclass(frozen=True, slots=True)
class _Wheel:
    name: NormalizedName
    version: Version
    needs: Sequence[Requirement]

    @classmethod
    def read(cls, path: Path) -> _Wheel:
        """What the wheel at `path` says of itself."""
        name, version, _, _ = parse_wheel_filename(path.name)
        with ZipFile(path) as archive:
            (member,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
            metadata = HeaderParser().parsestr(archive.read(member).decode("utf-8"))
        needs = metadata.get_all("Requires-Dist", [])
        return cls(name, version, [Requirement(line) for line in needs])
