"""What is wrong with a rule is told with its place, and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import ConfigError
from tests.rules.factory import Firm, firm

RULE = """
rules:
  big:
    on: sales_order
    when: amount_with_tax > 100
    say: {to: [manager], title: 大单, text: "{{ number }}"}
"""


@pytest.fixture
def place(tmp_path: Path) -> object:
    with firm(tmp_path, f"sqlite:///{(tmp_path / 'store.db').as_posix()}") as made:
        yield made


@pytest.mark.parametrize(
    ("old", "new", "place_of_it", "words"),
    [
        ("on: sales_order", "on: sales_ordr", "on", "sales_ordr"),
        ("amount_with_tax >", "amount >", "when", "sales order has no amount"),
        ("amount_with_tax > 100", "amount_with_tax >", "when", "when"),
        ("when:", "whne:", "whne", "whne"),
        ("[manager]", "[direktor]", "big", "direktor"),
        ("to: [manager], ", "", "say", "either to or address"),
        ("to: [manager]", "to: [manager], by: [sms]", "big", "sms"),
        ("{{ number }}", "{{ nummer }}", "text", "nummer"),
        ("{{ number }}", "{{ number", "text", "template cannot be used"),
        ("{{ number }}", "{{ order.number }}", "text", "order.number"),
        ("on: sales_order", "on: receivable", "big", "which no flow reads"),
        ("on: sales_order", "from: erp\n    on: sales_order", "big", "crm"),
        ("when:", "for: soon\n    when:", "for", "it must be a time"),
        ("when:", "release: true\n    when:", "big", "material_requirement"),
        ("when:", "pause: {flows: [ordres], to: boss, why: x}\n    when:", "flows", "orders"),
        ("when:", "pause: {flows: [], to: boss, why: x}\n    when:", "flows", "at least one"),
        ("when:", "pause: {flows: [orders], why: x}\n    when:", "pause", "tells nobody"),
        ("when:", "pause: {flows: [orders], to: nobody, why: x}\n    when:", "pause", "nobody"),
        ("when:", "pause: {flows: [orders], to: boss}\n    when:", "pause", "why"),
        ("when:", "pause: {flows: [orders], to: boss, why: '{{ nr }}'}\n    when:", "why", "nr"),
        (
            "when:",
            "pause: {flows: [orders], to: li, why: x, resume: true}\n    when: was.urgency > 1 or",
            "resume",
            "about changes",
        ),
        ("when:", "todo: {to: manager, title: x, text: x}\n    when:", "todo", "who manager is"),
        ("when:", "todo: {to: boos, title: x, text: x}\n    when:", "todo", "boos"),
        ("when:", "todo: {to: salesperson, by: cmr, title: x, text: x}\n    when:", "by", "cmr"),
        ("when:", "todo: {to: salesperson, title: x, text: x}\n    when:", "todo", "todo.yaml"),
        ("when:", "todo: {to: salesperson, title: x, text: '{{ nr }}'}\n    when:", "text", "nr"),
        ("when:", "todo: {to: salesperson, title: x, text: x, days: -1}\n    when:", "days", "0"),
        ("when:", "review: {who: nobody, why: x}\n    when:", "who", "nobody"),
        ("when:", "review: {who: boss}\n    when:", "review", "why"),
        ("when:", "review: {who: boss, why: x, shows: [nr]}\n    when:", "shows", "nr"),
        (
            "when:",
            "review: {who: boss, why: x, asks: [customer.name]}\n    when:",
            "asks",
            "custom",
        ),
        (
            "when:",
            "review: {who: boss, why: '{{ margin.rate }}'}\n    when:",
            "why",
            "put it under shows",
        ),
        ("when:", "review: {who: boss, why: x, shows: [margin.rate]}\n    when:", "shows", "rate"),
        ("when:", "for: 1h\n    review: {who: boss, why: x}\n    when:", "for", "leave out for"),
        (
            "on: sales_order\n    when: amount_with_tax > 100",
            "on: material\n    when: active\n    review: {who: boss, why: x}",
            "review",
            "There are: customer, sales_order",
        ),
        ("when:", "cases: [{record: {number: A}, holds: true}]\n    when:", "cases", "it does not"),
        ("when:", "cases: [{recrod: {}}]\n    when:", "cases", "recrod"),
        ("big:\n", "no_such_rule:\n", "", "on"),
    ],
)
def test_a_mistake_is_named_where_it_stands(
    place: Firm, old: str, new: str, place_of_it: str, words: str
) -> None:
    assert old in RULE
    place.rules = RULE.replace(old, new)
    if place_of_it == "":
        place.rules = "\nrules:\n  no_such_rule:\n"
        words = "late_order"
    with pytest.raises(ConfigError) as told:
        place.start()
    problem = next(one for one in told.value.problems if words in str(one.words))
    lines = (place.site.directory / "config.yaml").read_text("utf-8").splitlines()
    file, line, _ = problem.place.rsplit(":", 2)
    assert file.endswith("config.yaml")
    assert place_of_it.strip() in lines[int(line) - 1]


def test_a_shipped_rule_is_changed_by_what_stands_in_the_configuration(place: Firm) -> None:
    place.rules = "\nrules: {big_order: {set: {amount: 5}, say: {to: [boss]}}}\n"
    place.start()
    rule = place.book.named()["big_order"]
    assert rule.settings.set == {"amount": 5}
    assert rule.settings.say is not None
    assert rule.settings.say.to == ("boss",)
    assert rule.settings.say.title.zh == "大额订单 {{ number }}"


def test_a_rule_of_the_site_s_own_file_comes_before_the_shipped_one(place: Firm) -> None:
    folder = place.site.directory / "mappings" / "rules"
    folder.mkdir(parents=True)
    (folder / "big_order.yaml").write_text(
        "on: sales_order\nwhen: urgency > 3\nsay: {to: [boss], title: 急, text: 急}\n", "utf-8"
    )
    place.rules = "\nrules: {big_order: }\n"
    place.start()
    assert place.book.named()["big_order"].settings.when == "urgency > 3"


def test_a_person_whom_no_channel_reaches_is_told(place: Firm) -> None:
    place.head = place.head.replace("{chat: li}", "{sms: li}")
    with pytest.raises(ConfigError, match="sms"):
        place.start()
