"""The configuration: every mistake with its place, several at once, and never a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.memory import MemoryAdapter, MemorySettings, World
from connector import registry
from connector.assemble import Assembly
from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.messages import set_language
from connector.operations import checking
from connector.settings import ConfigFile, seconds
from connector.store import migrate

GOOD = """
store: sqlite:///x.db
connections:
  crm: {adapter: memory, world: w1}
  erp: {adapter: memory, world: w2}
flows:
  customers: {object: customer, from: crm, to: erp}
"""
CRM = "object: customer\nform: account\nkey: id\nread: {name: name}\n"
ERP = "object: customer\nform: partner\nkey: id\nwrite: {name: name}\n"
CANARY = "canary-5d1e-secret"
KINGDEE = """
connections:
  erp:
    adapter: kingdee_galaxy
    base_url: https://erp.example/k3cloud/
    acct_id: a
    user: u
    app_id: i
    app_secret: {secret}
flows: {{}}
"""


class Place:
    """A directory with a configuration and its mappings."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / "config.yaml"
        self.mapping("crm/customer", CRM)
        self.mapping("erp/customer", ERP)

    def mapping(self, name: str, text: str) -> None:
        file = self.directory / "mappings" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def build(self, text: str) -> System:
        self.path.write_text(text, encoding="utf-8")
        return Assembly(ConfigFile(self.path), None, lambda *_: None).build()  # type: ignore

    def problems(self, text: str) -> list[Problem]:
        with pytest.raises(ConfigError) as caught:
            self.build(text)
        return list(caught.value.problems)

    def told(self, text: str) -> list[tuple[str, str]]:
        """`(line:column, sentence)` of every problem."""
        prefix = f"{self.path.as_posix()}:"
        return [(p.place.removeprefix(prefix), str(p.words)) for p in self.problems(text)]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    World.forget_all()
    return Place(tmp_path)


def test_a_good_configuration_is_a_system(place: Place) -> None:
    system = place.build(GOOD)
    assert set(system.connections) == {"crm", "erp"}
    assert set(system.feeds) == {"crm/customer"}
    assert system.flows["customers"].writer is not None


ONE_MISTAKE = {
    "unknown adapter": ("adapter: memory, world: w2", "adapter: memry, world: w2", "5:9", "memry"),
    "no adapter": ("adapter: memory, world: w2", "world: w2", "5:3", 'no adapter ""'),
    "misspelt key of a connection": ("world: w2", "world: w2, timout: 5", "5:37", "erp.timout"),
    "missing key of a connection": (", world: w2", "", "5:3", "connections.erp.world"),
    "bad value of a connection": ("world: w2", "world: w2, timeout: soon", "5:37", "soon"),
    "misspelt key of a flow": ("to: erp", "to: erp, evry: 5", "7:53", "evry"),
    "misspelt key at the top": ("store:", "stroe:", "2:1", "stroe"),
    "bad choice": ("to: erp", "to: erp, gone: delete", "7:53", "delete"),
    "bad number": ("to: erp", "to: erp, group: 501", "7:53", "501"),
    "bad duration": ("to: erp", "to: erp, every: 5 minutes", "7:53", "5 minutes"),
    "bad date": ("to: erp", "to: erp, since: lately", "7:53", "lately"),
    "unknown object": ("object: customer", "object: custmer", "7:15", "sales_order"),
    "unknown source": ("from: crm", "from: cmr", "7:33", "There are crm, erp"),
    "unknown target": ("to: erp", "to: epr", "7:44", "There are crm, erp"),
    "hub with an object it does not compute": ("from: crm", "from: hub", "7:33", "hub"),
    "computed object from a connection": (
        "object: customer",
        "object: order_progress",
        "7:39",
        "hub",
    ),
    "bad expression": ("to: erp", "to: erp, when: 'a =='", "7:53", '"when"'),
    "bad hold": ("to: erp", "to: erp, hold: '[x for x in y]'", "7:53", '"hold"'),
    "settle too short": ("world: w2", "world: w2, settle: 1", "5:37", "doubled"),
    "no percentage": ("w2}", "w2, quota: {day: 9, keep: 20}}", "5:53", "20%"),
    "more than all": ("w2}", "w2, quota: {day: 9, keep: 120%}}", "5:53", "20%"),
    "no calls": ("w2}", "w2, quota: {day: 0}}", "5:45", "more than 0"),
    "a quota without a day": ("w2}", "w2, quota: {keep: 20%}}", "5:37", "erp.quota.day"),
    "no hours": ("w2}", "w2, closed: ['22:00-06:30', at night]}", "5:61", "22:00-06:30"),
    "hours without a list": ("w2}", "w2, closed: at night}", "5:37", "list"),
    "never open": ("w2}", "w2, closed: ['08:00-20:00', '20:00-08:00']}", "5:37", "never"),
}  # fmt: skip


