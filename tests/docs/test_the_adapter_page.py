"""The adapter that the documentation teaches passes the suite, as the page says."""

from __future__ import annotations

import copy
import sys
import threading
import tomllib
import types
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connector import errors, exact, yamlfile
from connector.contract import Adapter, RowWrite, Shape, Table, TableWrite, Write
from connector.mapping.load import Values, parse
from connector.testing import AdapterConformance, Remote, Sample, SkippingClock
from tests.docs.pages import blocks, page


class LittleServer:
    """The remote of `docs/writing-an-adapter.md`, in memory; answers as `connector.http` does."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.saves, self.trouble, self.lock = 0, "", threading.RLock()

    def now(self) -> datetime:
        return self.time

    def send(
        self, method: str, path: str, *, json: Any = None, headers: Any = None, writes: bool = False
    ) -> Any:
        with self.lock:
            if headers["Authorization"] != "Bearer right":
                raise errors.AccessDenied("HTTP 401")
            if self.trouble.isdigit():
                raise (errors.OutcomeUnknown if writes else errors.Transient)(self.trouble)
            trouble = self.trouble if writes else ""
            self.trouble = "" if writes else self.trouble
            if trouble == "before":
                raise errors.OutcomeUnknown("lost")
            status, body = self._answer(method, urlsplit(path), exact.dumps(json))
            if trouble:
                raise errors.OutcomeUnknown("lost")
            text = exact.dumps(body)
            return SimpleNamespace(status=status, json=lambda: exact.loads(text))

    def _answer(self, method: str, url: Any, text: str) -> tuple[int, Any]:
        body = exact.loads(text)
        _, form, *rest = url.path.split("/")
        if form == "me":
            return 200, {"company": "ACME", "login": "connector"}
        if rest == ["fields"]:
            return 200, {"fields": [{"name": name, "required": False} for name in ("code", "note")]}
        if method == "GET" and not rest:
            return 200, {"rows": self._found(dict(parse_qsl(url.query, keep_blank_values=True)))}
        if rest and rest[0] not in self.rows:
            return 404, {"error": "no such record"}
        if method == "GET":
            return 200, self.rows[rest[0]]
        if body.get("note") == "forbidden":
            return 422, {"error": "note: forbidden here", "field": "note"}
        taken = [
            k for k, row in self.rows.items() if "code" in body and row["code"] == body["code"]
        ]
        if not rest and taken:
            return 409, {"error": "code is taken", "taken_by": taken[0]}
        if rest[1:] == ["void"]:
            self.rows[rest[0]]["void"] = True
            return 200, self.rows[rest[0]]
        return 200, self.put(rest[0] if rest else "", body)

    def _found(self, query: dict[str, str]) -> list[dict[str, Any]]:
        rows = [self.rows[key] for key in sorted(self.rows)]
        if "field" in query:
            return [row for row in rows if str(row.get(query["field"])) == query["value"]]
        start, end = query.get("from", ""), query.get("before", "9999")
        span = [r for r in rows if start <= r["modified"] < end and r["id"] > query["after"]]
        return span[: int(query["limit"])]

    def put(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        self.saves += 1
        key = key or f"{len(self.rows) + self.saves:06}"
        row = self.rows.setdefault(key, {"id": key, "code": key, "void": False, "rows": []})
        change = body.pop("rows", {"put": [], "drop": []})
        added = {}
        for line in change["put"]:
            name, own = line.pop("line"), line.pop("id") or f"{key}-{self.saves}-{line['item']}"
            known = next((r for r in row["rows"] if r["id"] == own), None)
            if known is None:
                row["rows"].append(known := {"id": own})
                added[name] = own
            known.update(line)
        row["rows"] = [r for r in row["rows"] if r["id"] not in change["drop"]]
        row.update(body, modified=self.time.isoformat())
        return {**row, "added": {"rows": added}}


class LittleRemote(Remote):
    """The suite's handle on it."""

    def __init__(self, module: Any) -> None:
        self.module, self.server = module, LittleServer()

    def connect(self, token: str = "right", **settings: Any) -> Adapter:
        made = self.module.LittleSettings(
            adapter="little", base_url="https://little.example", token=token, **settings
        )
        adapter: Adapter = self.module.Little(made, self.server, SkippingClock())
        return adapter

    def held(self) -> Any:
        moving = ("id", "modified", "void")
        rows = copy.deepcopy(self.server.rows)
        return {k: {n: v for n, v in r.items() if n not in moving} for k, r in rows.items()}

    def pass_time(self, seconds: float) -> None:
        self.server.time += timedelta(seconds=seconds)

    def add(self, number: str = "") -> str:
        made = {"note": "theirs", "ref": "", "total": Decimal("1.5")}
        rows = {"put": [{"line": "a", "id": "", "item": "i1", "qty": 1}], "drop": []}
        row = self.server.put("", made | {"rows": rows} | ({"code": number} if number else {}))
        self.server.saves -= 1
        return str(row["id"])

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        row = self.server.rows[key]
        (row[table][0] if table else row)[name] = value
        row["modified"] = self.server.time.isoformat()

    def delete(self, key: str) -> None:
        del self.server.rows[key]

    def saves(self) -> int:
        return self.server.saves

    def is_cancelled(self, key: str) -> bool:
        return bool(self.server.rows[key]["void"])

    def drop_request(self) -> None:
        self.server.trouble = "before"

    def lose_answer(self) -> None:
        self.server.trouble = "after"

    def answer_status(self, status: int, after: int = 0) -> None:
        if after:
            pytest.skip("this server fails at once")
        self.server.trouble = str(status)

    def heal(self) -> None:
        self.server.trouble = ""

    def stranger(self) -> Adapter:
        return self.connect(token="wrong!")


