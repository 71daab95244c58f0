"""The tenant's records and the three ways in which they change: create, change, remove.

Calls and people change records here and nowhere else, so stamps, versions and the ledger
are right whoever acts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.ledger import Ledger

from .errors import bad_parameter
from .fields import IN_APPROVAL, ObjectType
from .index import Index, Record
from .objects import OBJECTS
from .values import clean


class Records:
    """Every record as it stands, and the indexes through which queries see them."""

    def __init__(self, clock: SandboxClock, ledger: Ledger, switches: Mapping[str, Any]) -> None:
        self.clock = clock
        self._ledger = ledger
        self.switches = switches
        self._live: dict[str, dict[str, Record]] = {form: {} for form in OBJECTS}
        self._indexes = {form: Index() for form in OBJECTS}
        self._unseen: deque[tuple[int, str, str, Record | None]] = deque()
        self._made = 0

    def index(self, form: str) -> Index:
        """What queries see of `form` now: changes show `visible_after` seconds late."""
        self._reveal()
        return self._indexes[form]

    def live(self, form: str) -> Mapping[str, Record]:
        """Every record of `form` as it stands, by key."""
        return self._live[form]

    def get(self, form: str, key: str) -> Record:
        """The record as it stands, at once. Refused when there is none."""
        record = self._live[form].get(key)
        if record is None:
            raise bad_parameter(f"数据[{key}]不存在或已删除")
        return record

    def exists(self, form: str, key: str) -> bool:
        return key in self._live[form]

    def having(self, form: str, field: str, value: str) -> list[Record]:
        """The records of `form` that have that value now, oldest first."""
        self._reveal()
        unseen = {key for _, changed, key, _ in self._unseen if changed == form}
        keys = self._indexes[form].having(field, [value]) | unseen
        found = (self._live[form].get(key, {}) for key in sorted(keys))
        return [record for record in found if record.get(field) == value]

    def accept(
        self, kind: ObjectType, values: Mapping[str, Any], *, strict: bool
    ) -> dict[str, Any]:
        """The writable ones of `values` as they are kept (None clears), or a refusal.

        Names that the object does not have, or that nobody may write, are refused when
        `strict` and else dropped.
        """
        accepted = {}
        for name, value in values.items():
            field = kind.fields.get(name)
            if field is not None and field.writable:
                accepted[name] = clean(field, value, self.exists)
                if field.required and accepted[name] is None:
                    raise bad_parameter(f"{field.label}：必填")
            elif strict:
                raise bad_parameter(f"字段[{name}]不存在或不可编辑")
        return accepted

    def create(
        self,
        form: str,
        values: Mapping[str, Any],
        *,
        by: str,
        owner: list[str],
        life_status: str = "normal",
        stamp: int | None = None,
    ) -> str:
        """Add a record and return its key; `stamp` pretends that it was made back then."""
        kind = OBJECTS[form]
        fields = {name: value for name, value in values.items() if value is not None}
        for field in kind.own_fields:
            if field.required and field.name not in fields:
                raise bad_parameter(f"{field.label}：必填")
        self._refuse_doubles(kind, fields, but="")
        made = self.clock.millis() if stamp is None else stamp
        record = self.stamped(fields, made, owner, life_status)
        self._put(form, record)
        self._note("create", kind, record, by, fields)
        return str(record["_id"])

    def stamped(
        self, fields: Record, made: int, owner: list[str], life_status: str = "normal"
    ) -> Record:
        """A new record with its system fields; its id ascends with the time of making."""
        self._made += 1
        return {
            "_id": f"{made // 1000:08x}{self._made:016x}",
            **fields,
            "owner": owner,
            "life_status": life_status,
            "lock_status": "1" if life_status in IN_APPROVAL else "0",
            "create_time": made,
            "last_modified_time": made,
            "version": "1",
            "is_deleted": False,
        }

    def load(self, form: str, record: Record) -> None:
        """Add a record that was there before the sandbox began: nothing in the ledger."""
        self._live[form][record["_id"]] = record
        self._indexes[form].put(record)

    def change(
        self,
        form: str,
        key: str,
        changes: Mapping[str, Any],
        *,
        by: str,
        operation: str = "update",
        stamp: int | None = None,
    ) -> None:
        """Set fields (None clears them), bump stamp and version, and write the ledger."""
        kind, old = OBJECTS[form], self.get(form, key)
        self._refuse_doubles(kind, changes, but=key)
        touched = {
            "last_modified_time": self.clock.millis() if stamp is None else stamp,
            "version": str(int(old["version"]) + 1),
        }
        new = _merge(old, {**changes, **touched})
        self._put(form, new)
        difference = {
            name: {"old": old.get(name), "new": new.get(name)}
            for name in changes
            if old.get(name) != new.get(name)
        }
        self._note(operation, kind, new, by, difference)

    def recompute(self, form: str, key: str, values: Mapping[str, Any]) -> None:
        """Set computed fields: no stamp, no version, nobody's change."""
        self._put(form, _merge(self.get(form, key), values))

    def remove(self, form: str, key: str, *, by: str) -> None:
        """Delete for good: gone from every answer."""
        record = self.get(form, key)
        del self._live[form][key]
        self._unseen.append((self._visible_at(), form, key, None))
        self._note("delete", OBJECTS[form], record, by, {})

    def _put(self, form: str, record: Record) -> None:
        self._live[form][record["_id"]] = record
        self._unseen.append((self._visible_at(), form, record["_id"], record))

    def _visible_at(self) -> int:
        return self.clock.millis() + int(float(self.switches["visible_after"]) * 1000)

    def _reveal(self) -> None:
        now = self.clock.millis()
        while self._unseen and self._unseen[0][0] <= now:
            _, form, key, record = self._unseen.popleft()
            if record is None:
                self._indexes[form].drop(key)
            else:
                self._indexes[form].put(record)

    def _refuse_doubles(self, kind: ObjectType, values: Mapping[str, Any], but: str) -> None:
        for name, value in values.items():
            field = kind.fields.get(name)
            if field is None or not field.unique or value is None:
                continue
            if any(other["_id"] != but for other in self.having(kind.name, name, value)):
                raise bad_parameter(f"{field.label}：[{value}]已存在")

    def _note(
        self, operation: str, kind: ObjectType, record: Record, by: str, data: Mapping[str, Any]
    ) -> None:
        self._ledger.append(
            "commit",
            operation,
            form=kind.name,
            key=record["_id"],
            number=str(record.get(kind.number) or ""),
            by=by,
            data=dict(data),
        )


def _merge(old: Record, changes: Mapping[str, Any]) -> Record:
    return {name: value for name, value in {**old, **changes}.items() if value is not None}
