"""Signatures against the published vectors, ours and the simulated system's."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from adapters.kingdee_xingchen.signing import app_signature, headers, query_text, string_to_sign
from sandbox.kingdee_xingchen.auth import seal, signed_text

SECRET, STAMP, NONCE = "f0e1d2c3b4a5968778695a4b3c2d1e0f", "1700000000000", "1234567"
APPS = [
    ("abc", "abc123", "ZDljMTI3NGIyNTE1MTRkYzlkNjc1MDNhYjUzMzgzNWMyY2M4YTdjMzdmNmM3YTVlNDkxMTkzNjdi"
     "OTFjNzUyZQ=="),
    ("AbCd1234", "00112233445566778899aabbccddeeff00112233", "YjA4NWU4NWIwYmJjNDQ5YWNhYzgzZDIzMTVh"
     "N2NjYWE0NzYwM2ZiNmIzZGIyYTgzNWRmMmI5MmIyNjgwNGM0Yg=="),
]  # fmt: skip
CALLS: list[tuple[str, str, dict[str, str], str, str]] = [
    (
        "GET",
        "/jdyconnector/app_management/kingdee_auth_token",
        {"app_signature": APPS[1][2], "app_key": "AbCd1234"},
        f"app_key=AbCd1234&app_signature={APPS[1][2].replace('=', '%253D')}",
        "67073253cedf8be1cb7a7ef064ced82160bc346d3bbc071c2b8ac80b6502db34",
    ),
    (
        "POST",
        "/jdyconnector/app_management/push_app_authorize",
        {"outerInstanceId": "107218833860857856"},
        "outerInstanceId=107218833860857856",
        "9832eef5df1c255d66fedf4c907e8e5eca4c3c45f15335bcde0159a78fb08cbd",
    ),
    (
        "GET",
        "/jdy/v2/scm/sal_order",
        {"page": "1", "page_size": "50", "search": "华东 A&B", "bill_status": "C"},
        "bill_status=C&page=1&page_size=50&search=%25E5%258D%258E%25E4%25B8%259C%2520A%2526B",
        "d595c4ecd28bc39209c549157675c4bcb9da186ff6bd9af220c25ca47acf20c8",
    ),
    (
        "POST",
        "/jdy/v2/bd/customer",
        {},
        "",
        "f8f22336570c8530923a0e91750b9dbdf1b1a7c8aa53d21ce6fef01151922d69",
    ),
]
ALL = pytest.mark.parametrize(("method", "path", "query", "parameters", "digest"), CALLS)


@pytest.mark.parametrize(("key", "secret", "made"), APPS)
def test_the_key_of_an_account_set_is_signed_as_published(key: str, secret: str, made: str) -> None:
    assert app_signature(key, secret) == made
    assert seal(secret, key) == made


@ALL
def test_a_call_is_signed_as_published(
    method: str, path: str, query: dict[str, str], parameters: str, digest: str
) -> None:
    assert string_to_sign(method, path, query, NONCE, STAMP).split("\n")[2] == parameters
    made = headers("204901", SECRET, method, path, query, nonce=NONCE, timestamp=STAMP)
    assert base64.b64decode(made["X-Api-Signature"]).decode() == digest
    assert made["X-Api-SignHeaders"] == "X-Api-TimeStamp,X-Api-Nonce"


@ALL
def test_the_simulated_system_takes_the_published_signatures(
    method: str, path: str, query: dict[str, str], parameters: str, digest: str
) -> None:
    target = f"{path}?{query_text(query)}" if query else path
    sealed = seal(SECRET, signed_text(method, target, NONCE, STAMP))
    assert base64.b64decode(sealed).decode() == digest


def test_the_url_carries_values_encoded_once() -> None:
    query: dict[str, Any] = {"search": "华东 A&B"}
    assert query_text(query) == "search=%E5%8D%8E%E4%B8%9C%20A%26B"
