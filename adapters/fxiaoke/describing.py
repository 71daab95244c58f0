"""What a form's fields are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from adapters.fxiaoke.client import Client
from adapters.fxiaoke.codec import Codec
from connector.clock import Clock
from connector.contract import FormField
from connector.errors import Rejected
from connector.kit.described import Described
from connector.messages import say


class Codecs:
    """Each form's codec, made of its description; asked for once. Safe for several threads."""

    def __init__(self, client: Client, zone: ZoneInfo, clock: Clock) -> None:
        self._known = Described(lambda form: Codec(client.describe(form), zone), clock)

    def of(self, form: str) -> Codec:
        return self._known.of(form)

    def having(self, form: str, fields: Collection[str]) -> Codec:
        """The form's codec, which knows all of these fields.

        Fxiaoke ignores the others: a filter would then find everything, and a value would be
        dropped, each without a word. Raises Rejected.
        """
        codec, lacking = self._known.having(form, fields)
        for name in lacking:
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
