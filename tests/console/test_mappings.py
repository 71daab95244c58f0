"""Mappings on their pages: what they say, what they make of a record, and a text that is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connector.console import colours, view
from connector.errors import ConfigError
from connector.operations.mappings import cases
from connector.operations.mappings.trial import FIELDS, LONGEST
from connector.store.tables import metadata
from tests.console.factory import Office, text
from tests.console.mapped import PAGE, Still, attempt, edit, fields, opened, present, put


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """One of which files are edited."""
    with opened(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Still]:
    """One in which people only look."""
    with opened(tmp_path_factory.mktemp("still")) as made:
        made.site.order("o2", customer="c9", note="a note that is too long to be taken")
        made.site.order("o3", date="tomorrow", note="n")
        made.go()
        yield Still(made)


def plain(markup: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", markup)).strip())


# -- what they say ---------------------------------------------------------------------------------


def test_every_mapping_in_use_is_listed_with_what_there_is_to_say_of_it(still: Still) -> None:
    found = {(one.flow, one.side): one for one in still.desk.serving.app.mappings()}
    assert {("orders", "write"), ("orders", "read"), ("products", "read")} <= set(found)
    one = found["orders", "write"]
    assert (one.source, one.target, one.form) == ("crm", "erp", "bill")
    assert (one.file, one.shipped) == ("mappings/erp/sales_order.yaml", False)
    assert (one.deliveries, one.before, one.cases, one.failed) == (1, 0, 2, 1)
    assert one.since is not None
    page = text(still.get("/mappings"))
    assert "writes erp bill mappings/erp/sales_order.yaml" in page
    assert "1/2 fails" in page


def test_a_file_of_cases_that_cannot_be_used_is_one_that_fails(
    still: Still, tmp_path: Path
) -> None:
    path = tmp_path / "cases/erp/sales_order.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("cases: [{name: nothing}]", "utf-8")
    mapping = still.desk.serving.app.system.flows["orders"].mapping
    [case] = cases.of([tmp_path], mapping, "write")
    assert not case["ok"]
    assert "sales_order.yaml:1:" in case["differences"][0]


def test_a_file_that_was_edited_wrongly_is_told_with_its_lines_and_the_last_good_works_on(
    desk: Office,
) -> None:
    edit(desk, "order_date, type: date", "order_dat, type: dat")
    look = desk.as_("look")
    assert f'href="{PAGE}?side=write#D11"' in look.get("/mappings").text
    shown = look.get(PAGE).text
    line = plain(shown.partition('id="D11">')[2].partition('id="D12"')[0])
    assert "order_dat" in line and 'no field "order_dat"' in line
    assert 'id="L11"' in shown
    assert fields(desk.serving.app.mapped("orders", "write", "O1"))["date"].value == "2026-11-20"


def test_a_wrong_file_in_the_place_of_a_good_one_is_told_though_that_one_is_as_it_was(
    desk: Office,
) -> None:
    app = desk.serving.app
    put(desk, "memory/sales_order", "object: sales_order\n")
    assert not any(one.edited for one in app.mappings())  # that of the connection counts
    (desk.site.directory / "mappings/erp/sales_order.yaml").unlink()
    [one] = [one for one in app.mappings() if one.edited]
    assert [problem.place for problem in one.problems] == ["memory/sales_order.yaml:1:1"] * 2


def test_a_mapping_is_read_in_plain_words_and_as_it_is_written(still: Still) -> None:
    page = still.get(PAGE)
    words = text(page)
    assert "customer customer as the number of that customer there; waits until it is" in words
    assert "note special_terms more than 20 bytes stop the record" in words
    assert "rows a row for each of “lines”" in words
    for number, line in enumerate(present(still.desk).splitlines(), 1):
        row = page.text.partition(f'id="L{number}">')[2].partition('id="L')[0]
        assert plain(row.partition("</a>")[2]).startswith(line.strip())
    assert "style=" not in page.text


def test_lines_are_told_apart_as_they_stand() -> None:
    whole = "# a <b>\r\nkey: 'x'\nlist: [1, two]\nplain: |\n  more\n  still\n\nlast: y"
    made = colours.lines(whole)
    assert [unescape(re.sub("<[^>]+>", "", line)) for line in made] == whole.splitlines()
    assert str(made[1]).startswith('<span class="y-key">key</span>')
    assert "<b>" not in made[0]
    assert colours.lines("") == [""]


@pytest.mark.parametrize("name", ["y-key", "y-text", "y-comment", "y-sign", "ink"])
def test_colours_are_told_from_what_is_behind_them(name: str) -> None:
    """As WCAG asks of small text: 4.5 to 1, in either scheme, also where a line is marked."""
    styles = (view.FOLDER / "static/console.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", styles, re.S)
    for scheme in (light, light + dark):
        known = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", scheme))
        for behind in ("card", "bad-soft", "warn-soft"):
            assert contrast(known[name], known[behind]) >= 4.5, behind


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# -- what they make of a record --------------------------------------------------------------------


def test_each_field_is_told_with_its_value_what_it_came_of_and_the_line(still: Still) -> None:
    found = fields(still.desk.serving.app.mapped("orders", "", "O1"))
    lines = present(still.desk).splitlines()
    for name, value, sources in (
        ("customer", "C1", (("customer", "c1"),)),
        ("note", "wrap well", (("special_terms", "wrap well"),)),
        ("rows[1].unit", "Pcs", (("material", "p-M1"),)),
        ("warehouse", "W1", ()),
    ):
        one = found[name]
        assert (one.state, one.value, one.sources) == ("given", value, sources)
        assert name.rpartition(".")[2] in lines[one.line - 1]
    assert (found["wanted"].state, found["wanted"].value) == ("empty", "")
    page = still.get(f"{PAGE}/try?number=O1").text
    assert f'href="{PAGE}?side=write#L{found["note"].line}"' in page
    assert "textarea" not in page  # whoever may look may not try a text


def test_what_a_link_waits_for_and_what_is_wrong_is_told_field_by_field(still: Still) -> None:
    found = fields(still.desk.serving.app.mapped("orders", "write", "O2"))
    assert (found["customer"].state, found["note"].state) == ("waits", "fault")
    assert "c9" in found["customer"].words
    assert "20 are allowed" in found["note"].words
    assert found["rows[1].qty"].value == "2"


def test_a_record_that_was_corrected_goes_as_it_would_be_delivered(desk: Office) -> None:
    desk.serving.app.of("root").correct("orders", "O1", {"special_terms": "better"})
    assert fields(desk.serving.app.mapped("orders", "write", "O1"))["note"].value == "better"


def test_of_what_was_read_the_source_is_named_and_of_what_cannot_be_read_it_is_told(
    still: Still,
) -> None:
    app = still.desk.serving.app
    found = app.mapped("orders", "read", "O1")
    one = fields(found)["special_terms"]
    assert (found.known, one.value, one.sources) == (False, "wrap well", (("note", ""),))
    assert fields(found)["lines[1].kind"].value == "goods"
    broken = app.mapped("orders", "read", "o3")
    told = fields(broken)
    assert (broken.known, told["order_date"].state) == (True, "fault")
    assert told["special_terms"].sources == (("note", "n"),)
    whole = app.mapping("orders", "read").text
    mended = whole.replace("order_date: date", "order_date: {value: '2026-01-01'}")
    tried = app.try_mapping("orders", "read", "o3", mended)
    assert fields(tried.mapped)["order_date"].value == "2026-01-01"
    assert tried.mapped is not None
    assert (tried.mapped.changes, tried.mapped.fault) == (1, "")
    assert "tomorrow" in broken.fault


@pytest.mark.parametrize(
    "where", [f"{PAGE}/try?number=nobody", f"{PAGE}/versions/0123", f"{PAGE}/versions?one=shipped"]
)
def test_what_is_not_there_is_said_so(still: Still, where: str) -> None:
    assert still.get(where).status_code == 404


def test_a_side_that_is_not_there_is_answered_with_those_that_are(still: Still) -> None:
    with pytest.raises(ConfigError, match="write, read"):
        still.desk.serving.app.mapping("orders", "sideways")


# -- a text that is tried --------------------------------------------------------------------------


def test_a_text_is_tried_on_a_record_and_nothing_is_written(still: Still) -> None:
    desk = still.desk
    still.as_("ops")
    before = everything(desk)
    whole = present(desk).replace("{value: W1, on: create}", "{value: W2}")
    whole = whole.replace("max_bytes: 20}", "max_bytes: 3}")
    whole = whole.replace("  no: {from: number, on: create}\n", "")
    page = still.send(whole.replace("\n", "\r\n"))
    assert page.status_code == 200
    assert "3 fields would be otherwise" in text(page)
    assert everything(desk) == before
    found = fields(attempt(desk, whole).mapped)
    assert {name: (one.change, one.was) for name, one in found.items() if one.change} == {
        "warehouse": ("changed", "W1"), "note": ("changed", "wrap well"), "no": ("gone", "O1"),
    }  # fmt: skip
    assert found["warehouse"].value == "W2"


def everything(desk: Office) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What stands in the store, but for when somebody was seen last; and in the files."""
    tables = [table for table in metadata.sorted_tables if table.name != "tokens"]
    with desk.site.system.store.reading() as tx:
        rows = {table.name: sorted(map(repr, tx.execute(select(table)))) for table in tables}
    files = {file.as_posix(): file.read_bytes() for file in desk.site.directory.rglob("*.yaml")}
    return rows, files


