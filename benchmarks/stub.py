"""Both remote systems, as fast as they can be: canned bytes, hand-parsed HTTP, one process.

    python -m benchmarks.stub '{"orders": 1000, "skus": 0}'

prints its port. It speaks just enough of the two protocols for the product's adapters and
shipped mappings to run unchanged, checks nothing and keeps nothing. Beside them, `/bench/…`
sets the latency, adds orders, moves stock, counts calls and tells the server's own CPU time.
"""

from __future__ import annotations

import gc
import heapq
import json
import re
import selectors
import socket
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from email.utils import formatdate

from benchmarks import company
from benchmarks.company import FIRST_BILL, LINES, Row, text

PAGE = 100
PER_PAGE = PAGE // LINES
"""Orders whose lines fill one page."""
KINGDEE = b"/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService."
_AT_ONCE = 1 << 18
_OK = b'{"errorCode":0,"errorMessage":"OK"}'
_STATUS = (
    b'{"Result":{"ResponseStatus":{"IsSuccess":true,"Errors":[],"SuccessMessages":[],'
    b'"MsgCode":0,"SuccessEntitys":[%b]}%b}}'
)
_IN = re.compile(r"([\w.]+) in \(([^)]*)\)")
_BEHIND = re.compile(r"([\w.]+) > '?([\w-]+)'?")


class Orders:
    """The CRM's orders, and what the ERP answers when they are saved: bytes made in advance."""

    def __init__(self, count: int) -> None:
        self.heads: list[bytes] = []
        self.lines: list[bytes] = []
        self.returned: list[bytes] = []
        self.done: list[bytes] = []
        self.recent: list[int] = []
        """Orders that were added later, with a newer stamp."""
        for order in range(count):
            self._add(order, company.STAMP)

    def add(self, count: int) -> None:
        """New orders, modified a moment ago."""
        stamp = int(time.time() * 1000) - 5_000
        for order in range(len(self.heads), len(self.heads) + count):
            self._add(order, stamp)
            self.recent.append(order)

    def _add(self, order: int, stamp: int) -> None:
        own = company.lines(order)
        self.heads.append(text(company.head_row(order, stamp)))
        self.lines.append(b",".join(text(company.line_row(order, line, stamp)) for line in own))
        total = company.money(sum(line.amount for line in own))
        rows = ",".join(
            f'{{"FEntryID":{(FIRST_BILL + order) * LINES + n},"FQty":{line.quantity}.0,'
            f'"FTaxPrice":{company.money(line.price)},"FAllAmount":{company.money(line.amount)}}}'
            for n, line in enumerate(own)
        )
        self.returned.append(
            f'{{"FID":{FIRST_BILL + order},"FBillAllAmount":{total},'
            f'"FSaleOrderEntry":[{rows}]}}'.encode()
        )
        number = company.order_number(order)
        self.done.append(f'{{"Id":{FIRST_BILL + order},"Number":"{number}","DIndex":'.encode())

    def changed(self, since: int, after: str) -> list[bytes]:
        """A page of heads."""
        if since > company.STAMP:
            first = company.order_of(after) if after else -1
            return [self.heads[order] for order in self.recent if order > first][:PAGE]
        start = company.order_of(after) + 1 if after else 0
        return self.heads[start : start + PAGE]

    def rows_changed(self, since: int, after: str) -> list[bytes]:
        """A page of the lines that were modified since, those of an order together."""
        behind = company.order_of(after[:22]) if after else -1
        recent = self.recent if since > company.STAMP else []
        return [self.lines[order] for order in recent if order > behind][:PER_PAGE]

    def rows_of(self, ids: list[str], after: str) -> list[bytes]:
        """A page of lines, those of an order together."""
        behind = company.order_of(after[:22]) if after else -1
        if len(ids) > 1 and company.order_of(ids[-1]) - company.order_of(ids[0]) == len(ids) - 1:
            orders = range(company.order_of(ids[0]), company.order_of(ids[-1]) + 1)
            return self.lines[max(behind + 1, orders[0]) : orders[-1] + 1][:PER_PAGE]
        found = sorted(order for order in map(company.order_of, ids) if order > behind)
        return [self.lines[order] for order in found[:PER_PAGE]]


