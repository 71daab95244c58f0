"""The calls of one connection: reading by ids and conditions, creating, changing, importing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from adapters.odoo.answers import SHOWN, of_import
from adapters.odoo.settings import OdooSettings
from adapters.odoo.wires import WIRES
from connector.contract import Http
from connector.errors import OutcomeUnknown, Transient
from connector.messages import say

Row = dict[str, Any]
Domain = Sequence[Any]
"""Conditions in Odoo's Polish notation: `(field, operator, value)`, `"|"`, `"!"`; all must hold."""

EVERYTHING = {"active_test": False}
"""Archived records are read as well."""
IMPORTED = {"mode": "update", "noupdate": True, "tz": "UTC"}
"""A record that carries the mark already is left as it is, and times are meant as they stand."""
BARE = {"load": ""}
"""Of another record its id alone: names cost half the time of a reading."""
TOLD = ("type", "string", "required", "readonly", "depends", "relation", "relation_field",
        "selection")  # fmt: skip
"""What is asked about fields."""


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: OdooSettings, http: Http) -> None:
        self._http = http
        self._wire = WIRES[settings.protocol](settings, http)
        self._page = settings.page
        self._busy_text = settings.busy_text
        newer = settings.protocol == "json2"
        self._bare = BARE if newer else {}
        self._list_of_defaults = "fields" if newer else "fields_list"
        self._context: Row = {"lang": settings.language} if settings.language else {}
        if settings.company is not None:
            self._context["allowed_company_ids"] = [settings.company]

    @cached_property
    def version(self) -> str:
        """The server's."""
        return self._wire.version()

    def now(self) -> datetime:
        """The server's own time. It is its word, never ours: somebody must have answered."""
        _ = self.version
        return self._http.now()

    # -- reading ----------------------------------------------------------------------------

    def pages(
        self, model: str, where: Domain, fields: Sequence[str], after: int = 0
    ) -> Iterator[list[Row]]:
        """Every record that matches and has an id above `after`, by ascending id."""
        while True:
            keyset = [*where, ("id", ">", after)] if after else list(where)
            rows = self.rows(model, keyset, fields, limit=self._page)
            if rows:
                yield rows
            if len(rows) < self._page:
                return
            after = _behind(rows, after)

    def rows(
        self,
        model: str,
        where: Domain,
        fields: Sequence[str],
        *,
        limit: int | None = None,
        archived: bool = True,
    ) -> list[Row]:
        """The records that match, by ascending id."""
        named: Row = {"domain": list(where), "fields": list(fields), "order": "id", **self._bare}
        if limit:
            named["limit"] = limit
        context = EVERYTHING if archived else {}
        return _listed(self._call(model, "search_read", None, named, context), fields)

    def metadata(self, model: str, ids: Sequence[int]) -> list[Row]:
        """Who made and changed records, and under which external ids they are known."""
        return _listed(self._call(model, "get_metadata", ids, {}, EVERYTHING))

    def named(self, module: str, name: str) -> Any:
        """`[model, id]` of what has an external id; raises Rejected where nothing has."""
        arguments = {"module": module, "xml_id": name}
        return self._call("ir.model.data", "check_object_reference", None, arguments)

    def fields(self, model: str) -> dict[str, Row]:
        """What Odoo tells of a model's fields."""
        told = self._call(model, "fields_get", None, {"attributes": list(TOLD)})
        if not isinstance(told, dict) or not all(isinstance(f, dict) for f in told.values()):
            raise _unrecognised(told)
        return told

    def defaults(self, model: str, fields: Sequence[str]) -> Row:
        """The values that new records get by themselves."""
        told = self._call(model, "default_get", None, {self._list_of_defaults: list(fields)})
        return told if isinstance(told, dict) else {}

    # -- writing ----------------------------------------------------------------------------

    def load(self, model: str, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> list[int]:
        """Import a table, all of it or nothing; the ids of the records. Raises why not."""
        named = {"fields": list(columns), "data": [list(line) for line in lines]}
        answer = self._call(model, "load", None, named, IMPORTED, writes=True)
        ids = answer.get("ids") if isinstance(answer, Mapping) else None
        if ids is False:
            raise of_import(answer, self._busy_text)
        if not isinstance(ids, list) or not ids or not all(map(_is_id, ids)):
            raise OutcomeUnknown(say("odoo_unrecognised"), answer=str(answer)[:SHOWN])
        return ids

    def write(self, model: str, key: int, values: Mapping[str, Any]) -> None:
        """Set these fields; the others stay."""
        self._call(model, "write", [key], {"vals": dict(values)}, writes=True)

    def press(self, model: str, key: int, button: str) -> None:
        """What a button does. It may do nothing but answer with a question, so look afterwards."""
        asked = {"disable_cancel_warning": True}
        self._call(model, button, [key], {}, asked, writes=True)

    def _call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None,
        named: Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
        *,
        writes: bool = False,
    ) -> Any:
        arguments = {**named, "context": {**self._context, **(context or {})}}
        return self._wire.call(model, method, ids, arguments, writes=writes)


def _listed(rows: Any, fields: Sequence[str] = ()) -> list[Row]:
    """An answer without a list is an error, not an empty page: changes would be lost in silence."""
    wanted = {"id", *fields}
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and row.keys() >= wanted and _is_id(row["id"]) for row in rows
    ):
        raise _unrecognised(rows)
    return rows


def _is_id(value: Any) -> bool:
    return type(value) is int


def _behind(rows: Sequence[Row], after: int) -> int:
    """Where the next page begins. Had the condition been ignored, it would be the same for ever."""
    last: int = rows[-1]["id"]
    if last <= after:
        raise _unrecognised(rows[-1])
    return last


def _unrecognised(answer: Any) -> Transient:
    return Transient(say("odoo_unrecognised"), answer=str(answer)[:SHOWN])
