"""simple-salesforce reads and writes the sandbox: a client that we did not write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from requests import Session
from salesforce_org import Client
from simple_salesforce import Salesforce, SalesforceLogin
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from sandbox.salesforce import SalesforceSandbox
from sandbox.salesforce.auth import CONSUMER_KEY, CONSUMER_SECRET, USERNAME


def test_it_makes_changes_finds_and_deletes_a_record(witness: Any) -> None:
    made = witness.Account.create({"Name": "新公司", "AccountNumber": "N1"})
    assert made["success"]
    assert witness.Account.update(made["id"], {"Phone": "0571-1"}) == 204
    assert witness.Account.get(made["id"])["Phone"] == "0571-1"
    found = witness.query("SELECT Id, Name FROM Account WHERE AccountNumber = 'n1'")
    assert [record["Name"] for record in found["records"]] == ["新公司"]
    assert witness.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        witness.Account.get(made["id"])


def test_it_follows_locators_to_the_end(witness: Any, sandbox: SalesforceSandbox) -> None:
    sandbox.switches["batch"] = 3
    for n in range(8):
        sandbox.people()["add_customer"](name=f"客户{n}")
    found = witness.query_all("SELECT Name, Owner.Name FROM Account ORDER BY Id")
    assert len(found["records"]) == found["totalSize"] == 10
    assert found["records"][0]["Owner"] is None


def test_it_reads_what_was_updated_and_deleted(witness: Any, sandbox: SalesforceSandbox) -> None:
    number = sandbox.people()["add_customer"](name="乙公司")
    key = sandbox.records("Account")[-1]["Id"]
    sandbox.clock.advance(120)
    end = sandbox.clock.now()
    start = end - timedelta(minutes=10)
    assert witness.Account.updated(start, end)["ids"] == [key]
    sandbox.switches["deletion_moves_stamp"] = True
    sandbox.people()["delete"](number=number, form="Account")
    sandbox.clock.advance(120)
    later = sandbox.clock.now()
    gone = witness.Account.deleted(start, later)["deletedRecords"]
    assert [record["id"] for record in gone] == [key]
    assert [r["IsDeleted"] for r in witness.query_all(
        f"SELECT Id, IsDeleted FROM Account WHERE Id = '{key}'", include_deleted=True
    )["records"]] == [True]  # fmt: skip


def test_it_sends_a_collection_and_reads_the_results(witness: Any) -> None:
    accounts = [{"attributes": {"type": "Account"}, "Name": name} for name in ("一", "长" * 256)]
    good, bad = witness.restful("composite/sobjects", method="POST", json={"records": accounts})
    assert good["success"]
    assert bad["errors"][0]["statusCode"] == "STRING_TOO_LONG"


def test_it_describes_objects_and_understands_refusals_and_limits(witness: Any) -> None:
    fields = {field["name"]: field for field in witness.Order.describe()["fields"]}
    assert fields["EffectiveDate"]["nillable"] is False
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    with pytest.raises(SalesforceMalformedRequest) as refused:
        witness.query("SELECT Nonsense FROM Order")
    assert refused.value.content[0]["errorCode"] == "INVALID_FIELD"
    witness.query("SELECT Id FROM Order")
    assert witness.api_usage["api-usage"].total == 100_000


@pytest.fixture
def pem(sandbox: SalesforceSandbox) -> str:
    """A private key whose certificate the org trusts."""
    key = generate_private_key(65537, 2048)
    numbers = key.public_key().public_numbers()
    sandbox.gate.trust(numbers.n, numbers.e)
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, kind, plain).decode()


def test_it_logs_in_by_both_flows(sandbox: SalesforceSandbox, pem: str, session: Session) -> None:
    token, instance = SalesforceLogin(
        session=session, username=USERNAME, consumer_key=CONSUMER_KEY, privatekey=pem
    )
    crm = Salesforce(instance=instance, session_id=token, session=session)
    assert crm.query("SELECT Id FROM Account")["totalSize"] == 2
    app = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}
    crm = Salesforce(session=session, domain="acme.my", **app)
    assert crm.query("SELECT Id FROM Account")["totalSize"] == 2
    sandbox.gate.forget()
    assert crm.query("SELECT Id FROM Account")["totalSize"] == 2
    assert sandbox.gate.issued == 3


def assertion(pem: str, sandbox: SalesforceSandbox, **changes: Any) -> str:
    now = int(sandbox.clock.now().timestamp())
    claims = {"iss": CONSUMER_KEY, "sub": USERNAME, "exp": now + 120}
    usual = {**claims, "aud": "https://login.salesforce.com"}
    return jwt.encode({**usual, **changes}, pem, "RS256")


@pytest.mark.parametrize(
    "changes",
    [{"iss": "other"}, {"sub": "other"}, {"aud": "https://example.com"}, {"exp": 1}],
    ids=str,
)
def test_an_assertion_that_is_wrong_gets_no_session(
    crm: Client, sandbox: SalesforceSandbox, pem: str, changes: Any
) -> None:
    bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    crm.log_in(grant_type=bearer, assertion=assertion(pem, sandbox, **changes))
    assert crm.status == 400
    crm.log_in(grant_type=bearer, assertion=assertion(pem, sandbox))
    assert crm.status == 200
    sandbox.gate.trust(3, 65537)
    crm.log_in(grant_type=bearer, assertion=assertion(pem, sandbox))
    assert crm.status == 400


def test_a_wrong_secret_gets_no_session(crm: Client) -> None:
    usual = {"grant_type": "client_credentials", "client_id": CONSUMER_KEY}
    answer = crm.log_in(**usual, client_secret=CONSUMER_SECRET + "x")
    assert (crm.status, answer["error"]) == (400, "invalid_client")
