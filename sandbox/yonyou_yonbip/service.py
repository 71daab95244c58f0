"""The operations behind the gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.books import Books, Record
from sandbox.faults import Faults

from .archives import Archives
from .changes import Changes
from .faults import MISSING, Fault, business
from .forms import CHANGE
from .lifecycle import Lifecycle
from .lists import Lists
from .resubmit import Resubmitted
from .saving import Saving
from .showing import Showing

Body = Mapping[str, Any]
ALONE = ("close", "oppose")


class Service:
    """What calls do."""

    def __init__(
        self,
        books: Books,
        showing: Showing,
        lists: Lists,
        archives: Archives,
        saving: Saving,
        lifecycle: Lifecycle,
        changes: Changes,
        resubmitted: Resubmitted,
        faults: Faults,
    ) -> None:
        self._books = books
        self._showing = showing
        self._lists = lists
        self._archives = archives
        self._saving = saving
        self._lifecycle = lifecycle
        self._changes = changes
        self._resubmitted = resubmitted
        self._faults = faults
        self._acts: dict[str, Callable[[Record, Body, str], None]] = {
            "submit": lambda record, _, by: lifecycle.submit(record, by),
            "audit": self._audit,
            "unaudit": lambda record, _, by: lifecycle.unaudit(record, by),
            "close": lambda record, _, by: lifecycle.close(record, by),
            "oppose": lambda record, one, by: lifecycle.oppose(
                record, by, one.get("opposeMemo", "")
            ),
            "lineclose": self._close_rows,
            "forget": lambda record, _, by: changes.forget(record, by),
        }

    def do(self, operation: str, form: str, body: Any, query: Mapping[str, str], by: str) -> Any:
        """An operation; the answer's `data`. Raises Fault."""
        if operation == "list":
            return self._lists.page(form, body)
        if operation == "detail":
            return self._showing.document(self._asked(form, query))
        if operation == "details":
            return self._archives.details(form, body)
        if operation == "stock":
            return self._archives.stock(body)
        if operation in self._acts:
            return self._each(operation, form, body, by)
        data = body.get("data") or {}
        if operation == "update":
            return self._archives.update(form, data, by)
        key = str(data.get("resubmitCheckKey") or "")
        return self._resubmitted.once(form, key, lambda: self._save(operation, form, data, by))

    def _save(self, operation: str, form: str, data: Body, by: str) -> Any:
        if operation == "insert":
            return self._archives.insert(form, data, by)
        record = (
            self._changes.save(data, by) if form == CHANGE else self._saving.bill(form, data, by)
        )
        return self._showing.document(record) | {"id": record.key}

    def _asked(self, form: str, query: Mapping[str, str]) -> Record:
        if form == CHANGE and "originalOrderId" in query:
            return self._changes.newest(query["originalOrderId"])
        record = self._books.live(form).get(query.get("id", ""))
        if record is None:
            raise MISSING
        return record

    # -- actions on several -----------------------------------------------------------------

    def _each(self, operation: str, form: str, body: Body, by: str) -> dict[str, Any]:
        """One record after the other; what fails is told inside a success. Of some actions the
        answer is the one record that they were for."""
        if operation in ALONE:
            (only,) = body.get("data") or ({},)
            return self._act(operation, form, only, by)
        infos, messages = [], []
        for one in body.get("data") or ():
            try:
                infos.append(self._act(operation, form, one, by))
            except Fault as fault:
                messages.append(fault.message)
        if operation == "audit" and len(infos) == 1 and not messages:
            return infos[0]
        return {
            "count": len(infos) + len(messages), "sucessCount": len(infos),
            "failCount": len(messages), "messages": messages, "infos": infos, "failInfos": [],
        }  # fmt: skip

    def _act(self, operation: str, form: str, one: Body, by: str) -> dict[str, Any]:
        record = self._books.live(form).get(str(one.get("id")))
        if record is None:
            raise business("单据不存在")
        if self._faults.pick(operation, form, system="failed_row"):
            raise business(f"单据{record.number}处理失败")
        self._acts[operation](record, one, by)
        after = self._books.live(form).get(record.key)
        return self._showing.head(after) if after else {"id": int(record.key)}

    def _audit(self, record: Record, _: Body, by: str) -> None:
        self._lifecycle.audit(record, by)
        if record.form == CHANGE:
            self._changes.audited(self._books.get(CHANGE, record.key), by)

    def _close_rows(self, record: Record, one: Body, by: str) -> None:
        keys = [str(row["id"]) for row in one.get("orderDetails") or ()]
        self._lifecycle.close_rows(record, keys, by)
