"""Approvals in Feishu: what is its own. See `approving` for what all such systems do."""

from __future__ import annotations

from typing import Any

import pytest
from feishu_approval_world import World

from adapters.feishu_approval.instances import standing, uuid_of
from adapters.feishu_approval.settings import FeishuApprovalSettings
from connector import exact
from connector.contract import Record, Shape
from connector.errors import AccessDenied, AlreadyExists, OutcomeUnknown, Rejected, Unreachable
from sandbox.feishu_approval.application import NODE, OWN_NODE
from tests.adapters.asking import BOTH

SHAPE = Shape("approval", ("id",), ())
SETTINGS = FeishuApprovalSettings.model_validate(
    {
        "adapter": "feishu_approval",
        "app_id": "cli_1",
        "app_secret": "s",
        "approval_code": "C",
        "originator": "o",
        "components": {"title": "标题", "text": "内容", "wanted_date": "承诺交期"},
    }
)


def found_by(world: World, mark: str, field: str = "uuid") -> list[Record]:
    return list(world.adapter().find(SHAPE, field, [mark]))


# -- asked once ----------------------------------------------------------------------------------


def test_feishu_itself_refuses_to_ask_the_same_twice_and_finds_it_by_our_mark(
    world: World,
) -> None:
    write = world.write(who="manager01")
    key = world.adapter().write(write).key
    with pytest.raises(AlreadyExists, match="60012"):
        world.adapter().write(write)
    assert len(world.asked) == 1
    (record,) = found_by(world, "hub:A1")
    assert (record.key, record.fields["uuid"], record.fields["state"]) == (key, "hub:A1", "open")


def test_what_was_asked_and_never_answered_for_is_found_by_our_mark(world: World) -> None:
    assert found_by(world, "hub:A1") == []
    world.fault(do="lose_answer", operation="make")
    with pytest.raises(OutcomeUnknown):
        world.ask("manager01")
    (record,) = found_by(world, "hub:A1")
    assert record.key == world.asked[0]["id"]


def test_nothing_is_found_by_anything_else(world: World) -> None:
    world.ask("manager01")
    assert found_by(world, "hub:A1", field="title") == []
    assert world.calls("read") == 0


def test_without_a_mark_feishu_is_asked_all_the_same(world: World) -> None:
    write = world.write(who="manager01")
    adapter = world.adapter()
    fields = {name: value for name, value in write.fields.items() if name != "uuid"}
    assert adapter.ask(fields) != adapter.ask(fields)


def test_marks_that_differ_in_a_letter_s_size_alone_are_two(world: World) -> None:
    assert uuid_of("hub:A1-a").lower() != uuid_of("hub:A1-A").lower()
    assert len(uuid_of("评审" * 200)) == 36


# -- whom ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", ["", NODE, OWN_NODE])
def test_people_are_put_at_the_node_that_the_connection_names(world: World, node: str) -> None:
    world.ask("manager01", {"node": node})
    assert world.asked[0]["people"] == ["manager01"]


def test_a_node_that_is_not_there_is_named_beside_those_that_are(world: World) -> None:
    with pytest.raises(AccessDenied, match=f"评审 .{OWN_NODE}."):
        world.ask("manager01", {"node": "another"})
    assert world.asked == []


def test_people_can_be_known_by_their_open_ids(world: World) -> None:
    settings = {"ids": "open_id", "originator": "ou_user003"}
    adapter = world.adapter(**settings)
    key = adapter.write(world.write(who="ou_manager01,ou_user002")).key
    world.people("approve", key=key, who="user002")
    (found,) = adapter.look([key])
    assert found.who == "ou_user002"


def test_where_all_of_them_must_agree_one_is_not_enough(world: World) -> None:
    world.sandbox.switches["node_type"] = "AND"
    key = world.ask(BOTH)
    world.people("approve", key=key, who="manager01")
    assert world.look(key).state == "open"


