"""Installs the third party's package beside the product, as pip would, before its tests load."""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from connector import registry

HERE = Path(__file__).parent / "acme_books"


def _install(package: Path, target: Path) -> None:
    """What an installer does with a wheel of pure Python: the package, and its metadata."""
    stated = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))
    project = stated["project"]
    for name in stated["tool"]["setuptools"]["packages"]:
        shutil.copytree(package / name, target / name)
    info = target / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(head, encoding="utf-8")
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in listed.items())
        for group, listed in project["entry-points"].items()
    )
    (info / "entry_points.txt").write_text(points, encoding="utf-8")


_site = tempfile.TemporaryDirectory(prefix="third-party-")
_install(HERE, Path(_site.name))
sys.path.insert(0, _site.name)
registry._known.cache_clear()


def pytest_unconfigure() -> None:
    sys.path.remove(_site.name)
    _site.cleanup()