@pytest.mark.parametrize("before, after, where, words", ONE_MISTAKE.values(), ids=ONE_MISTAKE)
def test_one_mistake_gives_one_message_with_its_place(
    place: Place, before: str, after: str, where: str, words: str
) -> None:
    ((found, sentence),) = place.told(GOOD.replace(before, after))
    assert found == where
    assert words in sentence


def test_several_mistakes_are_told_at_once(place: Place) -> None:
    text = GOOD.replace("from: crm", "from: cmr").replace("object: customer", "object: x")
    assert len(place.told(text)) == 2
    text = GOOD.replace("store:", "stroe:").replace("to: erp", "to: erp, evry: 5, gruop: 1")
    assert len(place.told(text)) == 3


def test_mistakes_of_several_connections_are_told_at_once(place: Place) -> None:
    text = GOOD.replace("world: w1", "wrld: w1").replace("world: w2", "world: w2, settle: 1")
    assert [where for where, _ in place.told(text)] == ["4:3", "4:26", "5:37"]


def test_mistakes_of_mappings_and_flows_are_told_at_once(place: Place) -> None:
    place.mapping("erp/customer", ERP.replace("name: name", "name: nmae"))
    problems = place.problems(GOOD.replace("to: erp", "to: erp, when: '('"))
    assert [problem.place.rpartition("/")[2].split(":")[0] for problem in problems] == [
        "config.yaml",
        "customer.yaml",
    ]


def test_a_key_written_twice_is_told_with_its_place(place: Place) -> None:
    ((where, words),) = place.told(GOOD + "store: y\n")
    assert (where, "twice" in words) == ("8:1", True)


def test_a_configuration_in_gbk_is_told_how_to_mend_it(place: Place) -> None:
    place.path.write_bytes(GOOD.replace("w1", "客户").encode("gbk"))
    with pytest.raises(ConfigError, match="UTF-8"):
        ConfigFile(place.path)


def test_no_configuration_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="connector init"):
        ConfigFile(tmp_path / "none.yaml")


@pytest.mark.parametrize("text", ["", "- a\n", "text\n", "connections: 5\nflows: 6\n"])
def test_a_file_that_is_no_configuration_is_told_so(place: Place, text: str) -> None:
    assert place.problems(text)


def test_a_missing_mapping_names_every_place_that_was_looked_in(place: Place) -> None:
    text = GOOD.replace("to: erp", "to: erp}\n  units: {object: unit, from: crm")
    ((where, words),) = place.told(text)
    assert where == "8:3"
    assert "mappings/crm/unit.yaml" in words
    assert "mappings/memory/unit.yaml" in words


def test_a_mapping_that_does_not_read_cannot_be_a_source(place: Place) -> None:
    place.mapping("crm/customer", ERP)
    ((where, words),) = place.told(GOOD)
    assert where == "7:3"
    assert 'no "read" part' in words


def test_a_mapping_that_does_not_write_cannot_be_a_target(place: Place) -> None:
    place.mapping("erp/customer", CRM)
    assert 'no "write" part' in place.told(GOOD)[0][1]


def test_two_flows_may_not_write_one_field(place: Place) -> None:
    text = GOOD + "  again: {object: customer, from: crm, to: erp}\n"
    ((where, words),) = place.told(text)
    assert where == "8:3"
    assert "both write name of partner" in words


