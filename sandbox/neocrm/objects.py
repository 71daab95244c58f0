"""Records by their id: reading, creating, changing and deleting, alone and in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.books import Books, Record, Refused

from .amounts import Amounts
from .errors import NO_RECORD, OK, REFUSED, Refusal, refusal_of
from .forms import RECORD_TYPES
from .values import SYSTEM, Values

MOST = 100
"""Records of a batch; what the vendor allows nobody tells."""
TYPES = {
    "number": "currency", "choice": "picklist", "reference": "relation", "bool": "boolean",
    "any": "datetime",
}  # fmt: skip


class Objects:
    """Answers calls under `/xobjects/`."""

    def __init__(self, books: Books, values: Values, amounts: Amounts) -> None:
        self._books = books
        self._values = values
        self._amounts = amounts

    def description(self, form: str) -> dict[str, Any]:
        """The fields of an object. Raises Refusal."""
        fields = [
            {
                "apiKey": field.name,
                "label": field.label,
                "type": TYPES.get(field.type, field.type),
                "required": field.required,
                "updateable": field.writable,
                "selectitem": [{"value": int(k), "label": v} for k, v in field.options.items()],
            }
            for field in self._form(form).own
        ]
        stamps = [{"apiKey": name, "label": name, "type": "datetime"} for name in SYSTEM[1:]]
        return {"apiKey": form, "fields": fields + stamps}

    def record_types(self, form: str) -> dict[str, Any]:
        """The record types of an object. Raises Refusal."""
        self._form(form)
        names = RECORD_TYPES.get(form, ("defaultBusiType",))
        made = [{"id": self._type_id(form, n), "apiKey": n, "label": n} for n in names]
        return {"totalSize": len(made), "records": made}

    def get(self, form: str, key: str) -> dict[str, Any]:
        """One record as it stands. Raises Refusal."""
        self._form(form)
        record = self._books.live(form).get(key)
        if record is None:
            raise Refusal(NO_RECORD, f"数据[{key}]不存在")
        return self._values.shown(record)

    def create(self, form: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """The new record's id. Raises Refusal."""
        known = {one["id"] for one in self.record_types(form)["records"]}
        if str(data.get("entityType")) not in known:
            raise Refusal(REFUSED, "entityType：业务类型不正确")
        rest = {name: value for name, value in data.items() if name != "entityType"}
        given = {**self._values.given(form, rest), "entityType": str(data["entityType"])}
        return self._done(lambda: self._books.create(form, given))

    def change(self, form: str, key: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """The record's id. Raises Refusal."""
        self._form(form)
        given = self._values.given(form, data)
        return self._done(lambda: self._books.change(form, key, given))

    def delete(self, form: str, key: str) -> dict[str, Any]:
        """Into the recycle bin. Raises Refusal."""
        self.get(form, key)
        record = self._books.get(form, key)
        self._books.remove(form, key)
        self._amounts.follow(record)
        return {}

    def batch(self, method: str, form: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One outcome for each; what is refused does not keep the others. Raises Refusal."""
        items = body.get("batchData")
        if not isinstance(items, list) or len(items) > MOST:
            raise Refusal(REFUSED, f"批量数据不能超过{MOST}条")
        return {"batchData": [self._one(method, form, item["data"]) for item in items]}

    def _one(self, method: str, form: str, data: Mapping[str, Any]) -> dict[str, Any]:
        try:
            if method == "POST":
                return {"code": OK, "msg": "", "data": self.create(form, data)}
            return {"code": OK, "msg": "", "data": self.change(form, str(data.get("id")), data)}
        except Refusal as refusal:
            return {"code": refusal.code, "msg": refusal.message}

    def _done(self, change: Any) -> dict[str, Any]:
        try:
            record: Record = change()
        except Refused as refused:
            raise refusal_of(refused) from None
        self._amounts.follow(record)
        return {"id": self._values.value(record, "id")}

    def _form(self, name: str) -> Any:
        form = self._books.forms.get(name)
        if form is None:
            raise refusal_of(Refused("unknown", name))
        return form

    def _type_id(self, form: str, name: str) -> str:
        place = RECORD_TYPES.get(form, (name,)).index(name)
        return str(11010000100000 + 100 * [*self._books.forms].index(form) + place)
