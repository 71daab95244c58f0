"""What an object's properties are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from adapters.hubspot.client import Client
from adapters.hubspot.codec import Codec
from adapters.hubspot.forms import ASSOCIATED, BELONGS, OWNER_PROPERTIES, OWNERS
from connector.clock import Clock
from connector.contract import FormField
from connector.errors import Rejected
from connector.kit.described import Described
from connector.messages import say


class Codecs:
    """Each object's codec, made of its properties; asked for once. Safe for several threads."""

    def __init__(self, client: Client, zone: ZoneInfo, clock: Clock) -> None:
        self._client = client
        self._known = Described(lambda form: Codec(self.properties(form), zone), clock)

    def properties(self, form: str) -> Sequence[Mapping[str, Any]]:
        """As HubSpot describes them now."""
        return OWNER_PROPERTIES if form == OWNERS else self._client.properties(form)

    def of(self, form: str) -> Codec:
        return self._known.of(form)

    def having(self, form: str, names: Collection[str]) -> Codec:
        """The codec, which knows all of these properties.

        HubSpot ignores the others where it is asked for them: they would look empty. Raises
        Rejected.
        """
        codec, lacking = self._known.having(form, names)
        for name in lacking:
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
