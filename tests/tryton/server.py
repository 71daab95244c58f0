"""A real Tryton as tests meet it: behind faults, clock and ledger of a simulated system.

One process serves it for all tests of this one; each test begins with the database as it was made.
"""

from __future__ import annotations

import atexit
import base64
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.server import Application, Request, Response, from_json, to_json
from tests.tryton.making import DATABASE, PASSWORD, ROOT, USER, configured, made

ADMINISTRATOR = 1
KEY = "the-session-of-whoever-works-in-its-client"
PASSED_ON = ("authorization", "content-type")
ALWAYS_THE_SAME = ("fields_get", "get_preferences")
"""Methods that answer by the modules and the user alone."""
PRODUCING = ("draft", "wait", "assign_try", "run", "do")
SHIPPING = ("wait", "assign_try", "pick", "pack", "do")
"""Buttons that people press."""


class Process:
    """The process, and its database."""

    def __init__(self, folder: Path) -> None:
        name = f"{DATABASE}.sqlite"
        self._pristine = _open(made() / name)
        self.database = _open(folder / name)
        self.told: dict[bytes, Response] = {}
        """What was answered to what is always the same, by the request's body."""
        self.restore()
        env = {**os.environ, "TRYTOND_CONFIG": str(configured(folder))}
        command = [sys.executable, "-m", "tests.tryton.serving"]
        self._served = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._served.stdout is not None
        self.port = int(self._served.stdout.readline())

    def restore(self, kept: sqlite3.Connection | None = None) -> None:
        """The database as it was kept, or as it was made."""
        (kept or self._pristine).backup(self.database)

    def keep(self) -> sqlite3.Connection:
        """The database as it is now."""
        kept = _open(":memory:")
        self.database.backup(kept)
        return kept

    def end(self) -> None:
        self._served.communicate(timeout=30)


def _open(database: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=30, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


@cache
def _process() -> Process:
    # In memory where there is such a place: nobody pulls a plug here.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="tryton", dir=place))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    process = Process(folder)
    atexit.register(process.end)
    return process


class TrytonServer(Application):
    """Tryton, with one company in it."""

    system = "tryton"

    def __init__(self) -> None:
        super().__init__()
        self._process = _process()
        self._process.restore()
        self._admit()

    # -- as a simulated system is met -------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        stated = {
            "adapter": "tryton", "base_url": url, "database": DATABASE, "user": USER,
            "password": "${env:TRYTON_PASSWORD}", "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }  # fmt: skip
        return stated, {"TRYTON_PASSWORD": PASSWORD}

    def name_call(self, request: Request) -> tuple[str, str]:
        method = str(from_json(request.body).get("method", ""))
        model, _, operation = method.rpartition(".")
        return operation, model.removeprefix("model.")

    def _work(self, request: Request, operation: str, form: str) -> Response:
        # Tryton keeps its own callers apart: they are not made to queue here.
        self.ledger.append("request", operation, form=form)
        return self.answer(request, operation, form)

    def answer(self, request: Request, operation: str, form: str) -> Response:
        """Tryton's own; what is the same in every test is asked once."""
        if operation not in ALWAYS_THE_SAME:
            return self._asked(request)
        told = self._process.told
        if request.body not in told:
            answer = self._asked(request)
            if answer.status != 200:
                return answer
            told[request.body] = answer
        return replace(told[request.body])  # faults are done to what is given out

    def _asked(self, request: Request) -> Response:
        passed = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        headers = {"content-type": "application/json", **passed, "X-Now": self._now()}
        connection = http.client.HTTPConnection("127.0.0.1", self._process.port, timeout=60)
        with closing(connection):
            connection.request(request.method, request.path, request.body, headers)
            given = connection.getresponse()
            body = given.read()
        return Response(given.status, body, {}, given.getheader("content-type", "text/html"))

    def standing(self, form: str) -> list[dict[str, Any]]:
        return self.rows(f"select * from {form.replace('.', '_')}")

    # -- people -----------------------------------------------------------------------------

    def call(self, method: str, *params: Any, **context: Any) -> Any:
        """Somebody with every right calls a method of a model in Tryton's client."""
        body = {
            "id": 0,
            "method": f"model.{method}",
            "params": [*params, {"company": 1, **context}],
        }
        token = base64.b64encode(f"admin:{ADMINISTRATOR}:{KEY}".encode()).decode()
        headers = {"authorization": f"Session {token}", "content-type": "application/json"}
        request = Request("POST", f"/{DATABASE}/rpc/", headers, to_json(body))
        answer = self.answer(request, "", "")
        said = json.loads(answer.body) if answer.status == 200 else {"error": answer.body}
        if "error" in said:
            raise ValueError(f"{method}: {said['error']}")
        return said["result"]

    def process(self, sale: int) -> None:
        """Tryton goes on with a sale that is confirmed, as its worker does."""
        self.call("sale.sale.process", [sale])

    def produce(self, sale: int) -> None:
        """What is made for a sale is made."""
        for row in self.rows("select id from sale_line where sale = ?", sale):
            origin = f"sale.line,{row['id']}"
            for order in self.rows("select id from production where origin = ?", origin):
                self._press("production", PRODUCING, order["id"])
        self.process(sale)

    def ship(self, sale: int) -> None:
        """The warehouse ships all of it."""
        (told,) = self.call("sale.sale.read", [sale], ["shipments"])
        self._press("stock.shipment.out", SHIPPING, *told["shipments"])

    def _press(self, model: str, buttons: Sequence[str], *keys: int) -> None:
        for button in buttons:
            self.call(f"{model}.{button}", list(keys))

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """What the database holds."""
        found = map(dict, self._process.database.execute(statement, values))
        # Numbers that are money stand there as the bytes of their digits.
        return [
            {name: v.decode() if isinstance(v, bytes) else v for name, v in row.items()}
            for row in found
        ]

    def change(self, statement: str, *values: Any) -> None:
        """Past Tryton, into its database: stamps, sessions."""
        with self._process.database as database:
            database.execute(statement, values)

    def stamp(self, table: str, keys: Sequence[int], moment: datetime) -> None:
        """Records were last modified just then."""
        told = moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        marks = ",".join("?" * len(keys))
        for name in ("write_date", "create_date"):
            self.change(f"update {table} set {name} = ? where id in ({marks})", told, *keys)

    def keep(self) -> sqlite3.Connection:
        """The database as it is now."""
        return self._process.keep()

    def restore(self, kept: sqlite3.Connection) -> None:
        """The database as it was kept."""
        self._process.restore(kept)

    def end_sessions(self) -> None:
        """Whoever calls next must log in."""
        self.change("delete from ir_session where key <> ?", KEY)

    def _admit(self) -> None:
        self.change(
            "insert into ir_session (key, create_uid, create_date, ip_address) values (?, ?, ?, ?)",
            KEY, ADMINISTRATOR, self._now(), "127.0.0.1",
        )  # fmt: skip

    def _now(self) -> str:
        return self.clock.now().replace(tzinfo=None).isoformat(" ", "microseconds")


def decimal(value: Any) -> Mapping[str, str]:
    """A number as Tryton's interface wants it."""
    return {"__class__": "Decimal", "decimal": str(value)}
