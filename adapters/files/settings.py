"""What a connection to a folder is told."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from connector.contract import Settings


class FilesSettings(Settings):
    """Each form has a folder of its own, in `inbox` or in `outbox`."""

    asked: ClassVar[tuple[str, ...]] = ()

    folder: Path = Field(examples=[Path("sheets")])
    """The folder; a relative path starts at the configuration."""
    inbox: str = "in"
    """Where people and other systems drop files, inside `folder` unless it is a whole path."""
    outbox: str = "out"
    """Where we put files for others to import, likewise."""
    sheet: str = ""
    """The sheet of a workbook that is read; empty: every visible one that has the headings."""
    whole: tuple[str, ...] = ("库存",)
    """Forms whose newest file shows everything, as a list of stock does: what is not in it is
    gone."""
    format: Literal["xlsx", "csv"] = "xlsx"
    """Of files that we write. Both are read."""
    encoding: Literal["utf-8-sig", "utf-8", "gb18030", "gbk"] = "utf-8-sig"
    """Of CSV files that we write. When reading, it is found out."""
    reread: float = Field(default=60.0, gt=0)
    """Seconds after which a record that waits for a receipt is looked at again."""
    lag: float = Field(default=10.0, ge=0)
    """Seconds for which a file must have stayed as it is: it may still be copied."""
    max_answer_mb: int = Field(default=20, gt=0)
    """A file that holds more than this, unpacked, is refused."""
