"""The versions of mappings: kept, counted, compared; and the same for programs and on the command
line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.cli.main import run
from connector.cli.session import Session
from connector.http import NoHttp
from tests.console.factory import Office, text
from tests.console.mapped import PAGE, again, edit, opened, present, put


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """One of which files are edited."""
    with opened(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One whose mapping was edited after an order had gone by it, and then, after another, a value
    map that it uses."""
    with opened(tmp_path_factory.mktemp("grown")) as made:
        whole = made.reviewed.more["erp/sales_order"].replace("max_bytes: 20", "max_bytes: 200")
        kind = "  kind: {from: kind, map: kinds}\n"
        made.reviewed.more["erp/sales_order"] = whole.replace("  date: {", f"{kind}  date: {{")
        put(made, "values/kinds", "standard: N\n")
        made.site.order("o2", note="n")
        again(made).go()
        put(made, "values/kinds", "standard: N\ngift: [G, X]\n")
        yield again(made)


def test_every_version_that_was_taken_up_is_kept_and_counted(grown: Office) -> None:
    app = grown.serving.app
    versions = app.mapping_versions("orders")
    assert [(one.current, one.deliveries) for one in versions] == [
        (True, 0),
        (False, 1),
        (False, 1),
    ]
    times = [one.since or 0.0 for one in versions]
    assert times == sorted(times, reverse=True)
    first = versions[-1].version
    kept = app.mapping_version("orders", "write", first)
    assert "max_bytes: 20}" in "".join(kept.files["mappings/erp/sales_order.yaml"])
    assert [one.number for one in kept.went] == ["O1"]
    listed = next(one for one in app.mappings() if one.flow == "orders")
    assert (listed.deliveries, listed.before) == (0, 2)
    look = grown.as_("look")
    assert f'href="{PAGE}/versions/{first}?side=write"' in look.get("/orders/O1").text
    assert "O1" in text(look.get(f"{PAGE}/versions/{first}"))


def test_two_versions_are_compared_line_by_line_with_their_value_maps(grown: Office) -> None:
    app = grown.serving.app
    third, second, first = (one.version for one in app.mapping_versions("orders"))
    [one] = app.mapping_diff("orders", "write", second, third)
    assert (one.name, [(line.sign, line.text) for line in one.pieces[0]]) == (
        "mappings/values/kinds.yaml", [(" ", "standard: N"), ("+", "gift: G, X")],
    )  # fmt: skip
    mapping, table = app.mapping_diff("orders", "write", first, third)
    lines = [line for piece in mapping.pieces for line in piece if line.sign != " "]
    assert {(line.sign, line.text.strip()[:5]) for line in lines} == {
        ("+", "kind:"), ("-", "note:"), ("+", "note:"),
    }  # fmt: skip
    assert table.name == "mappings/values/kinds.yaml"
    page = grown.as_("ops").get(f"{PAGE}/versions?one={first}&other={third}")
    assert re.search(r'class="minus">.{0,300}max_bytes: 20}', page.text)
    assert "removed" in text(page)
    assert "style=" not in page.text


def test_an_edit_taken_back_is_in_force_again(desk: Office) -> None:
    whole = desk.reviewed.more["erp/sales_order"]
    app = desk.serving.app
    for text_now in (whole.replace("W1", "W2"), whole):
        desk.reviewed.more["erp/sales_order"] = text_now
        app = again(desk).serving.app
    newest, second = app.mapping_versions("orders")
    assert newest.current and newest.since and second.since and newest.since > second.since
    assert newest.deliveries == 1
    assert app.mapping_diff("orders", "write", newest.version, newest.version) == []


def test_what_no_engine_has_taken_up_yet_says_so(desk: Office) -> None:
    edit(desk, "max_bytes: 20", "max_bytes: 25")
    newest, first = desk.serving.app.mapping_versions("orders")
    assert (newest.current, newest.since, first.current) == (True, None, False)
    assert "has not taken it up yet" in text(desk.as_("look").get(PAGE))


# -- for programs ----------------------------------------------------------------------------------


def test_programs_read_the_same_and_change_nothing(grown: Office) -> None:
    client, token = grown.stranger().client, grown.token("look")

    def asked(path: str) -> Any:
        answer = client.get(f"/api/mappings{path}", headers=token)
        assert answer.status_code == 200, path
        return answer.json()

    newest, _, first = asked("/orders/versions")
    assert {one["flow"] for one in asked("")} >= {"orders", "customers"}
    assert asked("/orders")["fields"][0]["line"] == 9
    assert asked("/orders?side=read")["listed"]["file"] == "mappings/crm/sales_order.yaml"
    assert asked("/orders/record?number=O1")["sections"][0]["fields"][0]["value"] == "O1"
    assert asked(f"/orders/versions/{first['version']}")["went"][0]["number"] == "O1"
    both = f"one={first['version']}&other={newest['version']}"
    assert len(asked(f"/orders/differences?{both}")) == 2
    assert client.post("/api/mappings/orders", headers=token, json={}).status_code == 405


# -- on the command line ---------------------------------------------------------------------------


def test_the_command_line_tries_lists_and_compares_the_same(
    grown: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOGNAME", "root")
    monkeypatch.setattr(Session, "quiet", lambda _: None)  # the log is the tests' here
    monkeypatch.setattr("connector.app.Http", NoHttp.instead)
    config, draft = grown.site.directory / "config.yaml", grown.site.directory / "draft.txt"

    def said(*words: str, code: int = 0) -> str:
        assert run(["mapping", *words, "--config", str(config), "--lang", "en"]) == code, words
        return " ".join(capsys.readouterr().out.split())

    versions = json.loads(said("versions", "orders", "--json"))["versions"]
    first = versions[-1]["version"]
    assert first in said("versions", "orders")
    assert "- note: {from: special_terms, max_bytes: 20}" in said("diff", "orders", first)
    assert "Nothing differs" in said("diff", "orders", first, first)
    assert "note wrap well special_terms wrap well" in said("try", "orders", "O1")
    assert "customer c1" in said("try", "orders", "O1", "--reads")
    draft.write_text(present(grown).replace("{value: W1", "{value: W2"), "utf-8")
    tried = said("try", "orders", "O1", "--file", str(draft), code=1)  # a case fails, as before
    assert "1 fields would be otherwise" in tried
    draft.write_text("object: sales_order\n", "utf-8")
    assert '"form" is missing' in said("try", "orders", "O1", "--file", str(draft), code=1)
    said("try", "orders", "O1", "--file", "nowhere", code=2)
