"""Install the connector from this folder, without a network.

    python install.py [FOLDER]

FOLDER becomes a virtual environment of its own; by default /opt/connector, on Windows
Connector among the installed programs. Run again with a newer package, it brings the same
folder up to date. install.sh and install.ps1 call it with a Python that is new enough.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
WHEELS = HERE / "wheels"
WINDOWS = os.name == "nt"
MACHINES = {"linux": "x86_64", "win32": "AMD64"}
GLIBC = (2, 17)
"""The oldest C library that the wheels for Linux run on."""
WRONG = 2


def main(arguments: Sequence[str]) -> None:
    """Look before anything is touched, then install, and tell what comes next."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # not every console can show Chinese
    check_machine()
    check_sums()
    check_python()
    folder = Path(arguments[0]).absolute() if arguments else default_folder()
    install(folder)
    program = folder / ("Scripts/connector.exe" if WINDOWS else "bin/connector")
    site = r"C:\connector" if WINDOWS else "/etc/connector"
    tell("装好了。下一步：", "Installed. Next:", f'    "{program}" init --dir {site}')


def default_folder() -> Path:
    """Where this machine's programs lie."""
    programs = os.environ.get("PROGRAMFILES", r"C:\Program Files")
    return Path(programs, "Connector") if WINDOWS else Path("/opt/connector")


def check_machine() -> None:
    """Refuse a machine for which there are no wheels."""
    bits = 64 if sys.maxsize > 2**32 else 32
    right = bits == 64 and platform.machine() == MACHINES.get(sys.platform)
    if not right or (sys.platform == "linux" and not has_glibc()):
        here = f"{platform.system()} {platform.machine()}, Python {bits} bit"
        refuse(
            "本安装包用于 x64 的 Windows 和 Linux（glibc 2.17 以上），要用 64 位的 Python；"
            f"这里是：{here}。",
            "This package is for Windows and Linux (glibc 2.17 or later) on x64, with a 64-bit "
            f"Python. Here is: {here}.",
        )


def has_glibc() -> bool:
    """The C library is the one that the wheels were made for."""
    name, version = platform.libc_ver()
    return name == "glibc" and tuple(map(int, version.split(".")[:2])) >= GLIBC


def check_sums() -> None:
    """Refuse a package that is not as it was made: cut short, changed, or with more in it."""
    lines = (HERE / "SHA256SUMS").read_text("ascii").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {f"wheels/{path.name}" for path in WHEELS.iterdir()} | listed.keys()
    wrong = [name for name in sorted(there) if listed.get(name) != digest_of(HERE / name)]
    if wrong:
        names = ", ".join(wrong)
        refuse(
            f"校验不符，没有安装：{names}。请重新复制安装包。",
            f"The checksum does not match, nothing was installed: {names}. Copy the package anew.",
        )


def digest_of(path: Path) -> str:
    """The checksum of a file; empty: it is not there."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def check_python() -> None:
    """Refuse a Python for which no wheels were taken along, or that cannot make environments."""
    tags = {tag for path in WHEELS.iterdir() for tag in re.findall(r"-cp3(\d+)-cp3\1", path.name)}
    here = f"3.{sys.version_info.minor}"
    known = [f"3.{tag}" for tag in sorted(tags, key=int)]
    if known and here not in known:
        told = ", ".join(known)
        refuse(
            f"本安装包适用于 Python {told}，这里是 {here}。请安装其中一个，"
            "并用环境变量 PYTHON 指明它在哪里。",
            f"This package is for Python {told}; this is {here}. Install one of them and say in "
            "the variable PYTHON where it is.",
        )
    if find_spec("ensurepip") is None:
        refuse(
            f"这个 Python 缺少 venv，请先安装系统软件包 python{here}-venv。",
            f"This Python lacks venv; install the system's package python{here}-venv.",
        )


def install(folder: Path) -> None:
    """Make the environment, and fill it from the wheels alone."""
    (product,) = WHEELS.glob("crm_erp_connector-*.whl")
    python = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    pip = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # pip's own settings may name indexes, constraints and folders that are not ours.
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    settings["PIP_CONFIG_FILE"] = os.devnull
    try:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-I", "-m", "venv", str(folder)], check=True)
        offline = ["--no-index", f"--find-links={WHEELS}"]
        subprocess.run([*pip, *offline, "--upgrade", str(product)], check=True, env=settings)
    except (OSError, subprocess.CalledProcessError) as error:
        refuse(
            f"没有装成（{error}）。请用 root 或管理员身份运行，或指定另一个文件夹。",
            f"It could not be installed ({error}). Run it as root or administrator, or name "
            "another folder.",
        )


def tell(*lines: str) -> None:
    for line in lines:
        print(line)


def refuse(*lines: str) -> NoReturn:
    """Say what is wrong, in both languages, and end."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.exit(WRONG)


if __name__ == "__main__":
    main(sys.argv[1:])
