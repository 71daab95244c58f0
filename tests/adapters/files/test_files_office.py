"""A spreadsheet program as witness: `make office-check`. Needs LibreOffice: `soffice` on the path,
or in the variable SOFFICE."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from folder import HEADINGS, ONE, Folder
from test_files_outbox import DIFFICULT, MARK, files, order

pytestmark = pytest.mark.libreoffice
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
"""Every cell as the program shows it, in UTF-8."""


def converted(path: Path, to: str, into: Path) -> Path:
    """What the program makes of a file."""
    program = os.environ.get("SOFFICE") or shutil.which("soffice")
    assert program, "LibreOffice is not there: install it, or name its soffice in SOFFICE"
    profile = f"-env:UserInstallation={(into / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", to, "--outdir", str(into), str(path)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    return into / f"{path.stem}.{to.partition(':')[0]}"


def test_it_shows_every_value_that_we_write_and_computes_nothing(
    folder: Folder, tmp_path: Path
) -> None:
    folder.adapter.write(order(fields=DIFFICULT, tables={}, options={}))
    shown = converted(files(folder)[0], AS_SHOWN, tmp_path).read_text("utf-8")
    (line,) = csv.DictReader(shown.splitlines())
    assert {name: line[name] for name in (*DIFFICULT, MARK)} == {
        **{name: str(value) for name, value in DIFFICULT.items()},
        "时间": "2026-03-05 08:30:00",
        "是": "TRUE",
        MARK: "crm:SO-1",
    }


def test_what_it_has_computed_and_saved_is_read(folder: Folder, tmp_path: Path) -> None:
    made = folder.drop(HEADINGS, [*ONE[:6], "=0.1+0.2", "=G2*10"])
    assert "save it" in folder.fault()
    saved = converted(folder.inbox / "done" / "000001" / made.name, "xlsx", tmp_path)
    shutil.copy(saved, folder.inbox / "b.xlsx")
    (row,) = folder.read()["SO-1"].fields["明细"]
    assert (str(row["数量"]), str(row["金额"])) == ("0.3", "3")


def test_it_opens_an_answered_copy(folder: Folder, tmp_path: Path) -> None:
    folder.drop(HEADINGS, ONE)
    folder.read()
    folder.answer("SO-1", 结果="已进ERP")
    copy = folder.inbox / "answered" / "a-1-answered.xlsx"
    shown = converted(copy, AS_SHOWN, tmp_path).read_text("utf-8")
    assert [line["结果"] for line in csv.DictReader(shown.splitlines())] == ["已进ERP"]
