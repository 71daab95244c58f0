"""The demo's site: the sandboxes and the daemon, each a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from connector.app import App
from connector.errors import ConnectorError
from connector.messages import language, say
from connector.operations import beginning

SYSTEMS = {"crm": "fxiaoke", "erp": "kingdee_galaxy"}
CHAT, ROBOT = "dingtalk", "robot"
BIG = 100_000
"""Yuan; an order above it must be approved by the director."""
QUICK = {
    "crm": {"lookback": 30, "reread": 3, "timeout": 5, "parallel": 2, "search_delay": 0},
    "erp": {"lookback": 30, "reread": 3, "timeout": 5, "parallel": 2, "settle": 16},
}
"""A quicker pace than a real site's; `settle` still exceeds the longest write."""
EVERY = {"orders": "1s", "customers": "2s", "delivery_status": "1s", "progress": "1s"}


class SideDoor:
    """A sandbox's door for people and their tools; the connector never uses it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def records(self, form: str) -> list[Any]:
        """Every record of a form as it stands now."""
        found: list[Any] = self._call(f"records/{form}")["records"]
        return found

    def act(self, what: str, **arguments: Any) -> Any:
        """What a person does there. Raises Refused."""
        return self._call(f"people/{what}", arguments)

    def faults(self, *rules: dict[str, Any]) -> None:
        """How the system misbehaves from now on."""
        self._call("faults", {"rules": rules})

    def _call(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data)  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(error.read().decode()) from None


class Refused(Exception):
    """The system does not let that person do so."""


@dataclass
class Site:
    """The demo's systems and the connector between them."""

    folder: Path
    crm: SideDoor
    erp: SideDoor
    chat: SideDoor
    daemon: subprocess.Popen[bytes]

    def invited(self) -> str:
        """A link with which whoever runs this comes into the console."""
        app = App.open(self.folder / "config.yaml", apart=True)
        try:
            secret = app.accounts.invite(app.who, app.who)
            return f"http://{app.config.console.address}/welcome/{secret}"
        finally:
            app.close()

    def check(self) -> None:
        """Raises ConnectorError if the daemon has ended."""
        if self.daemon.poll() is not None:
            lines = (self.folder / "daemon.log").read_text("utf-8", "replace").splitlines()
            raise ConnectorError(say("demo_daemon_ended", words=lines[-1] if lines else ""))

    def verdict(self) -> dict[str, Any]:
        """What the witness says, a program of its own."""
        command = [sys.executable, "-m", "sandbox.witness", self.crm.url, self.erp.url, "--json"]
        command += ["--since", since().isoformat()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        verdict: dict[str, Any] = json.loads(done.stdout or "{}")
        return {"ok": done.returncode == 0 and bool(verdict.get("arrived")), **verdict}


@contextmanager
def _ended_by_others() -> Iterator[None]:
    """Whoever ends us from outside ends all that we started, as by Ctrl-C."""
    known = [getattr(signal, n) for n in ("SIGTERM", "SIGHUP") if hasattr(signal, n)]
    before = {one: signal.signal(one, signal.default_int_handler) for one in known}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def opened(*, keep: bool, console: bool = False) -> Iterator[Site]:
    """Everything started; everything ended, and the folder removed, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="connector-demo-"))
    started: list[subprocess.Popen[Any]] = []
    with _ended_by_others(), _all_ended(folder, started, keep=keep):
        lines = _systems(started)
        path = _configure(folder, lines, console=console)
        environment = dict(os.environ)
        for line in lines.values():
            environment |= line["env"]
        command = [sys.executable, "-m", "connector", "run", "--config", str(path)]
        with (folder / "daemon.log").open("wb") as log:
            daemon = subprocess.Popen(command, env=environment, stderr=log)  # noqa: S603 - ours
            started.insert(0, daemon)
            if console:
                command = [sys.executable, "-m", "connector", "console", "--config", str(path)]
                pages = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - ours
                started.insert(0, pages)
        doors = {name: SideDoor(line["url"]) for name, line in lines.items()}
        yield Site(folder, doors["crm"], doors["erp"], doors["chat"], daemon)


@contextmanager
def _all_ended(folder: Path, started: list[subprocess.Popen[Any]], *, keep: bool) -> Iterator[None]:
    try:
        yield
    finally:
        for process in started:
            _end(process)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _systems(started: list[subprocess.Popen[Any]]) -> dict[str, Any]:
    """The sandboxes with the demo company, started side by side; what they say of themselves."""
    made: dict[str, subprocess.Popen[str]] = {}
    for name, system in {**SYSTEMS, "chat": CHAT}.items():
        command = [sys.executable, "-m", "sandbox", system, "--load", "demo", "--json"]
        made[name] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        started.append(made[name])
    return {name: json.loads(_first_line(process)) for name, process in made.items()}


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise ConnectorError(say("demo_no_sandbox"))
    return line


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    with process:  # its pipes are closed, too
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _configure(folder: Path, lines: dict[str, Any], *, console: bool) -> Path:
    """What `init` writes, with the sandboxes' addresses and a quicker pace."""
    yaml = YAML()
    path = beginning.init(SYSTEMS["crm"], SYSTEMS["erp"], folder, backfill=True, today=since())
    config = yaml.load(path.read_text("utf-8"))
    config["health"] = f"127.0.0.1:{_free_port()}"
    config["language"] = language()
    config |= _people(config["health"])
    if console:
        config["console"] = {"address": f"127.0.0.1:{_free_port()}"}
    config["connections"]["chat"] = {**lines["chat"]["settings"], "rate": "20/m"}
    for name in SYSTEMS:
        config["connections"][name] = {**lines[name]["settings"], **QUICK[name]}
    for name, flow in config["flows"].items():
        flow["every"] = EVERY.get(name, "3s")
    config["flows"]["orders"] |= {"since": since().isoformat(), "review": "order_review"}
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(config, file)
    return path


def _people(address: str) -> dict[str, Any]:
    """A director, who reads the chat: large orders are theirs to approve, late ones to know."""
    shows = ["number", "customer.name", "amount_with_tax"]
    director = {"who": ["director"], "when": f"amount_with_tax > {BIG}", "shows": shows}
    return {
        "people": {"director": {"ids": {"chat": ""}}},
        "messages": {"quiet": [], "workdays": False, "url": f"http://{address}"},
        "reviews": {"order_review": {"departments": {"director": director}}},
        "rules": {"late_order": {"set": {"days": 0}, "say": {"to": ["director"]}}},
    }


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def since() -> date:
    """The demo company has closed its books before the first of last month."""
    return (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
