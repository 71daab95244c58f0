"""What people see of quotas and closed hours, and what `check` finds out for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import CHINA
from tests.system.company import SMALL
from tests.system.site import Site, opened

QUOTA = {"day": 100_000, "keep": "20%"}


def around_now() -> str:
    """Hours that hold this moment in China, as a command run now finds them."""
    now = datetime.now(CHINA)
    return f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}"


# -- status and sync --------------------------------------------------------------------------


def test_status_shows_the_calls_of_today_and_those_allowed(site: Site) -> None:
    site.connection("crm", quota=QUOTA)
    site.order()
    site.sync()
    site.restart()
    called = site.calls("crm")
    crm = site.app.status()["connections"]["crm"]
    assert crm["calls"] == {"today": called, "allowed": 100_000, "kept": 20_000}
    assert (crm["rests"], crm["closed_until"]) == ({}, None)
    shown = site.cli("status").out
    assert f"{called} calls today of 100000, 20000 of them kept for vital flows" in shown
    erp = site.app.status()["connections"]["erp"]
    assert erp["calls"] == {"today": site.calls("erp"), "allowed": None, "kept": None}


def test_status_names_what_rests_while_calls_run_short(site: Site) -> None:
    site.sync()
    used = site.calls("crm")
    site.connection("crm", quota={"day": used + 500, "keep": "99%"})
    crm = site.app.status()["connections"]["crm"]
    ((why, parts),) = crm["rests"].items()
    assert parts == ["stock"]
    assert f"{used + 500}" in why
    shown = site.cli("status").out
    assert "‖ stock" in shown
    site.connection("crm", quota={"day": used, "keep": "20%"})
    rests = site.app.status()["connections"]["crm"]["rests"]
    assert {"crm/sales_order", "progress", "stock"} <= set(*rests.values())


def test_sync_says_what_is_closed_and_ends_with_0(site: Site) -> None:
    site.sync()
    site.order()
    site.clock.advance(2)
    site.connection("erp", closed=[around_now()])
    ran = site.cli("sync", "--json")
    assert (ran.code, ran.json["errors"], list(ran.json["rests"])) == (0, {}, ["erp"])
    told = site.cli("sync", lang="zh")
    assert told.code == 0
    assert "‖ 连接“erp”到" in told.out
    assert "要写的等着，到时自己继续" in told.out
    status = site.cli("status")
    assert 'Nothing is written to "erp" before' in status.out
    assert "‖ customers, orders" in status.out
    assert site.bills() == []


def test_without_calls_commands_that_look_say_so(site: Site) -> None:
    site.order()
    site.sync()
    site.connection("crm", quota={"day": 1})
    before = site.calls("crm")
    for command in (("plan", "orders"), ("reconcile", "orders")):
        ran = site.cli(*command)
        assert ran.code == 1
        assert ["are used up" in words for words in ran.words] == [True]
    assert site.calls("crm") == before


def test_what_waits_for_the_opening_goes_by_itself(site: Site) -> None:
    site.sync()
    now = site.clock.now().astimezone(CHINA)
    begin, end = (now + timedelta(hours=hours) for hours in (1, 2))
    site.connection("erp", closed=[f"{begin:%H:%M}-{end:%H:%M}"])
    site.clock.advance(5400)
    number = site.order()
    site.sync()
    row = site.delivery(number)
    assert (row.state, row.attempts, site.bills()) == ("pending", 0, [])
    site.clock.advance(3600)
    site.sync()
    assert site.told(number)[0] == "已进ERP"


# -- check: who we are ------------------------------------------------------------------------


def checked(site: Site, *options: str) -> tuple[int, dict[str, Any]]:
    ran = site.cli("check", *options, "--json")
    return ran.code, {entry["connection"]: entry for entry in ran.json["connections"]}


def test_check_tells_who_we_are_what_we_see_and_what_we_hold(site: Site) -> None:
    code, found = checked(site)
    assert code == 0
    assert found["erp"]["organisations"] == ["100"]
    assert (found["erp"]["sessions"], found["crm"]["sessions"]) == (1, 1)
    assert found["crm"]["user"] == "1000"
    shown = site.cli("check").out
    assert "organisations that we see: 100" in shown
    assert "sessions (tokens) that we hold: 1" in shown


def test_check_tells_the_cure_of_a_refusal_and_who_acts(site: Site) -> None:
    site.crm.faults.set([{"do": "system", "name": "quota"}])
    code, found = checked(site)
    assert (code, found["crm"]["ok"], found["erp"]["ok"]) == (1, False, True)
    assert "30002" in found["crm"]["remote"]
    shown = site.cli("check", lang="zh").out
    assert "纷享销客今天的接口调用次数已用完" in shown
    assert "→ 对接运维  加购接口调用包" in shown
    assert "对方原话" in shown


def test_check_tells_a_cure_that_only_the_raw_answer_shows(site: Site) -> None:
    """Whoever is kicked out and whoever has a wrong secret hear the same of Kingdee."""
    ran = site.cli("check", KINGDEE_APP_SECRET="wrong")
    assert ran.code == 1
    assert "check account set, user, application id, secret" in ran.out


def test_check_tells_our_own_words_where_nobody_answered(site: Site) -> None:
    with site.unreachable("erp"):
        code, found = checked(site)
    assert code == 1
    assert "Check the address and the network" in found["erp"]["error"]
    assert found["erp"]["who"] == "IT"


# -- check: what we see -------------------------------------------------------------------------


def test_check_tells_in_which_forms_a_record_is_visible(site: Site) -> None:
    number = site.order()
    site.sync()
    code, found = checked(site, "--sees", number)
    assert code == 0
    seen = {e["form"]: e["seen"] for name in found for e in found[name]["sees"]}
    assert (seen["SalesOrderObj"], seen["SAL_SaleOrder"]) == (True, True)
    assert (seen["AccountObj"], seen["BD_Customer"]) == (False, False)
    shown = site.cli("check", "--sees", number).out
    assert "SalesOrderObj (sales order)  visible" in shown
    assert "not visible: data rules, organisation or number" in shown


def test_check_fails_if_no_system_shows_the_record(site: Site) -> None:
    code, found = checked(site, "--sees", "SO-NONE")
    assert code == 1
    assert not any(e["seen"] for name in found for e in found[name]["sees"])
    ran = site.cli("check", "--sees", "SO-NONE", "--offline")
    assert (ran.code, len(ran.words)) == (2, 1)


# -- check: what our settings cost ----------------------------------------------------------------


def test_check_compares_what_reading_costs_with_the_quota(site: Site) -> None:
    site.connection("crm", quota=QUOTA)
    code, found = checked(site, "--offline")
    calls = found["crm"]["calls"]
    assert code == 0
    orders = calls["feeds"]["crm/sales_order"]
    assert orders["polls"] == 2 * 2880  # every 30 s, the lines too
    assert calls["feeds"]["crm/customer"]["polls"] == 1440
    assert calls["total"] == 1440 + sum(sum(f.values()) for f in calls["feeds"].values())
    shown = site.cli("check", "--offline").out
    assert "crm/sales_order" in shown
    assert "estimates of calls a day" in shown


def test_what_flows_back_is_asked_for_as_often_as_it_is_needed(tmp_path: Path) -> None:
    with opened(tmp_path, SMALL, whole=True) as site:
        site.connection("erp", quota={"day": 10_000, "keep": "20%"})
        _, found = checked(site, "--offline")
    calls = found["erp"]["calls"]
    polls = {name.removeprefix("erp/"): feed["polls"] for name, feed in calls["feeds"].items()}
    assert (polls["payment"], polls["purchase_order"], polls["bom"]) == (288, 144, 24)
    assert calls["total"] == 1440 + sum(sum(f.values()) for f in calls["feeds"].values())
    assert (calls["fits"], calls["total"] < 8000) == (True, True)


@pytest.mark.parametrize("tight", [False, True])
def test_settings_that_cannot_fit_fail_unless_that_is_known(site: Site, tight: bool) -> None:
    site.connection("crm", quota={"day": 10_000, "keep": "20%", "tight": tight})
    ran = site.cli("check", "--offline")
    assert ran.code == (0 if tight else 1)
    assert ("and 8000 are free" in ran.out) is not tight


def test_what_was_captured_makes_the_estimate_better(site: Site) -> None:
    for _ in range(3):
        site.order()
    _, before = checked(site, "--offline")
    site.sync()
    _, after = checked(site, "--offline")
    orders = [found["crm"]["calls"]["feeds"]["crm/sales_order"] for found in (before, after)]
    assert [feed["comparing"] for feed in orders] == [0, 2]