def test_an_answer_of_which_feishu_does_not_tell_whose_it_is_is_not_lost(world: World) -> None:
    key = world.ask("manager01")
    world.people("approve", key=key, who="manager01")
    world.sandbox.switches["names"] = False
    with pytest.raises(AccessDenied, match="user ids"):
        world.look(key)
    world.sandbox.switches["names"] = True
    assert world.look(key).who == "manager01"


# -- the definition ------------------------------------------------------------------------------


def test_a_definition_is_read_once_and_anew_after_it_was_edited(world: World) -> None:
    adapter = world.adapter()
    for _ in range(2):
        adapter.write(world.write(who="manager01"))
    assert world.calls("define") == 1
    world.sandbox.switches["status"] = "INACTIVE"
    with pytest.raises(AccessDenied, match="1390015"):
        adapter.write(world.write(who="manager01"))
    with pytest.raises(AccessDenied, match="not in use"):
        adapter.write(world.write(who="manager01"))
    world.sandbox.switches["status"] = "ACTIVE"
    adapter.write(world.write(who="manager01"))
    assert len(world.asked) == 3


def test_a_check_tells_what_is_wrong_with_the_definition(world: World) -> None:
    world.adapter().check()
    with pytest.raises(AccessDenied, match="no component called 交期"):
        world.adapter(components={"title": "标题", "text": "内容", "wanted_date": "交期"}).check()
    with pytest.raises(AccessDenied, match="承诺交期 take no text"):
        world.adapter(components={"title": "标题", "text": "承诺交期"}).check()
    with pytest.raises(AccessDenied, match="1390002"):
        world.adapter(approval_code="another").check()


def test_a_title_of_two_lines_becomes_one(world: World) -> None:
    world.ask("manager01", title="订单评审\nSO-1")
    assert world.asked[0]["form"]["标题"] == "订单评审 SO-1"


# -- how it stands -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"status": "PENDING"}, "open"),
        ({"status": "APPROVED"}, "approved"),
        ({"status": "APPROVED", "reverted": False}, "approved"),
        ({"status": "APPROVED", "reverted": True}, "withdrawn"),
        ({"status": "REJECTED"}, "refused"),
        ({"status": "CANCELED"}, "withdrawn"),
        ({"status": "DELETED"}, "withdrawn"),
        ({"status": "OVERTIME_CLOSE"}, "open"),
        ({}, "open"),
    ],
)
def test_only_what_feishu_calls_approved_is_approved(found: dict[str, Any], state: str) -> None:
    assert standing("1", found, SETTINGS).state == state


def test_what_passes_by_itself_is_nobody_s_answer(world: World) -> None:
    key = world.ask("manager01")
    world.people("pass", key=key)
    found = world.look(key)
    assert (found.state, found.who) == ("approved", "")


def test_what_is_revoked_after_it_was_approved_is_withdrawn(world: World) -> None:
    key = world.ask("manager01")
    world.people("approve", key=key, who="manager01")
    world.people("revert", key=key)
    assert world.look(key).state == "withdrawn"


def test_who_decided_is_the_one_to_whom_it_was_left(world: World) -> None:
    key = world.ask("manager01")
    world.people("move", key=key, who="manager01", to="user002")
    world.people("approve", key=key, who="user002", comment="可以")
    found = world.look(key)
    assert (found.who, found.comment) == ("user002", "可以")


def test_the_last_word_counts_whatever_the_order_in_which_they_are_told() -> None:
    words = [("a", "PASS", "30"), ("b", "PASS", "20"), ("c", "CC", "40"), ("d", "REJECT", "50")]
    timeline = [dict(zip(("user_id", "type", "create_time"), one, strict=True)) for one in words]
    assert standing("1", {"status": "APPROVED", "timeline": timeline}, SETTINGS).who == "a"


