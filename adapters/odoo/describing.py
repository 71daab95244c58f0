"""A form's fields as people are told of them."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.odoo.client import Client
from adapters.odoo.forms import MADE_ALONG, MARK, MAY_LACK, OTHER_NAMES, form_of, model_of
from adapters.odoo.models import Model, Models
from connector.contract import FormField
from connector.errors import Rejected


class Describing:
    """Describes the forms of one connection."""

    def __init__(self, client: Client, models: Models) -> None:
        self._client = client
        self._models = models

    def fields_of(self, form: str) -> list[FormField]:
        """The head's, our mark's, and those of the tables that mappings name."""
        model = self._models.of(model_of(form))
        fields = [FormField(MARK, MARK, "char", unique=True), *self._fields(model, "")]
        for table in form_of(form).rows:
            rows = model.find(table)
            if rows is not None:
                fields += self._fields(self._models.of(rows.relation), table, rows.back)
        return fields

    def _fields(self, model: Model, table: str, back: str = "") -> Iterator[FormField]:
        given = self._given(model) | {back}
        for field in model:
            required = field.required and not field.computed and field.name not in given
            yield FormField(field.name, field.label, field.kind, required, table)
        told = {field.name for field in model}
        for name in sorted({name for one, name in {*OTHER_NAMES, *MAY_LACK} if one == model.name}):
            if name not in told:  # under another name, or no mistake to be without
                yield FormField(name, table=table)

    def _given(self, model: Model) -> set[str]:
        """The required fields that new records get by themselves."""
        asked = [field.name for field in model if field.required and not field.computed]
        made = {name for name in asked if (model.name, name) in MADE_ALONG}
        try:
            usual = self._client.defaults(model.name, asked)
        except Rejected:
            return set(asked)  # a model that cannot be asked has nothing that we know to be lacking
        return made | {name for name, value in usual.items() if value}
