"""The signature against published vectors; by `make java-check` against the JDK's own, too."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from adapters.yonyou_yonbip.signing import signature, signed_query, string_to_sign

KEY, SECRET = "aaaabbbbccccddddeeeeffff00001111", "11112222333344445555666677778888"
VECTORS = [
    (
        {"appKey": KEY, "timestamp": "1700000000000"},
        SECRET,
        f"appKey{KEY}timestamp1700000000000",
        "3FCGQP7EeP3meT/bqt7UQfgriE8K2GcywohIK5T18dQ=",
        "3FCGQP7EeP3meT%2Fbqt7UQfgriE8K2GcywohIK5T18dQ%3D",
    ),
    (
        {"timestamp": "1700000000002", "appKey": KEY},
        SECRET,
        f"appKey{KEY}timestamp1700000000002",
        "OWyslPTecDasM+/kOUQT8nsV59JHTwf40lDWj5b0xLM=",
        "OWyslPTecDasM%2B%2FkOUQT8nsV59JHTwf40lDWj5b0xLM%3D",
    ),
    (
        {"suiteKey": "suite0001", "tenantId": "abcd1234", "timestamp": "1700000000000"},
        "suitesecret0001",
        "suiteKeysuite0001tenantIdabcd1234timestamp1700000000000",
        "pfZ3KoBrpqBIhK4jeYECS5EVfIKH6Hk/yvouVIIirPI=",
        "pfZ3KoBrpqBIhK4jeYECS5EVfIKH6Hk%2FyvouVIIirPI%3D",
    ),
]
ALL = pytest.mark.parametrize(("given", "secret", "text", "made", "in_url"), VECTORS)


@ALL
def test_a_signature_is_as_published(
    given: dict[str, str], secret: str, text: str, made: str, in_url: str
) -> None:
    assert string_to_sign(given) == text
    assert signature(given, secret) == made
    assert quote(made, safe="") == in_url


@ALL
def test_in_a_url_it_is_encoded_once(
    given: dict[str, str], secret: str, text: str, made: str, in_url: str
) -> None:
    assert signed_query(given, secret).endswith(f"&signature={in_url}")


@pytest.mark.java
@pytest.mark.parametrize(
    ("given", "secret", "text", "made", "in_url"),
    [*VECTORS, ({"appKey": "密钥", "timestamp": "1"}, "é秘密", "appKey密钥timestamp1", "", "")],
)
def test_the_jdk_signs_alike(
    given: dict[str, str], secret: str, text: str, made: str, in_url: str
) -> None:
    program = Path(__file__).with_name("Sign.java")
    told = subprocess.run(
        ["java", str(program), secret, text], capture_output=True, text=True, check=True,
        timeout=60, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    signed, encoded = told.stdout.split()
    assert signed == signature(given, secret)
    assert f"signature={encoded}" in signed_query(given, secret)
