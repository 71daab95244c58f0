"""The vendor's own client, which we did not write, against the server over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hubspot
import pytest
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.companies import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputUpsert,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.companies.exceptions import ApiException
from hubspot.crm.deals import PublicObjectSearchRequest

from sandbox.hubspot.application import TOKEN
from sandbox.server import start


@pytest.fixture
def sdk(client: Any) -> Iterator[Any]:
    url, stop = start(client.sandbox)
    yield hubspot.HubSpot(access_token=TOKEN, host=url)
    stop()


def test_the_client_searches_deals_and_reads_their_lines(client: Any, sdk: Any) -> None:
    keys = [client.order(), client.order("C2")]
    asked = PublicObjectSearchRequest(
        filter_groups=[
            {"filters": [{"propertyName": "hs_object_id", "operator": "GT", "value": "1"}]}
        ],
        sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        properties=["amount", "dealstage", "hs_is_closed_won"],
        limit=200,
    )
    found = sdk.crm.deals.search_api.do_search(public_object_search_request=asked)
    assert [one.id for one in found.results] == keys
    assert found.results[0].properties["amount"] == "37.60"
    assert found.results[0].properties["hs_is_closed_won"] == "true"
    request = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": key} for key in keys])
    told = sdk.crm.associations.v4.batch_api.get_page(
        "deals", "line_items", batch_input_public_fetch_associations_batch_request=request
    )
    assert [one._from.id for one in told.results] == keys
    lines = [str(to.to_object_id) for to in told.results[0].to]
    items = [sdk.crm.line_items.basic_api.get_by_id(line) for line in lines]
    assert [item.properties["hs_sku"] for item in items] == ["M1", "M2"]


def test_the_client_creates_changes_upserts_and_archives(client: Any, sdk: Any) -> None:
    companies = sdk.crm.companies
    made = companies.basic_api.create(
        SimplePublicObjectInputForCreate(
            properties={"name": "北方重工", "erp_reference": "erp:1"}, associations=[]
        )
    )
    changed = companies.basic_api.update(
        made.id, SimplePublicObjectInput(properties={"phone": "0571-1", "erp_blocked": "true"})
    )
    assert changed.properties["phone"] == "0571-1"
    upsert = BatchInputSimplePublicObjectBatchInputUpsert(
        inputs=[
            {"id": f"erp:{n}", "idProperty": "erp_reference", "properties": {"name": f"甲{n}"}}
            for n in (1, 2)
        ]
    )
    told = companies.batch_api.upsert(upsert)
    assert {one.new for one in told.results} == {True, False}
    companies.basic_api.archive(made.id)
    assert [r["name"] for r in client.sandbox.records("companies")][2:] == ["甲2"]


def test_the_client_is_told_what_of_a_batch_was_not_done(client: Any, sdk: Any) -> None:
    [first, _] = client.sandbox.records("companies")
    inputs = [{"id": key, "properties": {"phone": "1"}} for key in (first["hs_object_id"], "1")]
    told = sdk.crm.companies.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=inputs))
    assert ([one.id for one in told.results], told.num_errors) == ([first["hs_object_id"]], 1)
    assert told.errors[0].category == "OBJECT_NOT_FOUND"
    with pytest.raises(ApiException, match="PROPERTY_DOESNT_EXIST"):
        sdk.crm.companies.basic_api.update(
            first["hs_object_id"], SimplePublicObjectInput(properties={"colour": "red"})
        )


def test_the_client_reads_properties_and_owners(sdk: Any) -> None:
    known = {one.name: one for one in sdk.crm.properties.core_api.get_all("deals").results}
    assert known["dealstage"].type == "enumeration"
    assert "closedwon" in {option.value for option in known["dealstage"].options}
    assert known["hs_is_closed_won"].modification_metadata.read_only_value is True
    [owner] = sdk.crm.owners.owners_api.get_page().results
    assert owner.email == "YW001@example.com"
