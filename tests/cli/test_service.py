"""The daemon as a service: what would be written and run, and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from connector.cli import main
from connector.operations.service import steps, systemd
from connector.operations.service.steps import NotRegistered, Step, carry_out, run
from connector.operations.service.windows import TaskScheduler
from connector.settings import ConfigFile

CONFIG = """
store: "{store}"
connections:
  crm: {{adapter: fxiaoke, app_secret: "${{file:/run/credentials/{unit}.service/crm_secret}}"}}
  erp: {{adapter: kingdee_galaxy, app_secret: "${{env:ERP_SECRET}}", other: "${{file:ca.pem}}"}}
flows: {{}}
"""
STORE = "sqlite:////var/lib/connector/connector.db"
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


@pytest.fixture(autouse=True)
def in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests live where the unit lets nobody look."""
    monkeypatch.setattr(systemd, "HIDDEN", ())


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "a site" / "config.yaml"
    path.parent.mkdir()
    path.write_text(CONFIG.format(store=STORE, unit="connector"), encoding="utf-8")
    return path


def dry(capsys: Any, *arguments: str | Path) -> dict[str, Any]:
    """What the command would do."""
    code = main.run(["service", *map(str, arguments), "--dry-run", "--json"])
    out = capsys.readouterr().out
    assert code == 0, out
    found = json.loads(out)
    assert found["done"] is False
    return found


def commands(found: Any) -> list[str]:
    return [step["what"] for step in found["steps"] if step["verb"] == "run"]


def unit_of(found: Any) -> str:
    (text,) = [step["text"] for step in found["steps"] if step["verb"] == "write"]
    return str(text)


# -- systemd -------------------------------------------------------------------------------------


def test_the_unit_is_the_shipped_one_for_this_program_configuration_user_and_secrets(
    capsys: Any, config: Path
) -> None:
    unit = unit_of(dry(capsys, "install", "--config", config, "--user", "root"))
    shipped = steps.template("connector.service")
    other = set(unit.splitlines()) - set(shipped.splitlines())
    program = steps.program("connector")
    assert other == {
        "# Written by `connector service install`.",
        f'ExecStart={program} run --config "{config}"',
        "User=root",
        "LoadCredential=crm_secret:/etc/connector-secrets/crm_secret",
    }
    assert unit.count("LoadCredential=") == 1


def test_the_unit_is_written_and_started_anew(capsys: Any, config: Path) -> None:
    found = dry(capsys, "install", "--config", config, "--user", "root")
    assert [step["what"] for step in found["steps"]] == [
        "install -d -m 0700 /etc/connector-secrets",
        "/etc/systemd/system/connector.service",
        "systemctl daemon-reload",
        "systemctl enable connector",
        "systemctl restart connector",
    ]


def test_a_user_that_is_not_there_is_made_first(capsys: Any, config: Path) -> None:
    found = dry(capsys, "install", "--config", config, "--user", "nobody-of-this-name")
    assert commands(found)[0] == "useradd --system --no-create-home nobody-of-this-name"


def test_another_name_has_a_unit_a_folder_and_secrets_of_its_own(capsys: Any, config: Path) -> None:
    store = STORE.replace("lib/connector", "lib/second")
    config.write_text(CONFIG.format(store=store, unit="second"), encoding="utf-8")
    found = dry(capsys, "install", "--config", config, "--user", "root", "--name", "second")
    assert found["steps"][1]["what"] == "/etc/systemd/system/second.service"
    assert set(unit_of(found).splitlines()) >= {
        "StateDirectory=second",
        "WorkingDirectory=/var/lib/second",
        "LoadCredential=crm_secret:/etc/second-secrets/crm_secret",
        "EnvironmentFile=-/etc/second-secrets/environment",
    }


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_finds_nothing_wrong_with_the_unit(
    capsys: Any, config: Path, tmp_path: Path
) -> None:
    path = tmp_path / "connector.service"
    path.write_text(unit_of(dry(capsys, "install", "--config", config, "--user", "root")))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_removing_stops_it_and_leaves_nothing_registered(capsys: Any) -> None:
    found = dry(capsys, "remove")
    assert [(step["verb"], step["what"]) for step in found["steps"]] == [
        ("run", "systemctl disable --now connector"),
        ("delete", "/etc/systemd/system/connector.service"),
        ("run", "systemctl daemon-reload"),
    ]


