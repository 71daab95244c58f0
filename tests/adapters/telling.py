"""A simulated channel behind real sockets, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from connector.contract import Write, Written
from connector.mapping.writing import Writer
from connector.objects import Message
from connector.objects.base import plain
from sandbox.server import start
from tests.adapters.simulated import World, mapping_of


class Told(World):
    """A channel: subclass it and say which."""

    system: ClassVar[str]
    form: ClassVar[str]
    usual: ClassVar[Mapping[str, Any]] = {"rate": ""}
    start: ClassVar[Callable[[Any], tuple[str, Callable[[], None]]]] = staticmethod(start)

    def __init__(self, company: Any = None, **options: Any) -> None:
        self.sandbox = self.sandbox_type(**options)
        self.url, self.stop = self.start(self.sandbox)

    @staticmethod
    def small_company(orders: int) -> Any:
        """None: a channel is filled by what is said in it."""

    def tell(self, text: str = "订单 **SO-1** 已延期 3 天", **more: Any) -> Written:
        """Send one message, as its mapping writes it."""
        changes = more.pop("settings", {})
        return self.adapter(**changes).write(self.write(text, **more))

    def write(self, text: str, **more: Any) -> Write:
        """What the engine asks for."""
        message = Message(number="M1", channel="chat", title="订单延期", text=text)
        made = Writer(mapping_of(self.system, "message"))(plain(message.model_copy(update=more)))
        return Write(self.form, "", dict(made.fields))

    @property
    def said(self) -> list[dict[str, Any]]:
        """What was said there, oldest first."""
        return self.sandbox.records(self.form)
