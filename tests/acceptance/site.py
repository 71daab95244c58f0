"""A site as an ops engineer would have it: two remote systems, a folder, the command line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

SYSTEMS = {"crm": "fxiaoke", "erp": "kingdee_galaxy"}


@dataclass
class Site:
    """Both sandboxes run as processes; every command is a process, too."""

    folder: Path
    systems: dict[str, dict[str, Any]]

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, **self.systems["crm"]["env"], **self.systems["erp"]["env"]}

    def daemon(self) -> subprocess.Popen[bytes]:
        """Start the service; its log goes to a file."""
        with (self.folder / "daemon.log").open("ab") as log:
            return subprocess.Popen(self._command("run"), env=self.env, stdout=log, stderr=log)

    def last_words(self) -> str:
        """The end of the service's log."""
        return (self.folder / "daemon.log").read_text("utf-8")[-2000:]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; `(exit code, output, errors)`."""
        done = subprocess.run(
            self._command(*arguments), env=self.env, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def _command(self, *arguments: str) -> list[str]:
        config = [] if arguments[0] == "init" else ["--config", str(self.config)]
        return [sys.executable, "-m", "connector", *arguments, *config]

    def sync(self) -> dict[str, Any]:
        code, out, err = self.run("sync", "--json")
        assert out, f"exit {code}: {err}"
        result: dict[str, Any] = json.loads(out)
        assert "flows" in result, result
        return result

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def configure(self, **quick: Any) -> None:
        """`init --backfill`, then the sandboxes' own settings."""
        code, _, err = self.run(
            "init", "--crm", SYSTEMS["crm"], "--erp", SYSTEMS["erp"],
            "--dir", str(self.folder), "--backfill",
        )  # fmt: skip
        assert code == 0, err
        self.edit(lambda config: self._connect(config, quick))

    def _connect(self, config: Any, quick: dict[str, Any]) -> None:
        for name in SYSTEMS:
            config["connections"][name] = {**self.systems[name]["settings"], **quick}

    def edit(self, change: Any) -> None:
        """Change the configuration as a person with an editor would."""
        yaml = YAML()
        config = yaml.load(self.config.read_text("utf-8"))
        change(config)
        with self.config.open("w", encoding="utf-8") as file:
            yaml.dump(config, file)

    # -- the side doors ---------------------------------------------------------------------

    def people(self, name: str, act: str, **arguments: Any) -> Any:
        return self.post(name, f"people/{act}", arguments)

    def post(self, name: str, path: str, body: Any) -> Any:
        url = f"{self.systems[name]['url']}/_sandbox/{path}"
        request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)

    def get(self, name: str, path: str) -> Any:
        url = f"{self.systems[name]['url']}/_sandbox/{path}"
        with urllib.request.urlopen(url, timeout=600) as answer:
            return json.load(answer)

    def commits(self, name: str, after: int = 0) -> list[dict[str, Any]]:
        """What was committed since line `after` of a ledger."""
        found, last = [], after
        while True:
            page = self.get(name, f"ledger?after={last}&limit=20000")
            found += [entry for entry in page["entries"] if entry["kind"] == "commit"]
            last += len(page["entries"])
            if not page["entries"] or last >= page["last"]:
                return found

    def mark(self, name: str) -> int:
        """The ledger's present end."""
        return int(self.get(name, "ledger?after=0&limit=1")["last"])

    def witness(self, *options: str) -> tuple[bool, dict[str, Any]]:
        """The judgement of the program that does not know the product."""
        urls = [self.systems[name]["url"] for name in SYSTEMS]
        command = [sys.executable, "-m", "sandbox.witness", *urls, "--json", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode == 0, json.loads(done.stdout)


@contextmanager
def site(load: str, *, numbering: str = "manual") -> Iterator[Site]:
    """A fresh site over both sandboxes, filled from `load`."""
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    processes = {}
    try:
        for name, system in SYSTEMS.items():
            command = [sys.executable, "-m", "connector", "sandbox", system]
            command += ["--load", load, "--json", "--numbering", numbering]
            processes[name] = subprocess.Popen(
                command, stdout=subprocess.PIPE, text=True, start_new_session=True
            )
        systems = {}
        for name, process in processes.items():
            assert process.stdout is not None
            systems[name] = json.loads(process.stdout.readline())
        yield Site(folder, systems)
    finally:
        for process in processes.values():
            os.killpg(process.pid, signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


class Report:
    """Lines of what was seen, with the time it took; `check` ends the run when it is not so."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def tell(self, text: str) -> None:
        print(f"{time.monotonic() - self._start:7.1f} s  {text}", flush=True)

    def check(self, holds: bool, text: str) -> None:
        self.tell(f"{'ok ' if holds else 'NOT'} {text}")
        if not holds:
            raise SystemExit(1)
