"""Being let in, in three steps: asked for once, renewed once, and only where need be."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from xingchen_site import SHAPE, Site, opened

from connector.errors import AccessDenied, OutcomeUnknown, Unreachable
from sandbox.kingdee_xingchen.auth import ACCOUNT

DAY = 86_400


def read(site: Site) -> int:
    return sum(len(page.records) for page in site.erp.read(SHAPE, None))


def test_a_key_and_a_token_are_asked_for_once(site: Site) -> None:
    site.order()
    read(site)
    read(site)
    assert site.requests("authorise", "token") == ["authorise", "token"]


def test_many_callers_get_one_token(site: Site) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: read(site), range(12)))
    assert site.requests("authorise", "token") == ["authorise", "token"]


@pytest.mark.parametrize(
    ("fault", "renewed"),
    [("token_expired", ["token"]), ("secret_rotated", ["authorise", "token"])],
)
def test_what_was_lost_is_renewed_and_the_write_is_done_once(
    site: Site, fault: str, renewed: list[str]
) -> None:
    site.erp.check()
    site.fail(do="system", name=fault, operation="save", times=1)
    site.order()
    assert len(site.orders()) == 1
    assert site.requests("authorise", "token")[2:] == renewed


def test_a_secret_of_yesterday_is_asked_for_anew(site: Site) -> None:
    for _ in range(3):
        site.erp.check()
        site.server.clock.advance(DAY)
    read(site)
    assert len(site.requests("authorise")) == 4


def test_a_token_is_renewed_before_it_wears_out(site: Site) -> None:
    site.erp.check()
    site.server.clock.advance(22 * 3600 + 60)
    site.erp.check()  # its answer tells the time
    read(site)
    assert site.requests("authorise", "token") == ["authorise", "token", "token"]


def test_a_token_that_is_never_good_keeps_us_out(site: Site) -> None:
    site.fail(do="system", name="token_expired", operation="list")
    with pytest.raises(AccessDenied):
        read(site)
    assert len(site.requests("token")) == 2


@pytest.mark.parametrize(
    ("setting", "value"),
    [("client_id", "nobody"), ("client_secret", "wrong"), ("outer_instance_id", "1"),
     ("account_id", "nobody")],
)  # fmt: skip
def test_who_is_not_known_is_not_let_in(site: Site, setting: str, value: str) -> None:
    with pytest.raises(AccessDenied):
        site.connect(**{setting: value}).check()


def test_of_several_account_sets_one_must_be_named(site: Site) -> None:
    site.server.switches["accounts"] = {ACCOUNT: 1, "2": 1, "3": 0}
    with pytest.raises(AccessDenied, match=f"{ACCOUNT}, 2\\."):
        site.erp.check()
    assert site.connect(account_id=ACCOUNT).check().tenant == ACCOUNT
    site.server.switches["accounts"]["2"] = 0
    assert site.connect().check().tenant == ACCOUNT


@pytest.mark.parametrize("router", [True, False])
def test_the_gateway_is_told_where_the_account_set_lives(site: Site, router: bool) -> None:
    heard = site.heard()
    site.connect(router=router).check()
    assert [one.headers.get("x-gw-router-addr") for one in heard] == [
        None, None, site.url if router else None
    ]  # fmt: skip


def test_a_clock_that_is_wrong_is_set_right_by_the_answer(site: Site) -> None:
    site.server.clock.advance(3600)
    assert site.erp.check().tenant == ACCOUNT
    assert site.requests() == ["authorise", "authorise", "token", "list"]


def test_a_signature_that_is_always_refused_keeps_us_out(site: Site) -> None:
    site.fail(do="system", name="wrong_signature")
    with pytest.raises(AccessDenied, match="X-Api-Signature"):
        site.erp.check()


def test_what_a_system_error_did_is_not_known(site: Site) -> None:
    site.fail(do="system", name="late_system_error", operation="save", times=1)
    with pytest.raises(OutcomeUnknown):
        site.order()
    assert len(site.orders()) == 1


# -- limits ------------------------------------------------------------------------------------


@pytest.fixture
def limited() -> Iterator[Site]:
    with opened() as made:
        made.server.switches["limits"] = "on"
        yield made


def test_more_than_five_hundred_calls_a_minute_are_put_off_for_one(limited: Site) -> None:
    with pytest.raises(Unreachable) as caught:
        for _ in range(510):
            limited.erp.check()
    assert caught.value.retry_after == 60
    limited.server.clock.advance(61)
    limited.erp.check()


def test_a_third_token_in_a_minute_is_waited_for_and_asked_for_once(limited: Site) -> None:
    for _ in range(2):
        limited.connect().check()
    with pytest.raises(Unreachable):
        limited.connect().check()
    assert len(limited.requests("token")) == 3
