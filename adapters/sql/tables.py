"""Tables and views as the database describes them: asked once, and again where one has grown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Column, Index, MetaData, Table, UniqueConstraint, inspect, types
from sqlalchemy.exc import NoSuchTableError

from adapters.sql.client import Client
from adapters.sql.codec import PLAIN, kind_of
from adapters.sql.settings import FormSettings, SqlSettings
from connector.clock import Clock
from connector.contract import FormField
from connector.errors import Rejected
from connector.kit.described import Described
from connector.messages import say

_NONE = FormSettings()


@dataclass(frozen=True, slots=True)
class Form:
    """A table or view."""

    name: str
    table: Table
    settings: FormSettings
    kinds: Mapping[str, str]
    """What each column holds."""
    scales: Mapping[str, int | None]
    """Decimal places that it keeps, where it says so."""
    plain: frozenset[str]
    """Kinds of columns whose values come as they are meant."""
    unique: frozenset[str]
    """Columns of which no two records share a value."""
    parents: Mapping[str, str]
    """The column that refers to another form, by that form."""

    @property
    def key(self) -> tuple[str, ...]:
        """Its primary key; a view has none."""
        return tuple(column.name for column in self.table.primary_key)

    def __contains__(self, name: str) -> bool:
        return name in self.kinds

    def column(self, name: str) -> Column[Any]:
        return self.table.c[name]

    def fields(self, table: str = "") -> list[FormField]:
        """Its columns, as `describe` tells them."""
        return [
            FormField(
                c.name, c.comment or "", self.kinds[c.name], _is_required(c), table,
                unique=c.name in self.unique,
            )
            for c in self.table.columns
        ]  # fmt: skip


class Tables:
    """The forms of one connection. Safe for several threads."""

    def __init__(self, client: Client, settings: SqlSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._known = Described(self._reflected, clock)

    def of(self, name: str) -> Form:
        """The form called `table` or `schema.table`. Raises Rejected."""
        return self._known.of(name)

    def having(self, name: str, columns: Iterable[str]) -> Form:
        """The form, which has all of these columns and those that its settings count on. Raises
        Rejected."""
        wanted = [column for column in (*columns, *self.of(name).settings.columns) if column]
        form, lacking = self._known.having(name, wanted)
        for column in lacking:
            alike = ", ".join(get_close_matches(column, list(form.kinds), n=3, cutoff=0.4))
            words = say("sql_no_column", form=name, field=column, alike=alike or "-")
            raise Rejected(words, field=column)
        return form

    def by(self, rows: str, parent: str) -> str:
        """The column in which `rows` hold the key of their `parent`. Raises Rejected."""
        form = self.of(rows)
        found = form.settings.by or form.parents.get(parent, "")
        if not found:
            raise Rejected(say("sql_no_parent", form=rows, parent=parent))
        return found

    def rows_of(self, parent: str) -> list[str]:
        """The forms among the settings' whose records are, or may be, rows of `parent`."""
        others = {name: form for name, form in self._settings.forms.items() if name != parent}
        return [name for name, form in others.items() if form.by or self._refers(name, parent)]

    def _refers(self, name: str, parent: str) -> bool:
        try:
            return parent in self.of(name).parents
        except Rejected:
            return False

    def _reflected(self, name: str) -> Form:
        schema, _, table = name.rpartition(".")
        with self._client.describing() as connection:
            try:
                made = Table(
                    table,
                    MetaData(),
                    schema=schema or None,
                    autoload_with=connection,
                    resolve_fks=False,
                    # A trigger on SQL Server forbids what SQLAlchemy asks an insert for.
                    implicit_returning=connection.dialect.name != "mssql",
                )
            except NoSuchTableError:
                known = inspect(connection)
                names = known.get_table_names(schema or None) + known.get_view_names(schema or None)
                alike = ", ".join(get_close_matches(table, names, n=3, cutoff=0.4))
                raise Rejected(say("sql_no_form", form=name, alike=alike or "-")) from None
        return self._form(name, made)

    def _form(self, name: str, table: Table) -> Form:
        columns: Sequence[Column[Any]] = list(table.columns)
        kinds = {column.name: kind_of(column.type) for column in columns}
        scales = {column.name: getattr(column.type, "scale", None) for column in columns}
        for column in columns:
            # Values come and go as the driver has them: SQLAlchemy's types round some.
            keeps = kinds[column.name] in ("integer", "money") or (
                kinds[column.name] == "char" and self._client.dialect.binds_char
            )
            column.type = column.type if keeps else types.NullType()
        settings = self._settings.forms.get(name, _NONE)
        plain = frozenset() if self._client.dialect.textual else PLAIN
        return Form(name, table, settings, kinds, scales, plain, _unique(table), _parents(table))


def _unique(table: Table) -> frozenset[str]:
    """By a constraint or an index over that column alone, without a condition."""
    sets = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    sets += [list(i.columns) for i in table.indexes if i.unique and not _is_partial(i)]
    sets.append(list(table.primary_key.columns))
    return frozenset(columns[0].name for columns in sets if len(columns) == 1)


def _is_partial(index: Index) -> bool:
    given = index.dialect_kwargs
    return any(given[name] is not None for name in given if name.endswith("_where"))


def _parents(table: Table) -> dict[str, str]:
    found: dict[str, str] = {}
    for constraint in table.foreign_key_constraints:
        if len(constraint.elements) == 1:
            target = constraint.elements[0].target_fullname.rpartition(".")[0]
            found[target] = constraint.elements[0].parent.name
    return found


def _is_required(column: Column[Any]) -> bool:
    given = column.server_default is not None or column.identity or column.computed
    own = column is column.table.autoincrement_column
    return not (column.nullable or given or own)
