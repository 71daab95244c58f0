"""Two systems and the connector between them, by a configuration of a few lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from connector.app import App
from connector.operations import beginning
from sandbox.company.model import Company
from tests.pairs.side import Crm, Erp, Side

NEEDED = frozenset(one.name for one in beginning.USUAL)
"""The flows that carry orders forward and their status back."""


def sides(name: str) -> dict[str, type[Any]]:
    """The systems that can be the `CRM`, or the `ERP`, by adapter."""
    modules = (
        import_module(f"tests.pairs.{path.stem}") for path in Path(__file__).parent.glob("*.py")
    )
    found = (getattr(module, name, None) for module in modules)
    return {one.adapter: one for one in found if one is not None}


@dataclass
class Clock:
    """Real time, and an offset that moves every system along."""

    systems: tuple[Side, ...]
    offset: float = 0.0
    _start: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def monotonic(self) -> float:
        return self.now().timestamp()

    def sleep(self, seconds: float) -> None:
        self.offset += seconds
        for system in self.systems:
            system.pass_time(seconds)


@dataclass
class Pair:
    """Both systems and the connector."""

    crm: Crm
    erp: Erp
    app: App
    clock: Clock
    config: str
    """The configuration as it was written."""

    def sync(self) -> dict[str, Any]:
        """One run; what it did, by flow. What stamps in whole seconds shows is older than one."""
        self.clock.sleep(2)
        done = self.app.sync()
        assert not done["errors"], done["errors"]
        for system in self.clock.systems:
            system.work()
        flows: dict[str, Any] = done["flows"]
        return flows


@contextmanager
def pair(crm: type[Crm], erp: type[Erp], company: Company, folder: Path) -> Iterator[Pair]:
    """A site with this company in both."""
    with joined(crm, erp, company, folder) as systems:
        clock = Clock(systems)
        app = App.open(folder / "config.yaml", clock)
        try:
            yield Pair(*systems, app, clock, (folder / "config.yaml").read_text("utf-8"))
        finally:
            app.close()


@contextmanager
def joined(
    crm: type[Crm], erp: type[Erp], company: Company, folder: Path
) -> Iterator[tuple[Crm, Erp]]:
    """Both systems with this company in them, and a configuration that joins them in `folder`; its
    secrets are in the environment meanwhile."""
    systems = (crm(company, folder / "crm"), erp(company, folder / "erp"))
    text, secrets = _configuration(*systems, folder)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    before = {name: os.environ.get(name) for name in secrets}
    os.environ.update(secrets)
    try:
        yield systems
    finally:
        for system in systems:
            system.stop()
        _restore(before)


def _configuration(crm: Crm, erp: Erp, folder: Path) -> tuple[str, dict[str, str]]:
    """The flows that are needed as `init` writes them, and the systems as they announce
    themselves."""
    names = (crm.adapter, erp.adapter)
    path = beginning.init(*names, folder / "init", backfill=True, today=date.today())
    lines = ["store: sqlite:///connector.db", "connections:"]
    secrets: dict[str, str] = {}
    for name, system in (("crm", crm), ("erp", erp)):
        settings, own = system.connection()
        lines += [f"  {name}:", *(f"    {key}: {json.dumps(v)}" for key, v in settings.items())]
        secrets |= own
    _, _, written = path.read_text("utf-8").partition("\nflows:\n")
    flows = (line for line in written.splitlines() if line.endswith("}"))
    lines += ["flows:", *(line for line in flows if line.split(":")[0].strip() in NEEDED)]
    return "\n".join(lines) + "\n", secrets


def _restore(environment: Mapping[str, str | None]) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