class Records:
    """Other records of the CRM, by ascending id."""

    def __init__(self, rows: Iterable[Row]) -> None:
        made = sorted((str(row["_id"]), text(row)) for row in rows)
        self._ids = [id for id, _ in made]
        self._rows = [row for _, row in made]
        self._at = {id: n for n, id in enumerate(self._ids)}

    def page(self, since: int, after: str) -> list[bytes]:
        if since > company.STAMP:
            return []
        start = bisect_right(self._ids, after) if after else 0
        return self._rows[start : start + PAGE]

    def having(self, ids: Iterable[str]) -> list[bytes]:
        return [self._rows[self._at[id]] for id in ids if id in self._at]


class Table:
    """A form of the ERP as queries show it: rows made once for each list of fields."""

    def __init__(self, key: str, rows: Iterable[Row]) -> None:
        self._key = key
        self._values = list(rows)
        self.ids = [row[key] for row in self._values]
        self._at = {str(id): n for n, id in enumerate(self.ids)}
        self._made: dict[str, list[bytes]] = {}

    def replace(self, place: int, row: Row) -> None:
        self._values[place] = row
        for keys, made in self._made.items():
            made[place] = _columns(row, keys)

    def rows(self, keys: str, where: str, limit: int) -> list[bytes]:
        made = self._made.get(keys)
        if made is None:
            made = self._made[keys] = [_columns(row, keys) for row in self._values]
        if "FModifyDate >=" in where:
            return []
        listed = _IN.search(where)
        if listed and listed[1] == self._key:
            ids = (id.strip("' ") for id in listed[2].split(","))
            return [made[self._at[id]] for id in ids if id in self._at]
        behind = _BEHIND.search(where)
        start = 0
        if behind and behind[1] == self._key:
            start = self._at[behind[2]] + 1
        return made[start : start + limit]


def _columns(row: Row, keys: str) -> bytes:
    return text([row.get(key) for key in keys.split(",")])


