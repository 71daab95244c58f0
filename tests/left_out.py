"""What CI does not run, and the command for each, as the Makefile and setup.cfg declare them.

python -m tests.left_out
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
TARGET = re.compile(r"^((?:#.*\n)*)([\w-]+):.*\n((?:\t.*\n?)+)", re.MULTILINE)
"""In a Makefile: the comment above a target, its name, and what it runs."""


@dataclass(frozen=True)
class LeftOut:
    """Something that is not run for every change."""

    command: str
    what: str
    runs: str = ""
    """The recipe behind the command."""


def left_out(makefile: str, ci: str) -> Iterator[LeftOut]:
    """The targets that run tests, other than those that CI calls."""
    called = " ".join(re.findall(r"^make (.*)$", ci, re.MULTILINE)).split()
    for comment, name, recipe in TARGET.findall(makefile):
        if name not in called and re.search(r"-m (pytest|tests)\b", recipe):
            yield LeftOut(f"make {name}", " ".join(comment.replace("#", "").split()), recipe)


def lacking(makefile: str) -> Iterator[LeftOut]:
    """Extras that are not installed here, and by no target: parts of the proof need them, and say
    so."""
    setup = settings()
    for extra, listed in setup["options.extras_require"].items():
        if f"[{extra}]" in makefile:
            continue
        needed = [Requirement(line) for line in listed.split("\n") if line]
        names = [one.name for one in needed if not one.marker or one.marker.evaluate()]
        if missing := [name for name in names if not _there(name)]:
            command = f".venv/bin/pip install -e '.[{extra}]' && make prove"
            yield LeftOut(command, f"What needs {', '.join(missing)}.")


def settings() -> ConfigParser:
    """What `setup.cfg` says."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")
    return setup


def all_of_it() -> list[LeftOut]:
    """What this tree declares."""
    texts = [(ROOT / name).read_text("utf-8") for name in ("Makefile", ".ci/run")]
    return [*left_out(*texts), *lacking(texts[0])]


def _there(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def main() -> None:
    """Tell it."""
    told = [f"  {one.command}\n      {one.what}" for one in all_of_it()]
    sys.stdout.write("\n".join(["Not run by CI:", *told, ""]))


if __name__ == "__main__":
    main()
