"""The same bills in an SQLite file, whose records carry a number that only grows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from adapters.sql import Sql
from adapters.sql.settings import SqlSettings
from connector.contract import Adapter
from connector.http import NoHttp
from connector.testing import Remote, SkippingClock

TABLES = """
create table counter (n integer);
insert into counter values (0);
create table bill (
    id integer primary key,
    no varchar(40) not null unique,
    note text check (note <> 'forbidden'),
    total numeric(24, 8),
    ref varchar(80),
    state varchar(10) not null default '',
    version integer
);
create table line (
    id integer primary key,
    bill_id integer not null references bill,
    goods char(12),
    qty numeric(24, 8),
    version integer
);
"""
COUNTED = """
create trigger {table}_{when} after {when} on {table} begin
    update counter set n = n + 1;
    update {table} set version = (select n from counter) where id = new.id;
end;
"""
STAMP = {"stamp": "version", "kind": "version", "write": True}


class SqliteBills(Remote):
    """One file. No unique constraint stands over our mark: it is looked for before each insert."""

    forms: ClassVar[Mapping[str, Any]] = {
        "bill": {**STAMP, "cancel": {"state": "void"}},
        "line": {**STAMP, "by": "bill_id"},
    }

    def __init__(self, folder: Path) -> None:
        self._path = folder / "erp.db"
        self._people = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._people.row_factory = sqlite3.Row
        self._people.executescript(TABLES)
        for table in ("bill", "line"):
            for when in ("insert", "update"):
                self._people.executescript(COUNTED.format(table=table, when=when))
        self._made: list[Adapter] = []
        self._numbers = count(1)

    def stop(self) -> None:
        for adapter in self._made:
            adapter.close()
        self._people.close()

    def connect(self, **settings: Any) -> Adapter:
        usual = {"adapter": "sql", "url": f"sqlite:///{self._path}", "forms": self.forms}
        made = SqlSettings.model_validate({**usual, **settings})
        clock = SkippingClock()
        adapter = Sql(made, NoHttp(clock), clock)
        self._made.append(adapter)
        return adapter

    def ask(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._people.execute(statement, values)]

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        lines = self.ask("select id, bill_id, goods, qty from line order by id")
        held = {}
        for found in self.ask("select id, no, note, total, ref, state from bill"):
            own = [line for line in lines if line["bill_id"] == found["id"]]
            held[str(found["id"])] = {**found, "line": own}
        return held

    def add(self, number: str = "") -> str:
        no = number or f"P{next(self._numbers)}"
        key = self.ask("insert into bill (no, note, total) values (?, '', 4) returning id", no)
        for _ in range(2):
            self.ask("insert into line (bill_id, goods, qty) values (?, 'G', 2)", key[0]["id"])
        return str(key[0]["id"])

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        first = "select min(id) from line where bill_id = ?" if table else "?"
        self.ask(f"update {table or 'bill'} set {name} = ? where id = ({first})", str(value), key)

    def delete(self, key: str) -> None:
        self.ask("delete from line where bill_id = ?", key)
        self.ask("delete from bill where id = ?", key)

    def is_cancelled(self, key: str) -> bool:
        return bool(self.held()[key]["state"] == "void")
