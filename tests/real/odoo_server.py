"""A real Odoo 19: Debian's own package, unpacked into `build/odoo`, on a PostgreSQL from a wheel.

Nothing of the machine is changed. The package comes from the Debian mirror that apt knows, what it
needs of Python from the package index; both are kept for the next time. Where there is no apt, name
an unpacked package by `ODOO_TREE` and a Python that has its requirements by `ODOO_PYTHON`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from sqlalchemy import URL, create_engine, make_url, text

from tests.database import serving

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "odoo"
SETUP = Path(__file__).with_name("odoo_setup.py")
DATABASE, ROLE = "company", "odoo"
MODULES = "crm,sale_management,stock,mrp,sale_mrp,purchase,project,l10n_cn"
NEEDED = """
    asn1crypto babel cbor2 chardet cryptography python-dateutil docutils geoip2 gevent greenlet
    idna jinja2 libsass lxml lxml_html_clean markupsafe num2words ofxparse openpyxl passlib
    pyopenssl pillow polib psutil psycopg2-binary pypdf pytz qrcode reportlab requests rjsmin
    pyserial python-stdnum urllib3 vobject werkzeug xlrd xlsxwriter xlwt zeep freezegun
    python-magic setuptools<81
"""
"""What Odoo needs of Python."""
STARTING = 120.0
"""Seconds that a server may take to answer."""


@dataclass(frozen=True)
class RealOdoo:
    """A running server."""

    url: str
    key: str
    """Of the integration user, who is no administrator."""
    admin: str
    """Of somebody who may do what people do in all departments."""
    database_url: URL
    """For what no screen offers: stamps of the past, an empty table."""


@contextmanager
def running() -> Iterator[RealOdoo]:
    """A fresh database with a small company of China, served; gone afterwards."""
    tree, python = _tree(), _python()
    with serving() as postgres:
        _tell(postgres.url, f"create role {ROLE} login createdb")
        conf = BUILD / "odoo.conf"
        port = _free_port()
        conf.write_text(_configuration(str(make_url(postgres.url).query["host"]), port), "utf-8")
        odoo = [str(python), "-m", "odoo"]
        env = {**os.environ, "PYTHONPATH": str(tree)}
        _run([*odoo, "-c", str(conf), "-d", DATABASE, "-i", MODULES, "--stop-after-init"], env)
        told = _run([*odoo, "shell", "-c", str(conf), "-d", DATABASE, "--no-http"], env, SETUP)
        keys = json.loads(re.findall(r"^KEYS (.*)$", told, re.MULTILINE)[-1])
        with _served([*odoo, "-c", str(conf), "-d", DATABASE], env, port) as url:
            own = make_url(postgres.url).set(database=DATABASE)
            yield RealOdoo(url, keys["connector"], keys["admin"], own)


# -- the package ----------------------------------------------------------------------------


def _tree() -> Path:
    """The folder in which Odoo's packages are."""
    if given := os.environ.get("ODOO_TREE"):
        return Path(given)
    tree = BUILD / "tree"
    if not tree.is_dir():
        if shutil.which("apt-get") is None:
            raise RuntimeError("no apt-get here: name an unpacked package of Odoo by ODOO_TREE")
        _download()
        (package,) = BUILD.glob("odoo-19*.deb")
        _run(["dpkg", "-x", str(package), str(tree)])
    return tree / "usr/lib/python3/dist-packages"


def _download() -> None:
    """The package from Debian's unstable branch, by lists of its own."""
    lists = BUILD / "apt"
    (lists / "lists/partial").mkdir(parents=True, exist_ok=True)
    (lists / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
    key = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (lists / "sources.list").write_text(f"deb [signed-by={key}] {_mirror()} sid main\n", "utf-8")
    options = {"Dir::Etc::sourcelist": f"{lists}/sources.list", "Dir::Etc::sourceparts": "-",
               "Dir::State::lists": f"{lists}/lists", "Dir::Cache": f"{lists}/cache",
               "APT::Sandbox::User": "root"}  # fmt: skip
    apt = ["apt-get", "-qq", *(word for o in options.items() for word in ("-o", "=".join(o)))]
    _run([*apt, "update"])
    _run([*apt, "download", "odoo-19"], cwd=BUILD)


def _mirror() -> str:
    """The mirror that this machine takes its own packages from."""
    etc = Path("/etc/apt")
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    words = " ".join(file.read_text("utf-8") for file in files if file.is_file())
    found = [url for url in re.findall(r"https?://\S+", words) if url.endswith("/debian")]
    if not found:
        raise RuntimeError("apt knows no mirror of Debian: name an unpacked Odoo by ODOO_TREE")
    return str(found[0])


def _python() -> Path:
    """A Python that has what Odoo needs."""
    if given := os.environ.get("ODOO_PYTHON"):
        return Path(given)
    python = BUILD / "venv/bin/python"
    if not (BUILD / "venv/.made").exists():
        _run([sys.executable, "-m", "venv", "--clear", str(BUILD / "venv")])
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        _run([*pip, *NEEDED.split()])
        (BUILD / "venv/.made").touch()
    return python


# -- the server -----------------------------------------------------------------------------


def _configuration(host: str, port: int) -> str:
    BUILD.mkdir(parents=True, exist_ok=True)
    options = {"db_host": host, "db_user": ROLE, "http_interface": "127.0.0.1", "http_port": port,
               "workers": 0, "max_cron_threads": 0, "data_dir": BUILD / "data"}  # fmt: skip
    return "\n".join(["[options]", *(f"{name} = {value}" for name, value in options.items())])


@contextmanager
def _served(command: Sequence[str], env: dict[str, str], port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    with (BUILD / "run.log").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(60)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTING
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{url}/web/version", timeout=5):
            return
        time.sleep(0.3)
    raise RuntimeError(f"Odoo does not answer; see {BUILD / 'run.log'}")


def _free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _tell(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _run(
    command: Sequence[str],
    env: dict[str, str] | None = None,
    script: Path | None = None,
    cwd: Path | None = None,
) -> str:
    """What a command prints. Raises RuntimeError with the end of it, where it fails."""
    words = script.read_bytes() if script else b""
    done = subprocess.run(command, env=env, input=words, capture_output=True, cwd=cwd, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        raise RuntimeError(f"{' '.join(command[:4])} failed:\n{said[-2000:]}")
    return done.stdout.decode("utf-8", "replace")