BOTH = GOOD + "  back: {object: customer, from: erp, to: crm}\n"
READS_TOO = "object: customer\nform: {}\nkey: id\nreference: r\nread: {{name: name}}\nwrite: {}\n"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("back: {", "back: {on_conflict: ours, ", "on_conflict must be ask in both"),
        ("reference: r\n", "", "needs a reference"),
        ("write: {name: name}", "write: {t: {each: addresses, key: k, fields: {x: text}}}", "rows"),
    ],
)
def test_two_flows_of_one_object_both_ways_must_not_spoil_each_other_s_work(
    place: Place, old: str, new: str, what: str
) -> None:
    def written(text: str) -> str:
        return text.replace(old, new)

    place.mapping("crm/customer", READS_TOO.format("account", "{name: name}"))
    place.mapping("erp/customer", READS_TOO.format("partner", "{name: name}"))
    place.build(BOTH)
    place.mapping("erp/customer", written(READS_TOO.format("partner", "{name: name}")))
    ((where, words),) = place.told(written(BOTH))
    assert where in ("7:3", "8:3")
    assert what in words


def test_a_flow_on_demand_takes_records_of_any_age(place: Place) -> None:
    text = GOOD.replace("to: erp}", "to: erp, on_demand: true, since: 2026-01-01}")
    ((where, words),) = place.told(text)
    assert where.startswith("7:")
    assert '"all"' in words
    place.build(text.replace("2026-01-01", "all"))


def test_two_flows_may_write_different_fields_of_one_form(place: Place) -> None:
    place.mapping("crm/department", CRM.replace("customer", "department"))
    place.mapping("erp/department", ERP.replace("customer", "department").replace("{name:", "{x:"))
    place.build(GOOD + "  other: {object: department, from: crm, to: erp}\n")


def test_the_site_s_mapping_for_a_connection_goes_before_the_adapter_s(place: Place) -> None:
    place.mapping("memory/customer", ERP.replace("partner", "general"))
    flow = place.build(GOOD).flows["customers"]
    assert flow.mapping.form == "partner"
    (place.directory / "mappings/erp/customer.yaml").unlink()
    assert place.build(GOOD).flows["customers"].mapping.form == "general"


# -- secrets ---------------------------------------------------------------------------------


def kingdee(place: Place, secret: str) -> Any:
    return place.build(KINGDEE.format(secret=secret)).connections["erp"].settings


def test_a_secret_comes_from_the_environment(place: Place, monkeypatch: Any) -> None:
    monkeypatch.setenv("ERP_SECRET", CANARY)
    assert kingdee(place, "${env:ERP_SECRET}").app_secret.get_secret_value() == CANARY


def test_a_secret_comes_from_a_file_beside_the_configuration(place: Place) -> None:
    (place.directory / "erp.key").write_text(CANARY + "\n", encoding="utf-8")
    assert kingdee(place, "${file:erp.key}").app_secret.get_secret_value() == CANARY


@pytest.mark.parametrize(
    "secret, words",
    [
        (CANARY, "A secret may not stand in the file"),
        ("${env:NOT_SET_ANYWHERE}", "NOT_SET_ANYWHERE is not set"),
        ("${file:none.key}", "none.key cannot be read"),
        ("${vault:x}", "${vault:…} is unknown"),
    ],
)
def test_a_secret_that_cannot_be_had_is_told_with_its_place(
    place: Place, secret: str, words: str
) -> None:
    ((where, sentence),) = place.told(KINGDEE.format(secret=f'"{secret}"'))
    assert where == "9:5"
    assert words in sentence
    assert CANARY not in sentence


ESPOCRM = """
connections:
  crm:
    adapter: espocrm
    base_url: https://crm.example
    api_key: ${{env:ERP_SECRET}}
    secret_key: null
    webhooks: {{wh001: {secret}}}
flows: {{}}
"""