def refused(capsys: Any, *arguments: str | Path) -> str:
    assert main.run(["service", *map(str, arguments), "--lang", "en"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return str(line)


def test_a_store_that_the_service_could_not_write_is_refused_with_one_that_it_can(
    capsys: Any, config: Path
) -> None:
    config.write_text(CONFIG.format(store="sqlite:///connector.db", unit="x"), encoding="utf-8")
    line = refused(capsys, "install", "--config", config)
    assert "config.yaml:2:1: " in line
    assert "store: sqlite:////var/lib/connector/connector.db" in line


def test_what_the_service_could_not_see_is_refused(
    capsys: Any, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systemd, "HIDDEN", (config.parent,))
    assert "/etc/connector" in refused(capsys, "install", "--config", config)


def test_so_is_a_file_that_the_configuration_extends(
    capsys: Any, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = config.parent / "hidden"
    hidden.mkdir()
    below = config.rename(hidden / "shared.yaml")
    config.write_text("extends: hidden/shared.yaml\n", encoding="utf-8")
    monkeypatch.setattr(systemd, "HIDDEN", (hidden,))
    assert below.as_posix() in refused(capsys, "install", "--config", config)


def test_a_name_that_could_be_a_path_is_refused(capsys: Any) -> None:
    assert "letters, digits" in refused(capsys, "remove", "--name", "../x")


def test_variables_that_the_service_would_not_see_are_named_with_their_place(
    capsys: Any, config: Path
) -> None:
    arguments = ["install", "--config", str(config), "--dry-run", "--lang", "en"]
    assert main.run(["service", *arguments]) == 0
    out = capsys.readouterr().out
    assert "put ERP_SECRET into /etc/connector-secrets/environment" in out
    assert "write /etc/systemd/system/connector.service\n# Written by" in out


# -- Windows -------------------------------------------------------------------------------------


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> TaskScheduler:
    monkeypatch.setenv("PROGRAMDATA", "/programs")
    return TaskScheduler()


def test_the_task_runs_from_the_start_and_again_each_minute_with_a_log(
    windows: TaskScheduler, config: Path
) -> None:
    allowed, written, created, started = windows.install(ConfigFile(config), "connector", "")
    task = ElementTree.fromstring(written.text.encode(written.encoding))
    values = {element.tag.removeprefix(TASK): element.text for element in task.iter()}
    folder = config.parent
    assert task.find(f".//{TASK}BootTrigger/{TASK}Enabled") is not None
    assert values["Interval"] == "PT1M"
    assert values["MultipleInstancesPolicy"] == "IgnoreNew"
    assert values["ExecutionTimeLimit"] == "PT0S"
    assert values["Command"] == str(steps.program("connector.exe"))
    assert values["Arguments"] == f'run --config "{config}" --log "{folder / "connector.log"}"'
    assert (values["UserId"], "LogonType" in values) == ("S-1-5-19", False)
    assert allowed.what == f'icacls "{folder}" /grant *S-1-5-19:(OI)(CI)M'
    assert created.what == f"schtasks /Create /TN connector /XML {written.what} /F"
    assert started.what == "schtasks /Run /TN connector"


def test_a_user_of_one_s_own_is_asked_for_the_password_by_windows(
    windows: TaskScheduler, config: Path
) -> None:
    allowed, written, created, _ = windows.install(ConfigFile(config), "connector", "A&B\\svc")
    assert "<UserId>A&amp;B\\svc</UserId><LogonType>Password</LogonType>" in written.text
    assert "A&B\\svc:(OI)(CI)M" in allowed.what
    assert "/RU A&B\\svc /RP * /F" in created.what


def test_the_task_is_ended_and_deleted(windows: TaskScheduler) -> None:
    assert [step.what for step in windows.remove("connector")] == [
        "schtasks /End /TN connector",
        "schtasks /Delete /TN connector /F",
        "/programs/connector.task.xml",
    ]


def test_windows_is_told_where_variables_and_log_are(windows: TaskScheduler, config: Path) -> None:
    look, variables = map(str, windows.notes(ConfigFile(config), "connector"))
    assert str(config.parent / "connector.log") in look
    assert "set ERP_SECRET by setx /M" in variables


# -- steps ---------------------------------------------------------------------------------------


def test_steps_are_taken_in_their_order(tmp_path: Path) -> None:
    path = str(tmp_path / "task")
    carry_out([Step("write", path, "客户", "utf-16"), run("cp", path, f"{path}2")])
    assert Path(f"{path}2").read_text("utf-16") == "客户"
    carry_out([Step("delete", path), Step("delete", path)])
    assert not Path(path).exists()


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Step("write", "/dev/null/unit", "x"), "/dev/null/unit"),
        (run("sh", "-c", "echo access denied >&2; exit 1"), "access denied"),
        (run("no-such-program"), "No such file"),
    ],
)
def test_a_step_that_fails_is_named_with_its_reason_and_who_may(
    step: Step, told: str, tmp_path: Path
) -> None:
    with pytest.raises(NotRegistered) as caught:
        carry_out([step, Step("write", str(tmp_path / "next"), "x")])
    assert told in str(caught.value)
    assert "root" in str(caught.value)
    assert not (tmp_path / "next").exists()
