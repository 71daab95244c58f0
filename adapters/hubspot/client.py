"""The protocol: addresses, versions, batches. Nothing else knows a URL.

A search answers from an index that is late and knows nothing of associations, and its body has
room for 3,000 characters: so it finds ids alone, and records are read by them as they are now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from adapters.hubspot.answers import OWN, SHOWN, calls_of, error_of
from adapters.hubspot.codec import own_names
from adapters.hubspot.forms import KEY, MODIFIED, MODIFIED_OF, PRIMARY
from adapters.hubspot.results import (
    Associated,
    Batch,
    Row,
    associations,
    batch_of,
    following,
    ids_of,
    raise_others,
    records,
    row_of,
    unrecognised,
)
from adapters.hubspot.settings import HubSpotSettings
from connector.bucket import Bucket
from connector.clock import Clock
from connector.contract import Answer, Http, chunks
from connector.errors import AccessDenied, Gone, OutcomeUnknown, Rejected, Transient
from connector.messages import say

Filter = tuple[str, str, str]
"""`(property, operator, value)`; the filters of a group are ANDed, groups are ORed."""
UNDATED = {
    "objects": "/crm/v3/objects",
    "properties": "/crm/v3/properties",
    "associations": "/crm/v4/associations",
    "owners": "/crm/v3/owners",
    "schemas": "/crm-object-schemas/v3/schemas",
    "account": "/account-info/v3/details",
}
DATED = {
    "objects": "/crm/objects/{}",
    "properties": "/crm/properties/{}",
    "associations": "/crm/associations/{}",
    "owners": "/crm/owners/{}",
    "schemas": "/crm-object-schemas/{}/schemas",
    "account": "/account-info/{}/details",
}
GROUPS = 5
"""Groups of filters in one search."""
READ = 100
"""Ids of one reading."""
MOST = 1_000
"""Records whose associations one call reads."""


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: HubSpotSettings, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._searches = Bucket(settings.search_rate, clock)
        undated = settings.version == "v3"
        self._bases = UNDATED if undated else {
            name: base.format(settings.version) for name, base in DATED.items()
        }  # fmt: skip

    # -- who and what -----------------------------------------------------------------------

    def account(self) -> tuple[str, tuple[int, int] | None]:
        """The id of the account that the token belongs to, and the calls of the day."""
        answer = self._answer("GET", self._path("account"), None, writes=False)
        body = answer.json()
        if not isinstance(body, dict) or not body.get("portalId"):
            raise unrecognised(body)
        return str(body["portalId"]), calls_of(answer.headers)

    def properties(self, form: str) -> list[Row]:
        """The object's properties as HubSpot describes them."""
        return records(self._ask("GET", self._path("properties", form)), "name")

    def required(self, form: str) -> list[str]:
        """The properties that a new record must have; none where we are not told."""
        try:
            told = self._ask("GET", self._path("schemas", form)).get("requiredProperties")
        except (AccessDenied, Gone, Rejected):
            return []  # not every key may read schemas, and not every object has one
        return [str(name) for name in told] if isinstance(told, list) else []

    def owners(self) -> Iterator[list[Row]]:
        """Every user who owns records or did so."""
        for archived in ("false", "true"):
            yield from self._listed(self._path("owners"), archived)

    def now(self) -> datetime:
        """The account's own time, as its last answer said."""
        return self._http.now()

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    # -- reading ----------------------------------------------------------------------------

    def ids(
        self, form: str, groups: Sequence[Sequence[Filter]] = ((),), after: str = ""
    ) -> Iterator[list[str]]:
        """The ids of every record that matches and has an id above `after`, ascending.

        Always the first page behind the last id: pages end at 10,000 records and drift.
        """
        while True:
            keyset = (KEY, "GT", after or "0")
            answer = self._search(form, [[*group, keyset] for group in groups])
            found = ids_of(answer)
            if found != sorted(found, key=int) or any(int(one) <= int(after or 0) for one in found):
                raise Rejected(say("hubspot_unsorted", form=form), answer=str(answer)[:SHOWN])
            if found:
                yield found
            if not found or not (following(answer) or len(found) == self._settings.page):
                return
            after = found[-1]

    def _search(self, form: str, groups: Sequence[Sequence[Filter]]) -> Row:
        body = {
            "filterGroups": [
                {
                    "filters": [
                        {"propertyName": name, "operator": operator, "value": value}
                        for name, operator, value in group
                    ]
                }
                for group in groups
            ],
            "sorts": [{"propertyName": KEY, "direction": "ASCENDING"}],
            "properties": [KEY],
            "limit": self._settings.page,
        }
        self._searches.take()
        return self._ask("POST", self._path("objects", form, "search"), body)

    def read(self, form: str, keys: Sequence[str], names: Sequence[str], by: str = "") -> list[Row]:
        """The records with these ids, or with these values of a unique property, as they are now,
        by ascending id; those that are archived or not there are left out."""
        stamp, rows = MODIFIED_OF.get(form, MODIFIED), []
        for some in chunks(list(dict.fromkeys(keys)), READ):
            body: Row = {
                "properties": list(dict.fromkeys([KEY, stamp, *own_names(names)])),
                "inputs": [{"id": key} for key in some],
                **({"idProperty": by} if by else {}),
            }
            answer = self._ask("POST", self._path("objects", form, "batch/read"), body)
            rows += [row_of(one, stamp) for one in records(answer, "id")]
            raise_others(answer)
        return sorted(rows, key=lambda row: int(row[KEY]))

    def associated(self, form: str, to: str, keys: Sequence[str]) -> dict[str, list[Associated]]:
        """By the id of a record those of another object that it is associated with."""
        found: defaultdict[str, list[Associated]] = defaultdict(list)
        pending: list[Row] = [{"id": key} for key in keys]
        path = self._path("associations", form, f"{quote(to)}/batch/read")
        while pending:
            answer = self._ask("POST", path, {"inputs": pending[:MOST]})
            pending = pending[MOST:]
            for one in records(answer, "from"):
                key, others = associations(one, PRIMARY.get((form, to)))
                found[key] += others
                if after := following(one):
                    pending.append({"id": key, "after": after})
            raise_others(answer)
        return found

    def archived(self, form: str) -> Iterator[list[str]]:
        """The ids of what lies in the recycling bin, which searches do not show."""
        for rows in self._listed(self._path("objects", form), "true"):
            yield [str(row["id"]) for row in rows]

    def _listed(self, path: str, archived: str) -> Iterator[list[Row]]:
        """A list, page by page."""
        after = ""
        while True:
            answer = self._ask("GET", f"{path}?limit={READ}&archived={archived}{after}")
            if rows := records(answer, "id"):
                yield rows
            if not (behind := following(answer)):
                return
            after = f"&after={quote(behind)}"

    # -- writing ----------------------------------------------------------------------------

    def create(self, form: str, inputs: Sequence[Row]) -> Batch:
        """Make records, all of them of one object."""
        return self._write(form, "batch/create", inputs)

    def update(self, form: str, inputs: Sequence[Row]) -> Batch:
        """Set properties; the others stay."""
        return self._write(form, "batch/update", inputs)

    def _write(self, form: str, action: str, inputs: Sequence[Row]) -> Batch:
        path = self._path("objects", form, action)
        return batch_of(self._send("POST", path, {"inputs": list(inputs)}, writes=True))

    # -- sending ----------------------------------------------------------------------------

    def _path(self, api: str, form: str = "", action: str = "") -> str:
        return "/".join(filter(None, [self._bases[api], quote(form), action]))

    def _ask(self, method: str, path: str, json: Any = None) -> Row:
        return self._send(method, path, json, writes=False)

    def _send(self, method: str, path: str, json: Any, *, writes: bool) -> Row:
        body = self._answer(method, path, json, writes=writes).json()
        if not isinstance(body, dict):
            raise unrecognised(body, OutcomeUnknown if writes else Transient)
        return body

    def _answer(self, method: str, path: str, json: Any, *, writes: bool) -> Answer:
        headers = {"Authorization": f"Bearer {self._settings.token.get_secret_value()}"}
        answer = self._http.send(method, path, json=json, headers=headers, writes=writes, own=OWN)
        if error := error_of(answer, now=self._http.now(), zone=self._settings.zone):
            raise error
        return answer
