"""The objects API: one record or a hundred of them, made, changed, read and archived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.books import Books, Form, Record, Refused

from .amounts import Amounts
from .associations import Associations
from .errors import MISSING, VALIDATION, Refusal, missing, refused
from .search import told
from .values import given

Body = Mapping[str, Any]
Answer = tuple[int, Any]
MOST, LIST_PAGE = 100, 100


class Objects:
    """Records of every object, by whatever calls and people do."""

    def __init__(
        self,
        books: Books,
        associations: Associations,
        amounts: Amounts,
        switches: Mapping[str, Any],
    ) -> None:
        self._books = books
        self._associations = associations
        self._amounts = amounts
        self._switches = switches
        self._archived: dict[str, list[Record]] = defaultdict(list)

    # -- one record -------------------------------------------------------------------------

    def list(self, form: str, query: Mapping[str, str]) -> dict[str, Any]:
        """A page, in the order of ids. `archived`: those in the recycling bin alone."""
        kind, size = self.known(form), min(int(query.get("limit") or 10), LIST_PAGE)
        after = int(query.get("after") or 0)
        bin = query.get("archived") == "true"
        records = self._archived[form] if bin else list(self._books.live(form).values())
        found = sorted((one for one in records if int(one.key) > after), key=_id)
        names = [name for name in query.get("properties", "").split(",") if name]
        results = [{**told(one, names, kind), "archived": bin} for one in found[:size]]
        if len(found) <= size:
            return {"results": results}
        return {"results": results, "paging": {"next": {"after": found[size - 1].key}}}

    def get(self, form: str, key: str, query: Mapping[str, str]) -> dict[str, Any]:
        """One record, by its id or by `idProperty`."""
        record = self._named(form, key, query.get("idProperty", ""))
        if record is None:
            raise missing(form, [key])
        names = [name for name in query.get("properties", "").split(",") if name]
        return told(record, names, self.known(form))

    def create(self, form: str, body: Body) -> dict[str, Any]:
        """A new record with its associations."""
        kind, properties = self.known(form), body.get("properties") or {}
        linked = self._associations.given(form, body.get("associations") or ())
        for to, key, _ in linked:
            if key not in self._books.live(to):
                raise missing(to, [key])
        made = self._told(form, lambda: self._books.create(form, given(kind, properties)))
        for to, key, primary in linked:
            self._associations.link((form, made.key), (to, key), primary=primary)
        self._amounts.follow(form, made.key)
        return told(self._books.get(form, made.key), properties, kind)

    def update(self, form: str, key: str, body: Body, id_property: str = "") -> dict[str, Any]:
        """Set properties; the answer shows these and little more."""
        kind, properties = self.known(form), body.get("properties") or {}
        record = self._named(form, key, id_property)
        if record is None:
            raise missing(form, [key])
        values = given(kind, properties)
        self._told(form, lambda: self._books.change(form, record.key, values))
        self._amounts.follow(form, record.key)
        return told(self._books.get(form, record.key), properties, kind)

    def archive(self, form: str, key: str, by: str = "api") -> None:
        """Into the recycling bin, where only lists of the archived show it."""
        self._archived[form].append(self._books.get(form, key))
        self._books.remove(form, key, by=by)
        self._associations.forget((form, key))

    # -- many records -----------------------------------------------------------------------

    def read(self, form: str, body: Body, query: Mapping[str, str]) -> Answer:
        """`batch/read`: those that are there; the others are one error of all of them."""
        kind, inputs = self.known(form), _inputs(body)
        by, bin = str(body.get("idProperty") or ""), query.get("archived") == "true"
        if by and not (by in kind.fields and kind.fields[by].unique):
            raise Refusal(400, VALIDATION, f"{by} is not a unique property of {form}")
        found: dict[str, Record] = {}
        lost: list[str] = []
        for key in (str(one["id"]) for one in inputs):
            record = self._in_bin(form, key) if bin else self._named(form, key, by)
            if record is None:
                lost.append(key)
            else:
                found[record.key] = record
        results = [told(one, body.get("properties") or (), kind) for one in found.values()]
        return self._answer(200, results, [missing(form, lost).entry(ids=lost)] if lost else [])

    def create_many(self, form: str, body: Body) -> Answer:
        return self._many(form, body, 201, lambda one: self.create(form, one))

    def update_many(self, form: str, body: Body) -> Answer:
        def update(one: Body) -> dict[str, Any]:
            return self.update(form, str(one["id"]), one, str(one.get("idProperty") or ""))

        return self._many(form, body, 200, update)

    def upsert_many(self, form: str, body: Body) -> Answer:
        """By a unique property: what is not there yet is made."""

        def upsert(one: Body) -> dict[str, Any]:
            by, value = str(one["idProperty"]), str(one["id"])
            if self._named(form, value, by) is not None:
                return {**self.update(form, value, one, by), "new": False}
            properties = {**one.get("properties", {}), by: value}
            return {**self.create(form, {"properties": properties}), "new": True}

        return self._many(form, body, 200, upsert)

    def _many(
        self, form: str, body: Body, status: int, do: Callable[[Body], dict[str, Any]]
    ) -> Answer:
        """One after the other. What does not fit refuses the call, or fails alone, as the switch
        `batch_refusals` says; what is not there always fails alone."""
        policy, inputs = self._switches["batch_refusals"], _inputs(body)
        for one in inputs if policy == "whole" else ():
            self._check(form, one)
        results, errors = [], []
        for one in inputs:
            trace = str(one.get("objectWriteTraceId") or "")
            try:
                results.append(do(one))
            except Refusal as refusal:
                if trace and policy == "each":
                    errors.append(refusal.entry(objectWriteTraceId=[trace]))
                elif refusal.body["category"] == MISSING:
                    errors.append(refusal.entry(ids=[str(one.get("id") or "")]))
                else:
                    raise
        return self._answer(status, results, errors)

    def _check(self, form: str, one: Body) -> None:
        """What can be said before anything is done: values, and whose they are already."""
        kind = self.known(form)
        for name, value in given(kind, one.get("properties") or {}).items():
            if kind.fields[name].unique and value is not None:
                for holder in self._books.having(form, name, value):
                    if str(one.get("id") or "") not in (holder.key, str(value)):
                        raise refused(Refused("unique", form, name, value), holder.key)

    def archive_many(self, form: str, body: Body) -> None:
        for one in _inputs(body):
            if str(one["id"]) in self._books.live(form):
                self.archive(form, str(one["id"]))

    def _answer(self, status: int, results: Sequence[Any], errors: Sequence[Any]) -> Answer:
        told = results if self._switches["in_order"] else results[::-1]
        body: dict[str, Any] = {"status": "COMPLETE", "results": told}
        if errors:
            return 207, {**body, "numErrors": len(errors), "errors": errors}
        return status, body

    # -- which record -----------------------------------------------------------------------

    def known(self, form: str) -> Form:
        """The object of this name. Raises Refusal."""
        kind = self._books.forms.get(form)
        if kind is None or form == "owners":
            raise Refusal(400, VALIDATION, f"Unable to infer object type from: {form}")
        return kind

    def _named(self, form: str, key: str, by: str) -> Record | None:
        if not by:
            return self._books.live(form).get(key)
        for one in self._books.live(form).values():
            if key and str(one.values.get(by) or "").lower() == key.lower():
                return one
        return None

    def _in_bin(self, form: str, key: str) -> Record | None:
        return next((one for one in self._archived[form] if one.key == key), None)

    def _told(self, form: str, change: Callable[[], Record]) -> Record:
        try:
            return change()
        except Refused as refusal:
            holders = self._books.having(form, refusal.field, refusal.value)
            raise refused(refusal, holders[0].key if holders else "") from None


def _inputs(body: Body) -> list[Any]:
    inputs = body.get("inputs")
    if not isinstance(inputs, list):
        raise Refusal(400, VALIDATION, "Invalid input JSON: inputs is required")
    if len(inputs) > MOST:
        raise Refusal(400, VALIDATION, f"The maximum number of inputs is {MOST}")
    return inputs


def _id(record: Record) -> int:
    return int(record.key)
