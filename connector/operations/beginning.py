"""`init`: a configuration to start from, written without asking anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector import registry, yamlfile
from connector.assemble import shipped
from connector.contract import Adapter, Settings
from connector.errors import ConfigError, Problem
from connector.messages import say
from connector.settings import HUB


@dataclass(frozen=True, slots=True)
class Usual:
    """A flow that most sites want."""

    name: str
    object: str
    source: str
    to: str = ""
    every: str = "1m"
    options: str = ""
    creates: bool = False
    """It creates records: `since` and `max_creates` apply."""


USUAL = (
    Usual("erp_customers", "customer", "erp", every="5m"),
    Usual("employees", "employee", "crm", every="1h", options="pair: number"),
    Usual("erp_employees", "employee", "erp", every="1h", options="pair: number"),
    Usual("products", "material", "crm", every="5m", options="pair: number"),
    Usual("materials", "material", "erp", every="5m", options="pair: number"),
    Usual("customers", "customer", "crm", "erp", creates=True),
    Usual(
        "orders",
        "sales_order",
        "crm",
        "erp",
        "30s",
        'when: status == "confirmed", hold: status == "in_approval", gone: cancel, '
        "priority: urgency",
        creates=True,
    ),
    Usual("stock", "stock", "erp", "crm", "5m", "on_conflict: ours, max_creates: none"),
    Usual("production", "production_order", "erp", every="2m"),
    Usual("shipments", "shipment", "erp", every="2m"),
    Usual(
        "delivery_status",
        "delivery_status",
        HUB,
        "crm",
        "30s",
        'when: flow == "orders", on_conflict: ours',
    ),
    Usual("progress", "order_progress", HUB, "crm", "1m", "on_conflict: ours"),
)

_HEAD = """\
# The connector's configuration. Every option with its default: config.example.yaml.
# Check it with `connector check`, see what would happen with `connector plan orders`.
store: sqlite:///connector.db
language: zh

connections:
"""


def init(crm: str, erp: str, directory: Path, *, backfill: bool, today: date) -> Path:
    """Write `config.yaml` into `directory`. Raises ConfigError; never overwrites."""
    path = directory / "config.yaml"
    if path.exists():
        raise ConfigError([Problem(path.as_posix(), say("config_exists"))])
    connections = {"crm": _adapter(crm), "erp": _adapter(erp)}
    names = {"crm": crm, "erp": erp}
    lines = [_HEAD.rstrip()]
    for name, adapter in connections.items():
        lines += [f"  {name}:", f"    adapter: {names[name]}", *_settings(names[name], adapter)]
    lines += ["", "flows:"]
    lines += [_flow(usual, backfill, today) for usual in USUAL if _possible(usual, names)]
    directory.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _adapter(name: str) -> type[Adapter]:
    found = registry.adapter(name)
    if found is None:
        known = ", ".join(registry.adapters())
        raise ConfigError([Problem("", say("unknown_adapter", name=name, known=known))])
    return found


def _settings(name: str, adapter: type[Adapter]) -> list[str]:
    """The adapter's own fields: required ones to be filled, secrets by reference."""
    lines = []
    for field, info in adapter.settings_type.model_fields.items():
        own = field not in Settings.model_fields or field in ("base_url", "timezone")
        if own and (text := _value(name, field, info)):
            lines.append(f"    {field}: {text}")
    return lines


def _value(adapter: str, field: str, info: FieldInfo) -> str:
    if info.annotation is SecretStr and info.is_required():
        variable = f"{adapter.split('_')[0]}_{field}".upper()
        return f'"${{env:{variable}}}"'
    if info.is_required() or field == "base_url":
        known = info.default if isinstance(info.default, str) and info.default else "CHANGE_ME"
        return f'"{known}"'
    return str(info.default) if field == "timezone" else ""


def _possible(usual: Usual, names: dict[str, str]) -> bool:
    """Both adapters ship a mapping for the direction."""
    reads = usual.source == HUB or _has(names[usual.source], usual.object, "read")
    return reads and (not usual.to or _has(names[usual.to], usual.object, "write"))


def _has(adapter: str, object: str, side: str) -> bool:
    path = shipped() / adapter / f"{object}.yaml"
    return path.is_file() and side in yamlfile.load(path)


def _flow(usual: Usual, backfill: bool, today: date) -> str:
    words = [f"object: {usual.object}", f"from: {usual.source}"]
    words += [f"to: {usual.to}"] if usual.to else []
    words.append(f"every: {usual.every}")
    if usual.creates:
        words.append(f"since: {'all' if backfill else today.isoformat()}")
        words.append(f"max_creates: {'none' if backfill else 500}")
    elif usual.to and "max_creates" not in usual.options:
        words.append("max_creates: none")
    options = [_quoted(option) for option in usual.options.split(", ") if option]
    return f"  {usual.name}: {{{', '.join([*words, *options])}}}"


def _quoted(option: str) -> str:
    name, _, value = option.partition(": ")
    return f"{name}: '{value}'" if '"' in value else option
