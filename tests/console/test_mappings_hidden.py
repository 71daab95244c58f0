"""What not everybody may see stays hidden, whatever text of a mapping is tried on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from connector.rights import hidden
from tests.console.factory import Office, text
from tests.console.mapped import NOTE, PAGE, attempt, fields, opened, present, put


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """One of which files are edited."""
    with opened(tmp_path) as made:
        yield made


PRYING = (
    "{from: ship_to_phone}",
    '{template: "call {ship_to_phone}"}',
    "{call: digits, from: ship_to_phone}",
    "{from: contract_no, else: ship_to_phone}",
    """{expr: 'ship_to_phone == "13911112222" ? "yes" : "no"'}""",
    """{value: x, when: 'ship_to_phone == "13911112222"'}""",
    "{from: ship_to_phone, max_bytes: 5}",
    "{from: ship_to_phone, scale: 2}",
    "{from: ship_to_phone, link: customer}",
    "{value: c1, link: customer, scope: ship_to_phone}",
    "{from: ship_to_phone, map: phones}",
    """{each: lines, key: id, when: 'record.ship_to_phone == "13911112222"',
      fields: {q: quantity}}""",
    "{each: lines, key: id, fields: {q: record.ship_to_phone}}",
    """{each: lines, key: id, when: '1 / (record.ship_to_phone == "12" ? 0 : 1) > 0',
      fields: {q: quantity}}""",
    """{each: record, key: id, when: 'ship_to_phone == "13911112222"',
      fields: {q: number, r: {each: lines, key: id, fields: {s: quantity}}}}""",
)
"""Rules that would tell something of the mobile."""


def test_nothing_that_is_hidden_can_be_pried_out_by_a_text(desk: Office) -> None:
    """What somebody sees who may not see the mobile is the same, whatever the mobile is."""
    put(desk, "values/phones", "'13911112222': A\n")
    more = "".join(f"  pry{n}: {rule}\n" for n, rule in enumerate(PRYING))
    whole = present(desk).replace(NOTE, more + NOTE)
    tried = [whole, *(whole.replace("phone: ship_to_phone", f"phone: {rule}") for rule in GUESSES)]
    seen, told = [], []
    for mobile in ("13911112222", "13933334444", "12"):
        desk.site.order(note="wrap well", mobile=mobile)
        desk.go()
        for login, noted in (("ops", seen), ("fin", told)):
            found = [attempt(desk, one, login) for one in tried]
            assert not any(one.problems for one in found), found
            noted.append([asdict(one) for one in found])
    assert seen[0] == seen[1] == seen[2]
    assert [change_of(one, "phone") for one in seen[0]] == ["", "", ""]
    for n in range(len(PRYING)):
        assert len({of_rule(one[0], n) for one in told}) > 1, PRYING[n]
    for n in (1, 2):
        assert [bool(change_of(one[n], "phone")) for one in told[:2]] == [False, True]


def test_of_what_cannot_be_read_nothing_is_told_to_whoever_may_not_see_all(desk: Office) -> None:
    app, seen = desk.serving.app, []
    ops = app.of("ops", hidden(app.config, "ops"))
    whole = app.mapping("orders", "read").text
    prying = whole.replace("status: status", "urgency: mobile")
    prying = prying.replace("date: date", "date: {value: '2026-01-01'}")
    for mobile in ("13911112222", "alert"):
        desk.site.order("o3", date="tomorrow", mobile=mobile)
        desk.go()
        tried = [ops.try_mapping("orders", "read", "o3", one) for one in (whole, prying)]
        seen.append([asdict(one) for one in tried])
    assert seen[0] == seen[1]
    assert "alert" in str(app.try_mapping("orders", "read", "o3", prying))


GUESSES = (
    "{value: '13911112222'}",
    """{expr: 'ship_to_phone == "13911112222" ? "13911112222" : ""'}""",
)
"""In the place of the rule that sends it: the same as before, if they are right."""


def change_of(tried: Any, name: str) -> Any:
    head = tried["mapped"]["sections"][0]["fields"]
    return next(one["change"] for one in head if one["target"] == name)


def of_rule(tried: Any, n: int) -> str:
    """What is shown of a rule and of the rows in it."""
    name, sections = f"pry{n}", tried["mapped"]["sections"]
    heads = [one for section in sections for one in section["fields"] if one["target"] == name]
    return repr((heads, [one for one in sections if one["table"].startswith(name)]))


def test_a_linked_record_s_person_and_cost_are_hidden_too(desk: Office) -> None:
    rules = {
        "mobile": "{value: e1, link: employee.mobile}",
        "name": "{value: k1, link: contact.name}",
        "cost": "{value: p-M1, link: material.reference_cost}",
        "all": "{value: c1, link: customer.addresses}",
        "number": "{value: e1, link: employee}",
    }
    more = "".join(f"  {name}: {rule}\n" for name, rule in rules.items())
    whole = present(desk).replace(NOTE, more + NOTE)
    found = fields(attempt(desk, whole, "look").mapped)
    assert [found[name].state for name in rules] == ["hidden"] * 4 + ["waits"]
    seen = fields(attempt(desk, whole).mapped)
    assert "hidden" not in [seen[name].state for name in rules]


def test_a_page_says_that_something_is_hidden(desk: Office) -> None:
    page = desk.as_("ops").get(f"{PAGE}/try?number=O1")
    assert "13911112222" not in page.text
    assert "phone ***" in text(page)
    assert "may not see" in text(page)
    assert "13911112222" in desk.as_("fin").get(f"{PAGE}/try?number=O1").text
