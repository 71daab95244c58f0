"""Tokens are asked for once and renewed once; writes are asked about until they are done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from u8_site import SHAPE, Site, new

from connector.contract import Written
from connector.errors import AccessDenied, HalfDone, OutcomeUnknown, Rejected, Unreachable

WAIT = 60


def read(site: Site) -> int:
    return sum(len(page.records) for page in site.erp.read(SHAPE, None))


def test_many_callers_get_one_token(site: Site) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: read(site), range(12)))
    assert site.requests("token") == ["token"]


def test_a_lost_token_is_renewed_once_and_the_write_is_done_once(site: Site) -> None:
    site.erp.check()
    site.fail(do="system", name="token_expired", operation="add", times=1)
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


@pytest.mark.parametrize("setting", ["from_account", "app_key", "app_secret"])
def test_who_is_not_known_is_not_let_in(site: Site, setting: str) -> None:
    with pytest.raises(AccessDenied):
        site.connect(**{setting: "wrong"}).check()


def test_the_account_set_is_told_from_others_by_enterprise_and_data_source(site: Site) -> None:
    assert site.erp.check().tenant == "example_ent/1"
    assert site.connect(ds_sequence=2).check().tenant == "example_ent/2"


# -- writes that are under way -----------------------------------------------------------------


def slept(site: Site) -> float:
    clock: Any = site.erp.clock
    return float(clock._slept)


@pytest.mark.parametrize("pending", [0, 1, 3])
def test_a_write_is_asked_about_until_it_is_done(site: Site, pending: int) -> None:
    site.server.switches["pending"] = pending
    assert site.order(until="saved").key == "SO-1"
    assert len(site.requests("result")) == pending + 1
    assert slept(site) == 3 + pending  # first as long as the relay wishes


def test_several_writes_are_under_way_together(site: Site) -> None:
    outcomes = list(site.erp.write_many([new(f"SO-{n}") for n in range(5)]))
    assert [one.step for one in outcomes if isinstance(one, Written)] == ["audited"] * 5
    assert slept(site) == 2 * (3 + 1)
    assert site.requests("add", "verify") == ["add"] * 5 + ["verify"] * 5


def test_a_write_that_is_never_done_is_in_doubt(site: Site) -> None:
    site.server.switches["pending"] = 1000
    with pytest.raises(OutcomeUnknown):
        site.order()
    assert slept(site) <= WAIT


def test_where_the_caller_waits_nothing_is_asked_about(site: Site) -> None:
    assert site.connect(sync=True).write(new()).step == "audited"
    assert site.requests("result") == []


def test_only_our_own_relay_is_asked_whatever_address_it_names(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = site.server._jobs.take

    def elsewhere(*arguments: Any) -> Any:
        told = take(*arguments)
        told["url"] = told["url"].replace(site.url, "https://elsewhere.example.com")
        return told

    monkeypatch.setattr(site.server._jobs, "take", elsewhere)
    assert site.order().step == "audited"


@pytest.mark.parametrize("fault", [{"do": "status", "status": 503}, {"do": "html"}])
def test_a_write_that_cannot_be_asked_about_is_in_doubt(site: Site, fault: dict[str, Any]) -> None:
    site.fail(operation="result", **fault)
    with pytest.raises(OutcomeUnknown):
        site.order()
    assert len(site.orders()) == 1


def test_a_refusal_that_comes_later_is_a_refusal(site: Site) -> None:
    with pytest.raises(Rejected, match="nobody"):
        site.order(fields={**new().fields, "personcode": "nobody"})


def test_what_the_platform_failed_at_is_not_known(site: Site) -> None:
    site.fail(do="system", name="late_platform_error", operation="add", times=1)
    with pytest.raises(OutcomeUnknown):
        site.order()
    assert len(site.orders()) == 1


# -- an agent that is away ---------------------------------------------------------------------


def test_without_the_enterprises_agent_nothing_is_begun(site: Site) -> None:
    site.server.switches["agent"] = "off"
    with pytest.raises(Unreachable):
        site.erp.check()


def test_what_the_relay_kept_for_the_agent_is_not_made_twice(site: Site) -> None:
    """It is in doubt; sent again, by the same id, it is the one that was kept."""
    site.server.switches |= {"agent": "off"}
    with pytest.raises(OutcomeUnknown):
        site.order(until="saved")
    with pytest.raises(OutcomeUnknown):
        site.order(until="saved", fields={**new().fields, "memo": "another content"})
    site.server.switches |= {"agent": "on"}
    site.erp.check()
    assert len(site.orders()) == 1


def test_too_many_calls_are_put_off(site: Site) -> None:
    site.fail(do="system", name="too_fast", operation="verify")
    with pytest.raises(HalfDone) as caught:
        site.order()
    assert isinstance(caught.value.cause, Unreachable)
    assert site.shown()["state"] == "开立"
