"""Creating, changing and deleting through the API."""

from __future__ import annotations

from typing import Any

from sandbox.books import Books, Record, Refused

from .amounts import Amounts
from .attributes import Attributes
from .auth import USER
from .errors import Refusal, refusal_of

CHECKED = {"Account": "name", "Contact": "name"}
"""Entity types whose new records are compared with those that are there, and by what."""


class Writer:
    """Answers POST, PUT and DELETE. What a body names besides fields that can be set is ignored."""

    def __init__(self, books: Books, attributes: Attributes, amounts: Amounts) -> None:
        self._books = books
        self._attributes = attributes
        self._amounts = amounts

    def create(self, form: str, body: dict[str, Any], *, skip_duplicates: bool) -> dict[str, Any]:
        """The new record. Raises Refusal."""
        if not skip_duplicates:
            self._refuse_duplicates(form, body)
        return self._done(lambda given: self._books.create(form, given), form, body)

    def change(self, form: str, key: str, body: dict[str, Any], version: str) -> dict[str, Any]:
        """The whole record after the change. Raises Refusal."""
        if version:
            known = self._get(form, key).values.get("versionNumber")
            if str(known) != version:
                raise Refusal(409, "modified", {"reason": "modified", "versionNumber": known})
        return self._done(lambda given: self._books.change(form, key, given), form, body)

    def delete(self, form: str, key: str) -> bool:
        """Nobody sees it any more. Raises Refusal."""
        record = self._get(form, key)
        self._books.remove(form, key)
        self._amounts.follow(record)
        return True

    def _done(self, change: Any, form: str, body: dict[str, Any]) -> dict[str, Any]:
        given = {**self._attributes.given(form, body), "modifiedBy": USER["userName"]}
        try:
            record = change(given)
        except Refused as refused:
            raise refusal_of(refused) from None
        self._amounts.follow(record)
        return self._attributes.shown(self._books.get(form, record.key))

    def _get(self, form: str, key: str) -> Record:
        try:
            return self._books.get(form, key)
        except Refused as refused:
            raise refusal_of(refused) from None

    def _refuse_duplicates(self, form: str, body: dict[str, Any]) -> None:
        field = CHECKED.get(form)
        name = body.get(field) if field else None
        if field and name:
            found = self._books.having(form, field, name)
            if found:
                raise Refusal(409, "duplicate", [self._attributes.shown(one) for one in found])
