"""Tickets, grants and tokens: got once for all callers, kept before use, renewed only where need
be."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tplus_site import SHAPE, Site, new

from connector.errors import AccessDenied, OutcomeUnknown, Unreachable

DAY = 86_400


def read(adapter: Any) -> int:
    return sum(len(page.records) for page in adapter.read(SHAPE, None))


@pytest.fixture
def grant(site: Site, tmp_path: Path) -> dict[str, Any]:
    """Settings of a software vendor's application whom a user has let in."""
    file = tmp_path / "token.json"
    file.write_text(json.dumps({"refresh_token": site.people("authorise")["refresh_token"]}))
    return {"auth": "oauth", "token_file": file, "certificate": ""}


# -- tickets -----------------------------------------------------------------------------------


def test_a_ticket_is_changed_into_one_token_for_all_callers(site: Site) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: read(site.erp), range(12)))
    assert site.requests("token") == ["token"]


def test_the_three_headers_go_with_every_call(site: Site) -> None:
    heard: list[Any] = []
    answer = site.server.answer
    site.server.answer = lambda request, *more: (  # type: ignore[method-assign]
        heard.append(request.headers), answer(request, *more),
    )[1]  # fmt: skip
    site.erp.check()
    assert {"appkey", "appsecret", "opentoken", "content-type"} <= set(heard[-1])


def test_a_dead_token_is_renewed_once_and_the_write_is_done_once(site: Site) -> None:
    site.erp.check()
    site.fail(do="system", name="token_expired", operation="old_create", times=1)
    site.order()
    assert (len(site.orders()), len(site.requests("token"))) == (1, 2)


def test_a_token_is_renewed_before_it_wears_out(site: Site) -> None:
    site.erp.check()
    site.server.clock.advance(6 * DAY - 600)
    site.erp.check()  # its answer tells the time
    site.erp.check()
    assert len(site.requests("token")) == 2


def test_a_token_that_is_never_good_keeps_us_out(site: Site) -> None:
    site.fail(do="system", name="token_expired", operation="list")
    with pytest.raises(AccessDenied):
        read(site.erp)
    assert len(site.requests("token")) == 2


def test_where_no_ticket_lies_another_one_is_asked_for(site: Site) -> None:
    site.server.auth.file.unlink()
    with pytest.raises(AccessDenied, match="ticket"):
        site.erp.check()
    assert site.requests("resend") == ["resend"]
    site.erp.check()


def test_an_old_ticket_is_refused_and_another_one_asked_for(site: Site) -> None:
    site.server.switches["messages"] = False
    site.server.clock.advance(1900)
    with pytest.raises(AccessDenied, match="appTicket"):
        site.erp.check()
    assert site.requests("resend") == ["resend"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("app_secret", "wrong"), ("certificate", "wrong"), ("app_key", "wrong"), ("org_id", "1")],
)
def test_who_is_not_known_is_kept_out(site: Site, setting: str, value: str) -> None:
    with pytest.raises(AccessDenied):
        site.connect(**{setting: value}).check()


@pytest.mark.parametrize("name", ["quota_used_up", "too_fast", "throttled"])
def test_too_many_calls_are_refused_before_anything_is_done(site: Site, name: str) -> None:
    site.erp.check()
    site.fail(do="system", name=name, operation="old_create", times=1)
    with pytest.raises(Unreachable):
        site.order()
    assert site.orders() == []


def test_a_failure_of_the_platform_leaves_a_write_in_doubt(site: Site) -> None:
    site.fail(do="system", name="broken_after", operation="old_create", times=1)
    with pytest.raises(OutcomeUnknown):
        site.erp.write(new())
    assert len(site.orders()) == 1


# -- grants ------------------------------------------------------------------------------------


def test_what_renews_a_grant_is_kept_anew_before_the_token_is_used(
    site: Site, grant: dict[str, Any]
) -> None:
    before = json.loads(grant["token_file"].read_text())["refresh_token"]
    adapter = site.connect(**grant)
    adapter.check()
    kept = json.loads(grant["token_file"].read_text())
    assert kept["refresh_token"] != before
    assert kept["access_token"] in site.server.auth._ends


def test_another_process_takes_the_token_that_is_kept(site: Site, grant: dict[str, Any]) -> None:
    site.connect(**grant).check()
    site.connect(**grant).check()
    assert site.requests("refresh") == ["refresh"]


def test_a_token_that_another_process_renewed_is_not_renewed_again(
    site: Site, grant: dict[str, Any]
) -> None:
    first, second = site.connect(**grant), site.connect(**grant)
    first.check()
    second.check()
    site.server.auth.end_all()
    first.check()
    second.check()
    assert len(site.requests("refresh")) == 2


def test_a_grant_for_another_enterprise_is_kept_all_the_same(
    site: Site, grant: dict[str, Any]
) -> None:
    before = json.loads(grant["token_file"].read_text())["refresh_token"]
    with pytest.raises(AccessDenied):
        site.connect(**grant, org_id="1").check()
    assert json.loads(grant["token_file"].read_text())["refresh_token"] != before
    site.connect(**grant).check()


def test_a_grant_is_not_renewed_where_it_could_not_be_kept(
    site: Site, grant: dict[str, Any]
) -> None:
    grant["token_file"].with_name("token.json.new").mkdir()
    with pytest.raises(Unreachable):
        site.connect(**grant).check()
    assert site.requests("refresh") == []


def test_a_grant_that_is_kept_nowhere_is_told(site: Site, grant: dict[str, Any]) -> None:
    grant["token_file"].unlink()
    with pytest.raises(AccessDenied, match="refresh_token"):
        site.connect(**grant).check()


def test_a_lock_that_somebody_left_behind_does_not_keep_us_out_for_ever(
    site: Site, grant: dict[str, Any]
) -> None:
    lock = grant["token_file"].with_name("token.json.lock")
    lock.touch()
    adapter = site.connect(**grant)
    with pytest.raises(Unreachable):
        adapter.check()
    os.utime(lock, (0, 0))
    adapter.check()
    assert not lock.exists()


def test_an_application_of_ones_own_needs_a_certificate(site: Site) -> None:
    with pytest.raises(ValueError, match="certificate"):
        site.connect(certificate="")
