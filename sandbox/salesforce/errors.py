"""How Salesforce refuses: a list under HTTP 4xx, or the result of one record of a collection."""

from __future__ import annotations

from typing import Any

from sandbox.books import Books, Refused
from sandbox.server import Response, json_response

SESSION = (401, "INVALID_SESSION_ID", "Session expired or invalid")
DAILY = (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
BUSY = (503, "SERVER_UNAVAILABLE", "The server is too busy. Please retry your request.")
LOST_LOCATOR = (400, "INVALID_QUERY_LOCATOR", "invalid query locator")
NOT_FOUND = (404, "NOT_FOUND", "The requested resource does not exist")
NO_SUCH_ID = (400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
DELETED = (404, "ENTITY_IS_DELETED", "entity is deleted")
LOCKED = (400, "ENTITY_IS_LOCKED", "the entity is locked for editing")
ROW_LOCK = (
    400,
    "UNABLE_TO_LOCK_ROW",
    "unable to obtain exclusive access to this record or 1 records",
)
DUPLICATES = (400, "DUPLICATES_DETECTED", "Use one of these records?")
READ_ONLY = (
    "Unable to create/update fields: {}. Please check the security settings of this field and "
    "verify that it is read/write for your profile or permission set."
)


class Refusal(ValueError):
    """What was asked for is not done."""

    def __init__(self, status: int, code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.fields = status, code, message, fields

    def response(self) -> Response:
        """As the whole call's answer."""
        error: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields:
            error["fields"] = list(self.fields)
        return json_response([error], self.status)

    def result(self) -> dict[str, Any]:
        """As the result of one record of a collection."""
        error = {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}
        return {"success": False, "errors": [error]}


def malformed(message: str) -> Refusal:
    """A query that cannot be read."""
    return Refusal(400, "MALFORMED_QUERY", message)


def no_column(name: str, form: str) -> Refusal:
    return Refusal(400, "INVALID_FIELD", f"No such column '{name}' on entity '{form}'.")


def refusal_of(refused: Refused, form: str, books: Books) -> Refusal:
    """What the books refuse, in the vendor's words."""
    name, value = refused.field, refused.value
    if refused.kind == "unique":
        other = books.having(form, name, value)[0].key[:15]
        words = f"duplicate value found: {name} duplicates value on record with id: {other}"
        return Refusal(400, "DUPLICATE_VALUE", words)
    if refused.kind == "missing":
        return Refusal(*NOT_FOUND)
    code, words = {
        "required": ("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]"),
        "length": ("STRING_TOO_LONG", f"{name}: data value too large: {value}"),
        "option": (
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{name}: bad value for restricted picklist field: {value}",
        ),
        "reference": ("INVALID_CROSS_REFERENCE_KEY", f"{name}: invalid cross reference id"),
        "value": ("JSON_PARSER_ERROR", f"Cannot deserialize {name} from value {value}"),
    }[refused.kind]
    return Refusal(400, code, words, (name,))
