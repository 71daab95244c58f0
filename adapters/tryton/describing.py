"""What models and their fields are: told to people, and kept for reading and writing values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.tryton.client import Client
from adapters.tryton.codec import Row, at
from adapters.tryton.forms import PRODUCT, STOCK, STOCK_KEY
from adapters.tryton.names import asked, name_of
from connector.clock import Clock
from connector.contract import FormField
from connector.errors import AdapterError, Rejected
from connector.kit.described import Described
from connector.messages import say

PAGE = 100
"""Records asked for at once, of those that a field may name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model."""

    name: str
    type: str
    label: str
    required: bool
    relation: str
    """The model that it points to; empty: it is a plain value, or may point to several."""
    back: str
    """Of rows: their field that points back."""
    searchable: bool
    free: bool
    """People may change it whatever state the record is in."""
    options: Mapping[str, str]
    """Of a selection: its codes and their names."""

    @classmethod
    def of(cls, told: Row) -> Field:
        options = told.get("selection")
        return cls(
            name=str(told["name"]),
            type=str(told["type"]),
            label=str(told.get("string") or ""),
            required=told.get("required") is True,
            relation=str(told.get("relation") or ""),
            back=str(told.get("relation_field") or ""),
            searchable=told.get("searchable") is not False,
            free=not told.get("readonly") and told.get("states") in ("{}", None),
            options=_options(options) if isinstance(options, list) else {},
        )


Fields = Mapping[str, Field]


class Models:
    """Each model's fields; asked for once. Safe for several threads."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._known = Described(self._told, clock)

    def _told(self, model: str) -> Fields:
        told = self._client.fields(model).values()
        return {field.name: field for field in map(Field.of, told)}

    def of(self, model: str) -> Fields:
        return self._known.of(model)

    def having(self, model: str, paths: Iterable[str]) -> Fields:
        """The model's fields, all of these among them.

        For one that is not there the server says nothing that could be told from a mistake of its
        own. Raises Rejected.
        """
        names = (path.partition(".")[0] for path in paths)
        fields, lacking = self._known.having(model, names)
        for name in lacking:
            raise Rejected(say("tryton_no_field", form=model, field=name), field=name)
        return fields

    def field(self, model: str, path: str) -> Field:
        """The field at the end of a path through records. Raises Rejected."""
        first, _, rest = path.partition(".")
        found = self.having(model, [first])[first]
        if not rest:
            return found
        if not found.relation:
            raise Rejected(say("tryton_no_field", form=model, field=path), field=path)
        return self.field(found.relation, rest)

    def check(self, model: str, paths: Iterable[str]) -> None:
        """Every path can be shown. Raises Rejected."""
        for one in dict.fromkeys(one for path in paths for one in asked(path)):
            self.field(model, one)

    # -- for people -------------------------------------------------------------------------

    def described(self, form: str) -> Iterator[FormField]:
        """The form's fields, and those of its rows."""
        if form == STOCK:
            yield from (_told(field, "") for field in self.of(PRODUCT).values())
            yield from map(FormField, STOCK_KEY)
            return
        for field in self.of(name_of(form).plain).values():
            yield _told(field, "")
            if field.type in ("one2many", "many2many"):
                yield from self._rows(field)

    def _rows(self, table: Field) -> Sequence[FormField]:
        try:
            return [_told(field, table.name) for field in self.of(table.relation).values()]
        except AdapterError:
            return []  # rows that the user may not see

    def codes(
        self, form: str, path: str, wanted: Collection[str] | None
    ) -> Mapping[str, str] | None:
        """What a field may be given: the codes of a selection; of a path to another record's
        field, what names one record alone."""
        table, _, name = path.rpartition("/")
        model = name_of(form).plain
        if table:
            model = self.field(model, name_of(table).plain).relation
        field = self.field(model, name)
        first, _, last = name.rpartition(".")
        if not first:
            told = dict(field.options) or None
        else:
            told = self._named(self.field(model, first).relation, last, wanted)
        if told is None or wanted is None:
            return told
        return {code: told[code] for code in told if code in wanted}

    def _named(self, model: str, field: str, wanted: Collection[str] | None) -> dict[str, str]:
        domain = [[field, "in", list(wanted)]] if wanted is not None else []
        active = [["active", "=", True]] if "active" in self.of(model) else []
        names = (field, "rec_name")
        pages = self._client.pages(model, [*domain, *active], names, PAGE)
        rows = [row for page in pages for row in page]
        codes = [str(at(row, field) or "") for row in rows]
        return {
            code: str(row.get("rec_name") or "")
            for code, row in zip(codes, rows, strict=True)
            if code and codes.count(code) == 1
        }


def _told(field: Field, table: str) -> FormField:
    return FormField(field.name, field.label, field.type, field.required, table)


def _options(listed: Iterable[object]) -> dict[str, str]:
    pairs = [pair for pair in listed if isinstance(pair, list) and len(pair) == 2]
    return {str(code): str(name) for code, name in pairs if code}
