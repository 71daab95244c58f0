"""What an object's fields are: told to people, and kept for reading and writing its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from adapters.salesforce.client import Client
from adapters.salesforce.codec import Codec
from adapters.salesforce.forms import CURRENCY
from connector.contract import FormField


class Codecs:
    """Each object's codec, made of its description; asked for once. Safe for several threads."""

    def __init__(self, client: Client, zone: ZoneInfo) -> None:
        self._client = client
        self._zone = zone
        self._known: dict[str, Codec] = {}

    def of(self, form: str) -> Codec:
        codec = self._known.get(form)
        if codec is None:
            codec = self._known[form] = Codec(self._client.describe(form), self._zone)
        return codec


def fields_of(description: Sequence[Mapping[str, Any]]) -> list[FormField]:
    """The object's fields, those of its lines not: lines are objects of their own.

    Relationships stand among them, for through one the fields of another record are read; and the
    currency, which is read as empty where there is but one.
    """
    found = {CURRENCY: FormField(CURRENCY)}
    for field in description:
        name, label = str(field["name"]), str(field.get("label") or "")
        kind = str(field.get("type") or "")
        unique = field.get("unique")
        found[name] = FormField(name, label, kind, _is_required(field), unique=unique)
        if link := str(field.get("relationshipName") or ""):
            found.setdefault(link, FormField(link, label, "relationship"))
    return list(found.values())


def _is_required(field: Mapping[str, Any]) -> bool:
    """It must be given when a record is made."""
    demanded = field.get("nillable") is False and field.get("defaultedOnCreate") is False
    return demanded and field.get("createable") is True
