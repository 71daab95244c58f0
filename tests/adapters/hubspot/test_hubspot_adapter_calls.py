"""Credentials, versions, limits, and what each refusal becomes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hubspot_world import COMPANIES, COMPANY, DEALS, company, told
from pydantic import ValidationError

from adapters.hubspot.answers import entry_error, error_of
from connector.contract import Identity
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Gone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.http import Answer, Http
from tests.adapters.simulated import whole

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
INVALID = 'Property values were not valid: [{"error":"INVALID_OPTION","name":"erp_state"}]'


def error(status: int, headers: Any = None, **body: Any) -> Any:
    answer = Answer(status, headers or {}, json.dumps(body).encode(), writes=False)
    return error_of(answer, now=NOON, zone=CHINA)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"category": "VALIDATION_ERROR"}, Rejected),
        (400, {}, Rejected),
        (401, {"category": "INVALID_AUTHENTICATION"}, AccessDenied),
        (401, {"category": "EXPIRED_AUTHENTICATION"}, AccessDenied),
        (403, {"category": "MISSING_SCOPES"}, AccessDenied),
        (404, {"category": "OBJECT_NOT_FOUND"}, Gone),
        (405, {}, Rejected),
        (409, {"category": "CONFLICT"}, AlreadyExists),
        (409, {"category": "OBJECT_ALREADY_EXISTS"}, AlreadyExists),
        (413, {}, Rejected),
        (423, {}, Locked),
        (429, {"policyName": "DAILY"}, Unreachable),
        (477, {}, Unreachable),
    ],
)
def test_a_status_is_what_is_to_be_done_about_it(
    status: int, body: dict[str, Any], kind: type[AdapterError]
) -> None:
    found = error(status, message="Words", **body)
    assert type(found) is kind
    assert str(found).startswith("Words [")
    assert found.code == body.get("category", str(status))


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521, 522, 523, 524])
def test_a_failing_server_is_unclear_for_writes_alone(world: Any, crm: Any, status: int) -> None:
    crm.codes(COMPANY, "name")
    world.fault(do="status", status=status, times=9)
    with pytest.raises(Transient):
        list(crm.fetch(COMPANIES, ["1"]))
    with pytest.raises(OutcomeUnknown):
        crm.write(company("甲"))
    assert world.written() == []


@pytest.mark.parametrize(
    ("policy", "headers", "seconds"),
    [
        ("SECONDLY", {}, 1),
        ("TEN_SECONDLY_ROLLING", {"Retry-After": "10000"}, 10),
        ("DAILY", {}, 12 * 3600),
        ("ANOTHER", {}, 10),
    ],
)
def test_how_long_to_stay_away_the_policy_says(
    policy: str, headers: dict[str, str], seconds: int
) -> None:
    assert error(429, headers, policyName=policy).retry_after == seconds


def test_an_account_that_is_moved_is_left_alone_as_long_as_it_says() -> None:
    assert error(477, {"Retry-After": "7200"}).retry_after == 7200
    assert error(477).retry_after == 3600


def test_a_refusal_that_is_no_json_is_one_all_the_same() -> None:
    answer = Answer(400, {}, b"<html>", writes=True)
    assert type(error_of(answer, now=NOON, zone=CHINA)) is Rejected


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"message": INVALID}, "erp_state"),
        ({"errors": [{"context": {"propertyName": ["colour"]}}], "message": INVALID}, "colour"),
        ({"errors": [{"context": {"propertyName": "colour"}}]}, "colour"),
        ({"errors": [None, {"context": None}]}, ""),
    ],
)
def test_a_refusal_names_the_property(body: dict[str, Any], field: str) -> None:
    assert error(400, **body).field == field


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("OBJECT_NOT_FOUND", Gone),
        ("CONFLICT", AlreadyExists),
        ("VALIDATION_ERROR", Rejected),
        ("RATE_LIMITS", Unreachable),
        ("MISSING_SCOPES", AccessDenied),
        ("SOMETHING_NEW", Rejected),
    ],
)
def test_one_of_a_batch_is_refused_by_its_category(category: str, kind: type[AdapterError]) -> None:
    assert type(entry_error({"category": category, "message": "Words"})) is kind


def test_check_tells_the_account_and_the_calls_that_all_apps_made(build: Any) -> None:
    world = build(limits="vendor")
    crm = world.adapter()
    crm.check()
    assert crm.check() == Identity("20261121", sessions=0, calls=(2, 250_000))
    assert world.adapter(rate="").check().calls == (3, 250_000)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("daily", Unreachable),
        ("ten_secondly_rolling", Unreachable),
        ("locked", Locked),
        ("migration", Unreachable),
        ("scope", AccessDenied),
    ],
)
def test_a_refused_write_is_not_done_and_not_repeated(
    world: Any, crm: Any, fault: str, kind: type[AdapterError]
) -> None:
    crm.codes("deals", "name")
    world.fault(do="system", name=fault, operation="update")
    with pytest.raises(kind):
        crm.write(told(world.key("SO-1")))
    assert (world.written(), world.calls("update")) == ([], 1)


def test_searches_keep_below_what_hubspot_takes_and_other_calls_need_not(build: Any) -> None:
    world, names = build(limits="vendor"), [f"SO-{n}" for n in range(1, 31)]
    with pytest.raises(Unreachable, match="secondly"):
        list(world.adapter().find(DEALS, "dealname", names))
    world.sandbox.clock.advance(2)
    crm = world.adapter(search_rate="1/0.25s")
    crm.codes("deals", "dealname")
    assert world.shared.skipped == 0
    assert len(list(crm.find(DEALS, "dealname", names))) == 3
    assert 1 < world.shared.skipped <= 1.25


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_each_version_reads_and_writes_alike(world: Any, version: str) -> None:
    crm = world.adapter(version=version)
    world.later(crm)
    records = whole(crm, DEALS).records
    assert [record.number for record in records] == ["SO-1", "SO-2", "SO-3"]
    assert all(len(record.fields["line_items"]) == 2 for record in records)
    assert crm.write(company("丙")).shown.fields["name"] == "丙"
    assert "dealname" in {field.name for field in crm.describe("deals") if field.required}


def test_a_version_that_cannot_be_is_refused(world: Any) -> None:
    with pytest.raises(ValidationError, match="2026-09"):
        world.adapter(version="2026")


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b'"x"', b'{"results": {}}', b'{"results": [1]}', b'{"results": [{"id": "a"}]}',
     b'{"results": [{"id": "x1", "properties": null, "from": {}, "to": []}]}',
     b'{"results": [{"id": "1", "properties": {"hs_lastmodifieddate": "soon"}}]}',
     b'{"results": [], "errors": [1]}', b'{"results": [{"name": "x", "id": "x", "from": 1}]}'],
)  # fmt: skip
def test_an_answer_of_no_known_shape_is_none(
    world: Any, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    """Whatever is asked: an error that is to be expected, never a success and never a crash."""
    crm, real = world.adapter(), Http.send
    crm.codes(COMPANY, "name")

    def send(self: Http, method: str, path: str, **more: Any) -> Answer:
        if path.endswith(("properties/2026-09/companies", "properties/2026-09/deals")):
            return real(self, method, path, **more)
        return Answer(200, {}, body, writes=more["writes"])

    monkeypatch.setattr(Http, "send", send)
    for ask in (
        lambda: list(crm.fetch(COMPANIES, ["1"])),
        lambda: list(crm.find(COMPANIES, "phone", ["1"])),
        lambda: list(crm.read(DEALS, None)),
        lambda: crm.check(),
    ):
        try:
            ask()
        except AdapterError as error:
            assert not isinstance(error, OutcomeUnknown)
    try:
        assert crm.write(company("甲")).key == "1"
    except OutcomeUnknown:
        assert b'"id": "1"' not in body
