"""Writing: create, update, invalid, delete, recover, changeOwner, lock, unlock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .call import Call
from .errors import SERVICE_ERROR, Refusal, bad_parameter
from .fields import ObjectType
from .index import Record
from .objects import OBJECTS
from .orders import add, change, lines_of
from .records import Records
from .values import clean

NOT_FIELDS = ("_id", "owner", "dataObjectApiName", "object_describe_api_name")
"""What stands in `object_data` besides fields to set; `owner` counts at creation only."""


class Writer:
    """The calls that change records."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._switches = records.switches

    def create(self, call: Call) -> dict[str, Any]:
        """The new id comes back for preset objects; for custom ones no page documents one."""
        kind, sent = call.kind_by_path, self._sent(call)
        owner = clean(kind.fields["owner"], sent.get("owner"), self._records.exists)
        key = self._add(kind, sent, owner or [call.user])
        for detail, lines in (call.data.get("details") or {}).items():
            for line in lines:
                values = {**line, OBJECTS[detail].master: key}
                self._add(OBJECTS[detail], values, owner or [call.user])
        self._trigger(call, kind, key, "under_review")
        if kind.custom and not self._switches["custom_create_returns_id"]:
            return {}
        return {"dataId": key}

    def _add(self, kind: ObjectType, sent: Mapping[str, Any], owner: list[str]) -> str:
        return add(self._records, kind.name, self._accept(kind, sent), by="api", owner=owner)

    def update(self, call: Call) -> dict[str, Any]:
        """Sets the fields that are sent; the others stay."""
        kind, sent = call.kind_by_path, self._sent(call)
        key = str(sent.get("_id"))
        record = self._records.get(kind.name, key)
        if record["life_status"] == "invalid":
            raise bad_parameter("数据已作废，不能编辑")
        if not (kind.custom and call.data.get("skipDataStatusValidate") is True):
            _refuse_locked(record)
        change(self._records, kind.name, key, self._accept(kind, sent), by="api")
        self._trigger(call, kind, key, "in_change")
        return {}

    def _accept(self, kind: ObjectType, sent: Mapping[str, Any]) -> dict[str, Any]:
        fields = {name: value for name, value in sent.items() if name not in NOT_FIELDS}
        strict = self._switches["wrong_names"] == "refused"
        return self._records.accept(kind, fields, strict=strict)

    def _sent(self, call: Call) -> dict[str, Any]:
        sent = call.data.get("object_data")
        if not isinstance(sent, dict):
            raise bad_parameter("the parameter object_data is missing or illegal")
        return sent

    def _trigger(self, call: Call, kind: ObjectType, key: str, status: str) -> None:
        """Approval and workflow, which run unless the call switches them off."""
        if kind.approval and call.wants("triggerApprovalFlow"):
            changes = {"life_status": status, "lock_status": "1"}
            self._records.change(kind.name, key, changes, by="approval", operation="approval")
        if call.wants("triggerWorkFlow"):
            self._records.change(kind.name, key, {}, by="workflow", operation="workflow")

    def invalid(self, call: Call) -> dict[str, Any]:
        self._invalidate(call.kind_by_path, str(call.data.get("object_data_id")))
        return {}

    def invalid_many(self, call: Call) -> dict[str, Any]:
        """The only batch, for custom objects, under a path without `v2`."""
        for key in call.ids("idList"):
            self._invalidate(call.kind_by_path, key)
        return {}

    def _invalidate(self, kind: ObjectType, key: str) -> None:
        _refuse_locked(self._records.get(kind.name, key))
        set_life_status(self._records, kind.name, key, "invalid", by="api")

    def recover(self, call: Call) -> dict[str, Any]:
        """Invalid records become normal again."""
        for key in call.ids("idList"):
            self._invalid_one(call, key)
            set_life_status(self._records, call.form, key, "normal", by="api")
        return {}

    def delete(self, call: Call) -> dict[str, Any]:
        """For good, and only what is invalid already."""
        for key in call.ids("idList"):
            self._invalid_one(call, key)
            remove(self._records, call.form, key, by="api")
        return {}

    def _invalid_one(self, call: Call, key: str) -> None:
        if self._records.get(call.kind_by_path.name, key)["life_status"] != "invalid":
            raise bad_parameter("请先作废数据")

    def change_owner(self, call: Call) -> dict[str, Any]:
        """The only way to another owner; the list is called `Data`, capital D."""
        kind = call.kind_by_path
        moves = call.data.get("Data")
        if not isinstance(moves, list) or not moves:
            raise bad_parameter("the parameter Data is missing or illegal")
        for move in moves:
            owner = clean(kind.fields["owner"], move.get("ownerId"), self._records.exists)
            key = str(move.get("objectDataId"))
            _refuse_locked(self._records.get(kind.name, key))
            self._records.change(
                kind.name, key, {"owner": owner}, by="api", operation="changeOwner"
            )
        return {}

    def lock(self, call: Call) -> dict[str, Any]:
        return self._set_locks(call, locked=True)

    def unlock(self, call: Call) -> dict[str, Any]:
        return self._set_locks(call, locked=False)

    def _set_locks(self, call: Call, *, locked: bool) -> dict[str, Any]:
        """Serves preset and custom objects; strategy 1, the default, takes the details along."""
        for key in call.ids("dataIds"):
            set_lock(self._records, call.kind.name, key, locked=locked, by="api")
            if call.data.get("detailObjStrategy", 1) == 1:
                for line in lines_of(self._records, call.form, key):
                    detail = call.kind.detail
                    set_lock(self._records, detail, line["_id"], locked=locked, by="api")
        return {}


def set_lock(records: Records, form: str, key: str, *, locked: bool, by: str) -> None:
    """Lock or unlock; a record that is so already is left alone. Both move the stamp."""
    status = "1" if locked else "0"
    if records.get(form, key)["lock_status"] != status:
        operation = "lock" if locked else "unlock"
        records.change(form, key, {"lock_status": status}, by=by, operation=operation)


def set_life_status(records: Records, form: str, key: str, status: str, *, by: str) -> None:
    """Invalidate or recover a record together with its details."""
    operation = "invalid" if status == "invalid" else "recover"
    changes = {"life_status": status}
    for line in lines_of(records, form, key):
        records.change(OBJECTS[form].detail, line["_id"], changes, by=by, operation=operation)
    records.change(form, key, changes, by=by, operation=operation)


def remove(records: Records, form: str, key: str, *, by: str) -> None:
    """Delete a record together with its details."""
    for line in lines_of(records, form, key):
        records.remove(OBJECTS[form].detail, line["_id"], by=by)
    records.remove(form, key, by=by)


def _refuse_locked(record: Record) -> None:
    if record["lock_status"] == "1":
        raise Refusal(SERVICE_ERROR, "数据已锁定，不能进行此操作")