class World:
    """Answers by path. Handlers take the body and give the answer's body."""

    def __init__(self, orders: int, skus: int) -> None:
        materials = max(company.MATERIALS, company.stock_materials(skus))
        self.orders = Orders(orders)
        self.skus = skus
        self.round = 0
        self.latency = 0.0
        self.calls: Counter[str] = Counter()
        self._made = 0
        self._crm = {
            "ProductObj": Records(company.product_rows(materials)),
            "AccountObj": Records(company.account_rows()),
            "PersonnelObj": Records(company.person_rows()),
            "erp_stock__c": Records(()),
        }
        stock = (company.stock_row(n, company.stock_quantity(n)) for n in range(skus))
        self._erp = {
            "BD_MATERIAL": Table("FMATERIALID", company.material_rows(materials)),
            "BD_Customer": Table("FCUSTID", company.customer_rows()),
            "BD_Saler": Table("FID", company.saler_rows()),
            "STK_Inventory": Table("FID", stock),
            "ORG_Organizations": Table("FOrgID", [{"FNumber": "100", "FOrgID": 1}]),
        }
        self._token = text(
            {"errorCode": 0, "accessToken": "t" * 32, "ea": "bench", "expiresIn": 7200}
        )
        self.handlers: dict[bytes, Callable[[bytes], bytes]] = {
            b"/oauth2.0/token": lambda body: self._counted("crm token", self._token),
            b"/cgi/crm/v2/object/list": lambda body: self._counted("crm objects", _OK),
            b"/cgi/crm/v2/object/describe": self._describe,
            b"/cgi/crm/v2/data/query": self._crm_query,
            b"/cgi/crm/custom/v2/data/query": self._crm_query,
            b"/cgi/crm/custom/v2/data/create": self._crm_create,
            b"/cgi/crm/custom/v2/data/update": lambda body: self._counted("crm update", _OK),
            KINGDEE + b"ExecuteBillQuery.common.kdsvc": self._erp_query,
            KINGDEE + b"Save.common.kdsvc": self._save,
            KINGDEE + b"BatchSave.common.kdsvc": self._batch_save,
            KINGDEE + b"Submit.common.kdsvc": lambda body: self._step("erp Submit", body),
            KINGDEE + b"Audit.common.kdsvc": lambda body: self._step("erp Audit", body),
            b"/k3cloud/Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService"
            b".GetDataCenterList.common.kdsvc": lambda body: self._counted(
                "erp data centers", b'[{"Id":"bench","Name":"bench"}]'
            ),
        }

    def _counted(self, name: str, answer: bytes) -> bytes:
        self.calls[name] += 1
        return answer

    # -- the CRM ----------------------------------------------------------------------------

    def _describe(self, body: bytes) -> bytes:
        types = company.CRM_TYPES[json.loads(body)["data"]["apiName"]]
        fields = {name: {"api_name": name, "type": type} for name, type in types.items()}
        answer = {"errorCode": 0, "data": {"describe": {"fields": fields}}}
        return self._counted("crm describe", text(answer))

    def _crm_query(self, body: bytes) -> bytes:
        data = json.loads(body)["data"]
        form = data["dataObjectApiName"]
        self.calls[f"crm query {form}"] += 1
        listed, after, since = None, "", 0
        for condition in data["search_query_info"]["filters"]:
            operator, values = condition["operator"], condition["field_values"]
            if operator == "IN":
                listed = (condition["field_name"], values)
            elif operator == "GT":
                after = values[0]
            elif operator == "GTE":
                since = int(values[0])
        rows = self._crm_rows(form, listed, after, since)
        return b'{"errorCode":0,"data":{"dataList":[%b]}}' % b",".join(rows)

    def _crm_rows(
        self, form: str, listed: tuple[str, list[str]] | None, after: str, since: int
    ) -> list[bytes]:
        orders = self.orders
        if form == "SalesOrderObj":
            if listed is None:
                return orders.changed(since, after)
            return [orders.heads[company.order_of(id)] for id in listed[1]]
        if form == "SalesOrderProductObj":
            if listed is None:
                return orders.rows_changed(since, after)
            return orders.rows_of(listed[1], after)
        if listed is None:
            return self._crm[form].page(since, after)
        return self._crm[form].having(listed[1]) if listed[0] == "_id" else []

    def _crm_create(self, body: bytes) -> bytes:
        self._made += 1
        return self._counted("crm create", b'{"errorCode":0,"dataId":"%024x"}' % self._made)

    # -- the ERP ----------------------------------------------------------------------------

    def _erp_query(self, body: bytes) -> bytes:
        data = json.loads(body)["data"]
        form = data["FormId"]
        self.calls[f"erp query {form}"] += 1
        if form not in self._erp:
            return b"[]"
        rows = self._erp[form].rows(data["FieldKeys"], data["FilterString"], data["Limit"])
        return b"[%b]" % b",".join(rows)

    def _save(self, body: bytes) -> bytes:
        self.calls["erp Save"] += 1
        order = _saved(body)[0]
        rest = b',"Id":%d,"Number":"%b","NeedReturnData":[%b]' % (
            FIRST_BILL + order,
            company.order_number(order).encode(),
            self.orders.returned[order],
        )
        return _STATUS % (self.orders.done[order] + b"0}", rest)

    def _batch_save(self, body: bytes) -> bytes:
        self.calls["erp BatchSave"] += 1
        orders = _saved(body)
        done = b",".join([b"%b%d}" % (self.orders.done[o], n) for n, o in enumerate(orders)])
        returned = b",".join([self.orders.returned[order] for order in orders])
        return _STATUS % (done, b',"NeedReturnData":[%b]' % returned)

    def _step(self, name: str, body: bytes) -> bytes:
        self.calls[name] += 1
        data = body[body.index(b'"Ids"') :]
        ids = data.split(b'"', 4)[3].split(b",")
        done = [b'{"Id":%b,"Number":"","DIndex":%d}' % (id, n) for n, id in enumerate(ids)]
        return _STATUS % (b",".join(done), b"")

    # -- the side path ----------------------------------------------------------------------

    def control(self, body: bytes) -> bytes:
        """`reset`, `latency`, `add`, `round`; answers what was counted until then."""
        seen = {"calls": dict(self.calls), "cpu": time.process_time()}
        for name, value in json.loads(body or b"{}").items():
            if name == "reset":
                self.calls.clear()
            elif name == "latency":
                self.latency = value / 1000
            elif name == "add":
                self.orders.add(value)
            elif name == "round":
                self._move_stock(value)
        return text(seen)

    def _move_stock(self, round: int) -> None:
        for sku in range(self.skus):
            if company.stock_changes(sku, round):
                quantity = company.stock_quantity(sku, round)
                self._erp["STK_Inventory"].replace(sku, company.stock_row(sku, quantity))


