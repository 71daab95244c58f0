"""Reading: query, get, findSimple, findOne, and what objects there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .auth import ADMINISTRATOR
from .call import Call
from .errors import bad_parameter
from .fields import REFERENCES, ObjectType
from .index import Record
from .objects import OBJECTS
from .query import DEFAULT_LIMIT, Test, parse, run
from .records import Records


class Reader:
    """The calls that change nothing."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._switches = records.switches

    def query(self, call: Call) -> dict[str, Any]:
        kind = call.kind_by_path
        info = call.data.get("search_query_info") or {}
        return self._page(call, kind, info.get("fieldProjection"))

    def find_simple(self, call: Call) -> dict[str, Any]:
        return self._page(call, call.kind_by_path, call.data.get("field_projection"))

    def find_one(self, call: Call) -> dict[str, Any]:
        """The first match as one record, nothing when there is none."""
        projection = call.data.get("field_projection")
        rows, _ = self._run(call, call.kind_by_path, projection)
        return {"data": rows[0] if rows else {}}

    def get(self, call: Call) -> dict[str, Any]:
        kind, key = call.kind_by_path, str(call.data.get("objectDataId"))
        record = self._records.get(kind.name, key)
        if not all(test(record) for test in self._visible(call, kind, single=True)):
            raise bad_parameter(f"数据[{key}]不存在或已删除")
        return {"data": self._show(kind, record, (), call.body.get("includeNull") is True)}

    def describe(self, call: Call) -> dict[str, Any]:
        return {"data": {"describe": call.kind.describe()}}

    def list_objects(self, call: Call) -> dict[str, Any]:
        return {"data": {"objects": [kind.listing() for kind in OBJECTS.values()]}}

    def user_by_mobile(self, call: Call) -> dict[str, Any]:
        """The old generation's way from a mobile number to a user id."""
        people = self._records.having("PersonnelObj", "phone", str(call.body.get("mobile")))
        return {
            "empList": [
                {"openUserId": f"FSUID_{person['_id']}", "name": person["name"]}
                for person in people
            ]
        }

    def _page(self, call: Call, kind: ObjectType, projection: Any) -> dict[str, Any]:
        rows, total = self._run(call, kind, projection)
        info = call.data.get("search_query_info") or {}
        limit, offset = info.get("limit", DEFAULT_LIMIT), info.get("offset", 0)
        page = {"total": total, "offset": offset, "limit": limit, "dataList": rows}
        if kind.custom and self._switches["custom_list_on_top"]:
            return page
        return {"data": page}

    def _run(
        self, call: Call, kind: ObjectType, projection: Any
    ) -> tuple[list[dict[str, Any]], int]:
        strict = self._switches["wrong_names"] == "refused"
        asked = parse(kind, call.data, projection, strict=strict)
        index = self._records.index(kind.name)
        rows, total = run(kind, index, asked, self._visible(call, kind))
        nulls = call.body.get("includeNull") is True
        return [self._show(kind, row, asked.projection, nulls) for row in rows], total

    def _visible(self, call: Call, kind: ObjectType, *, single: bool = False) -> list[Test]:
        """What hides a record from this caller: missing rights show as missing rows."""
        tests: list[Test] = []
        if kind.owned and call.user != ADMINISTRATOR:
            tests.append(lambda record: call.user in record["owner"])
        if self._switches["hide_invalid"] and not single:
            tests.append(lambda record: record["life_status"] != "invalid")
        return tests

    def _show(
        self, kind: ObjectType, record: Record, names: Sequence[str], nulls: bool
    ) -> dict[str, Any]:
        """A record as the API shows it: empty fields absent, `__r` beside what points elsewhere."""
        shown = {name: record[name] for name in names if name in record} if names else dict(record)
        for name in kind.pointing:
            if name in shown:
                self._add_label(shown, kind, name)
        if nulls:
            shown = {**dict.fromkeys(names or kind.fields), **shown}
        return shown

    def _add_label(self, shown: dict[str, Any], kind: ObjectType, name: str) -> None:
        value = shown[name]
        if kind.fields[name].type in REFERENCES:
            target = self._records.live(kind.fields[name].target).get(value, {})
            shown[f"{name}__r"] = target.get("name", "")
        else:
            person = self._records.live("PersonnelObj").get(value[0], {})
            shown[f"{name}__r"] = {"id": value[0], "name": person.get("name", "")}
