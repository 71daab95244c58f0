"""A factory: its company in both sandboxes, its group and its approvals in DingTalk, and who works
there. Large orders need the director, those beyond a customer's credit finance, and those short of
material planning, which says when they can be delivered.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.company.model import Credit, Stock
from sandbox.dingtalk import DingTalkSandbox
from sandbox.dingtalk_app import DingTalkAppSandbox
from sandbox.dingtalk_app.application import NODE
from sandbox.server import start
from tests.system.site import Site, opened
from tests.system.test_insight import COMPANY

LIMIT = 1000
"""What C3 may owe; nobody else has a limit."""
LARGE = 100_000
FIRM = replace(
    COMPANY,
    customers=tuple(replace(one, erp_number=one.number) for one in COMPANY.customers),
    credits=(Credit(customer="C3", limit=Decimal(LIMIT), overdue_days=0),),
    stock=(
        Stock(material="M1", warehouse="CK01", quantity=Decimal(1_000_000)),
        Stock(material="M4", warehouse="CK01", quantity=Decimal(400)),
    ),
)
"""Gear boxes (M1) lie there for everybody; of bearings (M2) there are none."""

DIRECTOR, FINANCE, PLANNER = "gao", "jin", "pan"
MOBILES = {
    DIRECTOR: "13800000001",
    FINANCE: "13800000002",
    PLANNER: "13800000003",
    "zong": "13800000004",
    "ma": "13800000005",
    "zhang": "13800000006",
}
"""The director, finance, the planner, the general manager, the manager, and the salesperson of
all customers, as the group's robot mentions them."""
THERE = {FINANCE: "manager01", PLANNER: "user002"}
"""Who approves in DingTalk, by their ids there; the director has none."""
REMIND, ESCALATE = 120, 300
"""Minutes without an answer after which a department is reminded, and the general manager told."""

_SEEN = ["number", "amount_with_tax"]
DEPARTMENTS = {
    "director": {"who": [DIRECTOR], "when": f"amount_with_tax > {LARGE}", "shows": _SEEN},
    "finance": {
        "who": [FINANCE],
        "when": "standing.exposure + amount_with_tax > standing.limit",
        "shows": [*_SEEN, "standing.limit"],
    },
    "planning": {
        "who": [PLANNER],
        "when": "kitting.complete == false",
        "asks": ["wanted_date"],
        "shows": [*_SEEN, "kitting.short_of"],
    },
}
WHO = {"director": DIRECTOR, "finance": FINANCE, "planning": PLANNER}


@dataclass
class Factory:
    """The site, and both of DingTalk's."""

    site: Site
    chat: DingTalkSandbox
    approvals: DingTalkAppSandbox


@contextmanager
def factory(directory: Path) -> Iterator[Factory]:
    """At seven in the morning, before the first order."""
    with ExitStack() as stack:
        site = stack.enter_context(opened(directory, FIRM))
        made = Factory(site, DingTalkSandbox(), DingTalkAppSandbox())
        site.clock.others += (made.chat, made.approvals)
        with site.settings() as config:
            for name, system in (("ding", made.chat), ("oa", made.approvals)):
                url, stop = start(system)
                stack.callback(stop)
                settings, secrets = system.settings(url)
                for variable, value in secrets.items():
                    os.environ[variable] = value
                    stack.callback(os.environ.pop, variable)
                config["connections"][name] = settings
            config["connections"]["oa"] |= {"actioner_key": NODE}
            _configure(config)
        site.clock.go_on_to(7)
        site.sync()
        for one in FIRM.customers:
            site.app.set_link("customers", one.number, one.number)
        site.sync()
        yield made


def _configure(config: Any) -> None:
    roles = {"zong": ["general"], "ma": ["manager"], "zhang": ["salesperson"]}
    config["people"] = {
        name: {
            "roles": roles.get(name, []),
            "ids": {"ding": mobile, **({"oa": THERE[name]} if name in THERE else {})},
            "logins": [name],
            "is": ["YW001"] if name == "zhang" else [],
        }
        for name, mobile in MOBILES.items()
    }
    config["messages"] = {"workdays": False, "report": ["ma"], "url": "https://connector.example"}
    config["rules"] = {"late_order": {}}
    config["reviews"] = {
        "order_review": {
            "departments": DEPARTMENTS,
            "via": "oa",
            "look": "4m",
            "remind": f"{REMIND}m",
            "escalate": f"{ESCALATE}m",
            "escalate_to": ["general"],
        }
    }
    flows = config["flows"]
    flows["orders"] |= {"review": "order_review", "quiet": "4m"}
    flows["credits"] = {"object": "credit", "from": "erp", "every": "1h"}
    flows["reviews"] = {
        "object": "order_review",
        "from": "hub",
        "to": "crm",
        "when": 'flow == "orders"',
        "on_conflict": "ours",
    }
