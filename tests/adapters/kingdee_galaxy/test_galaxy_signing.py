"""The published vectors: made by the official SDK and by independent code."""

from __future__ import annotations

import base64

import pytest

from adapters.kingdee_galaxy import signing

APP = "123456_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
SECRET = "0123456789abcdef0123456789abcdef"
ACCT = "6500000000abcd"
FORMS = "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService"
QUERY, SAVE = f"{FORMS}.ExecuteBillQuery.common.kdsvc", f"{FORMS}.Save.common.kdsvc"


def test_the_key_hides_in_the_application_id() -> None:
    assert signing.signing_key(APP) == "MDE3N2I2PzBrPzg4OD45N3IhK3B1InIk"
    assert signing.signing_key("123456_short") == ""


@pytest.mark.parametrize(
    ("app", "path", "signature"),
    [
        (
            APP,
            QUERY,
            "N2M1YmZlZTUyZjc5YTRjMzU0MjkxMWVjODQ0YWEwZjQ0NzQyNWZj"
            "ZjcwNGFhNzg0MzMxOGI5ZmI4YjNlMzUxOA==",
        ),
        (
            APP,
            SAVE,
            "NzI2MjZlOGJiNjBiYTJkYzM3NTU3NTI0ZGE3YWY4MDhmMDNhMmZm"
            "OTc0ZGI4ZWJiYjg0NWFiYWFiNzIwZTczNg==",
        ),
        (
            "123456_short",
            QUERY,
            "MWMxYzAyODg5Mzg3YjdiNzE4ZTRlMDg1NjZhM2Y2OTE2NDNjNzk0"
            "MmMyM2JhYTYzNDJiNDM1M2JhYmVmYTc2NQ==",
        ),
    ],
)
def test_calls_are_signed_as_the_sdk_signs_them(app: str, path: str, signature: str) -> None:
    assert signing.api_signature(app, path, "1700000000", "1700000000") == signature


def test_a_nonce_of_its_own_and_milliseconds_are_signed_the_same_way() -> None:
    made = signing.api_signature(APP, QUERY, "00af2d3095054ffc94e80968537c14b2", "1700000000123")
    digest = base64.b64decode(made).decode()
    assert digest == "94045d539f7abfb5a64e28a6198d6ba3c9e28e002177e0cdab6034b1c72c0428"


@pytest.mark.parametrize(
    ("user", "org", "data", "signature"),
    [
        ("demo", "", "NjUwMDAwMDAwMGFiY2QsZGVtbywyMDUyLDA=",
         "NmM0NzliMWZmN2E3MzY5YzI0Njc0ZWQ0MmNlMzJkZjE2YmVlZmFmYTljNTNmNzhmOTE3YTk0N2ZhOWMwZmZlNw=="),
        ("张三", "100", "NjUwMDAwMDAwMGFiY2Qs5byg5LiJLDIwNTIsMTAw",
         "NjIyYzA5ZDMyMDhhZTNiZDNjZTQ4ZTk0NDgzMDA5MjQ4NTZjMWM4OTBiMWU0ZTgwNjZhZjM5ZGQ4YjQwNWE3MA=="),
    ],
)  # fmt: skip
def test_application_data_is_signed_in_plain(
    user: str, org: str, data: str, signature: str
) -> None:
    plain = signing.app_data(ACCT, user, 2052, org)
    headers = signing.headers(APP, SECRET, plain, QUERY, nonce="1", timestamp="1")
    assert (headers["X-Kd-Appdata"], headers["X-Kd-Signature"]) == (data, signature)
    assert headers["X-Api-ClientID"] == "123456"


@pytest.mark.parametrize(
    ("user", "algorithm", "sign"),
    [
        ("demo", "sha256", "33af1fb1ba4c8624f62056fd675e14aad9871ce9143841ee4bbf5b03c61fd092"),
        ("demo", "sha1", "86a35198e15e963015b4205af857fba58da5bd6b"),
        ("张三", "sha256", "135311de83dcfdf64461513bfa888f5d7ab5ab90bc2d6acd8e3f747de82dd011"),
    ],
)
def test_logins_are_hashed_in_ordinal_order(user: str, algorithm: str, sign: str) -> None:
    assert signing.login_sign(ACCT, user, APP, SECRET, "1700000000", algorithm) == sign
