"""The documentation is held to the code: what is not written down, or no longer there, fails."""

from __future__ import annotations

import ast
import inspect
import re
import typing
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from sqlalchemy import CheckConstraint

from adapters.fxiaoke.settings import FxiaokeSettings
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector import errors, hints, yamlfile
from connector.assemble import Assembly
from connector.contract import Adapter, Settings
from connector.errors import ConnectorError
from connector.mapping.kinds import kinds
from connector.mapping.load import EACH_WORDS, STEPS, TOP, WORDS, Values, parse
from connector.objects import OBJECTS
from connector.objects.base import Part
from connector.operations import reconciling
from connector.quota import Quota
from connector.rules.model import RuleSettings, SaySettings
from connector.settings import (
    CalendarSettings,
    Config,
    ConfigFile,
    DepartmentSettings,
    FlowSettings,
    InsightSettings,
    KeepSettings,
    MessageSettings,
    PersonSettings,
    ReviewSettings,
    seconds,
)
from connector.store.tables import STATES, reviews
from tests.docs.pages import EXAMPLE, PAGES, ROOT, blocks, page

CATALOGUES = [path for top in ("connector", "adapters")
              for path in sorted((ROOT / top).rglob("messages.yaml"))]  # fmt: skip
CODE = [path for top in ("connector", "adapters") for path in (ROOT / top).rglob("*.py")]
SAYS = {"say": 0, "wrong": 2, "problem": 1, "YamlFault": 1}
"""Calls that name a message, and the place of its id among their arguments."""


def lacking(names: Any, text: str) -> list[str]:
    return sorted(name for name in names if f"`{name}`" not in text)


# -- configuration -------------------------------------------------------------------------------


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"\$\{env:([A-Z_]+)\}", page("config.example.yaml")):
        monkeypatch.setenv(name, "synthetic")


def example() -> Any:
    return yamlfile.to_plain(yamlfile.load(EXAMPLE))


def options(model: Any) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


SECTIONS = {
    "config": (Config, ()),
    "keep": (KeepSettings, ("keep",)),
    "insight": (InsightSettings, ("insight",)),
    "messages": (MessageSettings, ("messages",)),
    "calendar": (CalendarSettings, ("calendar",)),
    "flow": (FlowSettings, ("flows", "orders")),
    "quota": (Quota, ("connections", "crm", "quota")),
    "fxiaoke": (FxiaokeSettings, ("connections", "crm")),
    "kingdee_galaxy": (KingdeeGalaxySettings, ("connections", "erp")),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_names_every_option(section: str) -> None:
    model, path = SECTIONS[section]
    node = example()
    for name in path:
        node = node[name]
    assert set(node) == set(options(model))
    assert set(options(Settings)) <= {*options(FxiaokeSettings)}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_s_values_are_the_defaults_or_say_so(section: str) -> None:
    model, path = SECTIONS[section]
    places = yamlfile.load(EXAMPLE)
    for name in path:
        places = places[name]
    lines = page("config.example.yaml").splitlines()
    for name, field in options(model).items():
        line = lines[places.lc.key(name)[0]]
        explained = field.is_required() or "default" in line or isinstance(places[name], dict)
        if explained:
            continue
        assert plain(places[name]) == plain(field.get_default()), line


def plain(value: Any) -> Any:
    """A value as the file and the code both mean it."""
    value = None if value in ("none", "all") else value
    with suppress(ValueError):
        value = seconds(value)
    value = float(value) if isinstance(value, Decimal) else value
    return list(value) if isinstance(value, list | tuple) else value


@pytest.mark.usefixtures("secrets")
def test_the_example_loads_and_becomes_a_system() -> None:
    system = Assembly(ConfigFile(EXAMPLE)).build()
    assert set(system.connections) == {"crm", "erp"}


# -- commands, errors, words, faults, states -----------------------------------------------------


BOTH = {
    "docs/operations.md": "docs/operations.zh-CN.md",
    "docs/runbooks.md": "docs/zh/runbooks.md",
    "docs/insight.md": "docs/zh/insight.md",
    "docs/reviews.md": "docs/zh/reviews.md",
    "docs/rules.md": "docs/zh/rules.md",
    "docs/console.md": "docs/zh/console.md",
    "docs/security.md": "docs/zh/security.md",
    "README.md": "README.zh-CN.md",
}


@pytest.mark.parametrize("english", BOTH)
def test_a_page_in_both_languages_tells_the_same_in_each(english: str) -> None:
    pages = [page(english), page(BOTH[english])]
    for told in (commands_of, sections, code_words):
        assert told(pages[0]) == told(pages[1]), told.__name__


def commands_of(text: str) -> list[str]:
    """The commands of its table, in order."""
    return re.findall(r"^\| `(connector [^`]*)`", text, re.M)


def sections(text: str) -> list[int]:
    """The levels of its headings, in order: no chapter is left out."""
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.M)]


