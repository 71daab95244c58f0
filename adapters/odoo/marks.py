"""Our marks: external ids, which Odoo keeps in a table beside the models, one record each.

`load` makes record and external id in one transaction, and the table takes no name twice: of two
that import the same at once, one is taken back. Reading the table itself needs an administrator's
rights; what a record is called, and what is called so, any user may ask.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from adapters.odoo.client import Client, Row
from adapters.odoo.forms import model_of
from connector.errors import Rejected

MODULE = "__connector__"
"""Under which our external ids stand: no module's name, so that no update removes them."""
_PLAIN = re.compile(r"[\w.:/|-]{1,200}", re.ASCII)


class Marks:
    """The marks of one connection's records."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find(self, form: str, mark: str) -> int | None:
        """The record that carries a mark; None: there is none, or none for us to see."""
        try:
            told = self._client.named(MODULE, _name(form, mark))
        except Rejected:
            return None
        model, id = told if isinstance(told, list) and len(told) == 2 else ("", None)
        return id if model == model_of(form) and id else None

    def of(self, form: str, model: str, ids: Sequence[int]) -> dict[int, str]:
        """The marks of these records, as far as they have some."""
        start = _name(form, "")
        rows = self._client.metadata(model, ids) if ids else []
        found = {row["id"]: [n for n in _names(row) if n.startswith(start)] for row in rows}
        return {id: names[0].removeprefix(start) for id, names in found.items() if names}


def external_id(form: str, mark: str) -> str:
    """A mark as an import names it."""
    return f"{MODULE}.{_name(form, mark)}"


def row_mark(mark: str, table: str, line: str) -> str:
    """The mark of a row of a record that carries `mark`."""
    name = f"{mark}/{table}/{line}"
    if _PLAIN.fullmatch(name):
        return name
    return f"{mark}/{hashlib.blake2b(name.encode(), digest_size=15).hexdigest()}"


def _name(form: str, mark: str) -> str:
    return f"{form}/{mark}"


def _names(row: Row) -> list[str]:
    """Versions before 16 tell one of a record's external ids, the others all of them."""
    listed = row.get("xmlids")
    several = listed if isinstance(listed, list) else [row]
    told = [one.get("xmlid") for one in several if isinstance(one, Mapping)]
    prefix = f"{MODULE}."
    return [str(n).removeprefix(prefix) for n in told if n and str(n).startswith(prefix)]
