"""What a model's fields are: asked once, kept for reading, writing and telling people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.odoo.client import Client
from adapters.odoo.forms import MARK, MAY_LACK, OTHER_NAMES, model_of
from connector.clock import Clock
from connector.errors import Rejected
from connector.kit.described import Described
from connector.messages import say


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model."""

    name: str
    """As this Odoo calls it."""
    kind: str
    """`char`, `many2one` and so on."""
    label: str = ""
    relation: str = ""
    """The model that it points to."""
    back: str = ""
    """Of a one2many: the rows' field that points back."""
    required: bool = False
    computed: bool = False
    options: tuple[tuple[str, str], ...] | None = None
    """What may be chosen, with labels; None: nothing is to be chosen."""


class Model:
    """One model's fields, by the names that Odoo 19 gives them."""

    def __init__(self, name: str, told: Mapping[str, Mapping[str, Any]]) -> None:
        """`told` is what `fields_get` says."""
        self.name = name
        self._fields = {field: _field(field, more) for field, more in told.items()}

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def find(self, name: str) -> Field | None:
        """A field, under whatever name this version has it."""
        others = OTHER_NAMES.get((self.name, name), ())
        return next((self._fields[n] for n in (name, *others) if n in self._fields), None)

    def __contains__(self, name: str) -> bool:
        """It has the field, or may be without it."""
        return self.find(name) is not None or (self.name, name) in MAY_LACK


class Models:
    """The models of one database. Safe for several threads."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._known = Described(lambda name: Model(name, client.fields(name)), clock)

    def of(self, name: str) -> Model:
        return self._known.of(name)

    def having(self, name: str, paths: Iterable[str]) -> Model:
        """The model, which knows the first field of each path.

        Odoo answers an unknown name with a failure of the server. Raises Rejected.
        """
        firsts = {path.partition(".")[0] for path in paths} - {MARK}
        model, lacking = self._known.having(name, sorted(firsts))
        for first in lacking:
            raise Rejected(say("odoo_no_field", form=name, field=first), field=first)
        return model

    def rows(self, form: str, table: str) -> Field:
        """The field of a form that holds a table's rows. Raises Rejected."""
        field = self.having(model_of(form), [table]).find(table)
        if field is None or not field.back:
            raise Rejected(say("odoo_no_rows", form=form, table=table), field=table)
        return field

    def end(self, name: str, path: str) -> Field | None:
        """The field in which a path ends."""
        first, _, rest = path.partition(".")
        field = self.having(name, [path]).find(first)
        return self.end(field.relation, rest) if field and rest and field.relation else field


def _field(name: str, told: Mapping[str, Any]) -> Field:
    listed = told.get("selection")
    choices = listed if isinstance(listed, list) else []
    pairs = [one for one in choices if isinstance(one, list) and len(one) == 2]
    return Field(
        name=name,
        kind=str(told.get("type") or ""),
        label=str(told.get("string") or ""),
        relation=str(told.get("relation") or ""),
        back=str(told.get("relation_field") or ""),
        required=told.get("required") is True,
        computed=bool(told.get("depends")) or told.get("readonly") is True,
        options=tuple((str(code), str(label)) for code, label in pairs) if pairs else None,
    )
