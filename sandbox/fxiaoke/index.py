"""What queries see of one object: its records sorted by id and by stamp, and by value.

A daemon asks for few of 100,000 records every few seconds, so a query must not touch all.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Record = dict[str, Any]
"""One record as it is kept; never changed in place, an update makes a new one."""


class Index:
    """The records of one object as the search engine knows them."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self._keys: list[str] = []
        self._stamps: list[tuple[int, str]] = []
        self._values: dict[str, dict[Any, set[str]]] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def put(self, record: Record) -> None:
        """Add the record, or replace the one with its `_id`."""
        key = record["_id"]
        old = self.records.get(key)
        if old is None:
            _add(self._keys, key)
        else:
            self._forget(old)
        self.records[key] = record
        _add(self._stamps, (record["last_modified_time"], key))
        for field, values in self._values.items():
            values.setdefault(record.get(field), set()).add(key)

    def drop(self, key: str) -> None:
        record = self.records.pop(key, None)
        if record is not None:
            _remove(self._keys, key)
            self._forget(record)

    def _forget(self, record: Record) -> None:
        key = record["_id"]
        _remove(self._stamps, (record["last_modified_time"], key))
        for field, values in self._values.items():
            values[record.get(field)].discard(key)

    def after(self, key: str) -> tuple[int, Iterator[str]]:
        """How many keys follow `key`, and those keys, ascending."""
        start = bisect_left(self._keys, key)
        keys = (self._keys[place] for place in range(start, len(self._keys)))
        return len(self._keys) - start, keys

    def stamped(self, low: int, high: int) -> tuple[int, Iterable[str]]:
        """How many records were modified in `low <= stamp <= high`, and their keys, unsorted."""
        start = bisect_left(self._stamps, (low, ""))
        end = bisect_left(self._stamps, (high + 1, ""))
        return end - start, (self._stamps[place][1] for place in range(start, end))

    def having(self, field: str, values: Sequence[Any]) -> set[str]:
        """The keys of records whose `field` is one of `values`; the first call builds an index."""
        if field == "_id":
            return {value for value in values if value in self.records}
        known = self._values.get(field)
        if known is None:
            known = self._values[field] = {}
            for key, record in self.records.items():
                known.setdefault(record.get(field), set()).add(key)
        return set().union(*(known.get(value, ()) for value in values))


def _add(sorted_list: list[Any], item: Any) -> None:
    if not sorted_list or item > sorted_list[-1]:
        sorted_list.append(item)
    else:
        insort(sorted_list, item)


def _remove(sorted_list: list[Any], item: Any) -> None:
    del sorted_list[bisect_left(sorted_list, item)]
