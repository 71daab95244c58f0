"""What a database's errors mean for us, by their code; those without one, by SQLAlchemy's class.

Whatever fails before the commit was not done: the transaction is rolled back, by us or, where we
are not there any more, by the database. Of a commit that is not answered nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)

from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

Kind = type[AdapterError]
Codes = Mapping[str, Kind]

SHOWN = 2_000
"""Characters of an answer that errors carry."""


def _codes(**kinds: str) -> dict[str, Kind]:
    """A table from its rows: what is done, and the codes for which it is."""
    return {code: KINDS[kind] for kind, codes in kinds.items() for code in codes.split()}


KINDS: Mapping[str, Kind] = {
    "denied": AccessDenied,
    "away": Unreachable,
    "later": Transient,
    "held": Locked,
    "taken": AlreadyExists,
    "refused": Rejected,
    "unknown": OutcomeUnknown,
}

_MYSQL = _codes(
    denied="1044 1045 1049 1130 1142 1143 1227 1290 1370 1698 1792 1836 3118 4151",
    away="1040 1053 1203 1226 2002 2003 2005",
    later="1213 1317 1614 1969 3024",
    held="1205 1099 3572",
    taken="1022 1062 1586",
    refused="1048 1054 1136 1146 1264 1292 1364 1366 1406 1451 1452 1644 3819 4025",
)
CODES: Mapping[str, Codes] = {
    # SQLSTATE, or its class.
    "postgresql": _codes(
        denied="28 3D000 42501 25006",
        away="53 57P01 57P02 57P03 58",
        later="40 57014 25P03",
        held="55P03 55006",
        taken="23505 23P01",
        refused="22 23 42 44 P0001 2F 38 39",
        unknown="08007 40003",
    ),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": _codes(
        denied="229 230 262 300 916 3906 4060 18452 18456 18470 18487 18488",
        away="701 802 6005 17142 17187 20009 40501 40613",
        later="1205 3960 3961 1204 3635",
        held="1222",
        taken="2601 2627",
        refused="207 208 220 241 242 245 515 547 2628 8114 8115 8152",
    ),
    "oracle": _codes(
        denied="ORA-01017 ORA-01005 ORA-01031 ORA-01035 ORA-01045 ORA-16000 ORA-28000 ORA-28001",
        away="ORA-01033 ORA-01034 ORA-01089 ORA-01090 ORA-12170 ORA-12505 ORA-12514 ORA-12541"
        " DPY-6001 DPY-6003 DPY-6005",
        later="ORA-00060 ORA-01013 ORA-03136 ORA-04068 ORA-08177 DPY-4024",
        held="ORA-00054 ORA-30006",
        taken="ORA-00001",
        refused="ORA-00904 ORA-00942 ORA-01400 ORA-01407 ORA-01438 ORA-01722 ORA-01861 ORA-02290"
        " ORA-02291 ORA-02292 ORA-12899 ORA-20",
    ),
    "sqlite": _codes(
        denied="SQLITE_READONLY SQLITE_PERM SQLITE_AUTH SQLITE_NOTADB",
        away="SQLITE_CANTOPEN SQLITE_FULL SQLITE_IOERR",
        later="SQLITE_INTERRUPT SQLITE_NOMEM SQLITE_PROTOCOL",
        held="SQLITE_BUSY SQLITE_LOCKED",
        taken="SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_CONSTRAINT_ROWID",
        refused="SQLITE_CONSTRAINT SQLITE_ERROR SQLITE_MISMATCH SQLITE_TOOBIG",
    ),
}

OWN = 50_000
"""From here on SQL Server's numbers are those that programs raise themselves."""

_REFUSALS = (IntegrityError, DataError, ProgrammingError, NotSupportedError)
"""Errors without a known code that the same again would bring again."""
_CODE = re.compile(r"[A-Z0-9]{5}|\d+|(ORA|DPY)-\d+|SQLITE_\w+")
_COLUMNS = (
    re.compile(r"Key \((\w+)\)="),
    re.compile(r"constraint failed: \w+\.(\w+)"),
    re.compile(r'"\w+"\."\w+"\."(\w+)"'),
    re.compile(r"(?:[Cc]olumn|[Ff]ield|列)\s*(?:`\w+`\.)*['\"“`]?(\w+)"),
)
"""How databases name the column that they refuse."""
_NATIVE = re.compile(r"\((\d+)\) \(SQL")
"""The server's own code in what ODBC says."""


def before_commit(error: DBAPIError, dialect: str) -> AdapterError:
    """The error of something that was not done: nothing was committed, nor will be."""
    if error.connection_invalidated:
        return _made(Unreachable, error)
    kind = _kind(error, dialect) or (Rejected if isinstance(error, _REFUSALS) else Transient)
    return _made(Transient if kind is OutcomeUnknown else kind, error)


def of_commit(error: DBAPIError, dialect: str) -> AdapterError:
    """The error of a commit: done or not, unless the database says why it was not."""
    kind = None if error.connection_invalidated else _kind(error, dialect)
    return _made(OutcomeUnknown if kind in (None, Unreachable) else kind, error)


def of_log_in(error: DBAPIError, dialect: str, denied: str) -> AdapterError:
    """The error of a connection that did not come to be; where it has no code, by its words."""
    kind = _kind(error, dialect)
    if not code_of(error.orig) and re.search(denied, words_of(error.orig)):
        kind = AccessDenied
    return _made(AccessDenied if kind is AccessDenied else Unreachable, error)


def code_of(error: Any) -> str:
    """The code in a driver's error: a number, a name or SQLSTATE; empty: it has none."""
    first = error.args[0] if error.args else ""
    if isinstance(first, tuple) and first:
        first = first[0]
    native = _NATIVE.search(str(error))
    named = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    own = getattr(first, "full_code", "") or (native[1] if native else "")
    # A server's own number says more than SQLSTATE, which some drivers give besides.
    code = str(first if isinstance(first, int) else own or named or first)
    return code if _CODE.fullmatch(code) else ""


def words_of(error: Any) -> str:
    """What the database said, without its code."""
    parts = error.args[0] if error.args and isinstance(error.args[0], tuple) else error.args
    texts = [p.decode("utf-8", "replace") if isinstance(p, bytes) else str(p) for p in parts]
    return " ".join(t.strip() for t in texts if not _CODE.fullmatch(t)) or repr(error)


def column_of(words: str) -> str:
    """The column that a refusal names; empty: it names none that we recognise."""
    found = (pattern.search(words) for pattern in _COLUMNS)
    return next((match[1] for match in found if match), "")


def _kind(error: DBAPIError, dialect: str) -> Kind | None:
    """By the code, or by the family that it belongs to."""
    code, known = code_of(error.orig), CODES.get(dialect, {})
    if dialect == "mssql" and code.isdigit() and int(code) >= OWN:
        return Rejected
    families = (code, code[:2], "_".join(code.split("_")[:2]), code[:6])
    return next((known[family] for family in families if family in known), None)


def _made(kind: Kind, error: DBAPIError) -> AdapterError:
    words = words_of(error.orig)
    more = {"code": code_of(error.orig), "answer": str(error.orig)[:SHOWN]}
    if kind is Rejected:
        return Rejected(words, field=column_of(words), **more)
    if kind is OutcomeUnknown:
        return OutcomeUnknown(say("sql_commit_lost", detail=words), **more)
    return kind(words, **more)
