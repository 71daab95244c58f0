"""What an object's fields are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from adapters.neocrm.client import Client
from adapters.neocrm.codec import Codec, name_of, type_of
from adapters.neocrm.forms import SYSTEM, USUAL_TYPE
from connector.clock import Clock
from connector.contract import FormField
from connector.errors import Rejected
from connector.kit.described import Described
from connector.messages import say


class Codecs:
    """Each object's codec and record types; asked for once. Safe for several threads."""

    def __init__(self, client: Client, zone: ZoneInfo, clock: Clock) -> None:
        self._client = client
        self._known = Described(lambda form: Codec(client.describe(form), zone), clock)
        self._types: dict[str, list[Mapping[str, Any]]] = {}

    def of(self, form: str) -> Codec:
        return self._known.of(form)

    def having(self, form: str, fields: Collection[str]) -> Codec:
        """The object's codec, which knows all of these fields.

        Whether Neocrm refuses the others or ignores them nobody tells. Raises Rejected.
        """
        codec, lacking = self._known.having(form, fields)
        for name in lacking:
            raise Rejected(say("neocrm_no_field", form=form, field=name), field=name)
        return codec

    def record_type(self, form: str, wanted: str) -> str:
        """The id of the record type of that name; with none, of the only or the usual one."""
        types = self._types.get(form)
        if types is None:
            types = self._types[form] = list(self._client.record_types(form))
        named = [
            one for one in types if (wanted or USUAL_TYPE) in (one.get("apiKey"), one.get("label"))
        ]
        found = types if len(types) == 1 and not wanted else named
        if len(found) != 1:
            self._types.pop(form)  # people add some
            known = ", ".join(str(one.get("apiKey") or one.get("label")) for one in types)
            raise Rejected(say("neocrm_record_type", form=form, wanted=wanted, known=known))
        return str(found[0].get("id"))


def fields_of(description: Sequence[Mapping[str, Any]]) -> list[FormField]:
    """The object's fields, and those that every record has."""
    found = {name: FormField(name) for name in sorted(SYSTEM)}
    for field in description:
        name, label = name_of(field), str(field.get("label") or "")
        found[name] = FormField(name, label, type_of(field), field.get("required") is True)
    return [field for name, field in found.items() if name]
