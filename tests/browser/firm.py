"""The demo's firm as it stays for whoever looks around: systems, daemon and console are processes
of their own, and speak HTTP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connector.app import App
from connector.cli.demo import site as demo
from connector.cli.demo.people import ACCOUNT, BILL, ORDER
from connector.cli.demo.site import SideDoor, Site
from connector.yamlfile import plain_load
from tests.system import configuration
from tests.system.site import wait_for

FIRST, ADMIN, OPERATOR, VIEWER = "wang", "chen", "zhao", "sun"
DIRECTOR, FINANCE = "director", "li"
PEOPLE = {
    FIRST: {"name": "王工", "logins": [FIRST], "roles": ["admin"]},
    ADMIN: {"name": "陈主管", "logins": [ADMIN], "roles": ["admin"]},
    OPERATOR: {"name": "赵工", "logins": [OPERATOR], "roles": ["operator"]},
    VIEWER: {"name": "孙经理", "logins": [VIEWER]},
    DIRECTOR: {"name": "高总", "logins": [DIRECTOR], "ids": {"chat": ""}},
    FINANCE: {"name": "李会计", "logins": [FINANCE], "roles": ["finance"]},
}
"""Who there is. The first comes by the link that the console prints, the others are invited."""
IN_ERP = "已进ERP"


@dataclass
class Firm:
    """The demo's systems, and the console before them."""

    site: Site
    home: str
    """Where the console is."""
    first: str
    """The link that it printed for the first admin."""

    def invited(self, login: str) -> str:
        """A link with which somebody sets a password."""
        with self.app() as app:
            return f"{self.home}/welcome/{app.accounts.invite(login, FIRST)}"

    @contextmanager
    def app(self) -> Iterator[App]:
        """The façade as the console has it."""
        app = App.open(self.site.folder / "config.yaml", apart=True)
        try:
            yield app
        finally:
            app.close()

    def sold(self, quantity: int = 2, price: str = "11.30", **more: Any) -> str:
        """A salesperson enters an order; its number."""
        customer = self.site.crm.records(ACCOUNT)[0]["account_no"]
        line = {"product": self.made[0], "quantity": quantity, "price": price}
        lines = [line | {"tax_rate__c": "13"}]
        return str(self.site.crm.act("add_order", customer=customer, lines=lines, **more))

    @property
    def made(self) -> list[str]:
        """Products that the factory makes itself."""
        sold = {row["product_code"] for row in self.site.crm.records("ProductObj")}
        goods = self.site.erp.records("BD_MATERIAL")
        return sorted(sold & {one["FNumber"] for one in goods if one.get("FErpClsID") == "2"})

    def refused(self, **more: Any) -> str:
        """An order of last month, whose books finance has closed meanwhile."""
        first = date.today().replace(day=1)
        _switch(self.site.erp, closed_before=first.isoformat())
        return self.sold(order_time=(first - timedelta(days=3)).isoformat(), **more)

    def large(self, **more: Any) -> str:
        """An order that the director must approve."""
        return self.sold(quantity=400, price="339.00", **more)

    def bill(self, number: str) -> Any:
        """An order as the ERP has it; None: it has not."""
        bills = self.site.erp.records(BILL)
        return next((one for one in bills if one["FBillNo"] == number), None)

    def works(self) -> bool:
        """Whether orders arrive in the ERP."""
        return any(one.get("erp_state__c") == IN_ERP for one in self.site.crm.records(ORDER))


@contextmanager
def opened() -> Iterator[Firm]:
    """The firm on a working day, its console open and nobody in it yet."""
    with demo.opened(keep=False) as site:
        path = site.folder / "config.yaml"
        config: dict[str, Any] = plain_load(path.read_text("utf-8"))
        home = f"127.0.0.1:{demo._free_port()}"
        config |= {"language": "zh", "people": PEOPLE, "console": {"address": home}}
        path.write_text(configuration.written(config), "utf-8")
        command = [sys.executable, "-m", "connector", "console", "--config", str(path)]
        said = site.folder / "console.log"  # no pipe: it would be full one day
        with said.open("wb") as log:
            console = subprocess.Popen(command, env=_as_admin(), stdout=log, stderr=log)

        def links() -> list[str]:
            return re.findall(r"http\S+/welcome/\S+", said.read_text("utf-8"))

        try:
            firm = Firm(site, f"http://{home}", wait_for(links, 60, console)[0])
            wait_for(firm.works, 90, site.daemon)
            yield firm
        finally:
            console.terminate()
            console.wait(timeout=20)


def _as_admin() -> dict[str, str]:
    return {**os.environ, "LOGNAME": FIRST, "CONNECTOR_LANG": "zh"}


def _switch(door: SideDoor, **switches: Any) -> None:
    request = urllib.request.Request(f"{door.url}/_sandbox/switches", json.dumps(switches).encode())
    with urllib.request.urlopen(request, timeout=30):
        pass