def _saved(body: bytes) -> list[int]:
    """Which orders a Save or BatchSave carries, by our mark in them."""
    return [int(part[:24], 16) - 1 for part in body.split(b'"crm:')[1:]]


class Server:
    """One thread that answers whoever asked, each after the latency."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._selector = selectors.DefaultSelector()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._selector.register(self._listening, selectors.EVENT_READ)
        self.port = self._listening.getsockname()[1]
        self._later: list[tuple[float, int, socket.socket, bytes]] = []
        self._second = 0
        self._date = b""

    def run(self) -> None:
        """Serve until the process is ended."""
        while True:
            wait = max(self._later[0][0] - time.monotonic(), 0.0) if self._later else None
            for key, _ in self._selector.select(wait):
                if key.fileobj is self._listening:
                    self._accept()
                else:
                    assert isinstance(key.fileobj, socket.socket)
                    self._receive(key.fileobj)
            while self._later and self._later[0][0] <= time.monotonic():
                _, _, client, response = heapq.heappop(self._later)
                client.sendall(response)

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(client, selectors.EVENT_READ)

    def _receive(self, client: socket.socket) -> None:
        """A whole request: clients of ours send all of it at once, and wait for its answer."""
        data = client.recv(_AT_ONCE)
        if not data:
            self._selector.unregister(client)
            client.close()
            return
        while (end := data.find(b"\r\n\r\n") + 4) < 4:
            data += client.recv(_AT_ONCE)
        whole = end + _length(data, end)
        while len(data) < whole:
            data += client.recv(_AT_ONCE)
        self._answer(client, data[data.index(b" ") + 1 : end].split(b" ", 1)[0], data[end:])

    def _answer(self, client: socket.socket, path: bytes, body: bytes) -> None:
        world, path = self._world, path.partition(b"?")[0]
        control = path == b"/bench/control"
        answer = world.control(body) if control else world.handlers[path](body)
        response = self._head(len(answer)) + answer
        if world.latency and not control:
            due = time.monotonic() + world.latency
            heapq.heappush(self._later, (due, id(client), client, response))
        else:
            client.sendall(response)

    def _head(self, size: int) -> bytes:
        now = int(time.time())
        if now != self._second:
            self._second, self._date = now, formatdate(now, usegmt=True).encode()
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
            b"Date: %b\r\nContent-Length: %d\r\n\r\n" % (self._date, size)
        )


def _length(data: bytes, end: int) -> int:
    place = data.find(b"Content-Length: ", 0, end)
    return int(data[place + 16 : data.index(b"\r", place)]) if place >= 0 else 0


def serve(orders: int, skus: int) -> None:
    """Serve until the process is ended; the port is printed first."""
    server = Server(World(orders, skus))
    gc.freeze()
    print(server.port, flush=True)
    server.run()


if __name__ == "__main__":
    serve(**json.loads(sys.argv[1]))
