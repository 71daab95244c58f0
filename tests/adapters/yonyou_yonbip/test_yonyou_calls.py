"""Addresses, tokens and limits: asked for once, renewed once, and only where need be."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from yonyou_site import LISTED, Site, new, opened

from connector.errors import AccessDenied, HalfDone, OutcomeUnknown, Unreachable
from sandbox.server import start


def read(site: Site, **settings: Any) -> int:
    adapter = site.connect(**settings) if settings else site.erp
    return sum(len(page.records) for page in adapter.read(LISTED, None))


def test_the_tenants_addresses_and_a_token_are_asked_for_once(site: Site) -> None:
    site.order()
    read(site)
    read(site)
    assert site.requests("route", "token") == ["route", "token"]


def test_many_callers_get_one_token(site: Site) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: read(site), range(12)))
    assert site.requests("token") == ["token"]


@pytest.mark.parametrize("fault", ["token_expired", "token_text"])
def test_a_lost_token_is_renewed_once_and_the_write_is_done_once(site: Site, fault: str) -> None:
    site.erp.check()
    site.fail(do="system", name=fault, operation="save", times=1)
    site.order()
    assert len(site.orders()) == 1
    assert len(site.requests("token")) == 2


def test_a_token_is_renewed_before_it_wears_out(site: Site) -> None:
    site.erp.check()
    site.server.clock.advance(7200 - 200)
    site.erp.check()  # its answer tells the time
    read(site)
    assert len(site.requests("token")) == 2


def test_a_token_that_is_never_good_keeps_us_out(site: Site) -> None:
    site.fail(do="system", name="token_expired", operation="list")
    with pytest.raises(AccessDenied):
        read(site)
    assert len(site.requests("token")) == 2


@pytest.mark.parametrize(
    ("setting", "value"),
    [("tenant_id", "nobody"), ("app_key", "nobody"), ("app_secret", "wrong")],
)
def test_who_is_not_known_is_not_let_in(site: Site, setting: str, value: str) -> None:
    with pytest.raises(AccessDenied):
        site.connect(**{setting: value}).check()


def test_an_application_of_a_vendor_signs_its_suite_and_the_tenant(site: Site) -> None:
    assert read(site, auth="suite") == 0


def test_a_private_cloud_is_spoken_to_where_its_addresses_say(site: Site) -> None:
    addresses = {
        "gateway_url": f"{site.url}/iuap-api-gateway",
        "auth_url": f"{site.url}/iuap-api-auth",
    }
    site.connect(**addresses, base_url="http://127.0.0.1:9").check()
    assert read(site, **addresses) == 0
    assert site.requests("route") == []


def test_both_addresses_of_a_private_cloud_are_needed(site: Site) -> None:
    with pytest.raises(ValueError, match="auth_url"):
        site.connect(gateway_url="https://erp.example.com/iuap-api-gateway")


def test_a_data_centre_that_has_moved_is_asked_for_again(site: Site) -> None:
    moved = {"now": site.url}
    real = site.server.auth.route

    def route(request: Any) -> Any:
        return {name: url.replace(site.url, moved["now"]) for name, url in real(request).items()}

    site.server.auth.route = route  # type: ignore[method-assign]
    moved["now"], stop = start(site.server)
    read(site)
    site.erp.http.close()  # type: ignore[attr-defined]
    stop()
    moved["now"] = site.url
    with pytest.raises(Unreachable):
        site.erp.write(new())
    assert site.order().key
    assert len(site.requests("route")) == 2


# -- limits ------------------------------------------------------------------------------------


@pytest.fixture
def limited() -> Iterator[Site]:
    with opened() as made:
        made.server.switches["limits"] = "on"
        yield made


def test_more_than_sixty_calls_a_minute_are_put_off_half_a_minute(limited: Site) -> None:
    with pytest.raises(Unreachable) as caught:
        for _ in range(70):
            read(limited)
    assert caught.value.retry_after == 30
    limited.server.clock.advance(61)
    read(limited)


def test_a_step_beyond_the_limit_leaves_the_order_half_done_and_is_taken_later(site: Site) -> None:
    site.fail(do="system", name="too_fast", operation="audit")
    with pytest.raises(HalfDone) as caught:
        site.order()
    assert isinstance(caught.value.cause, Unreachable)
    written: Any = caught.value.written
    assert written.step == "submitted"
    site.server.faults.set([])
    again = site.erp.write(replace(new(), key=written.key, fields={}, tables={}, reference=None))
    assert again.step == "audited"
    assert len(site.orders()) == 1


def test_what_a_timeout_behind_the_gateway_did_is_not_known(site: Site) -> None:
    site.fail(do="system", name="late_timeout", operation="save", times=1)
    with pytest.raises(OutcomeUnknown):
        site.order()
    assert len(site.orders()) == 1