def test_secrets_inside_a_setting_are_secrets_too(place: Place, monkeypatch: Any) -> None:
    monkeypatch.setenv("ERP_SECRET", CANARY)
    monkeypatch.setenv("HOOK", f"{CANARY}2")
    settings: Any = place.build(ESPOCRM.format(secret="'${env:HOOK}'")).connections["crm"].settings
    assert settings.webhooks["wh001"].get_secret_value() == f"{CANARY}2"
    assert settings.secret_key is None
    assert set(settings.secrets()) == {CANARY, f"{CANARY}2"}
    ((where, sentence),) = place.told(ESPOCRM.format(secret=CANARY))
    assert where == "8:5"
    assert "A secret may not stand in the file" in sentence


def test_a_secret_never_stands_in_any_repr(place: Place, monkeypatch: Any) -> None:
    monkeypatch.setenv("ERP_SECRET", CANARY)
    place.path.write_text(KINGDEE.format(secret="${env:ERP_SECRET}"), encoding="utf-8")
    file = ConfigFile(place.path)
    system = Assembly(file, None, lambda *_: None).build()  # type: ignore
    settings = system.connections["erp"].settings
    for shown in (system, settings, system.connections, file.config, settings.model_dump()):
        assert CANARY not in repr(shown)
        assert CANARY not in str(shown)
    assert CANARY not in settings.model_dump_json()


def test_what_was_read_as_a_secret_is_hidden_in_logs(place: Place, monkeypatch: Any) -> None:
    from connector import log

    monkeypatch.setattr(log, "_secrets", [])
    monkeypatch.setenv("ERP_SECRET", CANARY)
    kingdee(place, "${env:ERP_SECRET}")
    assert log.redact_text(f"x{CANARY}") == f"x{log.HIDDEN}"


def test_other_settings_may_come_from_the_environment_too(place: Place, monkeypatch: Any) -> None:
    monkeypatch.setenv("WORLD", "w9")
    system = place.build(GOOD.replace("world: w1", "world: '${env:WORLD}'"))
    assert getattr(system.connections["crm"].settings, "world") == "w9"  # noqa: B009


# -- values, in words ---------------------------------------------------------------------------

WRONG = {
    "every: 30x": "a time such as 30s",
    "every: -5": "at least 0",
    "since: 2026-13-01": "a date such as",
    "mode: observed": "one of 'live', 'observe'",
    "max_creates: many": "a whole number",
    "group: 0": "at least 1",
    "group: 501": "at most 500",
}


@pytest.mark.parametrize("option", WRONG)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wrong_value_is_told_in_the_reader_s_language(
    place: Place, option: str, language: str
) -> None:
    ((where, sentence),) = place.told(GOOD.replace("to: erp", f"to: erp, {option}"))
    assert where == "7:53"
    assert WRONG[option] in sentence
    set_language(language)
    ((_, sentence),) = place.told(GOOD.replace("to: erp", f"to: erp, {option}"))
    assert ("nput should" in sentence, "不能写" in sentence) == (False, language == "zh")


def test_the_health_address_is_checked_with_the_rest(place: Place) -> None:
    for wrong in ("abc", "127.0.0.1:99999", "8080"):
        ((_, sentence),) = place.told(f"health: '{wrong}'\n{GOOD}")
        assert "HOST:PORT" in sentence


def test_what_init_left_to_the_site_is_asked_for_by_name(place: Place) -> None:
    ((where, sentence),) = place.told(GOOD.replace("world: w1", "world: CHANGE_ME"))
    assert (where, "still says CHANGE_ME" in sentence) == ("4:26", True)


def test_every_mistake_of_a_connection_is_told_at_once(place: Place) -> None:
    text = KINGDEE.format(secret='"${env:NOT_SET}"').replace(
        "user: u", "user: CHANGE_ME\n    numbering: ours\n    timezone: Asia/Peking"
    )
    told = place.told(text)
    assert sorted(where for where, _ in told) == ["11:5", "7:5", "8:5", "9:5"]
    assert "no such time zone" in " ".join(sentence for _, sentence in told)


