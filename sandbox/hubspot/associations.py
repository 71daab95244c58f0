"""Associations: pairs of records with what they are to each other, seen from either side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import MISSING, VALIDATION, Refusal
from .forms import TYPES

PAGE = 500
"""Associated records that one answer shows of a record."""
MOST = 1_000
"""Records that one call may ask about."""
Place = tuple[str, str]


class Associations:
    """Every association of the account."""

    def __init__(self) -> None:
        self._of: dict[Place, dict[str, dict[str, set[int]]]] = defaultdict(dict)

    def link(self, one: Place, other: Place, *, primary: bool = False) -> None:
        """Associate two records; the first one of its kind is the primary one by itself."""
        for (form, key), (to, there) in ((one, other), (other, one)):
            usual, first = TYPES[form, to]
            known = self._of[form, key].setdefault(to, {})
            if primary or not any(first in types for types in known.values()):
                for types in known.values():
                    types.discard(first)
                known.setdefault(there, set()).update({usual, first} - {0})
            known.setdefault(there, set()).add(usual)

    def forget(self, place: Place) -> None:
        """A record is archived: nothing shows it any more."""
        for to, known in self._of.pop(place, {}).items():
            for key in known:
                self._of[to, key].get(place[0], {}).pop(place[1], None)

    def of(self, form: str, key: str, to: str) -> list[str]:
        """The records of a kind that are associated with one, in the order of their ids."""
        return sorted(self._of[form, key].get(to, {}), key=int)

    def given(self, form: str, asked: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, bool]]:
        """What a create wants to be associated with: `(object, id, as the primary one)`."""
        named = {type: (to, type == types[1]) for (of, to), types in TYPES.items() if of == form
                 for type in types if type}  # fmt: skip
        found = []
        for one in asked:
            for type in one["types"]:
                if type["associationTypeId"] not in named:
                    words = f"Association type id {type['associationTypeId']} is not valid"
                    raise Refusal(400, VALIDATION, words)
                found.append((named[type["associationTypeId"]][0], str(one["to"]["id"]),
                              named[type["associationTypeId"]][1]))  # fmt: skip
        return found

    def read(self, form: str, to: str, inputs: Sequence[Mapping[str, Any]]) -> tuple[int, Any]:
        """Status and body of `batch/read`; a record without any stands among the errors."""
        if (form, to) not in TYPES:
            raise Refusal(400, VALIDATION, f"{form} cannot be associated with {to}")
        if len(inputs) > MOST:
            raise Refusal(400, VALIDATION, f"no more than {MOST} inputs are allowed")
        results, errors = [], []
        for asked in inputs:
            key = str(asked["id"])
            if known := self.of(form, key, to):
                results.append(self._told(form, to, key, known, str(asked.get("after") or "0")))
            else:
                errors.append(_none(form, to, key))
        body: dict[str, Any] = {"status": "COMPLETE", "results": results}
        return (
            (207, {**body, "errors": errors, "numErrors": len(errors)}) if errors else (200, body)
        )

    def _told(self, form: str, to: str, key: str, known: list[str], after: str) -> dict[str, Any]:
        start, end = int(after), int(after) + PAGE
        types = self._of[form, key][to]
        listed = [
            {
                "toObjectId": int(other),
                "associationTypes": [
                    {"category": "HUBSPOT_DEFINED", "typeId": type,
                     "label": "Primary" if type == TYPES[form, to][1] else None}
                    for type in sorted(types[other])
                ],
            }
            for other in known[start:end]
        ]  # fmt: skip
        paging = {"paging": {"next": {"after": str(end)}}} if end < len(known) else {}
        return {"from": {"id": key}, "to": listed, **paging}


def _none(form: str, to: str, key: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": MISSING,
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {to} is associated with {form} {key}.",
        "context": {"fromObjectId": [key], "fromObjectType": [form], "toObjectType": [to]},
    }
