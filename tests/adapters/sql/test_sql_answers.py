"""What databases answer, code by code: as their drivers say it, and as PostgreSQL really does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import exc

from adapters.sql import answers
from connector.contract import Write
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
from tests.conformance.sql_remote import SHAPE, Bills, bill


class Spoken(Exception):
    """A driver's error, with the attributes that one has."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args)
        vars(self).update(attributes)


def postgresql(code: str) -> Exception:
    return Spoken("in PostgreSQL's words", sqlstate=code)


def mysql(code: str) -> Exception:
    return Spoken(int(code), "in MySQL's words", sqlstate="HY000")


def pymssql(code: str) -> Exception:
    return Spoken((int(code), b"in SQL Server's words"))


def pyodbc(code: str) -> Exception:
    return Spoken("42000", f"[42000] [ODBC] in SQL Server's words ({code}) (SQLExecDirectW)")


def oracle(code: str) -> Exception:
    class Inner:
        full_code = code

        def __str__(self) -> str:
            return f"{code}: in Oracle's words"

    return Spoken(Inner())


def sqlite(code: str) -> Exception:
    return Spoken("in SQLite's words", sqlite_errorname=code)


CODES = [
    ("postgresql", postgresql, "28P01", AccessDenied),  # wrong password
    ("postgresql", postgresql, "42501", AccessDenied),  # no right to the table
    ("postgresql", postgresql, "25006", AccessDenied),  # a standby takes no writes
    ("postgresql", postgresql, "40001", Transient),  # not serializable
    ("postgresql", postgresql, "40P01", Transient),  # deadlock
    ("postgresql", postgresql, "57014", Transient),  # statement_timeout
    ("postgresql", postgresql, "55P03", Locked),  # lock_timeout
    ("postgresql", postgresql, "53300", Unreachable),  # too many connections
    ("postgresql", postgresql, "57P03", Unreachable),  # starting up
    ("postgresql", postgresql, "23505", AlreadyExists),
    ("postgresql", postgresql, "23502", Rejected),
    ("postgresql", postgresql, "22001", Rejected),  # too long
    ("postgresql", postgresql, "42703", Rejected),  # no such column
    ("postgresql", postgresql, "P0001", Rejected),  # a trigger's own words
    ("mysql", mysql, "1045", AccessDenied),
    ("mysql", mysql, "1142", AccessDenied),
    ("mysql", mysql, "1213", Transient),
    ("mysql", mysql, "1205", Locked),
    ("mysql", mysql, "2003", Unreachable),
    ("mysql", mysql, "1062", AlreadyExists),
    ("mysql", mysql, "1406", Rejected),
    ("mysql", mysql, "1644", Rejected),  # SIGNAL
    ("mariadb", mysql, "4025", Rejected),  # CHECK
    ("mssql", pymssql, "18456", AccessDenied),
    ("mssql", pymssql, "229", AccessDenied),
    ("mssql", pymssql, "1205", Transient),
    ("mssql", pymssql, "1222", Locked),
    ("mssql", pymssql, "20009", Unreachable),
    ("mssql", pymssql, "2627", AlreadyExists),
    ("mssql", pyodbc, "2601", AlreadyExists),
    ("mssql", pyodbc, "515", Rejected),
    ("mssql", pymssql, "8152", Rejected),
    ("mssql", pymssql, "50001", Rejected),  # THROW
    ("oracle", oracle, "ORA-01017", AccessDenied),
    ("oracle", oracle, "ORA-00060", Transient),
    ("oracle", oracle, "ORA-00054", Locked),
    ("oracle", oracle, "DPY-6005", Unreachable),
    ("oracle", oracle, "ORA-00001", AlreadyExists),
    ("oracle", oracle, "ORA-12899", Rejected),
    ("oracle", oracle, "ORA-20001", Rejected),  # raise_application_error
    ("sqlite", sqlite, "SQLITE_READONLY_DBMOVED", AccessDenied),
    ("sqlite", sqlite, "SQLITE_BUSY", Locked),
    ("sqlite", sqlite, "SQLITE_INTERRUPT", Transient),
    ("sqlite", sqlite, "SQLITE_IOERR_READ", Unreachable),
    ("sqlite", sqlite, "SQLITE_CONSTRAINT_UNIQUE", AlreadyExists),
    ("sqlite", sqlite, "SQLITE_CONSTRAINT_NOTNULL", Rejected),
]


def wrapped(kind: type[exc.DBAPIError], said: Exception, *, lost: bool = False) -> exc.DBAPIError:
    return kind("select 1", {}, said, connection_invalidated=lost)


@pytest.mark.parametrize(("dialect", "say", "code", "kind"), CODES)
def test_every_code_has_its_class_before_the_commit(
    dialect: str, say: Callable[[str], Exception], code: str, kind: type[AdapterError]
) -> None:
    error = answers.before_commit(wrapped(exc.OperationalError, say(code)), dialect)
    assert type(error) is kind
    assert error.code == code
    assert "words" in str(error)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (exc.IntegrityError, Rejected),
        (exc.DataError, Rejected),
        (exc.ProgrammingError, Rejected),
        (exc.OperationalError, Transient),
        (exc.InterfaceError, Transient),
    ],
)
def test_what_has_no_known_code_is_told_by_its_class(
    kind: type[exc.DBAPIError], expected: type[AdapterError]
) -> None:
    error = answers.before_commit(wrapped(kind, Spoken("neither code nor sense")), "dm")
    assert type(error) is expected


