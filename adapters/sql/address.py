"""Where the database is: a URL without secrets, and the driver that speaks to it."""

from __future__ import annotations

import re

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from connector.messages import say

DRIVERS = {
    "postgresql": "psycopg",
    "mysql": "pymysql",
    "mariadb": "pymysql",
    "mssql": "pymssql",
    "oracle": "oracledb",
}
"""What is taken where the URL names none. Only the first comes with the connector."""
PACKAGES = {"MySQLdb": "mysqlclient", "psycopg2": "psycopg2-binary"}
"""What is to be installed where it is not called like the module."""

SECRET = re.compile("passw|pwd|secret|token|odbc_connect", re.I)
"""Parameters that hold secrets."""


def parse(text: str) -> URL:
    """The URL, with its driver. Raises ValueError with a sentence."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(say("sql_bad_url")) from None
    if url.username or url.password or any(map(SECRET.search, url.query)):
        raise ValueError(say("sql_secret_in_url"))
    if url.drivername in DRIVERS:
        url = url.set(drivername=f"{url.drivername}+{DRIVERS[url.drivername]}")
    try:
        url.get_dialect().import_dbapi()
    except NoSuchModuleError:
        raise ValueError(say("sql_no_dialect", name=url.drivername)) from None
    except ImportError as error:
        module = (error.name or url.get_driver_name()).partition(".")[0]
        package = PACKAGES.get(module, module)
        raise ValueError(say("sql_no_driver", name=url.drivername, package=package)) from None
    return url


def tenant(url: URL) -> str:
    """What names the database: its kind and its place, whoever asks by whichever driver."""
    host = str(url.host or url.query.get("host") or "")
    place = f"{host}:{url.port}" if url.port else host
    return f"{url.get_backend_name()} {place}/{url.database or ''}"