def code_words(text: str) -> set[str]:
    """Options, events, settings: whatever stands in code and is no sentence."""
    found = re.findall(r"`([a-z_0-9.-]+)`", text)
    return {word for word in found if "_" in word or word.startswith("--")}


def test_every_error_is_explained_to_adapter_writers() -> None:
    made = inspect.getmembers(errors, inspect.isclass)
    names = [name for name, kind in made if issubclass(kind, ConnectorError)]
    assert lacking(names, page("docs/writing-an-adapter.md")) == []


def test_every_method_of_the_contract_is_explained() -> None:
    names = [name for name in vars(Adapter) if not name.startswith("_") and name != "capabilities"]
    assert lacking(names, page("docs/writing-an-adapter.md")) == []


def test_every_word_of_a_mapping_is_explained() -> None:
    assert lacking(TOP | WORDS | EACH_WORDS, page("docs/mapping-reference.md")) == []


@pytest.mark.parametrize(
    "chapter, known",
    [
        ("Words of the file", TOP),
        ("Origins", WORDS),
        ("Words of a rule", WORDS),
        ("Rows", EACH_WORDS),
    ],
)
def test_no_word_of_a_mapping_is_explained_that_is_not_there(chapter: str, known: Any) -> None:
    text = page("docs/mapping-reference.md").split(f"## {chapter}\n")[1].split("\n## ")[0]
    explained = set(re.findall(r"^\| `(\w+)` \|", text, re.M))
    assert explained
    assert explained - known == set()


@pytest.mark.parametrize("model", [RuleSettings, SaySettings, PersonSettings, MessageSettings])
def test_every_word_of_a_rule_is_explained(model: Any) -> None:
    assert lacking(options(model), page("docs/rules.md")) == []


@pytest.mark.parametrize("model", [ReviewSettings, DepartmentSettings])
def test_every_word_of_a_review_is_explained(model: Any) -> None:
    assert lacking(options(model), page("docs/reviews.md")) == []


def test_every_fault_point_is_listed() -> None:
    text = "\n".join(path.read_text("utf-8") for path in CODE)
    points = set(re.findall(r"(?<![\w.])fault\(\"(\w+)\"\)", text))
    assert points
    assert lacking(points, page("docs/architecture.md")) == []


def reasons() -> set[str]:
    """Every reason that the code gives a delivery."""
    found: set[str] = set()
    for top in ("connector/engine", "connector/operations", "connector/store"):
        for path in (ROOT / top).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                found |= set(_reasons(node))
    return found - {""}


REASON_AT = {"pending": 2, "stopped": 2, "Decision": 1, "_outcome": 3, "park": 4}


