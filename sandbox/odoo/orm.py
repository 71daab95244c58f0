"""What the methods of a model do: reading by domains, creating, writing, importing, describing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from .domains import Domains
from .records import Records, Refusal, Row
from .registry import COMPUTED, MODELS, Field

Method = Callable[..., Any]


class Orm:
    """The models' methods. `rules` is told of every change: it computes, and refuses."""

    def __init__(self, records: Records, rules: Any, switches: Mapping[str, Any]) -> None:
        self._records = records
        self._rules = rules
        self._switches = switches
        self._domains = Domains(records)

    def methods(self) -> dict[str, Method]:
        """By name; `ids` and `context` come with every call."""
        return {
            "search_read": self.search_read, "fields_get": self.fields_get,
            "default_get": self.default_get, "get_metadata": self.get_metadata,
            "check_object_reference": self.check_object_reference,
            "create": self.create, "write": self.write, "unlink": self.unlink, "load": self.load,
        }  # fmt: skip

    # -- reading ----------------------------------------------------------------------------

    def search_read(
        self,
        model: str,
        *,
        context: Row,
        domain: Sequence[Any] = (),
        fields: Sequence[str] = (),
        limit: int | None = None,
        order: str = "id",
        load: str = "_classic_read",
        **_: Any,
    ) -> list[Row]:
        if model == "ir.model.data":
            words = "You are not allowed to access 'Model Data' (ir.model.data) records."
            raise Refusal(words, "odoo.exceptions.AccessError")
        exact = bool(self._switches["microseconds"])
        found = self._domains.matching(model, domain, microseconds=exact)
        if context.get("active_test", True) and "active" in MODELS[model]:
            found = [row for row in found if row.get("active", True)]
        return [self._shown(model, row, fields, load) for row in found[:limit]]

    def _shown(self, model: str, row: Row, fields: Sequence[str], load: str) -> Row:
        shown: Row = {"id": row["id"]}
        for name in fields:
            field = MODELS[model].get(name)
            if field is None:
                raise Refusal(f"Invalid field {name!r} on {model!r}", "builtins.ValueError")
            shown[name] = self._value(field, row, load)
        return shown

    def _value(self, field: Field, row: Row, load: str) -> Any:
        if field.kind == "one2many":
            return self._records.behind(field, row["id"])
        value: Any = self._named(row) if field.name == "display_name" else row.get(field.name)
        if field.kind in ("float", "monetary"):
            return float(value or 0)
        if field.kind in ("boolean", "integer"):
            return value or (0 if field.kind == "integer" else False)
        if field.kind == "many2many":
            return value or []
        if value in (None, ""):
            return False
        if field.kind == "datetime":
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        if field.kind == "many2one" and load:
            return [value, self._named(self._records.get(field.relation, value))]
        return str(value) if field.kind == "date" else value

    def _named(self, row: Row) -> str:
        return str(row.get("name") or row["id"])

    def get_metadata(self, model: str, *, ids: Sequence[int], context: Row) -> list[Row]:
        named = {of: name for name, of in self._records.names.items()}
        made = []
        for id in ids:
            if id in self._records.table(model):
                name = named.get((model, id), False)
                xmlids = [{"xmlid": name, "noupdate": True}] if name else []
                made.append({"id": id, "xmlid": name, "noupdate": True, "xmlids": xmlids})
        return made

    def check_object_reference(
        self, model: str, *, context: Row, module: str, xml_id: str
    ) -> list[Any]:
        found = self._records.names.get(f"{module}.{xml_id}")
        if found is None:
            words = f"External ID not found in the system: {module}.{xml_id}"
            raise Refusal(words, "builtins.ValueError")
        return list(found)

    def fields_get(self, model: str, *, context: Row, **_: Any) -> Row:
        return {field.name: _told(model, field) for field in MODELS[model].values()}

    def default_get(self, model: str, *, context: Row, **asked: Sequence[str]) -> Row:
        usual = {"name": "New", "product_qty": 1.0}
        (names,) = asked.values()
        return {name: usual[name] for name in names if name in usual and model != "res.partner"}

    # -- writing ----------------------------------------------------------------------------

    def create(self, model: str, *, context: Row, vals_list: Sequence[Row]) -> list[int]:
        return [self._create(model, dict(values)) for values in vals_list]

    def write(self, model: str, *, ids: Sequence[int], context: Row, vals: Row) -> bool:
        for id in ids:
            self._write(model, int(id), dict(vals))
        return True

    def unlink(self, model: str, *, ids: Sequence[int], context: Row) -> bool:
        for id in ids:
            self._unlink(model, int(id))
        return True

    def _create(self, model: str, values: Row, mark: str = "") -> int:
        own, rows = self._apart(model, values)
        missing = [f.name for f in MODELS[model].values() if f.required and own.get(f.name) is None]
        missing = [name for name in missing if (model, name) not in COMPUTED]
        if missing:
            raise Refusal(f"Missing required value for the field '{missing[0]}' ({missing[0]}).",
                          "odoo.exceptions.ValidationError")  # fmt: skip
        id = self._records.create(model, self._rules.completed(model, own), mark)
        self._command(model, id, rows)
        self._rules.changed(model, id)
        return id

    def _write(self, model: str, id: int, values: Row, *, head: bool = True) -> None:
        own, rows = self._apart(model, values)
        before = dict(self._records.get(model, id))
        self._rules.permit(model, before, own)
        # The rows' own changes are told with their head's: one call is one change.
        self._records.write(model, id, self._rules.recomputed(model, before, own), silent=not head)
        self._command(model, id, rows)
        self._rules.changed(model, id)

    def _unlink(self, model: str, id: int) -> None:
        row = self._records.get(model, id)
        self._rules.permit_unlink(model, row)
        self._records.delete(model, id)
        self._rules.deleted(model, row)

    def _apart(self, model: str, values: Row) -> tuple[Row, dict[Field, Sequence[Any]]]:
        own: Row = {}
        rows: dict[Field, Sequence[Any]] = {}
        for name, value in values.items():
            field = MODELS[model].get(name)
            if field is None:
                raise Refusal(f"Invalid field {name!r} in {model!r}", "builtins.ValueError")
            if field.kind == "one2many":
                rows[field] = value or ()
            else:
                own[name] = self._held(field, value)
        return own, rows

    def _command(self, model: str, id: int, rows: Mapping[Field, Sequence[Any]]) -> None:
        for field, commands in rows.items():
            for command, row, *more in commands:
                if command == 0:
                    values = dict(more[0])
                    mark = values.pop("id", "")
                    self._create(field.relation, {**values, field.back: id}, mark)
                elif command == 1:
                    self._write(field.relation, int(row), dict(more[0]), head=False)
                elif command == 2:
                    self._unlink(field.relation, int(row))

    def _held(self, field: Field, value: Any) -> Any:
        if field.kind == "boolean":
            return bool(value)
        if field.kind == "many2many":
            return [id for _, _, ids in value for id in ids] if value else []
        if value is False or value is None or value == "":
            return None
        if field.kind in ("float", "monetary"):
            return Decimal(str(value))
        if field.kind == "many2one":
            self._records.get(field.relation, int(value))
            return int(value)
        if field.kind == "datetime":
            return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
        if field.kind == "date":
            return date.fromisoformat(str(value))
        if field.kind == "selection" and value not in field.options:
            raise Refusal(f"Wrong value for {field.name}: {value!r}", "builtins.ValueError")
        return int(value) if field.kind == "integer" else str(value)

    # -- importing --------------------------------------------------------------------------

    def load(
        self, model: str, *, context: Row, fields: Sequence[str], data: Sequence[Sequence[str]]
    ) -> Row:
        """Whatever goes wrong is told in words, under 200."""
        heads = [line for line in data if any(_of_head(fields, line))]
        assert len(heads) == 1, "the sandbox imports one record at a time"
        for column in fields:
            if MODELS[model].get(column.split("/")[0]) is None and column not in ("id", ".id"):
                raise Refusal(f"Invalid field name {column!r}", "builtins.ValueError")
        try:
            id = self._imported(model, fields, data, context)
        except Refusal as refusal:
            message = {"type": "error", "message": refusal.message, "record": 0}
            raise NotImported({"ids": False, "messages": [message], "nextrow": 0}) from None
        return {"ids": [id], "messages": [], "nextrow": 0}

    def _imported(
        self, model: str, fields: Sequence[str], data: Sequence[Sequence[str]], context: Row
    ) -> int:
        head = _cells(fields, data[0], "")
        values = {name: self._cell(model, name, cell) for name, cell in head.items()}
        for field in MODELS[model].values():
            if field.kind == "one2many":
                lines = [_cells(fields, line, f"{field.name}/") for line in data]
                commands = [self._row(field.relation, c) for c in lines if any(c.values())]
                if commands:
                    values[field.name] = commands
        mark, id = str(values.pop("id", "") or ""), values.pop(".id", None)
        known = self._records.names.get(mark) if mark else (model, int(id)) if id else None
        if known is None:
            return self._create(model, _merged(values), mark)
        if not (mark and context.get("mode") == "update" and context.get("noupdate")):
            self._write(model, known[1], _merged(values))
        return known[1]

    def _row(self, model: str, cells: Mapping[str, str]) -> list[Any]:
        values = _merged({name: self._cell(model, name, cell) for name, cell in cells.items()})
        known = self._records.names.get(str(values.get("id") or ""))
        if known is None:
            return [0, 0, values]
        values.pop("id")
        return [1, known[1], values]

    def _cell(self, model: str, name: str, cell: str) -> Any:
        if name in ("id", ".id") or not name.endswith("/.id"):
            field = MODELS[model].get(name)
            return cell in ("1", "true") if field and field.kind == "boolean" else cell
        field = MODELS[model][name.removesuffix("/.id")]
        ids = [int(id) for id in cell.split(",") if id]
        if any(id not in self._records.table(field.relation) for id in ids):
            raise Refusal(f"No matching record found for database id '{cell}' in field "
                          f"'{field.name}'")  # fmt: skip
        return [[6, 0, ids]] if field.kind == "many2many" else ids[0] if ids else False


