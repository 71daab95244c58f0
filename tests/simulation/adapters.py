"""Adapters for the virtual systems: the contract, over the product's own HTTP layer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import SecretStr

from connector import registry
from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
    FormCapabilities,
    Http,
    Identity,
    Page,
    Record,
    Settings,
    Shape,
    TableWrite,
    Write,
    Written,
    chunks,
)
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Changed,
    Conflict,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.kit.window import Window

STEPS = ("saved", "submitted", "audited")


class VirtualSettings(Settings):
    """What a virtual system is, so far as its adapter must know."""

    secret: SecretStr
    """Password of the account."""
    search: bool = True
    """Records can be searched by a field."""
    batch: int = 1
    """Records saved at once."""
    longest: float = 90.0
    """Seconds one write may take at most."""
    delay: float = 0.0
    """Seconds until a new record is found."""


class VirtualAdapter(Adapter):
    """One JSON call, with one login when the session is over."""

    settings_type: ClassVar[type[Settings]] = VirtualSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, VirtualSettings)
        self.options = settings
        self._token = ""
        self.capabilities = self._capabilities()

    def _capabilities(self) -> Capabilities:
        return Capabilities()

    def check(self) -> Identity:
        return Identity(str(self._call("whoami", {})["tenant"]))

    def _call(self, path: str, body: Any, *, writes: bool = False) -> Any:
        """The answer, whatever it says. Raises AdapterError where there is none."""
        if not self._token:
            self._log_in()
        answer = self._answer(path, body, writes=writes)
        if answer.get("code") == "session":
            # It was refused at the door, so that nothing was done and it may be said again.
            self._log_in()
            answer = self._answer(path, body, writes=writes)
        if answer.get("code") == "session":
            raise AccessDenied(str(answer["message"]))
        return answer

    def _log_in(self) -> None:
        secret = self.options.secret.get_secret_value()
        answer = self._answer("login", {"secret": secret}, writes=False)
        if not answer["ok"]:
            raise AccessDenied(str(answer["message"]), code=str(answer["code"]))
        self._token = str(answer["token"])

    def _answer(self, path: str, body: Any, *, writes: bool) -> dict[str, Any]:
        headers = {"X-Token": self._token}
        answer = self.http.send("POST", "/" + path, json=body, headers=headers, writes=writes)
        made = answer.json()
        if not isinstance(made, dict) or "ok" not in made:
            kind = OutcomeUnknown if writes else Transient
            secret = self.options.secret.get_secret_value()
            raise kind("the answer makes no sense", answer=f"{answer.text()} to {secret}")
        return made

    def _record(self, shown: dict[str, Any], shape: Shape, *more: str) -> Record:
        names = (*shape.fields, *shape.tables, *more)
        fields = {name: shown[name] for name in names if name in shown}
        key = str(shown[shape.key[0]])
        number = str(shown.get(shape.number) or "") if shape.number else ""
        return Record(key, fields, number, stamp=str(shown["stamp"]))

    def write(self, write: Write) -> Written:
        raise NotImplementedError


class VirtualCrm(VirtualAdapter):
    """Reads by windows, writes onto records."""

    def _capabilities(self) -> Capabilities:
        forms = FormCapabilities(operations=frozenset({"update"}))
        return Capabilities(other=forms, longest_write=self.options.longest)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        self.check()  # so that the remote's own time is known
        lag, lookback = self.settings.lag, self.settings.lookback
        window = Window.open(after, self.http.now(), lag=lag, lookback=lookback)
        last = window.after
        while True:
            asked = {
                "form": shape.form,
                "since": window.start.timestamp() if window.start else None,
                "until": window.end.timestamp(),
                "after": last,
                "limit": self.settings.page or 100,
            }
            rows = self._call("changed", asked)["records"]
            if not rows:
                break
            last = str(rows[-1]["id"])
            yield Page([self._seen(row, shape, window) for row in rows], window.at(last))
        yield Page([], window.done())

    def _seen(self, row: dict[str, Any], shape: Shape, window: Window) -> Record:
        record = self._record(row, shape)
        stamp = datetime.fromtimestamp(0, UTC) + timedelta(seconds=float(row["stamp"]))
        old = window.fresh is not None and stamp < window.fresh
        return Record(record.key, record.fields, record.number, record.stamp, again=old)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        rows = self._call("get", {"form": shape.form, "keys": list(keys)})["records"]
        yield from (self._record(row, shape) for row in rows)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        raise AssertionError("nothing is searched in this CRM")

    def write(self, write: Write) -> Written:
        asked = {"form": write.form, "key": write.key, "fields": _plain(write.fields)}
        answer = self._call("update", asked, writes=True)
        if answer["ok"]:
            return Written(write.key)
        raise Gone(str(answer["message"]))


class VirtualErp(VirtualAdapter):
    """Saves in batches, then takes each bill up its steps."""

    def _capabilities(self) -> Capabilities:
        options = self.options
        plain = FormCapabilities(reads="full", search=options.search, batch=options.batch)
        bill = FormCapabilities(
            operations=frozenset({"create", "update", "cancel"}),
            search=options.search,
            batch=options.batch,
            steps=STEPS,
        )
        return Capabilities(
            forms={"bill": bill},
            other=plain,
            longest_write=options.longest,
            visibility_delay=options.delay,
        )

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        last = ""
        while True:
            asked = {"form": shape.form, "after": last, "limit": self.settings.page or 100}
            rows = self._call("changed", asked)["records"]
            if not rows:
                return
            last = str(rows[-1]["key"])
            yield Page([self._record(row, shape) for row in rows])

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        yield from self._found(shape, "key", keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        yield from self._found(shape, field, values)

    def _found(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        asked = {"form": shape.form, "field": field, "values": list(values)}
        rows = self._call("find", asked)["records"]
        yield from (self._record(row, shape, field) for row in rows)

    # -- writing ----------------------------------------------------------------------------

    def write(self, write: Write) -> Written:
        (outcome,) = self.write_many([write])
        if isinstance(outcome, AdapterError):
            raise outcome
        return outcome

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        saved = self._save_all([write for write in writes if _saves(write)])
        for write in writes:
            try:
                if write.verb == "cancel":
                    yield self._cancelled(write)
                elif _saves(write):
                    yield self._finished(write, saved[id(write)])
                else:
                    yield self._advanced(write)
            except AdapterError as error:
                yield error

    def _save_all(self, writes: Sequence[Write]) -> dict[int, Any]:
        if not writes:
            return {}
        asked = {"form": writes[0].form, "records": [_saving(write) for write in writes]}
        try:
            results = self._call("save", asked, writes=True)["results"]
        except AdapterError as error:
            return {id(write): error for write in writes}
        silent = OutcomeUnknown("the answer leaves this record out")
        outcomes: dict[int, Any] = {id(write): silent for write in writes}
        for result in results:
            outcomes[id(writes[result["index"]])] = result
        return outcomes

    def _finished(self, write: Write, saved: Any) -> Written:
        if isinstance(saved, AdapterError):
            raise saved
        if not saved["ok"]:
            raise _refused(saved)
        return self._climbed(write, saved["record"], saved["rows"])

    def _advanced(self, write: Write) -> Written:
        asked = {"form": write.form, "field": "key", "values": [write.key]}
        rows = self._call("find", asked)["records"]
        if not rows:
            raise Gone(f"{write.form} {write.key} is gone")
        if rows[0]["void"]:
            raise Conflict(f"{write.form} {write.key} is void")
        return self._climbed(write, rows[0], {})

    def _climbed(self, write: Write, record: Any, rows: dict[str, dict[str, str]]) -> Written:
        """Take the steps that are left; what is done is not done again."""
        try:
            self._check(write, record, rows)
            for step in _left(write, record):
                asked = {"form": write.form, "key": record["key"], "step": step}
                answer = self._call("step", asked, writes=True)
                if not answer["ok"]:
                    raise _refused(answer)
                record = answer["record"]
        except AdapterError as cause:
            raise HalfDone(self._written(write, record, rows), cause) from cause
        return self._written(write, record, rows)

    def _check(self, write: Write, record: Any, rows: dict[str, dict[str, str]]) -> None:
        for path, (value, tolerance) in write.expect.items():
            table, line, name = path.split("/")
            known = (
                {row.line: row.key for row in write.tables[table].rows}
                if (table in write.tables)
                else {}
            )
            key = rows.get(table, {}).get(line) or known.get(line)
            for row in record.get(table, ()):
                if row["id"] == key and abs(Decimal(row[name]) - value) > tolerance:
                    raise Rejected(f"{path}: {row[name]} instead of {value}", field=path)

    def _cancelled(self, write: Write) -> Written:
        answer = self._call("void", {"form": write.form, "key": write.key}, writes=True)
        if not answer["ok"]:
            raise _refused(answer)
        return self._written(write, answer["record"], {})

    def _written(self, write: Write, record: Any, rows: dict[str, dict[str, str]]) -> Written:
        shown = self._record(record, write.show) if write.show else None
        number = str(record.get(write.number) or "") if write.number else ""
        return Written(str(record["key"]), number, rows, str(record["step"]), shown=shown)


def _saves(write: Write) -> bool:
    return write.verb == "put" and bool(not write.key or write.fields or write.tables)


def _left(write: Write, record: Any) -> Sequence[str]:
    if not record["step"] or not write.until:
        return ()
    return STEPS[STEPS.index(record["step"]) + 1 : STEPS.index(write.until) + 1]


def _saving(write: Write) -> dict[str, Any]:
    return {
        "key": write.key,
        "reference": write.reference[1] if write.reference else "",
        "fields": _plain(write.fields),
        "tables": {name: _table(table) for name, table in write.tables.items()},
        "unaudit": "unaudit" in write.on_change,
    }


def _table(table: TableWrite) -> dict[str, Any]:
    rows = [{"line": r.line, "key": r.key, "fields": _plain(r.fields)} for r in table.rows]
    return {"rows": rows, "drop": list(table.drop)}


def _plain(fields: Any) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int | Decimal | None) else value.isoformat()
        for name, value in fields.items()
    }


def _refused(answer: Any) -> AdapterError:
    code, words = answer["code"], str(answer["message"])
    if code == "exists":
        return AlreadyExists(words, key=str(answer["key"]), code=code)
    kinds: dict[str, type[AdapterError]] = {
        "gone": Gone,
        "audited": Conflict,
        "row_gone": Changed,
        "locked": Locked,
        "refused": Transient,
    }
    return kinds[code](words, code=code)


class VirtualChat(VirtualAdapter):
    """Says something."""

    tells: ClassVar[bool] = True

    def _capabilities(self) -> Capabilities:
        none = FormCapabilities(reads="none", operations=frozenset({"create"}), search=False)
        return Capabilities(other=none, longest_write=self.options.longest)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return iter(())

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return iter(())

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return iter(())

    def write(self, write: Write) -> Written:
        self._call("say", dict(write.fields), writes=True)
        return Written(str(write.fields["id"]))


def register() -> None:
    registry.add("virtual_chat", VirtualChat)
    registry.add("virtual_crm", VirtualCrm)
    registry.add("virtual_erp", VirtualErp)


__all__ = ["VirtualCrm", "VirtualErp", "chunks", "json", "register"]
