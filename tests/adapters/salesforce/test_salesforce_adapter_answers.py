"""Every error and limit that is known, and the class that it becomes."""

from __future__ import annotations

import pytest

from adapters.salesforce.answers import (
    error_of,
    full_id,
    login_error_of,
    record_error_of,
    taken_by,
    usage_of,
)
from connector.errors import (
    AccessDenied,
    AlreadyExists,
    Gone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)


def of_call(code, status=400, *, spent=False, writes=False):
    payload = [{"errorCode": code, "message": "话", "fields": ["X__c"]}]
    return error_of(status, payload, "answer", spent=spent, writes=writes)


def of_record(code, **more):
    entry = {"statusCode": code, "message": "话", "fields": [], **more}
    return record_error_of({"success": False, "errors": [entry]})


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("INVALID_SESSION_ID", 401, AccessDenied),
        ("API_DISABLED_FOR_ORG", 403, AccessDenied),
        ("INSUFFICIENT_ACCESS", 403, Rejected),
        ("REQUEST_LIMIT_EXCEEDED", 403, Unreachable),
        ("NOT_FOUND", 404, AccessDenied),
        ("GONE", 410, AccessDenied),
        ("UNSUPPORTED_API_VERSION", 400, AccessDenied),
        ("MALFORMED_QUERY", 400, Rejected),
        ("INVALID_FIELD", 400, Rejected),
        ("INVALID_TYPE", 400, Rejected),
        ("INVALID_QUERY_LOCATOR", 400, Rejected),
        ("JSON_PARSER_ERROR", 400, Rejected),
        ("QUERY_TIMEOUT", 400, Transient),
        ("SOMETHING_NEW", 400, Rejected),
    ],
)
def test_what_the_refusal_of_a_call_means(code, status, kind):
    error = of_call(code, status, writes=True)
    assert (type(error), str(error), error.code) == (kind, f"话 [{code}]", code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UNABLE_TO_LOCK_ROW", Transient),
        ("SERVER_UNAVAILABLE", Transient),
        ("UNKNOWN_EXCEPTION", Transient),
        ("ENTITY_IS_LOCKED", Locked),
        ("ENTITY_IS_DELETED", Gone),
        ("NOT_FOUND", Gone),
        ("DUPLICATES_DETECTED", AlreadyExists),
        ("DUPLICATE_VALUE", AlreadyExists),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", Rejected),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", Rejected),
        ("INSUFFICIENT_ACCESS_OR_READONLY", Rejected),
        ("INVALID_FIELD", Rejected),
        ("REQUIRED_FIELD_MISSING", Rejected),
        ("STRING_TOO_LONG", Rejected),
        ("INVALID_CROSS_REFERENCE_KEY", Rejected),
        ("SOMETHING_NEW", Rejected),
    ],
)
def test_what_the_refusal_of_a_record_means(code, kind):
    error = of_record(code)
    assert (type(error), error.code) == (kind, code)


def test_a_refusal_names_its_field():
    assert of_record("STRING_TOO_LONG", fields=["Name", "X__c"]).field == "Name"
    assert of_record("STRING_TOO_LONG", fields=None).field == ""


def test_a_value_in_use_names_the_record_that_has_it_by_its_whole_id():
    words = "duplicate value found: X__c duplicates value on record with id: 001A0000006Vm9r"
    assert of_record("DUPLICATE_VALUE", message=words).key == "001A0000006Vm9rIAC"
    assert full_id("001A0000006Vm9rIAC") == "001A0000006Vm9rIAC"
    assert taken_by("somebody has it") == ""


@pytest.mark.parametrize("payload", [None, [], {}, [None], [{"message": "x"}]])
def test_a_refusal_of_unknown_shape_is_no_word_of_what_was_done(payload):
    made = error_of(400, payload, "", spent=False, writes=True)
    assert type(made) is OutcomeUnknown
    assert type(error_of(400, payload, "", spent=False, writes=False)) is Transient


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("invalid_grant", AccessDenied),
        ("invalid_client", AccessDenied),
        ("unknown_error", Unreachable),
        ("", Transient),
    ],
)
def test_what_the_token_endpoint_says(code, kind):
    assert type(login_error_of({"error": code, "error_description": "x"}, "")) is kind


@pytest.mark.parametrize(
    ("header", "usage"),
    [
        ("api-usage=10018/100000", (10018, 100_000)),
        ("api-usage=25/5000; api-bursts=1/750", (25, 5000)),
        ("per-app-api-usage=17/250(appName=x); api-usage=18/5000", (18, 5000)),
        ("per-app-api-usage=17/250(appName=x)", None),
        ("", None),
        ("api-usage=many", None),
    ],
)
def test_the_calls_of_the_day_stand_in_a_header_of_many_forms(header, usage):
    assert usage_of(header) == usage