ORDERS = Shape(
    "orders", ("id",), ("code", "note", "ref", "total"), "code",
    {"rows": Table("id", ("item", "qty"))},
)  # fmt: skip


def order(tag: str) -> Write:
    rows = TableWrite([order_row("a"), order_row("b")])
    fields = {"code": f"T-{tag}", "note": "ours", "total": Decimal("12.50")}
    return Write(
        "orders", "", fields, {"rows": rows}, ("ref", f"crm:{tag}"), number="code", show=ORDERS
    )


def order_row(line: str) -> RowWrite:
    return RowWrite(line, "", {"item": f"i-{line}", "qty": Decimal(2)})


def refused(tag: str) -> Write:
    made = order(tag)
    return replace(made, fields={**made.fields, "note": "forbidden"})


class TestTheAdapterOfThePage(AdapterConformance):
    sample = Sample(
        shape=ORDERS,
        text="note",
        reference="ref",
        new=order,
        row=order_row,
        refused=refused,
        refusal="forbidden here",
        unique_number=True,
        amount="total",
    )

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:  # type: ignore[override]
        module = types.ModuleType("little_erp")
        sys.modules["little_erp"] = module
        source = max(blocks(page("docs/writing-an-adapter.md"), "python"), key=len)
        exec(compile(source, "writing-an-adapter.md", "exec"), module.__dict__)
        yield LittleRemote(module)
        del sys.modules["little_erp"]


def test_the_package_of_the_page_registers_the_adapter_of_the_page() -> None:
    text = page("docs/writing-an-adapter.md")
    package = tomllib.loads(blocks(text, "toml")[0])
    module, _, name = package["project"]["entry-points"]["connector.adapters"]["little"].partition(
        ":"
    )
    assert package["tool"]["setuptools"]["py-modules"] == [module]
    assert f"class {name}(Adapter)" in max(blocks(text, "python"), key=len)


def test_the_mapping_of_the_page_loads() -> None:
    found = [b for b in blocks(page("docs/writing-an-adapter.md"), "yaml") if "object: " in b]
    found = [text for text in found if text.startswith("# mappings/")]
    assert found
    for text in found:
        parse(yamlfile.loads(text), text.splitlines()[0], Values([]))