@pytest.mark.parametrize(
    ("kind", "value", "given"),
    [
        ("date", "2026-12-24T00:00:00+08:00", "2026-12-24"),
        ("date", "2026-12-24T00:00:00+09:00", "2026-12-24"),
        ("date", "2026-12-23T16:00:00Z", "2026-12-24"),
        ("date", "2026-12-24", "2026-12-24"),
        ("date", "soon", "soon"),
        ("input", "V3", "V3"),
        ("radioV2", "V3", "V3"),
        ("checkboxV2", ["A", "B"], "A, B"),
        ("number", 1234.5, "1234.5"),
        ("dateInterval", {"start": "2026-12-24T00:00:00+08:00"}, ""),
        ("date", None, ""),
    ],
)
def test_a_component_gives_what_it_shows(kind: str, value: Any, given: str) -> None:
    form = exact.dumps([{"id": "w", "name": "承诺交期", "type": kind, "value": value}])
    found = standing("1", {"status": "PENDING", "form": form}, SETTINGS)
    assert dict(found.given) == ({"wanted_date": given} if given else {})


@pytest.mark.parametrize("form", ["", "no json", "{}", "[1]", "null"])
def test_a_form_that_cannot_be_read_gives_nothing(form: str) -> None:
    found = standing("1", {"status": "APPROVED", "form": form}, SETTINGS)
    assert dict(found.given) == {}


# -- withdrawing ---------------------------------------------------------------------------------


def test_what_changed_is_withdrawn_in_the_originator_s_name(world: World) -> None:
    key = world.ask("manager01")
    world.withdraw(key)
    assert world.look(key).state == "withdrawn"


def test_what_was_approved_is_never_reopened(world: World) -> None:
    key = world.ask("manager01")
    world.people("approve", key=key, who="manager01")
    world.withdraw(key)
    assert world.look(key).state == "approved"
    assert world.calls("cancel") == 0


def test_a_definition_that_lets_nobody_withdraw_is_a_plain_refusal(world: World) -> None:
    world.sandbox.switches["withdrawable"] = False
    key = world.ask("manager01")
    with pytest.raises(Rejected, match="1390001"):
        world.withdraw(key)


def test_a_withdrawal_that_is_refused_because_it_is_over_needs_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sandbox.switches["revocable"] = False
    key = world.ask("manager01")
    adapter = world.adapter()
    cancel = adapter._client.cancel

    def answered_first(key: str) -> None:
        world.people("refuse", key=key, who="manager01")
        cancel(key)

    monkeypatch.setattr(adapter._client, "cancel", answered_first)
    adapter.withdraw(key)
    assert world.look(key).state == "refused"


# -- what answers mean ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_token_is_renewed_under_whatever_status_it_is_refused(world: World, status: int) -> None:
    world.sandbox.switches["lost"] = status
    adapter = world.adapter()
    adapter.check()
    world.sandbox.clock.advance(7201)
    adapter.write(world.write(who="manager01"))
    assert world.calls("token") == 2


@pytest.mark.parametrize(
    ("fault", "error", "pause"),
    [("wordless", AccessDenied, None), ("wordless_fast", Unreachable, 52)],
)
def test_a_status_that_says_nothing_means_what_it_says(
    world: World, fault: str, error: type[Exception], pause: float | None
) -> None:
    world.fault(do="system", name=fault, operation="make")
    with pytest.raises(error) as told:
        world.ask("manager01")
    assert getattr(told.value, "retry_after", None) == pause
    world.fault(do="status", status=403, operation="make")
    with pytest.raises(AccessDenied, match="403"):
        world.ask("manager01")


def test_beyond_what_is_allowed_in_a_minute_feishu_refuses_and_says_for_how_long(
    world: World,
) -> None:
    adapter = world.adapter()
    with pytest.raises(Unreachable, match="99991400") as told:
        for _ in range(101):
            adapter.write(world.write(who="manager01"))
    assert told.value.retry_after == 52
    assert len(world.asked) == 100
