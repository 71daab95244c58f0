"""A firm whose orders are reviewed by departments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from connector.app import App
from connector.assemble import Assembly
from connector.operations.reviewing import Reply
from connector.settings import Config, ConfigFile
from connector.store.tables import audit
from tests.engine.factory import MAPPINGS
from tests.rules.factory import Chat, Firm, firm

PEOPLE = """
messages: {quiet: [], workdays: false, url: "https://connector.example"}
people:
  boss: {roles: [director], ids: {chat: boss}, logins: [boss]}
  fin: {roles: [finance], ids: {chat: fin}, logins: [fin]}
  pro: {roles: [production], ids: {chat: pro}, logins: [pro]}
  li: {roles: [sales, finance], ids: {chat: li}, logins: [li], is: [E1]}
  root: {roles: [admin], ids: {chat: root}, logins: [root]}
"""
REVIEW = """
reviews:
  order_review:
    remind: 4h
    escalate: 1d
    escalate_to: [director]
    departments:
      finance: {who: [finance], when: amount_with_tax > 100, shows: [number, amount_with_tax]}
      production: {who: [production], when: amount_with_tax > 100, asks: [wanted_date]}
"""
ERP = MAPPINGS["erp/sales_order"].replace(
    "  note: {from", "  wanted: {from: wanted_date, type: date}\n  note: {from"
)
CRM = MAPPINGS["crm/sales_order"].replace(
    "  status: status\n", "  status: status\n  salesperson: seller\n"
)


@dataclass
class Reviewed:
    """A firm, and whoever sits at its machine."""

    firm: Firm
    people: str = PEOPLE
    more: dict[str, str] = field(default_factory=dict)
    """Mappings beside those that every such firm has."""

    @property
    def site(self) -> Any:
        return self.firm.site

    def start(self, *, review: str = REVIEW, flow: str = ", review: order_review") -> Reviewed:
        """(Re)start with this configuration."""
        self.firm.head, self.firm.rules, self.firm.orders = self.people, review, flow
        self.firm.mappings = {"erp/sales_order": ERP, "crm/sales_order": CRM, **self.more}
        self.firm.start()
        return self

    def app(self, login: str = "root") -> App:
        """The façade in somebody's hands."""
        file = ConfigFile(self.site.directory / "config.yaml")
        assembly = Assembly(file, self.site.clock, lambda *_: None)
        assembly.build().store.close()
        config: Config = file.config
        return App(self.site.system, config, login, assembly.book, assembly.board)

    def go(self) -> list[Any]:
        """Read, deliver, ask, tell; what was said by that."""
        before = len(Chat.said)
        self.site.sync()
        app = self.app()
        app.mind_reviews()
        app.follow_rules()
        self.site.sync()
        return Chat.said[before:]

    def resync(self) -> None:
        """As by the command, which ends the work of a process of its own."""
        self.app().resync("orders", everything=True)
        self.site.system.stopping.clear()

    def later(self, hours: float) -> list[Any]:
        self.site.clock.advance(hours * 3600)
        return self.go()

    def answer(self, login: str, department: str, verdict: Any = "approved", **more: Any) -> str:
        reply = Reply(verdict, **more)
        return self.app(login).answer_review("orders", "O1", department, reply)

    def approve_all(self) -> None:
        self.answer("fin", "finance")
        self.answer("pro", "production", given={"wanted_date": "2026-12-24"})
        self.go()

    def audited(self) -> list[str]:
        """What was noted in the audit."""
        with self.site.system.store.reading() as tx:
            return [row.what for row in tx.execute(select(audit).order_by(audit.c.id))]


@contextmanager
def reviewed(directory: Path, store_url: str) -> Iterator[Reviewed]:
    with firm(directory, store_url) as made:
        yield Reviewed(made)
