"""A configuration laid over another: what counts, and where a mistake is said to stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.memory import World
from connector.assemble import Assembly
from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.overlay import Layers, files_of
from connector.settings import ConfigFile

BASE = """
connections:
  crm: {adapter: memory, world: shared, timeout: 7}
  erp: {adapter: memory, world: shared}
flows:
  customers: {object: customer, from: crm, to: erp, accept: [a, b]}
"""
TEST = """
extends: config.yaml
store: sqlite:///test.db
connections:
  erp: {world: test}
"""


class Site:
    """A folder of configurations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("config.yaml", BASE)
        self.write("config.test.yaml", TEST)
        customer = "object: customer\nform: account\nkey: id\nread: {name: name}\n"
        self.write("mappings/crm/customer.yaml", customer)
        self.write("mappings/erp/customer.yaml", f"{customer}write: {{name: name}}\n")

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def build(self, name: str = "config.test.yaml") -> System:
        file = ConfigFile(self.folder / name)
        return Assembly(file, None, lambda *_: None).build()  # type: ignore[arg-type,return-value]

    def told(self, name: str = "config.test.yaml") -> list[tuple[str, str]]:
        """`(file:line:column, sentence)` of every problem."""
        with pytest.raises(ConfigError) as caught:
            self.build(name)
        return [(self.short(problem), str(problem.words)) for problem in caught.value.problems]

    def short(self, problem: Problem) -> str:
        return problem.place.removeprefix(f"{self.folder.as_posix()}/")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    World.forget_all()
    return Site(tmp_path)


def test_mappings_are_merged_and_other_values_replaced(site: Site) -> None:
    site.write("config.test.yaml", TEST + "flows: {customers: {accept: [c], every: 5m}}\n")
    system = site.build()
    assert system.connections["erp"].settings.world == "test"  # type: ignore[attr-defined]
    assert system.connections["crm"].settings.timeout == 7
    flow = system.flows["customers"].settings
    assert (flow.accept, flow.every, flow.to) == (("c",), 300, "erp")
    assert system.store.path == site.folder / "test.db"


def test_one_may_be_laid_over_another_that_is_laid_over_a_third(site: Site) -> None:
    site.write("config.mine.yaml", "extends: config.test.yaml\nworkers: 2\n")
    file = ConfigFile(site.folder / "config.mine.yaml")
    assert file.config.workers == 2
    assert file.config.connections["erp"] == {"adapter": "memory", "world": "test"}


@pytest.mark.parametrize(
    "name, before, after, where, words",
    [
        ("config.test.yaml", "world: test", "wrold: test", "config.test.yaml:5:9", "erp.wrold"),
        ("config.test.yaml", "store:", "stroe:", "config.test.yaml:3:1", "stroe"),
        ("config.yaml", "accept:", "acept:", "config.yaml:6:53", "acept"),
        ("config.yaml", "timeout: 7", "timeout: soon", "config.yaml:3:41", "soon"),
        ("config.yaml", "erp: {adapter: memory, ", "erp: {", "config.test.yaml:5:3", "adapter"),
    ],
)
def test_a_mistake_is_named_in_the_file_in_which_it_stands(
    site: Site, name: str, before: str, after: str, where: str, words: str
) -> None:
    text = (site.folder / name).read_text("utf-8")
    site.write(name, after.join(text.rsplit(before, 1)))
    assert [(place, words in sentence) for place, sentence in site.told()] == [(where, True)]


def test_mistakes_of_both_files_are_told_at_once(site: Site) -> None:
    site.write("config.yaml", BASE.replace("accept", "acept"))
    site.write("config.test.yaml", TEST.replace("store", "stroe"))
    assert [place for place, _ in site.told()] == ["config.yaml:6:53", "config.test.yaml:3:1"]


def test_what_a_file_replaces_whole_is_not_looked_for_below_it(site: Site) -> None:
    site.write("config.test.yaml", TEST + "flows: [customers]\n")
    assert [place for place, _ in site.told()] == ["config.test.yaml:6:1"]


def test_below_a_list_nothing_of_the_file_below_is_meant(site: Site) -> None:
    site.write("config.test.yaml", "extends: config.yaml\nconnections: [erp]\n")
    found = Layers.of(site.folder / "config.test.yaml").find(("connections", "crm", "world"))
    assert found.place.endswith("config.test.yaml:2:1")


def test_a_path_starts_at_the_file_in_which_it_stands(site: Site) -> None:
    site.write("config.yaml", BASE.replace("timeout: 7", "timeout: 7, ca_file: ca.pem"))
    site.write("ca.pem", "")
    site.write("sites/test/config.yaml", TEST.replace("config.yaml", "../../config.yaml"))
    system = site.build("sites/test/config.yaml")
    assert system.connections["crm"].settings.ca_file == str(site.folder / "ca.pem")
    assert system.store.path == site.folder / "sites/test/test.db"


def test_mappings_are_looked_for_beside_each_of_the_files(site: Site) -> None:
    site.write("sites/test/config.yaml", TEST.replace("config.yaml", "../../config.yaml"))
    own = "object: customer\nform: own\nkey: id\nwrite: {name: name}\n"
    site.write("sites/test/mappings/erp/customer.yaml", own)
    flow = site.build("sites/test/config.yaml").flows["customers"]
    assert flow.mapping.form == "own"
    assert site.build().flows["customers"].mapping.form == "account"


@pytest.mark.parametrize(
    "text, words",
    [
        ("extends: missing.yaml\n", "missing.yaml"),
        ("extends: config.test.yaml\n", "leads back"),
        ("extends: [config.yaml]\n", "text"),
    ],
)
def test_a_file_that_cannot_be_extended_is_refused_where_it_is_named(
    site: Site, text: str, words: str
) -> None:
    site.write("config.test.yaml", text)
    place, sentence = site.told()[0]
    assert (place, words in sentence) == ("config.test.yaml:1:1", True)


def test_files_that_extend_each_other_are_refused(site: Site) -> None:
    site.write("config.yaml", "extends: config.test.yaml\n" + BASE)
    assert [place for place, _ in site.told()] == ["config.yaml:1:1"]


def test_a_broken_file_below_is_watched_all_the_same(site: Site) -> None:
    site.write("config.yaml", "connections: [")
    assert [place.split(":")[0] for place, _ in site.told()] == ["config.yaml"]
    names = [file.name for file in files_of(site.folder / "config.test.yaml")]
    assert names == ["config.test.yaml", "config.yaml"]
