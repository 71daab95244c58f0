"""What a form's fields are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from adapters.fxiaoke.client import Client
from adapters.fxiaoke.codec import Codec
from connector.contract import FormField
from connector.errors import Rejected
from connector.messages import say


class Codecs:
    """Each form's codec, made of its description; asked for once. Safe for several threads."""

    def __init__(self, client: Client, zone: ZoneInfo) -> None:
        self._client = client
        self._zone = zone
        self._known: dict[str, Codec] = {}

    def of(self, form: str) -> Codec:
        codec = self._known.get(form)
        if codec is None:
            codec = self._known[form] = Codec(self._client.describe(form), self._zone)
        return codec

    def having(self, form: str, fields: Collection[str]) -> Codec:
        """The form's codec, which knows all of these fields; asked anew, for people add some.

        Fxiaoke ignores the others: a filter would then find everything, and a value would be
        dropped, each without a word. Raises Rejected.
        """
        codec = self.of(form)
        if all(name in codec for name in fields):
            return codec
        self._known.pop(form, None)
        codec = self.of(form)
        for name in fields:
            if name not in codec:
                raise Rejected(say("fxiaoke_no_field", form=form, field=name), field=name)
        return codec


def fields_of(description: Sequence[Mapping[str, Any]]) -> list[FormField]:
    """The form's fields, those of its details not: details are forms of their own."""
    return [
        FormField(
            str(field["api_name"]),
            str(field.get("label", "")),
            str(field.get("type", "")),
            field.get("is_required") is True,
            unique=field.get("is_unique"),
        )
        for field in description
        if field.get("is_active") is not False
    ]
