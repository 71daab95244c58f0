"""The database's adapter beside the same statements, made with SQLAlchemy by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event, insert, select
from sqlalchemy import Table as Columns

from tests.conformance import sql_remote
from tests.costs.measured import BATCH, Row, Watch, peak, read, write
from tests.database import serving

PAGE = 500


class Loop:
    """What one would write in an afternoon."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        described = MetaData()
        self._bill = Columns("bill", described, autoload_with=engine)
        self._line = Columns("line", described, autoload_with=engine)

    def write(self, tags: range) -> None:
        bill, line = self._bill, self._line
        for tag in tags:
            wanted = sql_remote.bill(f"B{tag}")
            fields = {**wanted.fields, "ref": wanted.reference[1]}
            with self._engine.begin() as connection:
                made = connection.execute(insert(bill).values(fields)).inserted_primary_key
                for row in wanted.tables["line"].rows:
                    own = {**row.fields, "bill_id": made[0]}
                    connection.execute(insert(line).values(own))
                head = select(bill).where(bill.c.id == made[0])
                rows = select(line).where(line.c.bill_id == made[0])
                dict(connection.execute(head).mappings().one())
                [dict(row) for row in connection.execute(rows).mappings()]

    def read(self) -> None:
        bill, line, last = self._bill, self._line, 0
        while True:
            asked = select(bill).where(bill.c.id > last).order_by(bill.c.id).limit(PAGE)
            with self._engine.connect() as connection:
                found = [dict(row) for row in connection.execute(asked).mappings()]
                own: dict[int, list[Any]] = {row["id"]: [] for row in found}
                rows = select(line).where(line.c.bill_id.in_(list(own)))
                for row in connection.execute(rows).mappings():
                    own[row["bill_id"]].append(dict(row))
            if len(found) < PAGE:
                return
            last = found[-1]["id"]


def rows(name: str, written: int, wanted: int) -> Iterator[Row]:
    """So many bills of two lines, in a real PostgreSQL."""
    with serving() as server:
        erp = sql_remote.Erp(server.url)
        try:
            with sql_remote.Bills.running(erp) as remote:
                yield from _compared(name, remote, written, wanted)
        finally:
            erp.close()


def _compared(name: str, remote: Any, written: int, wanted: int) -> Iterator[Row]:
    erp, sample = remote.erp, sql_remote.BILLS
    adapter: Any = remote.connect(url=erp.url)
    adapter.check()
    path = f"-csearch_path={remote.schema},shim,pg_catalog"
    bare = create_engine(adapter._client._engine.url, connect_args={"options": path})
    loop, statements = Loop(bare), [0]

    def one_more(*_: Any) -> None:
        statements[0] += 1

    event.listen(adapter._client._engine, "before_cursor_execute", one_more)
    for work in (lambda tags: write(adapter, sample, tags), loop.write):
        work(range(BATCH))
    statements[0], first = 0, range(BATCH, BATCH + written)
    ours = Watch().of(lambda: write(adapter, sample, first))
    calls = statements[0]
    yield Row(name, "written", written, calls, ours, Watch().of(lambda: loop.write(first)))
    remote.pass_time(5)
    few = peak(lambda: read(adapter, sample))
    there = remote.ask("select count(id) as there from bill")[0]["there"]
    remote.ask(
        "with made as (insert into bill (no, note, total, ref) select 'Q' || n, '', 4, 'q:' || n "
        "from generate_series(1, %s) n returning id) "
        "insert into line (bill_id, goods, qty) select id, 'G', 2 from made, generate_series(1, 2)",
        wanted - there,
    )
    remote.pass_time(5)
    statements[0] = 0
    ours, least = Watch().of(lambda: read(adapter, sample)), Watch().of(loop.read)
    calls, many = statements[0], peak(lambda: read(adapter, sample))
    yield Row(name, "read", wanted, calls, ours, least, (few, many))
    bare.dispose()
