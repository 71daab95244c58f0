"""Channels: connections that only tell people something.

A channel says how one message is sent; that it is sent once, retried or in doubt is the engine's,
as with any other record. Remote APIs of this kind can hardly ever be asked what became of a
message, so it is of idempotency class C: where the answer is lost, a person decides.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

from connector.contract import (
    Adapter,
    Capabilities,
    Fields,
    FormCapabilities,
    Page,
    Record,
    Shape,
    Write,
    Written,
)

ID = "id"
"""The field that carries the message's own number; mappings of channels write it first."""


class Channel(Adapter):
    """An adapter that tells, and has nothing to read."""

    tells: ClassVar[bool] = True
    capabilities: Capabilities = Capabilities(
        other=FormCapabilities(reads="none", operations=frozenset({"create"}), search=False)
    )

    @abstractmethod
    def send(self, form: str, fields: Fields) -> str:
        """Send one message; what the channel calls it, empty: it does not say.

        Returns only on the channel's word that it has it, and raises as `write` does.
        """

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return iter(())

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return iter(())

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return iter(())

    def write(self, write: Write) -> Written:
        return Written(key=self.send(write.form, write.fields) or str(write.fields[ID]))


def titled(fields: Fields) -> str:
    """`Message.text` under `Message.title`, for channels that show no title of their own."""
    title = fields.get("title")
    parts = (f"**{title}**" if title else "", str(fields.get("text") or ""))
    return "\n\n".join(part for part in parts if part)


def recipients(value: object) -> list[str]:
    """`Message.to` as a list."""
    return [one for one in str(value or "").replace(" ", "").split(",") if one]
