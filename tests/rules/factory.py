"""The smallest whole product, with a chat in it and rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from connector import registry
from connector.assemble import Assembly
from connector.contract import Fields, Identity
from connector.kit.channel import Channel
from connector.operations import ruling
from connector.rules.book import Book
from connector.settings import ConfigFile
from connector.store import deliveries
from tests.engine.factory import CONFIG, MAPPINGS, Site, site

HEAD = """
messages: {quiet: ["20:00-08:00"], workdays: false, report: []}
people:
  boss: {roles: [manager], ids: {chat: boss}}
  li: {name: 李四, roles: [planner], ids: {chat: li}, is: [E1]}
"""


@dataclass(frozen=True)
class Heard:
    """A message as somebody read it."""

    to: str
    title: str
    text: str


class Chat(Channel):
    """A channel in memory."""

    speaks_http: ClassVar[bool] = False
    said: ClassVar[list[Heard]] = []
    trouble: ClassVar[list[Exception]] = []
    """What goes wrong next: before anything is said, or, of an unknown outcome, after."""

    def check(self) -> Identity:
        return Identity("chat")

    def send(self, form: str, fields: Fields) -> str:
        error = self.trouble.pop(0) if self.trouble else None
        if error is not None and type(error).__name__ != "OutcomeUnknown":
            raise error
        self.said.append(Heard(*(str(fields.get(n) or "") for n in ("to", "title", "text"))))
        if error is not None:
            raise error
        return f"c{len(self.said)}"


@dataclass
class Firm:
    """A site whose people hear what rules tell."""

    site: Site
    rules: str = ""
    head: str = HEAD
    connections: str = ""
    """More of them."""
    orders: str = ""
    """What the flow of orders is told besides."""
    mappings: dict[str, str] = field(default_factory=dict)

    def start(self) -> Firm:
        """(Re)start with these rules."""
        chat = "  chat: {adapter: chat}\n" + self.connections + "flows:"
        config = CONFIG.replace("flows:", chat).replace(ORDERS, ORDERS + self.orders)
        self.site.config = config + self.head + self.rules
        self.site.mappings = MAPPINGS | {"chat/message": CHAT} | self.mappings
        self.site.start()
        return self

    @property
    def book(self) -> Book:
        file = ConfigFile(self.site.directory / "config.yaml")
        assembly = Assembly(file, self.site.clock, lambda *_: None)
        assembly.build().store.close()
        return assembly.book

    def go(self) -> list[Heard]:
        """Read, follow the rules, tell; what was said by that."""
        self.site.sync()
        return self.follow()

    def follow(self) -> list[Heard]:
        """The same without reading."""
        before = len(Chat.said)
        ruling.follow(self.site.system, self.book)
        self.site.sync()
        return Chat.said[before:]

    def later(self, *, hours: float = 0, days: float = 0) -> list[Heard]:
        """The same after a while."""
        self.site.clock.advance(hours * 3600 + days * 86_400)
        return self.go()

    def messages(self) -> list[Any]:
        """Their deliveries."""
        with self.site.system.store.reading() as tx:
            return list(deliveries.walk(tx, "messages_chat", "", 1000))


ORDERS = "orders: {object: sales_order, from: crm, to: erp"
CHAT = """
object: message
form: chat
key: id
write: {id: number, to: to, title: title, text: text}
"""


@contextmanager
def firm(directory: Path, store_url: str) -> Iterator[Firm]:
    registry.add("chat", Chat)
    Chat.said.clear()
    Chat.trouble.clear()
    with site(directory, store_url) as made:
        made.customer()
        made.material()
        yield Firm(made)