def _reasons(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        at = REASON_AT.get(called(node), len(node.args))
        values: list[ast.AST] = [*node.args[at : at + 1]]
        values += [word.value for word in node.keywords if word.arg == "reason"]
        yield from (v.value for v in values if isinstance(v, ast.Constant) and v.value)
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "reason":
                yield from texts(value)
    if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "_STOPS":
        yield from texts(node)


def texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_every_state_and_reason_is_drawn() -> None:
    assert {"new", "waits_for", "rejected", "unknown"} <= reasons()
    assert lacking({*STATES, *reasons(), *hints.WHO}, page("docs/states.md")) == []


def test_no_reason_is_drawn_that_nobody_gives() -> None:
    text = page("docs/states.md")
    tables = text[: text.index("## What an error becomes")]
    drawn = set(re.findall(r"^\| `(\w+)` \|", tables, re.M))
    assert drawn == reasons() | set(STATES)


# -- messages ------------------------------------------------------------------------------------


@cache
def catalogue() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in CATALOGUES:
        found.update(yamlfile.plain_load(path.read_text("utf-8")))
    return found


def parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_every_message_has_both_languages_with_the_same_parameters(path: Path) -> None:
    for id, text in yamlfile.plain_load(path.read_text("utf-8")).items():
        assert set(text) == {"zh", "en"}, id
        assert parameters(text["zh"]) == parameters(text["en"]), id


def test_no_two_catalogues_have_a_message_of_the_same_id() -> None:
    ids = Counter(id for path in CATALOGUES for id in yamlfile.plain_load(path.read_text("utf-8")))
    assert [id for id, times in ids.items() if times > 1] == []


def said() -> Iterator[tuple[str, str, set[str] | None]]:
    """`(place, id, parameters)` of every message named in the code; None: not known."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or called(node) not in SAYS:
                continue
            id = next(iter(node.args[SAYS[called(node)] :]), None)
            if isinstance(id, ast.Constant) and isinstance(id.value, str):
                given = {word.arg for word in node.keywords}
                exact = called(node) != "YamlFault" and None not in given
                place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
                yield place, id.value, {str(name) for name in given} if exact else None


def test_every_message_that_is_said_exists_and_gets_its_parameters() -> None:
    known = catalogue()
    assert [f"{place}: {id}" for place, id, _ in said() if id not in known] == []
    short = [
        f"{place}: {id} lacks {missing}"
        for place, id, given in said()
        if given is not None and (missing := parameters(known[id]["en"]) - given)
    ]
    assert short == []


FAMILIES = (
    "head", "state", "reason", "action", "event", "event_source", "event_link", "event_person",
    "kind", "object", "step", "fault", "demo", "demo_column", "demo_state", "demo_stage", "who",
    "column", "answer", "reviewed", "evidence", "against", "way", "service", "stage", "basis",
    "role", "page", "told", "figure", "at", "did", "token", "wrong_title", "span",
    "report", "term", "called", "about", "status", "made", "side", "fact", "change", "mapping",
    "try_scope", "rule_type", "rule_scale", "rule_missing", "rule_on", "remark", "event_review",
)  # fmt: skip
"""`word("head", "flow")` and its like say `head_flow`: the code stands somewhere as it is."""


def named() -> set[str]:
    """Every text, class and argument that the code names, every field of a business object, and
    every `who` of a hint."""
    found = {name for model in OBJECTS.values() for name in fields(model)}
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    for path in (ROOT / "connector").rglob("*.html"):
        found |= set(re.findall(r"[\"']([\w-]+)[\"']", path.read_text("utf-8")))
    for path in (ROOT / "mappings/hints").glob("*.yaml"):
        found |= {str(h.get("who")) for h in yamlfile.plain_load(path.read_text("utf-8"))}
    return found


def fields(model: type[Part]) -> Iterator[str]:
    """Those of a business object and of its parts."""
    for name, kind in kinds(model).items():
        yield name
        if isinstance(kind, type):
            yield from fields(kind)


def test_every_message_is_used() -> None:
    texts = named()
    used = texts | {f"{family}_{code}" for family in FAMILIES for code in texts}
    assert sorted(set(catalogue()) - used) == []


[STATES_OF_REVIEWS] = [one for one in reviews.constraints if isinstance(one, CheckConstraint)]
WORDED = {
    "state": set(STATES),
    "object": set(OBJECTS),
    "step": set(STEPS),
    "kind": set(typing.get_args(reconciling.Kind)),
    "reviewed": set(re.findall(r"'(\w+)'", str(STATES_OF_REVIEWS.sqltext))),
    "called": {name for model in OBJECTS.values() for name in fields(model)} - {"custom"},
}


@pytest.mark.parametrize("family", WORDED)
def test_every_code_that_people_see_has_its_words(family: str) -> None:
    assert {code for code in WORDED[family] if f"{family}_{code}" not in catalogue()} == set()


def test_every_reason_has_its_words() -> None:
    assert {code for code in reasons() if f"reason_{code}" not in catalogue()} == set()


# -- examples and links --------------------------------------------------------------------------


def test_every_example_of_a_mapping_loads() -> None:
    values = Values([ROOT / "mappings/values"])
    found = blocks(page("docs/mapping-reference.md"), "yaml")
    assert found
    for text in found:
        whole = text if "object:" in text else f"object: sales_order\nform: Order\nkey: id\n{text}"
        parse(yamlfile.loads(whole), text.splitlines()[0], values)


def anchor(heading: str) -> str:
    """A heading as links name it: lower case, blanks as hyphens, other signs left out."""
    plain = re.sub(r"[^\w\s-]", "", heading.replace("`", "").lower())
    return re.sub(r"\s", "-", plain.strip())


def test_links_to_chapters_lead_to_one() -> None:
    dead = []
    for path in PAGES:
        text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S)
        for target, name in re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", text):
            there = path.parent / target if target else path
            if "://" in target or there.suffix != ".md":
                continue
            headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.M)
            if name not in {anchor(heading) for heading in headings}:
                dead.append(f"{path.name}: {target}#{name}")
    assert dead == []


def test_relative_links_lead_somewhere() -> None:
    dead = []
    for path in PAGES:
        text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S)
        targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
        here = [t for t in targets if "://" not in t and not (path.parent / t).exists()]
        dead += [f"{path.relative_to(ROOT).as_posix()}: {target}" for target in here]
    assert dead == []