def test_a_connection_lost_before_the_commit_has_done_nothing() -> None:
    lost = wrapped(exc.OperationalError, Spoken("server closed the connection"), lost=True)
    assert type(answers.before_commit(lost, "postgresql")) is Unreachable


@pytest.mark.parametrize(
    ("said", "lost", "kind"),
    [
        (postgresql("57P01"), True, OutcomeUnknown),  # ended by an administrator
        (postgresql("57P01"), False, OutcomeUnknown),
        (postgresql("08007"), False, OutcomeUnknown),
        (Spoken("what nobody knows"), False, OutcomeUnknown),
        (postgresql("40001"), False, Transient),  # rolled back, and says so
        (postgresql("23505"), False, AlreadyExists),  # a deferred constraint
        (postgresql("23503"), False, Rejected),
    ],
)
def test_a_commit_is_unknown_unless_the_database_says_why_it_was_not_done(
    said: Exception, lost: bool, kind: type[AdapterError]
) -> None:
    error = answers.of_commit(wrapped(exc.OperationalError, said, lost=lost), "postgresql")
    assert type(error) is kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("FATAL:  password authentication failed for user \"x\"", AccessDenied),
        ("FATAL:  no pg_hba.conf entry for host", AccessDenied),
        ("FATAL:  database \"x\" does not exist", AccessDenied),
        ("致命错误:  用户 \"x\" Password 认证失败", AccessDenied),
        ("connection refused", Unreachable),
        ("FATAL:  the database system is starting up", Unreachable),
    ],
)  # fmt: skip
def test_a_log_in_without_a_code_is_told_by_its_words(words: str, kind: type[AdapterError]) -> None:
    pattern = (
        "authentic|password|pg_hba|permi(tted|ssion)|does not exist|认证|口令|密码|权限|不存在"
    )
    error = answers.of_log_in(wrapped(exc.OperationalError, Spoken(words)), "postgresql", pattern)
    assert type(error) is kind


@pytest.mark.parametrize(
    ("words", "column"),
    [
        ('null value in column "name" of relation "bill" violates not-null constraint', "name"),
        ("violates foreign key constraint\nDETAIL:  Key (customer_id)=(9) is not", "customer_id"),
        ("NOT NULL constraint failed: bill.name", "name"),
        ("Data too long for column 'txt' at row 1", "txt"),
        ("Incorrect decimal value: 'x' for column `erp`.`doc`.`amt` at row 1", "amt"),
        ("Cannot insert the value NULL into column 'cCusCode', table 'x'", "cCusCode"),
        ("不能将值 NULL 插入列 'cCusCode'，表 'x'", "cCusCode"),
        ('ORA-12899: value too large for column "U"."BILL"."NAME" (actual: 9)', "NAME"),
        ("something else", ""),
    ],
)
def test_the_refused_column_is_named(words: str, column: str) -> None:
    assert answers.column_of(words) == column


# -- as PostgreSQL really answers -----------------------------------------------------------------


def refused(bills: Bills, write: Write) -> Rejected:
    with pytest.raises(Rejected) as caught:
        bills.connect().write(write)
    return caught.value


def test_a_refusal_names_its_column(bills: Bills) -> None:
    fields = dict(bill("1").fields)
    assert refused(bills, replace(bill("1"), fields={**fields, "no": None})).field == "no"
    assert refused(bills, replace(bill("1"), fields={**fields, "no": "x" * 41})).code == "22001"


def test_a_column_that_is_not_there_is_told_with_those_alike(bills: Bills) -> None:
    error = refused(bills, replace(bill("1"), fields={"totel": Decimal(1)}))
    assert error.field == "totel"
    assert "total" in str(error)


def test_a_stamp_that_is_not_there_is_told_with_the_settings_that_name_it(bills: Bills) -> None:
    adapter = bills.connect(forms={"bill": {"stamp": "changed_on"}})
    with pytest.raises(Rejected, match=r"changed_at.*forms\.bill"):
        list(adapter.read(SHAPE, None))


def test_a_table_that_is_not_there_is_told_with_those_alike(bills: Bills) -> None:
    with pytest.raises(Rejected, match="bill"):
        bills.connect().describe("bills")


def test_a_right_that_is_lacking_is_access_denied(bills: Bills) -> None:
    bills.ask("revoke insert on bill from connector")
    with pytest.raises(AccessDenied):
        bills.connect().write(bill("1"))


def test_a_record_that_somebody_holds_is_locked_and_tried_later(bills: Bills) -> None:
    key = bills.add()
    adapter = bills.connect(timeout=2)
    with bills.begin(key, "note", "theirs"), pytest.raises(Locked):
        adapter.write(Write("bill", key, {"note": "ours"}))


def test_sqlite_says_its_codes_by_name() -> None:
    try:
        sqlite3.connect("file:/nowhere/at/all.db?mode=ro", uri=True)
    except sqlite3.OperationalError as error:
        assert answers.code_of(error) == "SQLITE_CANTOPEN"
