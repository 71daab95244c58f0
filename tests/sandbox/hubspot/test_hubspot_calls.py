"""What is peculiar to HubSpot: late searches and their caps, batches, associations, limits."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.hubspot.values import iso, millis

BY_ID = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]


def test_a_search_is_late_and_a_reading_by_id_is_not(client: Any) -> None:
    client.sandbox.switches["visible_after"] = 30
    key = client.order()
    assert client.search("deals")["results"] == []
    told = client.batch("deals", "read", {"id": key}, properties=["dealname"])
    assert [one["id"] for one in told["results"]] == [key]
    client.sandbox.clock.advance(31)
    assert [one["id"] for one in client.search("deals")["results"]] == [key]


def test_ids_are_compared_and_sorted_as_numbers(client: Any) -> None:
    keys = [client.order(lines=[]) for _ in range(12)]
    assert sorted(keys) != keys
    above = client.search("deals", ("hs_object_id", "GT", keys[3]), sorts=BY_ID, limit=200)
    assert [one["id"] for one in above["results"]] == keys[4:]


def test_a_window_holds_its_beginning_and_not_its_end(client: Any) -> None:
    key = client.order()
    stamp = client.sandbox._books.get("deals", key).stamp
    at = millis(stamp)
    for low, high, count in ((at, at + 1, 1), (at - 1, at, 0), (iso(stamp), at + 1, 1)):
        window = [("hs_lastmodifieddate", "GTE", low), ("hs_lastmodifieddate", "LT", high)]
        assert client.search("deals", *window)["total"] == count


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 201},
        {"limit": 200, "after": "9900"},
        {"sorts": [*BY_ID, *BY_ID]},
        {"properties": ["x" * 60] * 50},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "x", "operator": "EQ", "value": "1"}]}]},
    ],
)
def test_a_search_beyond_its_limits_is_refused(client: Any, asked: dict[str, Any]) -> None:
    assert client.search("deals", status=400, **asked)["category"] == "VALIDATION_ERROR"


def test_a_value_that_does_not_fit_refuses_the_whole_batch(client: Any) -> None:
    good, bad = ({"properties": {"name": name, "erp_blocked": flag}}
                 for name, flag in (("甲", "true"), ("乙", "perhaps")))  # fmt: skip
    told = client.batch("companies", "create", good, bad, status=400)
    assert told["errors"][0]["context"] == {"propertyName": ["erp_blocked"]}
    assert len(client.sandbox.records("companies")) == 2
    client.sandbox.switches["batch_refusals"] = "partly"
    client.batch("companies", "create", good, bad, status=400)
    assert [one["name"] for one in client.sandbox.records("companies")][2:] == ["甲"]


def test_inputs_with_a_trace_id_fail_alone_where_the_switch_says_so(client: Any) -> None:
    client.sandbox.switches["batch_refusals"] = "each"
    inputs = [
        {"properties": {"name": name, "erp_reference": "r"}, "objectWriteTraceId": name}
        for name in "ab"
    ]
    told = client.batch("companies", "create", *inputs, status=207)
    assert [one["properties"]["name"] for one in told["results"]] == ["a"]
    assert told["errors"][0]["context"] == {"objectWriteTraceId": ["b"]}
    assert "already has that value" in told["errors"][0]["message"]


def test_of_a_batch_those_that_are_there_are_read_by_a_unique_property(client: Any) -> None:
    made = client.post("companies", "batch/create", {"inputs": [
        {"properties": {"name": "甲", "erp_reference": "r1"}}]}, 201)  # fmt: skip
    told = client.batch("companies", "read", {"id": "r1"}, {"id": "r2"},
                        idProperty="erp_reference", status=207)  # fmt: skip
    assert [one["id"] for one in told["results"]] == [made["results"][0]["id"]]
    assert told["errors"][0]["context"] == {"ids": ["r2"]}


def test_an_archived_record_is_in_lists_of_the_archived_alone(client: Any) -> None:
    key = client.order()
    client.people("delete", key=key)
    deals = f"/crm/objects/{client.version}/deals"
    client.call("GET", f"{deals}/{key}", status=404)
    assert client.call("GET", deals)["results"] == []
    [one] = client.call("GET", f"{deals}?archived=true")["results"]
    assert (one["id"], one["archived"]) == (key, True)
    assert not [
        line for line in client.sandbox.records("line_items") if "associations.deals" in line
    ]


def test_associations_say_which_company_is_the_primary_one(client: Any) -> None:
    key = client.order()
    client.people("associate", form="deals", number=key, to="companies", other="C2", primary=True)
    path = f"/crm/associations/{client.version}/deals/companies/batch/read"
    told = client.call("POST", path, {"inputs": [{"id": key}, {"id": "1"}]}, 207)
    labels = {one["toObjectId"]: [kind["label"] for kind in one["associationTypes"]]
              for one in told["results"][0]["to"]}  # fmt: skip
    assert sorted(labels.values(), key=len) == [[None], ["Primary", None]]
    assert told["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"


def test_a_changed_line_moves_the_deals_amount_and_not_its_stamp(client: Any) -> None:
    key = client.order()
    before = client.sandbox._books.get("deals", key)
    client.people("edit_line", order=key, line_no=1, fields={"quantity": "4"})
    after = client.sandbox._books.get("deals", key)
    assert (str(before.values["amount"]), str(after.values["amount"])) == ("37.60", "60.20")
    assert before.stamp == after.stamp


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_each_version_has_its_paths(client: Any, version: str) -> None:
    old = version == "v3"
    paths = [
        "/crm/v3/properties/deals" if old else f"/crm/properties/{version}/deals",
        "/crm/v3/owners" if old else f"/crm/owners/{version}",
        f"/crm-object-schemas/{version}/schemas/deals",
        f"/account-info/{version}/details",
    ]
    assert all(client.call("GET", path) for path in paths)


def test_limits_are_the_vendors(build: Any) -> None:
    client = build(limits="vendor")
    for _ in range(5):
        client.search("deals")
    assert client.search("deals", status=429)["policyName"] == "SECONDLY"
    account = f"/account-info/{client.version}/details"
    for _ in range(95):
        client.call("GET", account)
    told = client.call("GET", account, status=429)
    assert (told["policyName"], told["category"]) == ("TEN_SECONDLY_ROLLING", "RATE_LIMITS")
    client.sandbox.clock.advance(11)
    client.sandbox.switches["daily_quota"] = 100
    assert client.call("GET", account, status=429)["policyName"] == "DAILY"
