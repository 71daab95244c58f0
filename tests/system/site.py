"""A site: a company in both sandboxes, served over HTTP, and the connector between them.

The sandboxes run in this process, so that tests reach their people, ledgers, faults and
switches directly; the connector speaks to them over sockets like any other. Three clocks,
the CRM's, the ERP's and the connector's, run with real time and are moved on together.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connector.app import App
from connector.assemble import shipped
from connector.operations import beginning
from connector.store import deliveries
from sandbox.clock import CHINA
from sandbox.company.model import Company
from sandbox.ledger import Entry
from sandbox.server import Application, Options, Request, Response, from_json, start
from tests.database import empty_store
from tests.system import configuration
from tests.system.processes import Command

ORDER, LINE, ACCOUNT = "SalesOrderObj", "SalesOrderProductObj", "AccountObj"
BILL, PARTNER = "SAL_SaleOrder", "BD_Customer"
ROWS = "FSaleOrderEntry"

QUICK = {
    "fxiaoke": {"timeout": 5, "search_delay": 0, "settle": 26, "parallel": 2},
    "kingdee_galaxy": {"timeout": 5, "settle": 16, "parallel": 2},
}
"""By adapter: short and legal, `settle` exceeds its longest write."""
OTHERS: dict[str, Any] = {"timeout": 5, "parallel": 2}


@dataclass
class SharedClock:
    """Real time and an offset that only tests move; sleeping moves every clock at once."""

    others: tuple[Application, ...] = ()
    offset: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def today(self) -> date:
        """In China."""
        return self.now().astimezone(CHINA).date()

    def go_on_to(self, hour: int) -> None:
        """Until it is so late in China: whoever counts in days need not fear midnight then."""
        now = self.now().astimezone(CHINA)
        then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
        self.advance(((then - now) % timedelta(days=1)).total_seconds())

    def monotonic(self) -> float:
        return time.monotonic() + self.offset

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float = 0.0, *, days: float = 0.0) -> None:
        """Let time pass everywhere."""
        seconds += 86_400 * days
        with self._lock:
            self.offset += seconds
            for other in self.others:
                other.clock.advance(seconds)


@dataclass(frozen=True)
class Ran:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def words(self) -> list[str]:
        """The lines that tell what is wrong."""
        return [line[2:] for line in self.err.splitlines() if line.startswith("✗ ")]


@dataclass(frozen=True)
class Heard:
    """A call that reached the ERP."""

    operation: str
    form: str
    body: Any

    @property
    def model(self) -> Any:
        """What a save carried."""
        data = self.body["data"]
        return (json.loads(data) if isinstance(data, str) else data)["Model"]


UNNEEDED = frozenset({
    "boms", "customer_materials", "goods_receipts", "goods_returns", "invoices",
    "ordinary_invoices", "payables", "payments", "price_lists", "production_receipts", "purchases",
    "receivables", "refunds", "requisitions", "suppliers", "warehouses",
})  # fmt: skip
"""Flows without which orders come and go: what they read tells planning and money more."""


@dataclass
class Site:
    """Both systems and the connector."""

    directory: Path
    crm: Any
    """Fxiaoke, unless the test says otherwise; so do the methods that speak of its fields."""
    erp: Any
    """Kingdee, likewise."""
    urls: Mapping[str, str]
    clock: SharedClock
    env: Mapping[str, str]
    stops: dict[str, Callable[[], None]] = field(default_factory=dict)
    _app: App | None = None

    # -- the systems ------------------------------------------------------------------------

    @contextmanager
    def unreachable(self, name: str) -> Iterator[None]:
        """Nobody answers at a system's address; it comes back there."""
        self.stops[name]()
        self._hang_up()
        try:
            yield
        finally:
            system: Application = self.crm if name == "crm" else self.erp
            port = int(self.urls[name].rpartition(":")[2])
            _, self.stops[name] = start(system, port)

    # -- the connector ----------------------------------------------------------------------

    @property
    def config(self) -> Path:
        return self.directory / "config.yaml"

    @property
    def app(self) -> App:
        """The façade over the configuration as it stands now."""
        if self._app is None:
            self._app = App.open(self.config, self.clock)
        return self._app

    def restart(self) -> None:
        """End the process; the next use reads the configuration anew."""
        self._hang_up()
        if self._app is not None:
            self._app.close()
            self._app = None

    def _hang_up(self) -> None:
        """Close what is kept open; the next call has to reach the system anew."""
        for connection in self._app.system.connections.values() if self._app else ():
            connection.adapter.http.close()  # type: ignore[attr-defined]

    def sync(self, *names: str, **permits: bool) -> dict[str, Any]:
        """One run; the counts by flow. Errors of whole feeds and flows are failures of the test."""
        result = self.try_sync(*names, **permits)
        assert not result["errors"], result["errors"]
        flows: dict[str, Any] = result["flows"]
        return flows

    def try_sync(self, *names: str, **permits: bool) -> dict[str, Any]:
        """One run, two seconds after whatever happened last, with whatever came of it.

        Servers tell the time in whole seconds, so a run may not see what is younger than one.
        """
        self.clock.advance(2)
        return self.app.sync(names, **permits)

    def mind(self) -> None:
        """Look after reviews as the daemon does, whose work goes on where that of a run ended."""
        self.app.system.stopping.clear()
        self.app.mind_reviews()

    @contextmanager
    def settings(self) -> Iterator[Any]:
        """Edit the configuration; the connector is restarted with it."""
        config = configuration.parsed(self.config.read_text("utf-8"))
        yield config
        self.config.write_text(configuration.written(config), encoding="utf-8")
        self.restart()

    def flow(self, name: str, **options: Any) -> None:
        """Set options of a flow, or add one."""
        with self.settings() as config:
            config["flows"].setdefault(name, {}).update(options)

    def connection(self, name: str, **options: Any) -> None:
        """Set options of a connection."""
        with self.settings() as config:
            config["connections"][name].update(options)

    def mapping(
        self, adapter: str, object: str, *changes: tuple[str, str], encoding: str = "utf-8"
    ) -> None:
        """The site's own copy of a mapping, each `(old, new)` piece of text replaced in it."""
        own = self.directory / "mappings" / adapter / f"{object}.yaml"
        source = own if own.is_file() else shipped() / adapter / f"{object}.yaml"
        text = source.read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text(text, encoding=encoding)
        self.restart()

    def cli(
        self,
        *args: str,
        lang: str = "en",
        without: Sequence[str] = (),
        largest_file: int | None = None,
        **env: str,
    ) -> Ran:
        """The real command line, as a process of its own; `without` these variables."""
        with TemporaryDirectory(dir=self.directory) as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            command = self._command([*args, *(["--lang", lang] if lang else [])], out, err,
                                    without, largest_file, **env)  # fmt: skip
            code = command.wait(120)
            return Ran(code, out.read_text("utf-8"), err.read_text("utf-8"))

    def begin(self, *args: str, patched: Mapping[str, float] | None = None) -> Command:
        """A command that is not waited for; `patched`: see `Command`."""
        return self._command(args, self.log, self.log, patched=patched)

    def _command(
        self,
        args: Sequence[str],
        out: Path,
        err: Path,
        without: Sequence[str] = (),
        largest_file: int | None = None,
        patched: Mapping[str, float] | None = None,
        **env: str,
    ) -> Command:
        environment = {**os.environ, **self.env, **env}
        known = {name: value for name, value in environment.items() if name not in without}
        command = [*args, "--config", str(self.config)]
        return Command(command, known, out, err, largest_file, patched)

    @property
    def log(self) -> Path:
        """What commands that were not waited for have printed."""
        return self.directory / "daemon.log"

    @contextmanager
    def daemon(self) -> Iterator[Command]:
        """`connector run` as a process; killed at the end where the test did not end it."""
        process = self.begin("run")
        try:
            yield process
        finally:
            process.kill()

    # -- people -----------------------------------------------------------------------------

    def in_crm(self, what: str, /, **arguments: Any) -> Any:
        """Somebody does something in the CRM's pages."""
        with self.crm.lock:
            return self.crm.people()[what](**arguments)

    def in_erp(self, what: str, /, **arguments: Any) -> Any:
        """Somebody does something in the ERP's client."""
        with self.erp.lock:
            return self.erp.people()[what](**arguments)

    def order(self, *lines: Any, customer: str = "C1", **fields: Any) -> str:
        """A salesperson enters an order; returns its number."""
        rows = [line if isinstance(line, dict) else sold(*line) for line in lines] or [sold()]
        return str(self.in_crm("add_order", customer=customer, lines=rows, **fields))

    def hear(self) -> list[Heard]:
        """From now on, every call that the connector makes in the ERP."""
        heard: list[Heard] = []
        answer = self.erp.answer

        def listen(request: Request, operation: str, form: str) -> Response:
            heard.append(Heard(operation, form, from_json(request.body or b"{}")))
            return answer(request, operation, form)

        self.erp.answer = listen  # type: ignore[method-assign]
        return heard

    # -- what stands there ------------------------------------------------------------------

    def orders(self) -> dict[str, dict[str, Any]]:
        """The CRM's orders by number."""
        return {order["name"]: order for order in self.crm.records(ORDER)}

    def crm_order(self, number: str) -> dict[str, Any]:
        return self.orders()[number]

    def told(self, number: str) -> tuple[str, str, str, str]:
        """What the CRM's order says of the ERP: state, number, reason and who must act."""
        order = self.crm_order(number)
        names = ("state", "number", "reason", "who")
        state, bill, reason, who = (str(order.get(f"erp_{name}__c") or "") for name in names)
        return state, bill, reason, who

    def bills(self, number: str = "") -> list[dict[str, Any]]:
        """The ERP's sales orders that carry our mark; with a number, those of that CRM order."""
        key = self.crm_order(number)["_id"] if number else ""
        books = self.erp.books
        with self.erp.lock:
            return [
                books.model(bill)
                for bill in books.table(BILL).bills.values()
                if (mark := bill.values.get("F_CRM_Ref")) and str(mark).strip().endswith(key)
            ]

    def bill(self, number: str) -> dict[str, Any]:
        """The one bill of a CRM order."""
        found = self.bills(number)
        assert len(found) == 1, [bill["FBillNo"] for bill in found]
        return found[0]

    def rows(self, number: str) -> list[dict[str, Any]]:
        """The rows of the one bill of a CRM order."""
        rows: list[dict[str, Any]] = self.bill(number)[ROWS]
        return rows

    def delivery(self, number: str, flow: str = "orders") -> Any:
        """A CRM order's delivery as the store has it."""
        with self.app.system.store.reading() as tx:
            return deliveries.load(tx, flow, [self.crm_order(number)["_id"]])[
                self.crm_order(number)["_id"]
            ]

    def marks(self) -> tuple[int, int]:
        """The ends of both ledgers, to ask later what came after."""
        return len(self.crm.ledger), len(self.erp.ledger)

    def calls(self, name: str, operation: str = "", form: str = "") -> int:
        """How often a system was called, by its ledger."""
        system: Application = self.crm if name == "crm" else self.erp
        return sum(
            entry.kind == "request"
            and operation in ("", entry.operation)
            and form in ("", entry.form)
            for entry in system.ledger
        )

    def written(self, since: tuple[int, int] = (0, 0), form: str = "") -> list[Entry]:
        """What the connector committed in either system after `since`, by both ledgers."""
        entries = [*self.crm.ledger][since[0] :] + [*self.erp.ledger][since[1] :]
        return [
            entry
            for entry in entries
            if entry.kind == "commit" and entry.by == "api" and form in ("", entry.form)
        ]


