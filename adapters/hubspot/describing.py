"""What an object's properties are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from adapters.hubspot.client import Client
from adapters.hubspot.codec import Codec
from adapters.hubspot.forms import ASSOCIATED, BELONGS, OWNER_PROPERTIES, OWNERS
from connector.clock import Clock
from connector.contract import FormField
from connector.errors import Rejected
from connector.messages import say

AGAIN = 60.0
"""Seconds after which properties that were missing are asked for anew: people add some. Each of a
thousand records would ask otherwise."""


class Codecs:
    """Each object's codec, made of its properties; asked for once. Safe for several threads."""

    def __init__(self, client: Client, zone: ZoneInfo, clock: Clock) -> None:
        self._client = client
        self._zone = zone
        self._clock = clock
        self._known: dict[str, tuple[Codec, float]] = {}

    def of(self, form: str, younger_than: float = inf) -> Codec:
        codec, asked = self._known.get(form, (None, -inf))
        now = self._clock.monotonic()
        if codec is None or now - asked >= younger_than:
            codec = Codec(self.properties(form), self._zone)
            self._known[form] = codec, now
        return codec

    def properties(self, form: str) -> Sequence[Mapping[str, Any]]:
        """As HubSpot describes them now."""
        return OWNER_PROPERTIES if form == OWNERS else self._client.properties(form)

    def having(self, form: str, names: Collection[str]) -> Codec:
        """The codec, which knows all of these properties.

        HubSpot ignores the others where it is asked for them: they would look empty. Raises
        Rejected.
        """
        codec = self.of(form)
        if all(name in codec for name in names):
            return codec
        codec = self.of(form, AGAIN)
        for name in names:
            if name not in codec:
                raise Rejected(say("hubspot_no_field", form=form, field=name), field=name)
        return codec


def fields_of(
    form: str, properties: Iterable[Mapping[str, Any]], required: Collection[str]
) -> list[FormField]:
    """The object's properties, and what its records may belong to."""
    made = [
        FormField(
            str(one["name"]),
            str(one.get("label") or ""),
            str(one.get("type") or ""),
            one["name"] in required,
            unique=one.get("hasUniqueValue"),
        )
        for one in properties
    ]
    return made + [FormField(ASSOCIATED + to, to, "association") for to in BELONGS.get(form, ())]