def test_mistakes_of_connections_and_flows_are_told_together(place: Place) -> None:
    text = GOOD.replace("world: w1", "wrld: w1").replace("to: erp", "to: erp, when: nam == 'x'")
    assert [where for where, _ in place.told(text)] == ["4:3", "4:26", "7:53"]


@pytest.mark.parametrize("option", ["when: nam == 'x'", "hold: nam == 'x'", "priority: urgent"])
def test_a_condition_over_a_field_that_is_not_there_is_refused(place: Place, option: str) -> None:
    ((where, sentence),) = place.told(GOOD.replace("to: erp", f"to: erp, {option}"))
    assert where == "7:53"
    assert "has no field" in sentence


def test_a_condition_over_a_field_of_one_s_own_is_taken(place: Place) -> None:
    assert place.build(GOOD.replace("to: erp", "to: erp, when: custom.vip == true"))


def test_a_file_that_is_named_must_be_there_and_lies_beside_the_configuration(
    place: Place,
) -> None:
    text = GOOD.replace("world: w2", "world: w2, ca_file: ca.pem")
    ((_, sentence),) = place.told(text)
    assert "no file ca.pem" in sentence
    (place.directory / "ca.pem").write_text("", encoding="utf-8")
    assert place.build(text).connections["erp"].settings.ca_file == str(place.directory / "ca.pem")


# -- the store's address ------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "oracle://x"])
def test_a_store_of_another_kind_is_refused_with_those_there_are(place: Place, url: str) -> None:
    ((where, sentence),) = place.told(GOOD.replace("sqlite:///x.db", url))
    assert where == "2:1"
    assert "sqlite:///FILE or postgresql+psycopg://" in sentence


def test_postgresql_needs_no_driver_in_its_address(place: Place) -> None:
    store = place.build(GOOD.replace("sqlite:///x.db", "postgresql://u@h/n")).store
    assert store.url.drivername == "postgresql+psycopg"


def test_a_plain_password_of_the_store_is_refused(place: Place) -> None:
    ((where, sentence),) = place.told(
        GOOD.replace("sqlite:///x.db", f"postgresql://u:{CANARY}@h/n")
    )
    assert (where, "A secret may not stand" in sentence) == ("2:1", True)
    assert CANARY not in sentence


def test_the_store_s_password_comes_from_a_reference_and_is_kept_out_of_logs(
    place: Place, monkeypatch: Any
) -> None:
    from connector import log

    monkeypatch.setattr(log, "_secrets", [])
    monkeypatch.setenv("PG", f"{CANARY}@/:")
    store = place.build(GOOD.replace("sqlite:///x.db", "postgresql://u:${env:PG}@h/n")).store
    assert (store.url.password, store.url.host) == (f"{CANARY}@/:", "h")
    assert log.redact_text(f"x{CANARY}@/:") == f"x{log.HIDDEN}"


# -- hints --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hint, words",
    [
        ("- pattern: '(x'", "The pattern cannot be used"),
        ("- patern: x", '"pattern" is missing'),
        ("- {pattern: x, who: boss}", '"who" must be one of'),
        ("- {pattern: x, says: y}", '"says" is unknown'),
        ("- {pattern: x, say: 'a \\1'}", "The pattern cannot be used"),
        ("- {pattern: x, example: y}", "does not explain its own example"),
        ("- pattern: x\n- {pattern: xy, example: xy}", "does not explain its own example"),
        ("pattern: x", "list of entries"),
        ("- [", "not valid YAML"),
    ],
)
def test_a_mistake_in_a_site_s_hints_is_told_with_its_place(
    place: Place, hint: str, words: str
) -> None:
    place.mapping("hints/memory", f"# ours\n{hint}\n")
    told = {sentence for p in place.problems(GOOD) for sentence in [f"{p.place} {p.words}"]}
    assert len(told) == 1
    assert "hints/memory.yaml" in next(iter(told))
    assert words in next(iter(told))


def test_a_hint_that_an_earlier_one_hides_is_told_with_its_own_place(place: Place) -> None:
    hints = "- pattern: x\n- {pattern: y, example: y}\n- {pattern: xz, example: xz}\n"
    place.mapping("hints/memory", hints)
    told = {problem.place.rpartition("/")[2] for problem in place.problems(GOOD)}
    assert told == {"memory.yaml:3:3"}


