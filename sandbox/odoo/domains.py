"""Domains: conditions in Polish notation, with paths through other records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from .records import Records, Refusal, Row
from .registry import MODELS


class Domains:
    """Evaluates them over the records. `microseconds`: stamps are compared to the microsecond, as
    before Odoo 19, not to the second."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def matching(self, model: str, domain: Sequence[Any], *, microseconds: bool) -> list[Row]:
        """The records that match, by ascending id."""
        tokens = list(domain)
        rows = self._records.table(model)
        ids = self._ids_among(model, tokens)
        if ids is not None:
            rows = {id: rows[id] for id in ids if id in rows}
        found = [row for row in rows.values() if self._holds(model, row, tokens, microseconds)]
        return sorted(found, key=lambda row: int(row["id"]))

    def _ids_among(self, model: str, tokens: list[Any]) -> set[int] | None:
        """The ids that a domain names, itself or by what they point to, where it names some."""
        plain = not any(isinstance(token, str) for token in tokens)
        for path, operator, wanted in tokens if plain else ():
            field = MODELS[model].get(path)
            if operator == "in" and path == "id":
                return {int(id) for id in wanted}
            if operator == "in" and field and field.kind == "many2one":
                return {row for id in wanted for row in self._records.rows(model, path, id)}
        return None

    def _holds(self, model: str, row: Row, tokens: list[Any], exact: bool) -> bool:
        rest = list(tokens)
        while rest:
            if not self._term(model, row, rest, exact):
                return False
        return True

    def _term(self, model: str, row: Row, rest: list[Any], exact: bool) -> bool:
        term = rest.pop(0)
        if term == "!":
            return not self._term(model, row, rest, exact)
        if term == "|":
            one, other = self._term(model, row, rest, exact), self._term(model, row, rest, exact)
            return one or other
        path, operator, value = term
        return any(_compare(v, operator, value, exact) for v in self.values(model, row, path))

    def values(self, model: str, row: Row, path: str) -> list[Any]:
        """What stands at a path: one value, or those of several records."""
        first, _, more = str(path).partition(".")
        field = MODELS[model].get(first)
        if field is None:
            raise Refusal(f"Invalid field {model}.{first} in condition", "builtins.ValueError")
        value = row.get(first)
        if field.kind == "one2many":
            value = self._records.behind(field, row["id"])
        if not more:
            return [value]
        ids = value if isinstance(value, list) else [value] if value else []
        table = self._records.table(field.relation)
        there = [table[id] for id in ids if id in table]
        return [v for one in there for v in self.values(field.relation, one, more)] or [None]


def _compare(value: Any, operator: str, wanted: Any, exact: bool) -> bool:
    if isinstance(value, datetime):
        moment = datetime.fromisoformat(str(wanted)).replace(tzinfo=UTC)
        value = value if exact else value.replace(microsecond=0)
        wanted = moment
    if operator in ("in", "not in"):
        several = set(value) if isinstance(value, list) else {value}
        return bool(several & set(wanted)) == (operator == "in")
    if operator in ("=", "!="):
        empty = value is None or value is False or value == [] or value == ""
        same = empty if wanted is False else value == wanted and not (empty and value is None)
        return bool(same) == (operator == "=")
    if value is None:
        return False
    above, same = value > wanted, value == wanted
    return bool((">" in operator and above) or ("<" in operator and not above and not same)
                or ("=" in operator and same))  # fmt: skip
