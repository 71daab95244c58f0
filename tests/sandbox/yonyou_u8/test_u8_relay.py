"""The relay: tokens, writes that are done later, ids that make one document, an agent away."""

from __future__ import annotations

import pytest
from u8_world import Caller

from sandbox.yonyou_u8.auth import APP_SECRET


def made(caller: Caller) -> int:
    return len(caller.server.records("saleorder"))


def test_a_token_ends_and_a_new_one_ends_the_old(caller: Caller) -> None:
    old = caller.token
    caller.log_in()
    assert caller("/api/customer/batch_get")["errcode"] == "0"
    assert "token" in caller("/api/customer/batch_get", token=old)["errmsg"]
    caller.server.clock.advance(7201)
    assert "token" in caller("/api/customer/batch_get")["errmsg"]


def test_neither_strangers_nor_another_enterprise_get_anything(caller: Caller) -> None:
    assert caller("/system/token", app_secret=f"x{APP_SECRET}")["errcode"] == "2001"
    assert caller("/api/customer/batch_get", to_account="others")["errcode"] != "0"


def test_a_write_is_accepted_at_once_and_told_of_later(caller: Caller) -> None:
    accepted = caller.add("SO-1", "one")
    assert (accepted["errcode"], accepted["ping_after"]) == ("0", "3")
    assert "id" not in accepted
    told = caller.outcome(accepted)
    assert (told["errcode"], told["id"]) == ("0", "SO-1")


def test_a_write_carries_exactly_one_id(caller: Caller) -> None:
    trade = caller("/system/tradeid")["trade"]["id"]
    body = {"saleorder": {}}
    assert "url" in caller("/api/saleorder/add", body, tradeid=trade)
    assert "url" not in caller("/api/saleorder/add", body)
    assert "url" not in caller("/api/saleorder/add", body, tradeid=trade, biz_id="x")


@pytest.mark.parametrize(("repeated", "code"), [("refused", "20005"), ("earlier", "0")])
def test_one_id_makes_one_document_whatever_it_is_sent_with(
    caller: Caller, repeated: str, code: str
) -> None:
    caller.server.switches["repeated"] = repeated
    assert caller.done("SO-1", "one")["errcode"] == "0"
    assert caller.done("SO-2", "one")["errcode"] == code
    assert made(caller) == 1


@pytest.mark.parametrize("burnt", [True, False])
def test_an_id_that_failed_may_be_spent_or_not(caller: Caller, burnt: bool) -> None:
    caller.server.switches["burnt_ids"] = burnt
    assert "nobody" in caller.done("SO-1", "one", custcode="nobody")["errmsg"]
    caller.done("SO-1", "one")
    assert made(caller) == (0 if burnt else 1)


def test_without_its_agent_nothing_is_read_and_writes_wait(caller: Caller) -> None:
    caller.server.switches["agent"] = "off"
    accepted = caller.add("SO-1", "one")
    assert caller("/api/customer/batch_get")["errcode"] == "20005"
    assert made(caller) == 0
    caller.server.switches["agent"] = "on"
    assert caller.outcome(accepted)["id"] == "SO-1"


def test_amounts_follow_from_the_price_and_sixteen_per_cent_is_usual(caller: Caller) -> None:
    caller.done("SO-1", "one")
    (row,) = caller.server.records("saleorder")[0]["entry"]
    assert (row["sum"], row["money"], row["tax"]) == ("295.3100", "261.3400", "33.9700")
    assert caller.server.records("saleorder")[0]["taxrate"] == "16.0000"


def test_a_define_field_holds_so_many_characters(caller: Caller) -> None:
    assert "define1" in caller.done("SO-1", "one", define1="x" * 21)["errmsg"]
    assert caller.done("SO-1", "two", define11="x" * 120)["errcode"] == "0"