def test_the_same_text_changes_nothing(still: Still) -> None:
    assert "the same as by the present mapping" in text(still.send(present(still.desk)))


def test_what_is_typed_comes_back_with_every_line_in_its_place(still: Still) -> None:
    shown = still.get(f"{PAGE}/try?number=O1", "ops").text
    typed = shown.partition("<textarea")[2].partition(">")[2]
    assert typed.startswith("\n" + present(still.desk)[:20])  # browsers leave out the first one


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("max_bytes", "max_bites", 14, "Did you mean max_bytes"),
        ("from: special_terms", "from: &a special_terms", 14, "aliases"),
        ("from: special_terms", "expr: number =~ '(a+)+$'", 14, "=~ not allowed"),
        ("from: special_terms", "call: system", 14, "There are join"),
        ("from: special_terms", "from: number, map: ../../config", 14, "values/../../config.yaml"),
        ("from: special_terms", "from: special_terms, scale: 99", 14, "0–28"),
    ],
)
def test_what_the_loader_refuses_is_told_with_its_line_and_the_way_out(
    still: Still, old: str, new: str, line: int, words: str
) -> None:
    whole = present(still.desk).replace(old, new)
    page = still.send(whole)
    assert page.status_code == 400
    assert words in unescape(text(page))
    assert line in [problem.line for problem in attempt(still.desk, whole).problems]
    assert new in unescape(page.text.partition("<textarea")[2])


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ("object: customer\nform: f\nkey: id\nwrite: {a: number}\n", "carries sales order"),
        ("object: sales_order\nform: f\nkey: id\nread: {customer: c}\n", '"write" is missing'),
        ("", '"object" is missing'),
    ],
)
def test_a_mapping_of_something_else_is_none_of_this_flow(
    still: Still, whole: str, words: str
) -> None:
    assert words in attempt(still.desk, whole).problems[0].words


