"""Aliyun's signature: what it must be is published; the sandbox computes it by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sms_aliyun.signature import canonical_query, signed, string_to_sign
from sandbox.server import Request
from sandbox.sms_aliyun.gateway import KEY_ID, SECRET, Gateway, canonical, signature_of

NOON = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Vector:
    """A request, and what its signature must be."""

    host: str
    action: str
    version: str
    date: str
    nonce: str
    parameters: dict[str, str]
    key: tuple[str, str]
    hashed: str
    signature: str

    @property
    def query(self) -> str:
        return canonical_query(self.parameters)

    @property
    def headers(self) -> dict[str, str]:
        """All that the request carries."""
        headers = {
            "host": self.host,
            "x-acs-action": self.action,
            "x-acs-version": self.version,
            "x-acs-date": self.date,
            "x-acs-signature-nonce": self.nonce,
        }
        return signed(headers, self.query, *self.key)

    @property
    def request(self) -> Request:
        return Request("POST", f"/?{self.query}", self.headers, b"")


SMS = Vector(
    host="dysmsapi.aliyuncs.com",
    action="SendSms",
    version="2017-05-25",
    date="2026-01-02T03:04:05Z",
    nonce="nonce-0001",
    parameters={
        "TemplateParam": '{"no":"SO-1"}',
        "PhoneNumbers": "13800000000",
        "SignName": "测试签名",
        "TemplateCode": "SMS_1234567",
    },
    key=(KEY_ID, SECRET),
    hashed="f8de71df8d0f88e934b74edadb1461bc4bb88cb91bcfb787d69ae14ea2b4e5e3",
    signature="d98e3883acb9d89e98b392f3556141e74cd7c355e98340f0d5ef2d5b255a3624",
)
MACHINES = Vector(
    host="ecs.cn-shanghai.aliyuncs.com",
    action="RunInstances",
    version="2014-05-26",
    date="2023-10-26T10:22:32Z",
    nonce="3156853299f313e23d1673dc12e1703d",
    parameters={
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    },
    key=("YourAccessKeyId", "YourAccessKeySecret"),
    hashed="7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
    signature="06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
)
"""The example of Aliyun's own description."""


@pytest.mark.parametrize("vector", [SMS, MACHINES], ids=lambda one: one.action)
def test_the_signature_is_the_published_one(vector: Vector) -> None:
    headers = vector.headers
    authorization = headers.pop("authorization")
    assert string_to_sign(headers, vector.query) == f"ACS3-HMAC-SHA256\n{vector.hashed}"
    assert authorization == (
        f"ACS3-HMAC-SHA256 Credential={vector.key[0]},SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        f"Signature={vector.signature}"
    )


def test_the_sandbox_comes_to_the_same_by_itself() -> None:
    names = [name for name in SMS.headers if name != "authorization"]
    assert signature_of(SMS.request, names) == SMS.signature


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1), min_size=1))
def test_whatever_is_sent_arrives_and_both_sides_spell_it_alike(parameters: dict[str, str]) -> None:
    vector = replace(SMS, parameters=parameters)
    arrived = parse_qs(vector.query, strict_parsing=True)
    assert {name: one for name, (one,) in arrived.items()} == parameters
    assert f"\n{vector.query}\n" in canonical(vector.request, ["host"])


def test_the_sandbox_lets_a_request_pass_once() -> None:
    gateway = Gateway()
    assert gateway.refuses(SMS.request, NOON) is None
    again = gateway.refuses(SMS.request, NOON)
    assert again is not None
    assert again[1] == "SignatureNonceUsed"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (replace(SMS.request, path="/?PhoneNumbers=13900000000"), "SignatureDoesNotMatch"),
        (replace(SMS.request, method="GET"), "SignatureDoesNotMatch"),
        (replace(SMS.request, body=b"{}"), "SignatureDoesNotMatch"),
        (
            replace(SMS.request, headers={**SMS.headers, "host": "example.com"}),
            "SignatureDoesNotMatch",
        ),
        (
            replace(SMS.request, headers={**SMS.headers, "x-acs-more": "unsigned"}),
            "IncompleteSignature",
        ),
        (replace(SMS.request, headers={"host": SMS.host}), "IncompleteSignature"),
        (replace(SMS, key=(KEY_ID, "wrong")).request, "SignatureDoesNotMatch"),
        (replace(SMS, key=("wrong", SECRET)).request, "InvalidAccessKeyId.NotFound"),
        (replace(SMS, date="yesterday").request, "InvalidTimeStamp.Expired"),
    ],
)
def test_the_sandbox_refuses_what_is_not_signed_as_it_is_sent(request_: Request, code: str) -> None:
    refusal = Gateway().refuses(request_, NOON)
    assert refusal is not None
    assert refusal[1] == code


@pytest.mark.parametrize("minutes", [-16, 16])
def test_the_sandbox_refuses_a_request_of_another_time(minutes: int) -> None:
    refusal = Gateway().refuses(SMS.request, NOON + timedelta(minutes=minutes))
    assert refusal is not None
    assert refusal[1] == "InvalidTimeStamp.Expired"
