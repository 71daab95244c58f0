"""What strangers, other sites and hostile records cannot do to the console."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select
from starlette.routing import Route
from starlette.testclient import TestClient

from connector.console import view, web
from connector.console.guard import SAFE
from connector.console.serving import Serving, listening
from connector.store.tables import audit, deliveries
from tests.console.factory import OURS, PASSWORD, Browser, Office
from tests.console.test_apart import config

PEM = str(Path(__file__).parents[1] / "core" / "loopback.pem")
ANYBODY = {"/login", "/welcome/{token}", "/language", "/insight", "/healthz", "/readyz"}
"""What is answered to whoever comes; `/insight` only leads on."""
EVIL = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}


@pytest.fixture
def tls(desk: Office) -> Office:
    """The same behind a proxy that speaks TLS."""
    path = desk.site.directory / "config.yaml"
    path.write_text(path.read_text("utf-8").replace(
        "'127.0.0.1:8090'}", "'127.0.0.1:8090', url: 'https://c.example'}"), "utf-8")  # fmt: skip
    desk.site.clock.advance(10)
    assert desk.serving.app.config.console.url, "it is read anew"
    return desk


def everything() -> Iterator[tuple[str, str]]:
    """Every method and path that is answered."""
    for router in web.ROUTERS:
        for route in cast(list[Route], router.routes):
            for method in sorted(route.methods or ()):
                yield method, route.path


def filled(path: str) -> str:
    """A path with something in the place of its parameters."""
    return re.sub(r"\{\w+(:path)?\}", "x", path)


# -- who comes ----------------------------------------------------------------------------------


def test_whatever_is_answered_asks_who_comes_but_for_what_anybody_may(desk: Office) -> None:
    stranger, asked = desk.stranger(), 0
    for method, path in everything():
        if path in ANYBODY:
            continue
        answer = stranger.client.request(method, filled(path), headers=OURS)
        told = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        assert told or answer.status_code == 401, (method, path)
        asked += 1
    assert asked > 30


def test_looking_changes_nothing(desk: Office) -> None:
    desk.site.order()
    desk.go()
    root = desk.as_("root")

    def stored() -> list[Any]:
        with desk.site.system.store.reading() as tx:
            return [*tx.execute(select(deliveries)), *tx.execute(select(audit))]

    before = stored()
    for method, path in everything():
        if method in SAFE:
            root.client.request(method, filled(path))
    assert stored() == before


def test_what_stands_in_the_address_is_no_part_of_a_form(desk: Office) -> None:
    desk.as_("ops")
    answer = desk.stranger().post(f"/login?login=ops&password={PASSWORD}")
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


def test_logging_in_anew_ends_the_session_that_was_there(desk: Office) -> None:
    ops = desk.as_("ops")
    former = ops.client.cookies["session"]
    ops.log_in("ops")
    accounts = desk.serving.app.accounts
    assert accounts.session(former) is None
    assert accounts.session(ops.client.cookies["session"])


def test_whoever_logs_out_is_out_and_their_browser_forgets(desk: Office) -> None:
    ops = desk.as_("ops")
    former = ops.client.cookies["session"]
    answer = ops.post("/logout")
    assert desk.serving.app.accounts.session(former) is None
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert desk.serving.app.audit(1)[0].what == "logout"


def test_people_see_where_they_are_logged_in_and_end_the_others_by_their_password(
    desk: Office,
) -> None:
    one, other = desk.as_("ops"), desk.stranger()
    other.client.headers["user-agent"] = "Another <b>browser</b>"
    other.log_in("ops")
    assert "Another &lt;b&gt;browser" in one.get("/account").text
    assert one.post("/sessions", {"old": "not the password"}).status_code == 403
    assert other.get("/").status_code == 200
    assert one.post("/sessions", {"old": PASSWORD}).status_code == 303
    assert (one.get("/").status_code, other.get("/").status_code) == (200, 303)


def test_every_page_leads_out(desk: Office) -> None:
    root = desk.as_("root")
    for _, where in view.PAGES:
        assert 'action="/logout"' in root.get(where).text, where


def test_password_fields_hide_what_is_typed_and_take_what_is_pasted() -> None:
    fields = [
        field
        for page in (view.FOLDER / "templates").glob("*.html")
        for field in re.findall(r"<input[^>]*>", page.read_text("utf-8"))
        if re.search(r'name="(password|again|old|new)"', field)
    ]
    assert len(fields) == 7
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
    assert "paste" not in (view.FOLDER / "static" / "console.js").read_text("utf-8")


# -- what is answered ---------------------------------------------------------------------------


def test_a_bug_is_told_in_one_sentence_and_its_place_stands_in_the_log_without_secrets(
    desk: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = desk.serving.app.accounts.invite("ops", "root")
    monkeypatch.setattr("connector.operations.accounts.Accounts.invited", lambda *_: 1 / 0)
    answer = desk.stranger().get(f"/welcome/{secret}")
    assert answer.status_code == 500
    assert "the log tells what" in answer.text
    assert "division" not in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "/welcome/{token}" in said
    assert secret not in said


def test_where_the_store_does_not_answer_nobody_is_let_in(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connector.store.engine import StoreUnavailable

    ops = desk.as_("ops")

    def gone(*_: Any) -> Any:
        raise StoreUnavailable("gone")

    monkeypatch.setattr("connector.operations.accounts.Accounts.session", gone)
    monkeypatch.setattr("connector.operations.accounts.Accounts.log_in", gone)
    assert ops.get("/").status_code == 503
    assert ops.log_in("ops").status_code == 503


def test_no_other_site_may_read_what_is_answered_or_use_the_interface(desk: Office) -> None:
    ops = desk.as_("ops")
    for where in ("/", "/api/status", "/static/console.js"):
        answer = ops.get(where, headers=EVIL)
        assert not [name for name in answer.headers if name.startswith("access-control")]
    body = {"flow": "orders", "key": "o1", "since": 1}
    refused = ops.client.post("/api/failures/retry", headers=EVIL, json=body)
    assert refused.status_code == 403


def test_every_cookie_behind_tls_is_one_that_nobody_else_can_set(tls: Office) -> None:
    tls.as_("ops")
    browser = tls.stranger("https://c.example")
    browser.log_in("ops")
    browser.post("/language", {"language": "zh"})
    assert "退出" in browser.get("/").text
    for name in ("__Host-session", "__Host-language"):
        [cookie] = [one for one in browser.client.cookies.jar if one.name == name]
        assert cookie.secure
        assert cookie.path == "/"


def test_every_answer_says_what_it_is_and_in_which_characters(desk: Office) -> None:
    desk.site.order()
    desk.go()
    root = desk.as_("root")
    kinds = {
        "/": "text/html; charset=utf-8",
        "/insight/kitting/sheet.csv": "text/csv; charset=utf-8",
        "/static/console.js": "text/javascript; charset=utf-8",
        "/static/console.css": "text/css; charset=utf-8",
        "/static/icon.svg": "image/svg+xml; charset=utf-8",
        "/api/status": "application/json",
        "/metrics": "text/plain; version=0.0.4; charset=utf-8",
    }
    for where, kind in kinds.items():
        answer = root.get(where)
        assert answer.headers["content-type"] == kind, where
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "where", ["/static/", "/static/../view.py", "/static/%2e%2e/view.py", "/static//etc/passwd",
              "/.git/config", "/docs", "/redoc"]
)  # fmt: skip
def test_nothing_is_served_that_is_not_meant_to_be(desk: Office, where: str) -> None:
    assert desk.stranger().get(where).status_code == 404


def test_what_no_page_needs_is_no_method(desk: Office) -> None:
    for method in ("TRACE", "PUT", "PATCH", "DELETE"):
        assert desk.stranger().client.request(method, "/").status_code == 405


# -- tries, refusals, tls -----------------------------------------------------------------------


def test_behind_a_proxy_tries_are_counted_by_who_comes_and_not_by_who_says_so(tls: Office) -> None:
    made = listening(tls.serving)
    made.load()
    app: Any = made.loaded_app

    def knock(client: str, forwarded: str) -> int:
        with TestClient(app, "https://c.example", client=(client, 1)) as browser:
            form = {"login": "nobody", "password": "wrong"}
            headers = {**OURS, "x-forwarded-for": forwarded}
            return int(browser.post("/login", data=form, headers=headers).status_code)

    tries = web.Tries(tls.site.clock, most=2)
    made.app.state.tries = tries  # type: ignore[union-attr]
    assert [knock("127.0.0.1", f"10.0.0.{n}, 192.0.2.7") for n in range(3)] == [403, 403, 429]
    assert knock("127.0.0.1", "192.0.2.8") == 403
    assert [knock("192.0.2.9", f"10.0.0.{n}") for n in range(3)] == [403, 403, 429]


def test_where_no_proxy_is_named_nobody_says_who_they_are(desk: Office) -> None:
    assert not listening(desk.serving).proxy_headers


def test_tls_is_of_today_and_keeps_its_secrets(tmp_path: Path) -> None:
    serving = Serving(config(tmp_path, "0.0.0.0:8090", f', certificate: "{PEM}", key: "{PEM}"'))
    try:
        made = listening(serving)
        made.load()
        assert made.ssl is not None
        assert made.ssl.minimum_version >= ssl.TLSVersion.TLSv1_2
        names = {one["name"] for one in made.ssl.get_ciphers()}
        assert names
        assert all(name.startswith(("TLS_", "ECDHE-")) for name in names)
        assert all("GCM" in name or "CHACHA20" in name for name in names)
    finally:
        serving.close()


def refusals(desk: Office) -> list[tuple[str, Any]]:
    """Requests that nobody sends who uses our pages, and why each is refused."""
    ops: Browser = desk.as_("ops")
    crowded = desk.stranger()
    cast(Any, crowded.client.app).state.tries = web.Tries(desk.site.clock, most=0)
    return [
        ("NotTheirs", lambda: ops.post("/failures", {}, EVIL)),
        ("NotLoggedIn", lambda: ops.get("/api/status", headers={"authorization": "Bearer no"})),
        ("RequestValidationError", lambda: ops.get("/failures?since=soon")),
        ("request_too_long", lambda: ops.post("/login", {}, {**OURS, "content-length": "2000000"})),
        ("bad_request", lambda: ops.get("/orders/a%00b")),
        ("TooMany", lambda: crowded.log_in("ops")),
    ]


def test_what_is_refused_stands_in_the_log_with_where_it_came_from(
    desk: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for why, knock in refusals(desk):
        caplog.clear()
        knock()
        said = [one.getMessage() for one in caplog.records]
        [told] = [one for one in said if "request_refused" in one]
        assert f"why='{why}'" in told
        assert "address='testclient'" in told


# -- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["SO/1", "a?b=c#d", "100%", "x&y=z", "' OR 1=1 --", "单 1"])
def test_whatever_a_number_is_its_link_leads_to_it(desk: Office, number: str) -> None:
    desk.site.order(number=number)
    desk.go()
    look = desk.as_("look")
    [link] = re.findall(r'class="order[^"]*" href="(/orders/[^"]+)"', look.get("/orders").text)
    page = look.get(link)
    assert page.status_code == 200
    [story] = look.get(f"/api{link}").json()
    assert story["number"] == number
    assert look.get("/orders", params={"number": "' OR '1'='1"}).text.count('class="order') == 0
