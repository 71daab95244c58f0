"""Every shipped mapping, held against a database that is there."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from connector.assemble import shipped
from connector.contract import Adapter
from connector.errors import AdapterError, MappingFault
from connector.mapping import naming
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader
from connector.operations.forms import lacking

CHINA = ZoneInfo("Asia/Shanghai")


def faults_of_all(adapter: Adapter) -> dict[str, list[str]]:
    """What is wrong with each mapping: fields that are not there, records that it cannot read."""
    values = Values([shipped() / "values"])
    files = sorted((shipped() / "odoo").glob("*.yaml"))
    found = {file.stem: list(_faults(adapter, load(file, values))) for file in files}
    return {name: faults for name, faults in found.items() if faults}


def _faults(adapter: Adapter, mapping: Mapping) -> Iterator[str]:
    _, lacks = lacking(adapter, [*naming.read(mapping), *naming.written(mapping)])
    yield from (str(problem) for problem in lacks.values())
    if mapping.read is None:
        return
    reader = Reader(mapping, CHINA)
    try:
        for page in adapter.read(reader.shape, None):
            for record in page.records:
                try:
                    reader(record)
                except MappingFault as fault:
                    yield f"{record.number}: {fault.path}: {fault}"
    except AdapterError as error:
        yield str(error)
