"""What an entity type's fields are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from adapters.espocrm.client import Client
from adapters.espocrm.codec import Codec, attributes
from adapters.espocrm.forms import COMPOSED, KEY
from connector.clock import Clock
from connector.contract import FormField
from connector.errors import Rejected
from connector.kit.described import Described
from connector.messages import say


class Codecs:
    """Each entity type's codec, made of its metadata; asked for once. Safe for several threads."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._known = Described(lambda form: Codec(self.fields(form)), clock)

    def fields(self, form: str) -> Mapping[str, Any]:
        """The entity type's fields. Raises Rejected: there is no such, for us."""
        fields = self._client.fields(form)
        if fields is None:
            raise Rejected(say("espocrm_no_form", form=form))
        return fields

    def of(self, form: str) -> Codec:
        return self._known.of(form)

    def having(self, form: str, names: Collection[str]) -> Codec:
        """The codec, which knows all of these attributes.

        EspoCRM ignores the others: they would look empty. Raises Rejected.
        """
        codec, lacking = self._known.having(form, names)
        for name in lacking:
            raise Rejected(say("espocrm_no_field", form=form, field=name), field=name)
        return codec

    def writing(self, form: str, names: Collection[str]) -> Codec:
        """The codec, by which all of these may be set; EspoCRM drops the others without a word."""
        self.having(form, names)
        codec, fixed = self._known.having(form, names, Codec.writable)
        for name in fixed:
            raise Rejected(say("espocrm_fixed", form=form, field=name), field=name)
        return codec


def fields_of(fields: Mapping[str, Any]) -> list[FormField]:
    """The attributes, each once. Demanded is what has no default, whatever screens fill in."""
    found = {KEY: FormField(KEY)}
    for name, field in fields.items():
        kind = str(field.get("type") or "")
        demanded = field.get("required") is True and field.get("default") is None
        for attribute, part in attributes(name, kind):
            required = demanded and kind not in COMPOSED and part in ("", "Id", "Ids")
            if part in ("", "Id", "Ids") or attribute not in found:
                found[attribute] = FormField(attribute, "", kind, required)
    return list(found.values())