class NotImported(Exception):
    """An import that was taken back; `answer` is what is told all the same."""

    def __init__(self, answer: Row) -> None:
        super().__init__(answer)
        self.answer = answer


def _merged(values: Row) -> Row:
    """By the fields' own names."""
    return {name.removesuffix("/.id"): value for name, value in values.items()}


def _of_head(fields: Sequence[str], line: Sequence[str]) -> list[str]:
    return [c for f, c in zip(fields, line, strict=True) if "/" not in f.removesuffix("/.id")]


def _cells(fields: Sequence[str], line: Sequence[str], prefix: str) -> dict[str, str]:
    """The cells of the head, or of a table's row."""
    pairs = [(f, c) for f, c in zip(fields, line, strict=True)]
    if prefix:
        return {f.removeprefix(prefix): c for f, c in pairs if f.startswith(prefix)}
    return {f: c for f, c in pairs if "/" not in f.removesuffix("/.id")}


def _told(model: str, field: Field) -> Row:
    told: Row = {"type": field.kind, "string": field.name, "required": field.required}
    told["readonly"] = (model, field.name) in COMPUTED
    told["depends"] = []
    if field.relation:
        told["relation"] = field.relation
    if field.back:
        told["relation_field"] = field.back
    if field.kind == "selection":
        told["selection"] = [[option, option.capitalize()] for option in field.options]
    return told
