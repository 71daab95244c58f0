"""Getting in, staying in, and not being let in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from galaxy_site import Site, order
from pydantic import ValidationError

from adapters.kingdee_galaxy.login import Session
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.errors import AccessDenied, Locked, OutcomeUnknown
from sandbox.kingdee_galaxy.auth import PASSWORD
from tests.core.wire import answer, serving


@pytest.mark.parametrize(
    "mode",
    [
        {"auth": "sign"},
        {"auth": "app_secret"},
        {"auth": "password", "password": PASSWORD},
        {"auth": "sign", "org": "101"},
        {"auth": "signature", "org": "101"},
    ],
)
def test_every_way_in_works(site: Site, mode: dict[str, Any]) -> None:
    erp = site.connect(**mode)
    assert erp.check().organisations == ("100", "101")
    assert erp.write(order("N1")).step == "audited"


def test_a_login_tells_the_version(site: Site) -> None:
    assert site.connect(auth="sign").check().version == "9.0.553.10"


def test_old_servers_hash_with_sha1(site: Site) -> None:
    site.server.switches["login_hash"] = "sha1"
    with pytest.raises(AccessDenied):
        site.connect(auth="sign").check()
    assert site.connect(auth="sign", sign_hash="sha1").check().user == "demo"


def test_one_session_is_kept(site: Site) -> None:
    erp = site.connect(auth="sign")
    for number in ("N1", "N2", "N3"):
        erp.write(order(number))
    assert site.calls("LoginBySign") == 1


@pytest.mark.parametrize("auth", ["signature", "sign"])
def test_a_lost_session_is_renewed_once_and_the_write_is_done_once(site: Site, auth: str) -> None:
    erp = site.connect(auth=auth)
    erp.check()
    site.fail(do="system", name="session_lost", operation="Save", times=1)
    assert erp.write(order("N1")).step == "audited"
    assert site.commits() == ["create", "submit", "audit"]


def test_an_idle_session_is_replaced(site: Site) -> None:
    erp = site.connect(auth="sign")
    erp.check()
    site.server.clock.advance(3600)
    assert erp.write(order("N1")).step == "audited"
    assert site.calls("LoginBySign") == 2


def test_losing_it_twice_means_that_we_are_not_let_in(site: Site) -> None:
    site.fail(do="system", name="session_lost")
    with pytest.raises(AccessDenied) as caught:
        site.erp.write(order("N1"))
    assert caught.value.code == "1"
    assert site.calls("Save") == 2


@pytest.mark.parametrize(
    "wrong",
    [{"app_secret": "no"}, {"user": "nobody"}, {"auth": "sign", "app_secret": "no"},
     {"acct_id": "ffffffffffffff"}, {"auth": "sign", "acct_id": "ffffffffffffff"}],
)  # fmt: skip
def test_wrong_credentials_are_refused_access(site: Site, wrong: dict[str, Any]) -> None:
    with pytest.raises(AccessDenied):
        site.connect(**wrong).check()


def test_several_threads_that_lose_a_session_log_in_once(site: Site) -> None:
    erp = site.connect(auth="sign", parallel=4)
    erp.check()
    site.server.sessions.end_all()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: erp.write(order(f"N{n}")), range(8)))
    assert site.calls("LoginBySign") == 2


def test_a_late_answer_does_not_bring_back_a_session_that_others_have_renewed(site: Site) -> None:
    erp = site.connect(auth="sign")
    erp.check()
    shared = erp._client._session
    lost = shared.get()
    renewed = shared.get(lost)
    shared.replace(lost, Session("late", "late"))
    assert shared.get() is renewed
    assert erp.check().organisations == ("100", "101")


def test_what_the_gateway_refuses_never_reached_the_server(site: Site) -> None:
    body = '{"errcode":4006,"description_cn":"时间戳过期"}'.encode()
    with serving(answer(519, body)) as gateway:
        erp = site.connect(base_url=f"{gateway.url}/k3cloud/")
        with pytest.raises(AccessDenied, match="时间戳过期"):
            erp.write(order("N1"))


def test_another_page_under_the_gateway_s_status_says_nothing(site: Site) -> None:
    with serving(answer(519, b"<html>")) as gateway:
        erp = site.connect(base_url=f"{gateway.url}/k3cloud/")
        with pytest.raises(OutcomeUnknown):
            erp.write(order("N1"))


@pytest.mark.parametrize("status", [201, 202, 204])
def test_a_status_that_the_server_never_gives_leaves_a_write_in_doubt(
    site: Site, status: int
) -> None:
    with serving(answer(status, b"")) as between:
        erp = site.connect(base_url=f"{between.url}/k3cloud/")
        with pytest.raises(OutcomeUnknown):
            erp.write(order("N1"))


def test_an_application_id_that_was_cut_is_a_mistake_in_the_settings() -> None:
    given = {"acct_id": "1", "user": "u", "app_secret": "s", "app_id": "123456_" + "=" * 31 + "A"}
    with pytest.raises(ValidationError, match="not copied whole"):
        KingdeeGalaxySettings(adapter="kingdee_galaxy", **given)


def test_a_conflict_of_locks_is_not_a_lost_session(site: Site) -> None:
    site.fail(do="system", name="network_control", operation="Save")
    with pytest.raises(Locked):
        site.erp.write(order("N1"))
    assert site.calls("Save") == 1


def test_closing_ends_the_session_and_may_be_repeated(site: Site) -> None:
    erp = site.connect(auth="sign")
    erp.check()
    erp.close()
    erp.close()
    assert site.calls("Logout") == 1


@pytest.mark.parametrize("given", [{}, {"app_id": "a_b"}, {"auth": "password", "app_id": "a_b"}])
def test_settings_name_the_credentials_they_need(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="needs"):
        KingdeeGalaxySettings(adapter="kingdee_galaxy", acct_id="1", user="u", **given)
