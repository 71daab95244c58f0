"""A virtual ERP: bills with steps, people who work on them, backups, and a ledger.

It does what it is asked the moment a request arrives, whether or not anybody still waits for the
answer. Everything done is appended to the ledger with the whole record as it stands then.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.oracle.history import Call, Entry
from tests.simulation.scheduler import Scheduler
from tests.simulation.wire import Sent

Record = dict[str, Any]
STEPS = ("saved", "submitted", "audited")
STEPPED = {"bill"}
UNSENT = Sent(0.0)


@dataclass(frozen=True)
class Nature:
    """What kind of ERP it is."""

    unique: bool
    """It refuses a second record with our mark."""
    numbering: str = "erp"
    """Who numbers bills: `erp` or `crm`."""
    delay: float = 0.0
    """Most seconds until a new record is found by a search."""
    partial: float = 0.0
    """How many answers to a batch leave some of its records out."""
    refuses: float = 0.0
    """How many saves are refused for a passing reason."""
    holds: float = 0.0
    """How many saves and steps meet a record that somebody has open."""


class Refusal(Exception):
    """The ERP says no."""

    def __init__(self, code: str, message: str, key: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.key = key


class Erp:
    """What is in it and what ever happened to it."""

    name = "erp"

    def __init__(
        self, scheduler: Scheduler, random: Random, nature: Nature, *, skew: float
    ) -> None:
        self._scheduler = scheduler
        self._random = random
        self.nature = nature
        self.skew = skew
        self.calm = False
        self.forms: dict[str, dict[str, Record]] = {"bill": {}, "partner": {}, "item": {}}
        self.ledger: list[Entry] = []
        self.calls: list[Call] = []
        self.on_save: Callable[[str], None] | None = None
        """Told the mark of each record that is about to be saved."""
        self.token = "token-1"
        self.secret = ""
        """What a login must know; empty: whatever it says is right."""
        self.down = (0.0, 0.0)
        self.note: Callable[[str], None] = lambda text: None
        self._keys = 0
        self._backup: dict[str, dict[str, Record]] = {}

    def open_shop(self, materials: tuple[str, ...]) -> None:
        for code in materials:
            item = {"key": f"i-{code}", "code": code, "name": f"Part {code}", "unit": "Pcs"}
            self.forms["item"][f"i-{code}"] = {**item, "stamp": self._now()}

    def _now(self) -> float:
        return self._scheduler.now + self.skew

    def _new(self, kind: str) -> str:
        self._keys += 1
        return f"{kind}{self._keys}"

    # -- the interface ----------------------------------------------------------------------

    def called(self, path: str, fate: str, who: str, body: Any) -> None:
        about = [body["form"]] if path == "changed" else []
        if path == "save":
            forms = self.forms[body["form"]]
            about = [r["reference"] or forms.get(r["key"], r)["reference"] for r in body["records"]]
        self.calls.append(Call(self._scheduler.now, self.name, path, fate, who, tuple(about)))
        if path not in ("login", "whoami", "changed"):
            self.note(f"{who}: {path} {about or body.get('values') or body.get('key')}: {fate}")

    def handle(self, path: str, body: Any, token: str, sent: Sent) -> tuple[int, Any]:
        if path == "login" and self.secret and body["secret"] != self.secret:
            return 200, {"ok": False, "code": "denied", "message": "用户名或密码错误"}
        if path == "login":
            return 200, {"ok": True, "token": self.token}
        if token != self.token:
            return 200, {"ok": False, "code": "session", "message": "会话信息已丢失，请重新登录"}
        work: dict[str, Callable[[Any, Sent], Any]] = {
            "whoami": lambda *_: {"ok": True, "tenant": "erp-1"},
            "changed": self._changed,
            "find": self._find,
            "save": self._save,
            "step": self._step,
            "void": self._void,
        }
        try:
            return 200, work[path](body, sent)
        except Refusal as no:
            return 200, self._no(no)

    def _no(self, no: Refusal) -> Any:
        return {"ok": False, "code": no.code, "message": no.message, "key": no.key}

    # -- reading ----------------------------------------------------------------------------

    def _changed(self, body: Any, _: Sent) -> Any:
        form, after = self.forms[body["form"]], body["after"]
        found = [form[key] for key in sorted(form) if key > after][: body["limit"]]
        return {"ok": True, "records": copy.deepcopy(found)}

    def _find(self, body: Any, _: Sent) -> Any:
        name, values = body["field"], set(body["values"])
        found = [
            record
            for record in self.forms[body["form"]].values()
            if str(record.get(name)) in values
            if name == "key" or record.get("found_from", 0.0) <= self._scheduler.now
        ]
        return {"ok": True, "records": copy.deepcopy(found)}

    # -- writing ----------------------------------------------------------------------------

    def _save(self, body: Any, sent: Sent) -> Any:
        results = []
        for index, record in enumerate(body["records"]):
            try:
                result = self._saved(body["form"], record, sent)
            except Refusal as no:
                result = self._no(no)
            results.append({"index": index, **result})
        if not self.calm and self._random.random() < self.nature.partial:
            results = results[: self._random.randint(0, len(results) - 1)]
        self._random.shuffle(results)
        return {"ok": True, "results": results}

    def _saved(self, form: str, asked: Mapping[str, Any], sent: Sent) -> Any:
        if self.on_save is not None:
            self.on_save(str(asked.get("reference") or asked["key"]))
        self._trouble()
        known = self._known(form, asked["key"]) if asked["key"] else None
        if known is None:
            self._unique(form, asked)
            record = self._made(form, asked)
        else:
            record = self._editable(form, known, asked)
        record.update(asked["fields"])
        rows = {table: self._rows(record, table, t) for table, t in asked["tables"].items()}
        record["stamp"] = self._now()
        self.forms[form][record["key"]] = record
        what = "create" if known is None else "update"
        written = {**asked["fields"], **asked["tables"]}
        self._log("connector", what, form, record, written, sent)
        return {"ok": True, "record": copy.deepcopy(record), "rows": rows}

    def _trouble(self) -> None:
        if self.calm:
            return
        chance = self._random.random()
        if chance < self.nature.refuses:
            raise Refusal("refused", "即时库存更新失败")
        if chance < self.nature.refuses + self.nature.holds:
            raise Refusal("locked", "记录正被他人编辑")

    def _known(self, form: str, key: str) -> Record:
        known = self.forms[form].get(key)
        if known is None:
            raise Refusal("gone", f"{form} {key} 不存在")
        return copy.deepcopy(known)

    def _unique(self, form: str, asked: Mapping[str, Any]) -> None:
        for record in self.forms[form].values():
            same = self.nature.unique and record["reference"] == asked["reference"]
            if same or ("no" in asked["fields"] and record.get("no") == asked["fields"]["no"]):
                raise Refusal("exists", "编码已存在", record["key"])

    def _made(self, form: str, asked: Mapping[str, Any]) -> Record:
        key = self._new(form)
        record: Record = {"key": key, "reference": asked["reference"], "void": False}
        record["found_from"] = self._scheduler.now + self._random.random() * self.nature.delay
        record["step"] = STEPS[0] if form in STEPPED else ""
        if form in STEPPED and self.nature.numbering == "erp":
            record["no"] = f"XSDD{self._keys:06}"
        return record

    def _editable(self, form: str, known: Record, asked: Mapping[str, Any]) -> Record:
        if known["void"]:
            raise Refusal("audited", "单据已作废")
        if known["step"] in ("submitted", "audited"):
            if not asked["unaudit"]:
                raise Refusal("audited", "单据已审核")
            known["step"] = "saved"
            self.forms[form][known["key"]] = known
            self._log("connector", "saved", form, known, {})
            known = copy.deepcopy(known)
        return known

    def _rows(self, record: Record, table: str, change: Mapping[str, Any]) -> Record:
        rows = record.setdefault(table, [])
        by_key = {row["id"]: row for row in rows}
        made: Record = {}
        for row in change["rows"]:
            if row["key"]:
                if row["key"] not in by_key:
                    raise Refusal("row_gone", f"分录 {row['key']} 不存在")
                by_key[row["key"]].update(row["fields"])
            else:
                made[row["line"]] = self._new("r")
                rows.append({"id": made[row["line"]], **row["fields"]})
        record[table] = [row for row in rows if row["id"] not in change["drop"]]
        return made

    def _step(self, body: Any, sent: Sent) -> Any:
        record = self._known(body["form"], body["key"])
        self._trouble()
        wanted = body["step"]
        if record["void"]:
            raise Refusal("audited", "单据已作废")
        if STEPS.index(record["step"]) < STEPS.index(wanted):
            if STEPS.index(wanted) - STEPS.index(record["step"]) > 1:
                raise Refusal("refused", "单据未提交")
            self._moved("connector", body["form"], record, wanted, sent)
        return {"ok": True, "record": self.forms[body["form"]][body["key"]]}

    def _void(self, body: Any, sent: Sent) -> Any:
        record = self._known(body["form"], body["key"])
        if not record["void"]:
            record["void"] = True
            self.forms[body["form"]][body["key"]] = record
            self._log("connector", "void", body["form"], record, {}, sent)
        return {"ok": True, "record": record}

    def _moved(self, who: str, form: str, record: Record, step: str, sent: Sent) -> None:
        record["step"] = step
        record["stamp"] = self._now()
        self.forms[form][record["key"]] = record
        self._log(who, step, form, record, {}, sent)

    def _log(
        self,
        who: str,
        what: str,
        form: str,
        record: Record | None,
        written: Mapping[str, Any],
        sent: Sent = UNSENT,
        *,
        gone: bool = False,
    ) -> None:
        assert record is not None
        after = None if gone else copy.deepcopy(record)
        entry = Entry(
            self._scheduler.now, who, what, form, record["key"], record["reference"],
            copy.deepcopy(dict(written)), after, *sent,
        )  # fmt: skip
        self.ledger.append(entry)
        heard = "" if sent.heard else " (unheard)"
        self.note(f"erp: {who} {what} {record['key']} {record['reference']}{heard} {entry.written}")

    # -- backups ----------------------------------------------------------------------------

    def back_up(self) -> None:
        self._backup = copy.deepcopy(self.forms)

    def restore(self) -> None:
        """Everything since the backup never happened here; numbers go on."""
        for form, records in self.forms.items():
            for key in sorted(records):
                now, then = records[key], self._backup[form].get(key)
                if form != "item" and now != then:
                    self._log("system", "restore", form, then or now, {}, gone=then is None)
            for key in sorted(set(self._backup[form]) - set(records)):
                self._log("system", "restore", form, self._backup[form][key], {})
        self.forms = copy.deepcopy(self._backup)


class Clerks:
    """Whoever works in the ERP, by chance."""

    def __init__(self, erp: Erp, random: Random) -> None:
        self._erp = erp
        self._random = random
        self._count = 0

    def by_hand(self, number: str) -> None:
        """Make a bill under a number of one's own choice, if there is none."""
        numbers = {bill["no"] for bill in self._erp.forms["bill"].values()}
        if number in numbers:
            return
        row = {"id": self._erp._new("r"), "material": "M1", "unit": "Pcs", "qty": 1, "amount": 1}
        bill: Record = {"key": self._erp._new("bill"), "reference": "", "void": False}
        bill |= {"no": number, "step": "saved", "customer": "BY-HAND", "rows": [row]}
        self._put("create", bill, {"no": number})

    def do_something(self) -> None:
        """Pick a bill, and do with it what people do."""
        known = sorted(self._erp.forms["bill"].items())
        bills = [bill for _, bill in known if bill["reference"] and not bill["void"]]
        if not bills:
            return
        self._count += 1
        bill = copy.deepcopy(self._random.choice(bills))
        ways = [self._edit, self._warehouse, self._split, self._freight, self._on, self._back,
                self._delete]  # fmt: skip
        self._random.choice(ways)(bill)

    def _put(self, what: str, bill: Record, written: Mapping[str, Any]) -> None:
        bill["stamp"] = self._erp._now()
        self._erp.forms["bill"][bill["key"]] = bill
        self._erp._log("people", what, "bill", bill, written)

    def _edit(self, bill: Record) -> None:
        bill["note"] = f"clerk {self._count}"
        self._put("update", bill, {"note": bill["note"]})

    def _warehouse(self, bill: Record) -> None:
        bill["warehouse"] = "W2"
        self._put("update", bill, {"warehouse": "W2"})

    def _split(self, bill: Record) -> None:
        """A row is delivered in two parts: one more row with some of its quantity."""
        row = self._random.choice(bill["rows"])
        if row["qty"] < 2 or row.get("split_of"):
            return
        taken = row["qty"] // 2
        share = row["amount"] / row["qty"] * taken
        piece = {**row, "id": self._erp._new("r"), "qty": taken, "amount": share}
        piece["split_of"] = row["id"]
        row["qty"] -= taken
        row["amount"] -= share
        bill["rows"].append(piece)
        self._put("split", bill, {"rows": bill["rows"]})

    def _freight(self, bill: Record) -> None:
        row = {"id": self._erp._new("r"), "material": "FREIGHT", "unit": "Pcs", "qty": 1}
        bill["rows"].append({**row, "amount": 50})
        self._put("update", bill, {"rows": bill["rows"]})

    def _on(self, bill: Record) -> None:
        step = STEPS[min(STEPS.index(bill["step"]) + 1, 2)]
        if step != bill["step"]:
            self._erp._moved("people", "bill", bill, step, UNSENT)

    def _back(self, bill: Record) -> None:
        if bill["step"] != "saved":
            self._erp._moved("people", "bill", bill, "saved", UNSENT)

    def _delete(self, bill: Record) -> None:
        if bill["step"] == "saved":
            del self._erp.forms["bill"][bill["key"]]
            self._erp._log("people", "delete", "bill", bill, {}, gone=True)
