"""`init`: a configuration to start from, and the mappings that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector import registry, yamlfile
from connector.assemble import shipped
from connector.contract import Adapter
from connector.errors import ConfigError, Problem
from connector.messages import say
from connector.settings import CHANGE_ME, HUB


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
    vital: bool = True
    """Orders and their status need it: it goes on while a quota of calls runs short."""


CONFIRMED = 'when: status == "confirmed", hold: status == "in_approval"'
"""What a CRM's approval has passed; a change under approval waits."""

USUAL = (
    Usual("employees", "employee", "crm", every="1h", options="pair: number"),
    Usual("erp_employees", "employee", "erp", every="1h", options="pair: number"),
    Usual("products", "material", "crm", every="5m", options="pair: number"),
    Usual("materials", "material", "erp", every="5m", options="pair: number"),
    Usual("erp_customers", "customer", "erp", every="5m"),
    Usual("production", "production_order", "erp", every="2m"),
    Usual("shipments", "shipment", "erp", every="2m"),
    Usual("customers", "customer", "crm", "erp", creates=True),
    Usual(
        "orders",
        "sales_order",
        "crm",
        "erp",
        "30s",
        f"{CONFIRMED}, gone: cancel, priority: urgency",
        creates=True,
    ),
    Usual(
        "stock",
        "stock",
        "erp",
        "crm",
        "5m",
        "on_conflict: ours, max_creates: none",
        vital=False,
    ),
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

TOLD = (
    *(
        Usual(name, object, "erp", every=every)
        for name, object, every in (
            ("erp_orders", "sales_order", "5m"),
            ("goods_returns", "goods_return", "5m"),
            ("invoices", "invoice", "10m"),
            ("ordinary_invoices", "ordinary_invoice", "10m"),
            ("receivables", "receivable", "10m"),
            ("payments", "payment", "5m"),
            ("refunds", "refund", "10m"),
        )
    ),
    *(
        Usual(name, object, "erp", every=every, vital=False)
        for name, object, every in (
            ("boms", "bom", "1h"),
            ("suppliers", "supplier", "1h"),
            ("warehouses", "warehouse", "1h"),
            ("price_lists", "price_list", "1h"),
            ("customer_materials", "customer_material", "1h"),
            ("requisitions", "purchase_requisition", "10m"),
            ("purchases", "purchase_order", "10m"),
            ("goods_receipts", "goods_receipt", "10m"),
            ("production_receipts", "production_receipt", "10m"),
            ("payables", "payable", "30m"),
        )
    ),
)
"""What the ERP tells of what became of orders: for their progress, for planning and the books."""
OWN = tuple(
    Usual(name, object, "erp", every=every, vital=False)
    for name, object, every in (
        ("credits", "credit", "1h"),
        ("inspections", "inspection", "10m"),
        ("production_costs", "production_cost", "1h"),
        ("stock_moves", "stock_move", "1h"),
    )
)
"""As `TOLD`, through forms or fields that differ from site to site: written, but switched off."""

DEALS = tuple(
    Usual(name, object, "crm", "erp", options=options, creates=True, vital=False)
    for name, object, options in (
        ("forecasts", "forecast", f"{CONFIRMED}, gone: cancel"),
        ("quotes", "quote", CONFIRMED),
        ("contracts", "contract", CONFIRMED),
        ("projects", "project", 'when: status == "started"'),
        ("returns", "return_order", f"{CONFIRMED}, gone: cancel"),
    )
)
"""What else a CRM may send into the ERP: written, but switched off, for the firm decides."""

RELEASED = tuple(
    Usual(name, object, HUB, "erp", options="max_creates: none", vital=False)
    for name, object in (
        ("released_purchases", "purchase_requisition"),
        ("released_production", "production_suggestion"),
    )
)
"""What people release of what is suggested: written, but switched off."""

INSIGHT = tuple(
    Usual(name, object, HUB, "crm", options=f"{more}on_conflict: ours", vital=False)
    for name, object, more in (
        ("kitting", "kitting", ""),
        ("availability", "availability", ""),
        ("price_estimates", "price_estimate", ""),
        ("slow_stock", "slow_stock", ""),
        ("margins", "order_margin", ""),
        ("three_flows", "three_flows", ""),
        ("standings", "customer_standing", 'when: currency == "CNY", '),
        ("grades", "customer_grade", ""),
    )
)
"""What is computed from both sides: written, but switched off, for the CRM needs fields for it."""

FROM_ERP = {
    "products": (Usual("crm_products", "material", "crm", every="5m", options="pair: number"),),
    "materials": (
        Usual(
            "products",
            "material",
            "erp",
            "crm",
            "5m",
            "pair: number, when: saleable and active, gone: follow",
        ),
    ),
    "erp_customers": (
        Usual("customers_back", "customer", "erp", "crm", "5m", "when: active, gone: follow"),
        Usual(
            "contacts",
            "contact",
            "erp",
            "crm",
            "5m",
            'when: active and customer != "", gone: follow',
        ),
    ),
}
"""What stands in the place of these where the CRM is filled from the ERP first."""
SWITCHED_OFF = ("init_own", "init_deals", "init_released", "init_insight")
FIRST_LOADS: dict[str, dict[str, tuple[Usual, ...]]] = {"crm": {}, "erp": FROM_ERP}
"""By the side that fills the other one first."""


def _chapters(first_load: str) -> list[tuple[str, list[Usual]]]:
    """What the flows are for, as the written file tells it."""
    if first_load not in FIRST_LOADS:
        raise ConfigError([Problem("", say("unknown_first_load", value=first_load))])
    others = FIRST_LOADS[first_load]
    usual = [one for known in USUAL for one in others.get(known.name, (known,))]
    return [
        ("init_read", [one for one in usual if not one.to]),
        ("init_demand" if others else "init_forward", [one for one in usual if one.creates]),
        ("init_back", [one for one in usual if one.to and not one.creates]),
        ("init_told", list(TOLD)),
        ("init_own", list(OWN)),
        ("init_deals", list(DEALS)),
        ("init_released", list(RELEASED)),
        ("init_insight", list(INSIGHT)),
    ]


def init(
    crm: str,
    erp: str,
    directory: Path,
    *,
    backfill: bool,
    today: date,
    first_load: str = "crm",
    language: str = "zh",
) -> Path:
    """Write `config.yaml` into `directory`. Raises ConfigError; never overwrites."""
    path = directory / "config.yaml"
    if path.exists():
        raise ConfigError([Problem(path.as_posix(), say("config_exists"))])
    names = {"crm": crm, "erp": erp}
    adapters = {name: _adapter(adapter) for name, adapter in names.items()}
    lines = [f"# {say('init_head').render(language)}", "store: sqlite:///connector.db"]
    lines += [f"language: {language}", "", "connections:"]
    for name, adapter in adapters.items():
        lines += [f"  {name}:", f"    adapter: {names[name]}"]
        lines += _settings(names[name], adapter, language)
    lines += ["", "flows:"]
    for chapter, usual in _chapters(first_load):
        flows = [_flow(one, backfill, today) for one in usual if _possible(one, names)]
        if chapter in SWITCHED_OFF:
            flows = [f"  # {flow.strip()}" for flow in flows]
        lines += [f"  # {say(chapter).render(language)}", *flows] if flows else []
    _write(path, "\n".join(lines) + "\n")
    return path


def systems(side: str) -> list[str]:
    """The adapters that can be the `crm`, which is told what became of orders, or the `erp`, which
    takes them, by the mappings that they ship."""
    object = {"crm": "delivery_status", "erp": "sales_order"}[side]
    return [name for name in registry.adapters() if _has(name, object, "write")]


def copy_mappings(config: Path) -> list[Path]:
    """Lay the shipped mappings that a configuration uses, and their value maps, beside it, where
    people edit them; none is overwritten. What was copied. Raises ConfigError."""
    known = yamlfile.to_plain(yamlfile.load(config))
    adapters = {name: one["adapter"] for name, one in known["connections"].items()}
    wanted = {
        f"{adapters[end]}/{flow['object']}.yaml"
        for flow in known["flows"].values()
        for end in (flow["from"], flow.get("to"))
        if end in adapters
    }
    files = sorted(name for name in wanted if (shipped() / name).is_file())
    maps = {one for name in files for one in _maps(yamlfile.load(shipped() / name))}
    files += sorted(f"values/{one}.yaml" for one in maps)
    folder = config.parent / "mappings"
    fresh = [name for name in files if not (folder / name).exists()]
    for name in fresh:
        _write(folder / name, (shipped() / name).read_text("utf-8"))
    return [folder / name for name in fresh]


def _maps(node: Any) -> Iterator[str]:
    """The value maps that a mapping names."""
    if isinstance(node, dict):
        if isinstance(node.get("map"), str):
            yield node["map"]
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        yield from _maps(inner)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        words = say("file_unwritable", detail=error.strerror or str(error))
        raise ConfigError([Problem(path.as_posix(), words)]) from None


def _adapter(name: str) -> type[Adapter]:
    found = registry.adapter(name)
    if found is None:
        known = ", ".join(registry.adapters())
        raise ConfigError([Problem("", say("unknown_adapter", name=name, known=known))])
    return found


def _settings(name: str, adapter: type[Adapter], language: str) -> list[str]:
    """What a site must fill in: required fields, those the adapter asks for, and to confirm: what
    its vendor usually allows."""
    lines = []
    for field, info in adapter.settings_type.model_fields.items():
        if field == "adapter":
            continue
        asked = info.is_required() or field in adapter.settings_type.asked
        if asked or field == "timezone":
            lines.append(f"    {field}: {_value(name, field, info)}")
    to_confirm = say("init_confirm").render(language)
    return lines + [
        f"    {f}: {v}   # {to_confirm}" for f, v in adapter.settings_type.usual.items()
    ]


def _value(adapter: str, field: str, info: FieldInfo) -> str:
    if info.annotation is SecretStr:
        variable = f"{adapter.split('_')[0]}_{field}".upper()
        return f'"${{env:{variable}}}"'
    known = info.default if isinstance(info.default, str) and info.default else CHANGE_ME
    return known if field == "timezone" else f'"{known}"'


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
    options += ["vital: true"] if usual.vital else []
    return f"  {usual.name}: {{{', '.join([*words, *options])}}}"


def _quoted(option: str) -> str:
    name, _, value = option.partition(": ")
    return f"{name}: '{value}'" if '"' in value else option
