"""The interface for programs."""

from __future__ import annotations

import pytest

from tests.console.factory import OURS, REVIEW, Office


@pytest.fixture
def failing(strict: Office) -> Office:
    strict.site.order(note="bad")
    strict.go()
    return strict


def test_a_program_reads_what_pages_show(failing: Office) -> None:
    program, header = failing.stranger(), failing.token("look")
    status = program.get("/api/status", headers=header).json()
    assert status["flows"]["orders"]["states"] == {"stopped": 1}
    found = program.get("/api/orders", headers=header).json()
    assert [one["number"] for one in found["orders"]] == ["O1"]
    [story] = program.get("/api/orders/O1", headers=header).json()
    assert story["record"]["special_terms"] == "bad"
    assert program.get("/api/orders/NOPE", headers=header).status_code == 404
    [failure] = program.get("/api/failures", headers=header).json()["failures"]
    assert "备注不合规" in failure["remote"]


def test_failures_come_in_pages(strict: Office) -> None:
    for n in range(7):
        strict.site.order(f"o{n}", note="bad")
    strict.go()
    program, header = strict.stranger(), strict.token("look")
    seen, after = [], {}
    while after is not None:
        asked = {"limit": 3, **after}
        found = program.get("/api/failures", headers=header, params=asked).json()
        seen += [one["number"] for one in found["failures"]]
        after = found["next"]
    assert sorted(seen) == [f"O{n}" for n in range(7)]
    assert len(seen) == 7


def test_a_decision_sent_twice_has_one_effect(failing: Office) -> None:
    program, header = failing.stranger(), failing.token("ops")
    [failure] = program.get("/api/failures", headers=header).json()["failures"]
    as_seen = {name: failure[name] for name in ("flow", "key", "since")}
    correction = {**as_seen, "fields": {"special_terms": "good"}}
    first = program.client.post("/api/failures/correct", headers=header, json=correction)
    assert first.json() == {"count": 1}
    again = program.client.post("/api/failures/correct", headers=header, json=correction)
    assert again.status_code == 409
    assert "somebody was faster" in again.json()["error"]
    failing.go()
    assert failing.site.bill().fields["note"] == "good"


def test_a_token_does_no_more_than_its_role_and_its_login(failing: Office) -> None:
    program = failing.stranger()
    body = {"flow": "orders", "key": "o1", "since": 1.0}
    for header in (failing.token("ops", "viewer"), failing.token("look", "admin")):
        assert (
            program.client.post("/api/failures/retry", headers=header, json=body).status_code == 403
        )
        assert program.get("/api/status", headers=header).status_code == 200
    allowed = failing.token("ops", "operator")
    assert program.client.post("/api/failures/retry", headers=allowed, json=body).status_code == 409


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer cn_nothing"},
                                    {"authorization": "Basic b3BzOm9wcw=="}])  # fmt: skip
def test_nobody_is_told_nothing(failing: Office, header: dict[str, str]) -> None:
    stranger = failing.stranger()
    for path in ("/api/status", "/api/orders", "/api/failures", "/api/audit", "/metrics"):
        answer = stranger.get(path, headers=header)
        assert answer.status_code in (401, 303), path
        assert "orders" not in answer.text


def test_a_page_of_ours_may_call_and_a_page_of_others_may_not(failing: Office) -> None:
    ops = failing.as_("ops")
    assert ops.get("/api/status").status_code == 200
    body = {"flow": "orders", "key": "o1", "since": 1.0}
    ours = ops.client.post("/api/failures/discard", json=body, headers=OURS)
    theirs = ops.client.post("/api/failures/discard", json=body, headers={"origin": "https://e.x"})
    assert (ours.status_code, theirs.status_code) == (409, 403)


def test_reviews_are_answered_by_programs_of_those_who_may(desk: Office) -> None:
    desk.start(review=REVIEW, flow=", review: order_review")
    lines = [{"id": "1", "product": "p-M1", "qty": "2", "price": "100", "amount": "200"}]
    desk.site.order(lines=lines)
    desk.go()
    program, fin = desk.stranger(), desk.token("fin")
    [review] = program.get("/api/reviews", headers=fin).json()
    assert review["number"] == "O1"
    said = {"flow": "orders", "key": "o1", "review": review["id"], "department": "finance",
            "verdict": "approved"}  # fmt: skip
    stale = said | {"review": review["id"] + 1}
    assert program.client.post("/api/reviews/answer", headers=fin, json=stale).status_code == 409
    answer = program.client.post("/api/reviews/answer", headers=fin, json=said)
    assert answer.json() == {"state": "open"}
    other = program.client.post("/api/reviews/answer", headers=desk.token("look"), json=said)
    assert other.status_code == 409


def test_whether_it_lives_and_how_it_stands_can_be_watched(failing: Office) -> None:
    stranger = failing.stranger()
    assert stranger.get("/healthz").json() == {"ok": True}
    assert stranger.get("/readyz").json() == {"ok": True}
    told = stranger.get("/metrics", headers=failing.token("look")).text
    assert 'connector_deliveries{flow="orders",state="stopped"} 1.0' in told


def test_what_programs_may_ask_is_described(desk: Office) -> None:
    described = desk.stranger().get("/api/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/status", "/api/orders", "/api/orders/{number}", "/api/failures",
        "/api/failures/retry", "/api/failures/discard", "/api/failures/correct", "/api/reviews",
        "/api/reviews/answer", "/api/reviews/say", "/api/audit",
        "/api/insight/{object}", "/api/reports/{name}",
        "/api/mappings", "/api/mappings/{flow}",
        "/api/mappings/{flow}/record", "/api/mappings/{flow}/versions",
        "/api/mappings/{flow}/versions/{version}", "/api/mappings/{flow}/differences",
    }  # fmt: skip
