"""Refusals, as HubSpot words them: a category, a message, and at times what it is about."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sandbox.books import Refused
from sandbox.server import Response, json_response, to_json

VALIDATION, MISSING, CONFLICT = "VALIDATION_ERROR", "OBJECT_NOT_FOUND", "CONFLICT"


class Refusal(Exception):
    """What was asked for is not done."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "status": "error",
            "message": message,
            "correlationId": str(uuid4()),
            "category": category,
            **more,
        }

    def response(self) -> Response:
        return json_response(self.body, self.status)

    def entry(self, **context: list[str]) -> dict[str, Any]:
        """The same as one of the `errors` of a batch."""
        return {"status": "error", "category": self.body["category"],
                "message": self.body["message"], "context": context}  # fmt: skip


def invalid(*problems: tuple[str, str, str]) -> Refusal:
    """Values that do not fit: `(property, code, words)` each."""
    told = [
        {"isValid": False, "message": words, "error": code, "name": name}
        for name, code, words in problems
    ]
    listed = [
        {"message": words, "code": code, "context": {"propertyName": [name]}}
        for name, code, words in problems
    ]
    message = f"Property values were not valid: {to_json(told).decode()}"
    return Refusal(400, VALIDATION, message, errors=listed)


def missing(form: str, keys: list[str]) -> Refusal:
    words = f"Could not get some {form.upper()} objects, they may be deleted or not exist."
    return Refusal(404, MISSING, words, context={"ids": keys})


def refused(refusal: Refused, holder: str = "") -> Refusal:
    """A refusal of the books, in HubSpot's words; `holder`: who has the value already."""
    name, value = refusal.field, refusal.value
    if refusal.kind == "missing":
        return Refusal(404, MISSING, "resource not found")
    if refusal.kind == "unique" and name == "email":
        return Refusal(409, CONFLICT, f"Contact already exists. Existing ID: {holder}")
    if refusal.kind == "unique":
        words = (
            f"Cannot set PropertyValueCoordinates{{propertyName={name}, value={value}}}. "
            f"{holder} already has that value."
        )
        return Refusal(400, VALIDATION, words)
    if refusal.kind == "required":
        words = f"Error creating {refusal.form}. Some required properties were not set."
        return Refusal(400, VALIDATION, words, context={"properties": [name]})
    if refusal.kind == "option":
        return invalid((name, "INVALID_OPTION", f"{value} was not one of the allowed options"))
    if refusal.kind == "length":
        return invalid((name, "INVALID_LENGTH", f"{name} was too long"))
    if refusal.kind == "reference":
        return invalid((name, "INVALID_OWNER_ID", f"{value} is not valid"))
    return invalid((name, "INVALID_VALUE", f"{value} was not valid"))
