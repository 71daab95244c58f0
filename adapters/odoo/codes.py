"""Codes: what a field of choices takes, and the names that a field of names knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from adapters.odoo.client import Client
from adapters.odoo.forms import AMONG, KEY, model_of
from adapters.odoo.models import Models

LABEL = "display_name"


class Codes:
    """Looks codes up in one connection."""

    def __init__(self, client: Client, models: Models) -> None:
        self._client = client
        self._models = models

    def of(self, form: str, path: str, wanted: Collection[str] | None) -> Mapping[str, str] | None:
        """By code. None for what takes anything."""
        table, _, name = path.rpartition("/")
        model = self._model(form, table)
        first, _, rest = name.partition(".")
        field = self._models.of(model).find(first) if model else None
        if field is None:
            return None
        if field.options is not None and not rest:
            told = dict(field.options)
            return told if wanted is None else {c: n for c, n in told.items() if c in wanted}
        if not field.relation or not rest or "." in rest:
            return None
        where = [*AMONG.get((model, first), ())]
        if wanted is not None:
            where.append((rest, "in", list(wanted)))
        rows = self._client.rows(field.relation, where, [KEY, rest, LABEL], archived=False)
        return {str(row[rest]): str(row[LABEL] or row[rest]) for row in rows if row[rest]}

    def _model(self, form: str, table: str) -> str:
        if not table:
            return model_of(form)
        field = self._models.of(model_of(form)).find(table)
        return field.relation if field else ""
