"""What is in the package, as programs read it that look for known holes: a CycloneDX list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from email.message import Message
from email.parser import HeaderParser
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packaging.utils import parse_wheel_filename

NAME = "sbom.cdx.json"


def listed(wheels: Iterable[Path]) -> str:
    """Every wheel with its version, licence and checksum; the same wheels give the same text."""
    components = [_component(path) for path in sorted(wheels)]
    made = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _component(path: Path) -> dict[str, Any]:
    name, version, _, _ = parse_wheel_filename(path.name)
    licence = _licence(_metadata(path))
    return {
        "type": "library",
        "bom-ref": path.name,
        "name": name,
        "version": str(version),
        "purl": f"pkg:pypi/{name}@{version}",
        "hashes": [{"alg": "SHA-256", "content": sha256(path.read_bytes()).hexdigest()}],
        **({"licenses": [{"license": {"name": licence}}]} if licence else {}),
    }


def _metadata(path: Path) -> Message:
    with ZipFile(path) as archive:
        (member,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        return HeaderParser().parsestr(archive.read(member).decode("utf-8"))


def _licence(metadata: Message) -> str:
    """As the wheel says it: by name, or by its class; a whole text is no name."""
    named = str(metadata.get("License-Expression") or metadata.get("License") or "").strip()
    if named and "\n" not in named and len(named) <= 100:
        return named
    classes = [one for one in metadata.get_all("Classifier", []) if one.startswith("License ::")]
    return str(classes[0].rpartition(":: ")[2]) if classes else ""