# -- small things ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, value",
    [("30s", 30), ("5m", 300), ("1h", 3600), ("90d", 7776000), ("1.5m", 90), ("1y", 31536000)],
)
def test_durations_are_read_as_people_write_them(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("value", ["7", 7, None])
def test_what_is_a_number_or_nothing_is_left_to_the_check(value: Any) -> None:
    assert seconds(value) == value


@pytest.mark.parametrize("value", ["5 m", "m", "-5s", "5w", ""])
def test_text_that_is_no_duration_is_told_how_one_is_written(value: str) -> None:
    with pytest.raises(ValueError, match="30s, 5m, 1h, 90d"):
        seconds(value)


def test_words_for_nothing_and_everything_are_understood(place: Place) -> None:
    text = GOOD.replace("to: erp", "to: erp, max_creates: none, since: all, accept: p1, every: 5m")
    settings = place.build(text).flows["customers"].settings
    assert (settings.max_creates, settings.since) == (None, None)
    assert (settings.accept, settings.every) == (("p1",), 300)


def test_a_relative_store_lies_beside_the_configuration(place: Place) -> None:
    assert place.build(GOOD).store.path == place.directory / "x.db"


def test_a_plain_http_address_is_placed_where_it_stands(place: Place) -> None:
    text = GOOD.replace("world: w2", "world: w2, base_url: http://erp")
    place.path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Assembly(ConfigFile(place.path)).build()
    assert f"{place.path.as_posix()}:5:37" in [problem.place for problem in caught.value.problems]


# -- systems that are no web service --------------------------------------------------------------


class Shelf(MemoryAdapter):
    """Speaks to what lies in a folder."""

    class Where(MemorySettings):
        folder: Path
        log: Path = Path("shelf.log")
        proxy: str = "none"
        """Where the folder is looked for."""

    settings_type = Where
    speaks_http = False


@pytest.fixture
def shelf(place: Place, monkeypatch: pytest.MonkeyPatch) -> System:
    monkeypatch.setitem(registry._added, "shelf", Shelf)
    text = GOOD.replace("memory, world: w2", "shelf, world: w2, folder: in/orders")
    text = text.replace("world: w1", "world: w1, base_url: 'https://crm'")
    place.path.write_text(text, encoding="utf-8")
    return Assembly(ConfigFile(place.path)).build()


def test_paths_start_at_the_configuration_also_where_nobody_states_them(
    shelf: System, place: Place
) -> None:
    settings: Any = shelf.connections["erp"].settings
    assert settings.folder == place.directory / "in/orders"
    assert settings.log == place.directory / "shelf.log"


def test_an_adapter_that_speaks_no_http_needs_no_address(shelf: System) -> None:
    assert shelf.connections["erp"].adapter.check().tenant == "memory"
    assert shelf.limits["erp"].used == 0
    migrate.prepare(shelf.store)
    told = {entry["connection"]: entry for entry in checking.check(shelf, offline=False)}
    assert ("calls" in told["crm"], "calls" in told["erp"]) == (True, False)


def test_a_folder_of_the_settings_lies_beside_the_configuration(
    place: Place, shelf: System
) -> None:
    settings = shelf.connections["erp"].settings
    assert isinstance(settings, Shelf.Where)
    assert settings.folder == place.directory / "in" / "orders"


def test_settings_that_are_about_http_are_refused_where_nobody_speaks_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._added, "shelf", Shelf)
    text = GOOD.replace("memory, world: w2", "shelf, world: w2, folder: in, rate: 5/s")
    [(_, words)] = place.told(text)
    assert words == "rate is about HTTP, which this adapter does not speak. Take it out."


def test_but_for_those_that_its_adapter_declares_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._added, "shelf", Shelf)
    text = GOOD.replace("memory, world: w2", "shelf, world: w2, folder: in, proxy: share")
    assert place.build(text).connections["erp"].settings.proxy == "share"
