"""Statements, compiled once per database and then given to its driver with plain values.

SQLAlchemy writes the SQL, and keeps connections and transactions; what it would do again for every
call and every row is left out. The columns of this store hold text and numbers only, which drivers
take and give as they are.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Text, bindparam, literal
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator

from connector import exact

Row = dict[str, Any]


class Sql:
    """One statement. Values are given by the names of its bound parameters or columns."""

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        """`columns` are those that an insert sets."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, tuple[str, Row]] = {}

    def __call__(self, tx: Connection, **values: Any) -> Sequence[Any]:
        """Run it once; its rows. Lists of keys are given as lists (see `among`)."""
        text, fixed = self._for(tx.dialect)
        for name, value in values.items():
            if isinstance(value, list):
                values[name] = _listed(value, tx.dialect)
        with _driving(tx, text) as cursor:
            cursor.execute(text, {**fixed, **values})
            if cursor.description is None:
                return ()
            made = _rows_of(tuple(column[0] for column in cursor.description))
            return [made(row) for row in cursor.fetchall()]

    def first(self, tx: Connection, **values: Any) -> Any | None:
        """The first row, or None."""
        return next(iter(self(tx, **values)), None)

    def many(self, tx: Connection, rows: Sequence[Row]) -> int:
        """Run it once for each row of values; how many rows of the table that touched."""
        if not rows:
            return 0
        text, fixed = self._for(tx.dialect)
        values = [{**fixed, **row} for row in rows] if fixed else list(rows)
        with _driving(tx, text) as cursor:
            cursor.executemany(text, values)
            return int(cursor.rowcount)

    def _for(self, dialect: Dialect) -> tuple[str, Row]:
        """Its text, and the values that stand in it for good."""
        found = self._compiled.get(dialect.name)
        if found is None:
            named = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
            made = self._statement.compile(dialect=named, column_keys=self._columns)
            fixed = {name: value for name, value in made.params.items() if value is not None}
            found = self._compiled[dialect.name] = str(made), fixed
        return found


@contextmanager
def _driving(tx: Connection, text: str) -> Iterator[Any]:
    """The driver's cursor. What it raises is raised as SQLAlchemy would, and a connection that is
    lost is known to be."""
    cursor = tx.connection.cursor()
    try:
        yield cursor
    except tx.dialect.loaded_dbapi.Error as error:
        lost = tx.dialect.is_disconnect(error, tx.connection.dbapi_connection, cursor)
        if lost:
            tx.invalidate(error)
        base = tx.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(
            text, None, error, base, connection_invalidated=lost, dialect=tx.dialect
        ) from error
    finally:
        cursor.close()


@cache
def _rows_of(names: tuple[str, ...]) -> Any:
    """Makes rows of these columns, each an attribute."""
    make: Any = namedtuple
    return make("Row", names)._make


# -- lists of keys ------------------------------------------------------------------------------


class _Keys(TypeDecorator[Any]):
    """A list of texts as one value, so that a statement's text does not grow with it."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        kind: Any = Text() if dialect.name == "sqlite" else ARRAY(Text())
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return _listed(value, dialect)


def _listed(keys: Iterable[str], dialect: Dialect) -> Any:
    return exact.dumps(list(keys)) if dialect.name == "sqlite" else list(keys)


class _Among(FunctionElement[Any]):
    inherit_cache = True
    name = "among"
    type = NullType()  # as a Boolean it would become `… = 1`, which no index serves


@compiles(_Among, "sqlite")
def _among_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    column, keys = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({keys}))"  # noqa: S608 - both are SQL already


@compiles(_Among, "postgresql")
def _among_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    column, keys = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY ({keys})"


class _Each(FunctionElement[Any]):
    inherit_cache = True
    name = "each"
    type = Text()


@compiles(_Each, "sqlite")
def _each_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Each, "postgresql")
def _each_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **options)})"


def each(keys: str) -> Any:
    """A column with each of the keys that the parameter of this name holds, to be selected from."""
    return _Each(bindparam(keys, type_=_Keys())).column_valued("value")


class _Begins(FunctionElement[Any]):
    inherit_cache = True
    name = "begins"
    type = NullType()


@compiles(_Begins, "sqlite")
def _begins_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    # As an index knows it: between this text and whatever comes behind all that begins so.
    column, text = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} >= {text} AND {column} < {text} || char(1114111))"


@compiles(_Begins, "postgresql")
def _begins_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    # Its texts may be in the order of a language, in which nothing stands between two texts.
    column, text = (compiler.process(part, **options) for part in element.clauses)
    return f"starts_with({column}, {text})"


def begins(column: Any, text: str) -> Any:
    """`column` begins with this text."""
    return _Begins(column, literal(text, Text()))


def among(column: Any, keys: Iterable[str] | str) -> Any:
    """`column` is one of these keys, however many; text names a parameter that holds them."""
    if isinstance(keys, str):
        return _Among(column, bindparam(keys, type_=_Keys()))
    return _Among(column, bindparam(None, list(keys), type_=_Keys()))
