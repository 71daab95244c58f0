"""What a connection may be told: an address without secrets, and tables by name."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.sql import Sql
from adapters.sql.address import parse, tenant
from adapters.sql.settings import SqlSettings
from connector.http import NoHttp
from connector.testing import SkippingClock

URL = "postgresql://db.example.com/erp"


def settings(**given: Any) -> SqlSettings:
    return SqlSettings.model_validate({"adapter": "sql", "url": URL, **given})


def refusal(**given: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        settings(**given)
    return str(caught.value.errors()[0]["ctx"]["error"])


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@db.example.com/erp",
        "postgresql://u:secret-in-url@db.example.com/erp",
        "postgresql://db.example.com/erp?password=secret-in-url",
        "mssql+pyodbc:///?odbc_connect=DRIVER=x;PWD=secret-in-url",
    ],
)
def test_a_secret_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    words = refusal(url=url)
    assert "user and password" in words
    assert "secret-in-url" not in words


def test_a_secret_among_the_driver_s_arguments_is_refused() -> None:
    assert "user and password" in refusal(driver={"sslpassword": "x"})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is no address of a database"),
        ("dm://host/db", "SQLAlchemy knows no database dm: install its dialect"),
        ("mysql://host/db", "run pip install pymysql"),
        ("mssql://host/db", "run pip install pymssql"),
        ("mssql+pyodbc://host/db", "run pip install pyodbc"),
        ("oracle://host/db", "run pip install oracledb"),
        ("mysql+mysqldb://host/db", "run pip install mysqlclient"),
    ],
)
def test_what_is_lacking_is_told_with_what_to_install(
    url: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pymysql", "pymssql", "pyodbc", "oracledb", "MySQLdb"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    assert words in refusal(url=url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://db.example.com:5433/erp", "postgresql db.example.com:5433/erp"),
        ("postgresql+psycopg://db.example.com/erp", "postgresql db.example.com/erp"),
        ("postgresql:///erp?host=/run/pg", "postgresql /run/pg/erp"),
        ("sqlite:////data/erp.db", "sqlite //data/erp.db"),
    ],
)
def test_the_tenant_is_the_database_whoever_asks(url: str, name: str) -> None:
    assert tenant(parse(url)) == name


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"cancel": {"state": "void"}}, "are for tables with write: true"),
        ({"stamp": ["a", "b"], "kind": "version"}, "takes one stamp column"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(form: dict[str, Any], words: str) -> None:
    assert words in refusal(forms={"bill": form})


def test_an_importer_s_codes_may_be_numbers() -> None:
    importer = {"state": "iState", "ready": 1, "done": [2, 3], "failed": 9}
    made = settings(forms={"bill": {"write": True, "importer": importer}}).forms["bill"].importer
    assert made is not None
    assert (made.ready, made.done, made.failed) == ("1", ("2", "3"), ("9",))


def test_an_isolation_that_the_database_lacks_is_refused_with_those_it_has() -> None:
    assert "REPEATABLE READ" in refusal(isolation="SNAPSHOT")


def test_the_password_stands_in_no_repr() -> None:
    made = settings(user="connector", password="synthetic-password")
    adapter = Sql(made, NoHttp(SkippingClock()), SkippingClock())
    engine = adapter._client._engine
    shown = [repr(made), repr(engine), str(engine.url), repr(adapter._client)]
    assert not [text for text in shown if "synthetic-password" in text]


def test_capabilities_follow_the_settings_alone() -> None:
    forms = {
        "plain": {},
        "read": {"stamp": "at"},
        "written": {"write": True, "cancel": {"state": "void"}},
        "imported": {
            "write": True, "importer": {"state": "s", "ready": "r", "done": "d"},
        },
    }  # fmt: skip
    made = settings(forms=forms)
    known = Sql(made, NoHttp(SkippingClock()), SkippingClock()).capabilities
    assert {known.of(name).reads for name in ("plain", "nobody's")} == {"full"}
    assert known.of("read").reads == "changes"
    assert known.of("read").operations == known.other.operations == frozenset()
    assert known.of("written").operations == {"create", "update", "cancel"}
    assert known.of("imported").steps == ("saved", "audited")
