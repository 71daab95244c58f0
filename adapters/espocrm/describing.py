"""What an entity type's fields are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from adapters.espocrm.client import Client
from adapters.espocrm.codec import Codec, attributes
from adapters.espocrm.forms import COMPOSED, KEY
from connector.contract import FormField
from connector.errors import Rejected
from connector.messages import say


class Codecs:
    """Each entity type's codec, made of its metadata; asked for once. Safe for several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Codec] = {}

    def of(self, form: str) -> Codec:
        codec = self._known.get(form)
        if codec is None:
            codec = self._known[form] = Codec(self.fields(form))
        return codec

    def fields(self, form: str) -> Mapping[str, Any]:
        """The entity type's fields. Raises Rejected: there is no such, for us."""
        fields = self._client.fields(form)
        if fields is None:
            raise Rejected(say("espocrm_no_form", form=form))
        return fields

    def having(self, form: str, names: Collection[str]) -> Codec:
        """The codec, which knows all of these attributes; asked anew, for people add some.

        EspoCRM ignores the others: they would look empty. Raises Rejected.
        """
        return self._asked(form, names, lambda codec, name: name in codec, "espocrm_no_field")

    def writing(self, form: str, names: Collection[str]) -> Codec:
        """The codec, by which all of these may be set; EspoCRM drops the others without a word."""
        self.having(form, names)
        return self._asked(form, names, Codec.writable, "espocrm_fixed")

    def _asked(
        self,
        form: str,
        names: Collection[str],
        fits: Callable[[Codec, str], bool],
        words: str,
    ) -> Codec:
        codec = self.of(form)
        if all(fits(codec, name) for name in names):
            return codec
        self._known.pop(form, None)
        codec = self.of(form)
        for name in names:
            if not fits(codec, name):
                raise Rejected(say(words, form=form, field=name), field=name)
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
