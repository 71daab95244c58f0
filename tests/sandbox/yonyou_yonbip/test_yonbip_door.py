"""The tenant's address, signed requests for tokens, and calls that are refused at the door."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from yonbip_world import ORDER, Caller, ask

from sandbox.server import Request, from_json
from sandbox.yonyou_yonbip import YonBipSandbox
from sandbox.yonyou_yonbip.auth import APP_KEY, ROUTE, TOKEN

STAMP, SIGNATURE = "1700000000002", "OWyslPTecDasM+/kOUQT8nsV59JHTwf40lDWj5b0xLM="
"""Published for this very application and its secret."""


@pytest.fixture
def then(server: YonBipSandbox, monkeypatch: pytest.MonkeyPatch) -> YonBipSandbox:
    """The tenant at the moment that the vector was signed."""
    monkeypatch.setattr(server.clock, "millis", lambda: int(STAMP))
    return server


def token(server: YonBipSandbox, signature: str) -> str:
    """The code that a request for a token is answered with."""
    path = f"{TOKEN}?appKey={APP_KEY}&timestamp={STAMP}&signature={signature}"
    return str(from_json(server.handle(Request("GET", path, {}, b"")).body)["code"])


def test_a_tenant_is_told_its_own_addresses(server: YonBipSandbox) -> None:
    told = ask(server, ROUTE, tenantId="abcd1234")
    assert told["data"]["gatewayUrl"] == "http://127.0.0.1/iuap-api-gateway"
    assert ask(server, ROUTE, tenantId="nobody")["code"] != "00000"


def test_the_published_signature_is_let_in(then: YonBipSandbox) -> None:
    assert token(then, quote(SIGNATURE, safe="")) == "00000"


@pytest.mark.parametrize(
    "wrong", [SIGNATURE, quote(quote(SIGNATURE, safe=""), safe=""), "", "x" + SIGNATURE[1:]]
)
def test_one_that_is_not_encoded_once_is_not(then: YonBipSandbox, wrong: str) -> None:
    assert token(then, wrong) == "50000"


def test_one_that_is_old_is_not(server: YonBipSandbox) -> None:
    assert token(server, quote(SIGNATURE, safe="")) == "50000"


def test_a_token_ends(caller: Caller) -> None:
    assert caller(f"{ORDER}/list", {"pageIndex": 1, "pageSize": 1})["code"] == "200"
    caller.server.clock.advance(7201)
    assert caller(f"{ORDER}/list", {"pageIndex": 1, "pageSize": 1})["code"] == "310036"


def test_where_the_vendors_limits_hold_sixty_calls_of_an_interface_go_into_a_minute(
    caller: Caller,
) -> None:
    caller.server.switches["limits"] = "on"
    codes = [caller(f"{ORDER}/list", {"pageIndex": 1, "pageSize": 1})["code"] for _ in range(61)]
    assert codes == ["200"] * 60 + ["310050"]
    caller.server.clock.advance(61)
    assert caller(f"{ORDER}/list", {"pageIndex": 1, "pageSize": 1})["code"] == "200"
