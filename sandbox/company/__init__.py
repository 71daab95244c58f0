"""The company that fills the simulated systems: read from files, or generated."""

from __future__ import annotations

from pathlib import Path

from . import adventureworks, generate
from .adventureworks import BadCompanyData
from .model import Company

__all__ = ["BadCompanyData", "Company", "load_company"]


def load_company(spec: str, *, seed: int = 1) -> Company:
    """`demo`: the generated company. Otherwise a folder of CSV files (see `adventureworks`)."""
    if spec == "demo":
        return generate.demo(seed)
    directory = Path(spec)
    if not directory.is_dir():
        raise BadCompanyData(f"{spec}: no such folder (and the generated company is called demo)")
    return adventureworks.load(directory)
