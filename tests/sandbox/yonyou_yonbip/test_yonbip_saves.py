"""Saves: one key, one document; what must add up; actions that fail inside a success."""

from __future__ import annotations

import pytest
from yonbip_world import ORDER, Caller


def made(caller: Caller) -> int:
    return len(caller.server.records(ORDER))


def test_a_key_makes_one_document_and_repeats_its_answer(caller: Caller) -> None:
    first, again = caller.save("UO-1", "k1"), caller.save("UO-1", "k1")
    assert first == again
    assert made(caller) == 1


@pytest.mark.parametrize("code", ["10004", "100004"])
def test_after_an_hour_only_its_id_is_told(caller: Caller, code: str) -> None:
    caller.server.switches["duplicate_code"] = code
    first = caller.save("UO-1", "k1")
    caller.server.clock.advance(3601)
    again = caller.save("UO-1", "k1")
    assert (again["code"], again["data"]) == (code, {"id": first["data"]["id"]})


def test_a_refusal_is_remembered_with_its_key(caller: Caller) -> None:
    """Whatever is sent under it then; where `burnt_keys` is off it can be used again."""
    assert caller.save("UO-1", "k1", payMoney=1)["code"] == "999"
    assert caller.save("UO-1", "k1")["code"] == "999"
    caller.server.switches["burnt_keys"] = False
    assert caller.save("UO-1", "k2", payMoney=1)["code"] == "999"
    assert caller.save("UO-1", "k2")["code"] == "200"


def test_longer_keys_are_refused(caller: Caller) -> None:
    assert caller.save("UO-1", "k" * 33)["code"] == "310024"


def test_an_action_on_several_says_200_although_some_failed(caller: Caller) -> None:
    key = caller.save("UO-1")["data"]["id"]
    told = caller(f"{ORDER}/batchsubmit", {"data": [{"id": key}, {"id": "1"}]})
    assert told["code"] == "200"
    counts = {name: told["data"][name] for name in ("count", "sucessCount", "failCount")}
    assert counts == {"count": 2, "sucessCount": 1, "failCount": 1}
    assert told["data"]["messages"] == ["单据不存在"]


def test_an_update_carries_what_is_demanded_and_the_stamp_that_was_seen(caller: Caller) -> None:
    first = caller.save("UO-1")["data"]
    caller.server.clock.advance(2)
    change = {"_status": "Update", "id": first["id"], "memo": "木箱", "orderDetails": []}
    assert caller.save("UO-1", **change, pubts="2020-01-01 00:00:00")["code"] == "999"
    assert caller.save("UO-1", **change, pubts=first["pubts"])["code"] == "200"
    bare = {"data": {"_status": "Update", "id": first["id"], "memo": "x"}}
    assert caller(f"{ORDER}/singleSave", bare)["code"] == "999"
