"""The list of what is in the package."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from bundle.__main__ import SUMS, lay_out
from bundle.contents import NAME, listed
from tests.bundle.package import wheel


def test_every_wheel_is_listed_with_its_version_and_checksum(tmp_path: Path) -> None:
    wheels = [
        wheel(tmp_path, name) for name in ("b_x-2.1-py3-none-any.whl", "a-1-py3-none-any.whl")
    ]
    found = json.loads(listed(wheels))
    assert found["bomFormat"] == "CycloneDX"
    told = [(one["name"], one["version"], one["purl"]) for one in found["components"]]
    assert told == [("a", "1", "pkg:pypi/a@1"), ("b-x", "2.1", "pkg:pypi/b-x@2.1")]
    for path, one in zip(sorted(wheels), found["components"], strict=True):
        assert one["hashes"][0]["content"] == sha256(path.read_bytes()).hexdigest()


def test_the_package_carries_the_list_and_its_checksum(tmp_path: Path) -> None:
    made = wheel(tmp_path, "a-1-py3-none-any.whl")
    folder = tmp_path / "package"
    lay_out(folder, [made])
    text = (folder / NAME).read_bytes()
    assert json.loads(text)["components"][0]["name"] == "a"
    assert f"{sha256(text).hexdigest()}  {NAME}" in (folder / SUMS).read_text("ascii")
