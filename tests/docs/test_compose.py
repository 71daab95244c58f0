"""compose.yaml, which cannot be run here: it is well-formed, and agrees with what it runs."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector.assemble import Assembly
from connector.settings import ConfigFile
from connector.yamlfile import plain_load
from sandbox.__main__ import _parser
from sandbox.server import Options
from tests.docs.pages import ROOT, page

COMPOSE = plain_load(page("compose.yaml"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]


def variables(service: str) -> dict[str, str]:
    """The environment of a service where only what must be chosen was chosen."""
    given = SERVICES[service]["environment"]
    chosen = {k: re.sub(r"\$\{\w+:(\?[^}]*|-([^}]*))\}", r"\2", v) for k, v in given.items()}
    return {name: value or "chosen" for name, value in chosen.items()}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert str(service["user"]) not in ("0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service


def test_the_user_is_that_of_the_image_and_the_image_is_built_with_its_arguments() -> None:
    dockerfile = page("Dockerfile")
    for name in OURS:
        assert f"USER {SERVICES[name]['user']}\n" in dockerfile
        for argument in SERVICES[name]["build"]["args"]:
            assert re.search(rf"^ARG {argument}\b", dockerfile, re.M)
    assert f"VOLUME {SERVICES['connector']['volumes'][0].partition(':')[2]}\n" in dockerfile


def test_whatever_is_named_is_there() -> None:
    volumes = {v.partition(":")[0] for s in SERVICES.values() for v in s.get("volumes", ())}
    assert volumes == set(COMPOSE["volumes"])
    assert set(SERVICES["connector"]["depends_on"]) == set(SERVICES) - {"connector"}
    for awaited in SERVICES["connector"]["depends_on"]:
        assert "healthcheck" in SERVICES[awaited]
    (config,) = SERVICES["connector"]["configs"]
    assert (ROOT / COMPOSE["configs"][config["source"]]["file"]).is_file()
    assert f"CONNECTOR_CONFIG={config['target']}\n" in page("Dockerfile")


def test_no_password_stands_in_it_but_those_of_the_sandboxes() -> None:
    assert variables("connector")["POSTGRES_PASSWORD"] == "chosen"
    assert variables("db")["POSTGRES_PASSWORD"] == "chosen"


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> ConfigFile:
    for name, value in variables("connector").items():
        monkeypatch.setenv(name, value)
    return ConfigFile(ROOT / "compose.config.yaml")


def test_the_configuration_becomes_a_system_on_that_database(file: ConfigFile) -> None:
    system = Assembly(file).build()
    url, database = system.store.url, variables("db")
    assert (url.host, url.username, url.database, url.password) == (
        "db",
        database["POSTGRES_USER"],
        database["POSTGRES_DB"],
        database["POSTGRES_PASSWORD"],
    )
    assert len(system.flows) > 10


@pytest.mark.parametrize("name", ["crm", "erp"])
def test_each_connection_is_stated_as_its_sandbox_announces_it(file: ConfigFile, name: str) -> None:
    stated = file.config.connections[name]
    command, *arguments = SERVICES[name]["command"]
    options = _parser().parse_args(arguments)
    url = urlsplit(stated["base_url"])
    assert (command, options.system, options.load) == ("sandbox", stated["adapter"], "demo")
    assert (url.hostname, url.port) == (name, options.port)
    assert stated["allow_insecure_http"] == [name]
    assert f"http://127.0.0.1:{options.port}/" in SERVICES[name]["healthcheck"]["test"][-1]

    choice = Options(numbering=options.numbering, limits=options.limits, seed=options.seed)
    application = import_module(f"sandbox.{options.system}").create(None, choice)
    announced, secrets = application.settings(f"http://{name}:{options.port}")
    assert {**announced, "allow_insecure_http": [name]} == stated
    assert secrets.items() <= variables("connector").items()