def test_a_text_that_is_too_long_is_not_looked_at(still: Still) -> None:
    whole = present(still.desk) + "# " + "x" * LONGEST
    [problem] = attempt(still.desk, whole).problems
    assert str(LONGEST) in problem.words
    assert still.send(whole).status_code == 400
    assert still.send("x" * 1_000_001).status_code == 413


def test_a_text_of_thousands_of_rules_is_shown_in_part(still: Still) -> None:
    head = "object: sales_order\nform: f\nkey: id\nwrite:\n"
    rows = "  rows: {each: lines, key: k, fields: {a: id}}\n"
    for count, shown in ((1, 2), (FIELDS, 1)):
        rules = "".join(f"  a{n}: number\n" for n in range(count))
        mapped = attempt(still.desk, head + rules + rows).mapped
        assert mapped is not None
        assert (len(mapped.sections), mapped.more) == (shown, shown == 1)


def test_a_text_of_ones_own_takes_an_operator_and_a_page_of_ours(still: Still) -> None:
    whole = present(still.desk)
    assert still.send(whole, "look").status_code == 403
    assert still.send(whole, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert still.send(whole).status_code == 200


def test_a_tried_text_is_held_against_the_cases(still: Still) -> None:
    whole = present(still.desk).replace("  no: {from: number", "  N: {from: number")
    assert all(case["ok"] for case in attempt(still.desk, whole, number="").cases)
    tried = attempt(still.desk, whole.replace("max_bytes: 20", "max_bytes: 200"), number="")
    failed = [case["name"] for case in tried.cases if not case["ok"]]
    assert failed == ["a note that is too long is refused"]
