"""A virtual CRM: people who write orders, commits that become visible late, and a history."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.history import Call, Entry, Version
from tests.simulation.scheduler import Scheduler
from tests.simulation.wire import Sent

Record = dict[str, Any]
NONSENSE = "many"
"""A quantity that nobody can read."""


class Crm:
    """What is in it, what others can see of it, and everything that ever happened."""

    name = "crm"

    def __init__(self, scheduler: Scheduler, *, skew: float, grain: float) -> None:
        """`grain`: seconds to which modification stamps are rounded down."""
        self._scheduler = scheduler
        self.skew = skew
        self._grain = grain
        self.forms: dict[str, dict[str, Record]] = {"account": {}, "product": {}, "order": {}}
        self.versions: list[Version] = []
        self.ledger: list[Entry] = []
        self.calls: list[Call] = []
        self._open: set[tuple[str, str]] = set()
        """Records that somebody changes in a transaction that is not committed yet."""
        self.token = "token-1"
        self.secret = ""
        """What a login must know; empty: whatever it says is right."""
        self.down = (0.0, 0.0)
        self.note: Callable[[str], None] = lambda text: None

    # -- people -----------------------------------------------------------------------------

    def put(self, form: str, key: str, fields: Record, *, commit_after: float = 0.0) -> bool:
        """Make a record or change one; others see it only after so many seconds.

        False: somebody else holds it in a transaction of theirs.
        """
        if (form, key) in self._open:
            return False
        stamp = self._stamp()
        before = self.forms[form].get(key, {"id": key})
        after = {**before, **copy.deepcopy(fields), "stamp": stamp}

        def commit() -> None:
            self._open.discard((form, key))
            now = self.forms[form].get(key, {})
            ours = {name: now[name] for name in now if name not in after or name.startswith("erp_")}
            self.forms[form][key] = {**after, **ours}
            self._remember(form, key)

        self._open.add((form, key))
        if commit_after:
            self._scheduler.at(self._scheduler.now + commit_after, commit)
        else:
            commit()
        return True

    def delete(self, form: str, key: str) -> None:
        """Take a record away; it leaves no trace for readers."""
        if key in self.forms[form] and (form, key) not in self._open:
            del self.forms[form][key]
            self._remember(form, key)

    def _remember(self, form: str, key: str) -> None:
        fields = self.forms[form].get(key)
        seen = copy.deepcopy(fields) if fields is not None else None
        self.versions.append(Version(self._scheduler.now, form, key, seen))
        self.note(f"crm: {form} {key} {_told(seen)}")

    def _stamp(self) -> float:
        now = self._scheduler.now + self.skew
        return now - now % self._grain

    # -- the interface ----------------------------------------------------------------------

    def called(self, path: str, fate: str, who: str, body: Any) -> None:
        about = (body["form"],) if path == "changed" else ()
        self.calls.append(Call(self._scheduler.now, self.name, path, fate, who, about))

    def handle(self, path: str, body: Any, token: str, sent: Sent) -> tuple[int, Any]:
        if path == "login" and self.secret and body["secret"] != self.secret:
            return 200, {"ok": False, "code": "denied", "message": "用户名或密码错误"}
        if path == "login":
            return 200, {"ok": True, "token": self.token}
        if token != self.token:
            return 200, {"ok": False, "code": "session", "message": "session expired"}
        work: dict[str, Callable[[Any, Sent], Any]] = {
            "whoami": self._whoami,
            "changed": self._changed,
            "get": self._get,
            "update": self._update,
        }
        return 200, work[path](body, sent)

    def _whoami(self, body: Any, _: Sent) -> Any:
        return {"ok": True, "tenant": "crm-1"}

    def _changed(self, body: Any, _: Sent) -> Any:
        since, until, after = body["since"], body["until"], body["after"]
        found = [
            record
            for key, record in sorted(self.forms[body["form"]].items())
            if key > after and (since is None or record["stamp"] >= since)
            if record["stamp"] < until
        ]
        return {"ok": True, "records": copy.deepcopy(found[: body["limit"]])}

    def _get(self, body: Any, _: Sent) -> Any:
        form = self.forms[body["form"]]
        found = [form[key] for key in body["keys"] if key in form]
        return {"ok": True, "records": copy.deepcopy(found)}

    def _update(self, body: Any, sent: Sent) -> Any:
        form, key, fields = body["form"], body["key"], body["fields"]
        record = self.forms[form].get(key)
        if record is None:
            return {"ok": False, "code": "gone", "message": f"{key} is not there"}
        record.update(fields)
        record["stamp"] = self._stamp()
        after = copy.deepcopy(record)
        now = self._scheduler.now
        self.ledger.append(
            Entry(now, "connector", "update", form, key, key, dict(fields), after, *sent)
        )
        self.note(f"crm: told of {key}: {fields}")
        return {"ok": True, "key": key}


def _told(fields: Record | None) -> str:
    if fields is None:
        return "is deleted"
    lines = [f"{r['id']}:{r['product']}x{r['qty']}" for r in fields.get("lines", ())]
    head = {n: v for n, v in fields.items() if n not in ("id", "lines", "stamp")}
    return f"{head} {' '.join(lines)}"


class Salespeople:
    """Whoever works in the CRM, by chance."""

    MATERIALS = ("M1", "M2", "M3")

    def __init__(self, crm: Crm, random: Random, *, late: float, longest: float) -> None:
        """`late`: how many of the commits become visible late, by `longest` seconds at most."""
        self._crm = crm
        self._random = random
        self._late = late
        self._longest = longest
        self._lines = 0
        self._edits = 0
        self._removed: dict[str, list[Record]] = {}

    def open_shop(self, customers: int) -> None:
        """What is there before the first order."""
        for code in self.MATERIALS:
            self._crm.put("product", f"p-{code}", {"code": code, "name": f"Part {code}"})
        for n in range(1, customers + 1):
            self._crm.put("account", f"c{n}", {"code": f"C{n}", "name": f"Customer {n}"})

    def customer(self, key: str) -> None:
        """A customer that comes later than the orders which name it."""
        self._put("account", key, {"code": key.upper(), "name": f"Customer {key}"})

    def order(self, key: str, customer: str, *, status: str) -> None:
        """A new order."""
        fields = {
            "number": key.upper(),
            "customer": customer,
            "date": f"2026-11-{self._random.randint(1, 28):02}",
            "status": status,
            "note": "",
            "lines": [self._line() for _ in range(self._random.randint(1, 3))],
        }
        self._put("order", key, fields)

    def edit(self, key: str) -> None:
        """Somebody changes an order in some way."""
        order = self._crm.forms["order"].get(key)
        if order is None:
            return
        lines = copy.deepcopy(order["lines"])
        self._edits += 1
        ways: dict[str, Callable[[], Record]] = {
            "note": lambda: {"note": f"edit {self._edits}"},
            "date": lambda: {"date": f"2026-12-{self._random.randint(1, 28):02}"},
            "quantity": lambda: {"lines": self._requantified(lines)},
            "line": lambda: {"lines": [*lines, self._line()]},
            "fewer": lambda: {"lines": self._fewer(key, lines)},
            "swap": lambda: {"lines": lines[::-1]},
            "back": lambda: {"lines": lines + self._back(key, lines)},
            "nothing": dict,
        }
        self._put("order", key, ways[self._random.choice(list(ways))]())

    def spoil(self, key: str) -> None:
        """Somebody types nonsense into an order."""
        order = self._crm.forms["order"].get(key)
        if order is not None:
            lines = copy.deepcopy(order["lines"])
            lines[0]["qty"] = NONSENSE
            self._put("order", key, {"lines": lines})

    def mend(self, key: str) -> None:
        """And somebody puts it right."""
        order = self._crm.forms["order"].get(key)
        if order is not None:
            lines = [self._mended(line) for line in copy.deepcopy(order["lines"])]
            self._put("order", key, {"lines": lines})

    def _mended(self, line: Record) -> Record:
        return self._priced(line, 1) if line["qty"] == NONSENSE else line

    def rename(self, key: str) -> None:
        """A customer gets another name."""
        self._edits += 1
        self._put("account", key, {"name": f"Customer {key} {self._edits}"})

    def status(self, key: str, status: str) -> None:
        """An order is approved, taken back or cancelled."""
        if key in self._crm.forms["order"]:
            self._put("order", key, {"status": status})

    def delete(self, key: str) -> None:
        self._crm.delete("order", key)

    def _put(self, form: str, key: str, fields: Record) -> None:
        late = self._random.random() < self._late
        wait = self._random.uniform(1, self._longest) if late else 0.0
        self._crm.put(form, key, fields, commit_after=wait)

    def _line(self) -> Record:
        self._lines += 1
        made = {"id": f"l{self._lines}", "product": f"p-{self._random.choice(self.MATERIALS)}"}
        return self._priced(made, self._random.randint(1, 9))

    def _fewer(self, key: str, lines: list[Record]) -> list[Record]:
        if len(lines) > 1:
            self._removed.setdefault(key, []).append(lines.pop(0))
        return lines

    def _back(self, key: str, lines: list[Record]) -> list[Record]:
        here = {line["id"] for line in lines}
        return [line for line in self._removed.pop(key, []) if line["id"] not in here]

    def _requantified(self, lines: list[Record]) -> list[Record]:
        line = self._random.choice(lines)
        if line["qty"] != NONSENSE:
            line.update(self._priced(line, int(line["qty"]) + self._random.randint(1, 5)))
        return lines

    def _priced(self, line: Record, quantity: int) -> Record:
        price = line.get("price") or Decimal(self._random.randint(100, 9999)) / 100
        return {**line, "qty": quantity, "price": price, "amount": quantity * price}