def sold(
    product: str = "M1", quantity: Any = "2", price: Any = "11.30", **fields: Any
) -> dict[str, Any]:
    """A line of an order as a salesperson enters it."""
    return {"product": product, "quantity": str(quantity), "price": str(price), **fields}


def today() -> date:
    """Today in China."""
    return datetime.now(CHINA).date()


@contextmanager
def opened(
    directory: Path,
    company: Company,
    *,
    erp_company: Company | None = None,
    numbering: Any = "manual",
    limits: Any = "off",
    systems: tuple[str, str] = ("fxiaoke", "kingdee_galaxy"),
    whole: bool = False,
    **init: Any,
) -> Iterator[Site]:
    """A site with `company` in both systems, configured by `init` with everything carried.

    `erp_company`: the same company as the ERP knows it. `limits`: `vendor` for those of the CRM's
    vendor. `systems`: which CRM and which ERP. `whole`: also what orders do without, which takes as
    long again in every run.
    """
    crm = simulated(systems[0], company, Options(limits=limits, side="crm"))
    erp = simulated(systems[1], erp_company or company, Options(numbering=numbering))
    with joined(directory, crm, erp, whole=whole, **init) as site:
        yield site


@contextmanager
def joined(
    directory: Path, crm: Application, erp: Application, *, whole: bool = True, **init: Any
) -> Iterator[Site]:
    """As `opened`, of two systems that are there."""
    served = {"crm": start(crm), "erp": start(erp)}
    urls = {name: url for name, (url, _) in served.items()}
    env: dict[str, str] = {}
    names = (crm.system, erp.system)
    path = beginning.init(*names, directory, **{"backfill": True, "today": today(), **init})
    site = Site(directory, crm, erp, urls, SharedClock((crm, erp)), env)
    site.stops = {name: stop for name, (_, stop) in served.items()}
    with site.settings() as config:
        config["health"] = ""
        for name in () if whole else UNNEEDED & config["flows"].keys():
            del config["flows"][name]
        for name, system in (("crm", crm), ("erp", erp)):
            settings, secrets = system.settings(urls[name])
            env.update(secrets)
            quick = QUICK.get(system.system, OTHERS)
            config["connections"][name] = {**settings, **quick}
    assert path == site.config
    shutil.copy(empty_store(), directory / "connector.db")
    before = dict(os.environ)
    os.environ.update(env)
    try:
        yield site
    finally:
        site.restart()
        for stop in site.stops.values():
            stop()
        for name in env:
            os.environ.pop(name)
        os.environ.update({name: before[name] for name in env if name in before})


def simulated(name: str, company: Company, options: Options) -> Application:
    """A simulated system by its name."""
    made: Application = import_module(f"sandbox.{name}").create(company, options)
    return made


def wait_for(
    holds: Callable[[], Any], seconds: float = 20.0, process: Any = None, pause: float = 0.1
) -> Any:
    """Look again and again until `holds` says something true; what it said."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            if found := holds():
                return found
        assert process is None or process.poll() is None, "the process ended"
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} seconds")
