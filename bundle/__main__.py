"""Build the offline package.

python -m bundle [--out build] [PYTHON …]

PYTHON is a version for which wheels are taken along, such as 3.11; by default, those of
`PYTHONS`. Where packages come from, pip's own settings say (`PIP_INDEX_URL` …).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bundle.contents import NAME as CONTENTS
from bundle.contents import listed
from bundle.wheels import MACHINES, download

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent
PYTHONS = ("3.11", "3.12", "3.13")
SUMS = "SHA256SUMS"


def main(arguments: Sequence[str]) -> None:
    """Build the zip and tell where it is."""
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    parser.add_argument("pythons", metavar="PYTHON", nargs="*", default=PYTHONS)
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    options = parser.parse_args(arguments)
    path = build(options.out, options.pythons)
    print(f"{path}  {path.stat().st_size / 1e6:.0f} MB")


def build(out: Path, pythons: Sequence[str]) -> Path:
    """The zip with wheels for every machine and Python."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        own = _own_wheel(work / "own")
        wheels = {own.name: own}
        for n, (machine, python) in enumerate((m, p) for m in MACHINES for p in pythons):
            download(own, machine, python, work / str(n))
            wheels |= {path.name: path for path in (work / str(n)).glob("*.whl")}
        folder = work / f"connector-{own.name.split('-')[1]}-offline"
        lay_out(folder, wheels.values())
        return _zipped(folder, out)


def _own_wheel(folder: Path) -> Path:
    """The product as a wheel, made of a copy: what an earlier build left must not get in."""
    copy = folder / "source"
    for name in ("connector", "adapters", "sandbox", "mappings"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*command, f"--wheel-dir={folder}", str(copy)], check=True)
    return next(folder.glob("*.whl"))


def lay_out(folder: Path, wheels: Iterable[Path]) -> None:
    """Everything as it is unpacked, with its checksums."""
    (folder / "wheels").mkdir(parents=True)
    for wheel in wheels:
        shutil.copy(wheel, folder / "wheels" / wheel.name)
    text = listed((folder / "wheels").glob("*.whl"))
    (folder / CONTENTS).write_text(text, encoding="utf-8", newline="\n")
    for path in (ROOT / "LICENSE", HERE / "install.sh", HERE / "install.py"):
        shutil.copy(path, folder / path.name)
    for name in ("install.ps1", "README.txt"):
        # Windows PowerShell 5.1 and Notepad read Chinese by its mark alone.
        text = (HERE / name).read_text("utf-8")
        (folder / name).write_text(text, encoding="utf-8-sig", newline="\r\n")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
    ]
    (folder / SUMS).write_text("".join(lines), encoding="ascii", newline="\n")


def _zipped(folder: Path, out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{folder.name}.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


if __name__ == "__main__":
    main(sys.argv[1:])
