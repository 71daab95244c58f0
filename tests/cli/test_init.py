"""What `init` asks and writes: a configuration that is right but for what only the site knows."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from connector import yamlfile
from connector.app import App
from connector.cli import main
from connector.operations import beginning

PAIRS = [(crm, "kingdee_galaxy") for crm in beginning.systems("crm")]
PAIRS += [("fxiaoke", erp) for erp in beginning.systems("erp")]


@pytest.mark.parametrize(("crm", "erp"), list(dict.fromkeys(PAIRS)))
def test_what_is_written_passes_the_offline_check_at_once(
    tmp_path: Path, crm: str, erp: str
) -> None:
    path = beginning.init(crm, erp, tmp_path, backfill=False, today=date(2026, 11, 26))
    copied = beginning.copy_mappings(path)
    app = App.open(path, draft=True)
    try:
        assert {"customers", "orders", "delivery_status"} <= app.system.flows.keys()
        mappings = {feed.reader.mapping.file for feed in app.system.feeds.values()}
        assert {Path(file) for file in mappings} <= set(copied), "those beside it are in use"
        assert {entry["connection"] for entry in app.check(offline=True)} == {"crm", "erp"}
        assert all("CHANGE_ME" in str(gap) or "env" in str(gap).lower() for gap in app.unfilled)
    finally:
        app.close()


def test_mappings_that_people_have_edited_stay(tmp_path: Path) -> None:
    path = beginning.init(
        "fxiaoke", "kingdee_galaxy", tmp_path, backfill=False, today=date(2026, 11, 26)
    )
    edited = tmp_path / "mappings" / "kingdee_galaxy" / "sales_order.yaml"
    edited.parent.mkdir(parents=True)
    edited.write_text("# ours\n", encoding="utf-8")
    assert edited not in beginning.copy_mappings(path)
    assert edited.read_text("utf-8") == "# ours\n"
    assert beginning.copy_mappings(path) == []


def test_on_a_terminal_it_asks_which_systems_there_are_until_it_knows_one(tmp_path: Path) -> None:
    place = beginning.systems("erp").index("kingdee_galaxy") + 1
    told = answering(tmp_path, "init --lang en --dir site", f"salesforse\n\n{place}\n")
    assert "Which CRM do you have?" in told
    config = yamlfile.load(tmp_path / "site" / "config.yaml")
    adapters = [one["adapter"] for one in config["connections"].values()]
    assert adapters == ["fxiaoke", "kingdee_galaxy"]


def answering(folder: Path, command: str, answers: str) -> str:
    """What a command says to somebody who sits at a terminal and types these answers."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-m", "connector", *command.split()]
    process = subprocess.Popen(program, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, answers.encode())
    told = b""
    try:
        while some := os.read(ours, 4096):
            told += some
    except OSError:
        pass  # the other end is closed: it has ended
    os.close(ours)
    assert process.wait(timeout=30) == 0, told
    return told.decode()


def test_a_draft_is_told_what_is_missing_and_is_not_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beginning.init("fxiaoke", "kingdee_galaxy", tmp_path, backfill=False, today=date(2026, 11, 26))
    config = str(tmp_path / "config.yaml")
    assert main.run(("check", "--offline", "--config", config, "--lang", "en")) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("! ")]
    assert len([line for line in told if "still says CHANGE_ME" in line]) == 6
    assert len([line for line in told if "is not set" in line]) == 3
    assert main.run(("check", "--config", config, "--lang", "en")) == 2
