"""The configuration of the simulated company: one CRM, one ERP, and what goes between them."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

from pydantic import SecretStr

from connector.app import App
from connector.assemble import Assembly
from connector.clock import Clock
from connector.contract import Http
from connector.engine.system import Connection, Feed, System
from connector.reviews.board import Board
from connector.rules.book import Book
from connector.settings import Config, ConfigFile
from connector.store.engine import Store
from tests.simulation.adapters import register
from tests.simulation.erp import Nature
from tests.simulation.scene import LONGEST, Scene

SECRETS = {
    "crm": "canary-crm-7f3a91", "erp": "canary-erp-c04d2e", "chat": "canary-chat-51b07e",
}  # fmt: skip
"""Planted passwords: they may turn up nowhere."""

CONFIG = """
store: sqlite:///unused.db
language: en
health: ""
connections:
  crm: {adapter: virtual_crm, base_url: "https://crm.example", secret: "${file:crm.secret}",
         timeout: 20}
  erp: {adapter: virtual_erp, base_url: "https://erp.example", secret: "${file:erp.secret}",
         timeout: 20}
  chat: {adapter: virtual_chat, base_url: "https://chat.example", secret: "${file:chat.secret}",
          timeout: 20}
people: {boss: {ids: {chat: boss}, logins: [boss]}}
reviews: {order_review: {departments: {finance: {who: [boss], shows: [amount_with_tax]}}}}
messages: {quiet: [], workdays: false, fold: 100000, report: [boss], report_at: "00:00",
            reports: {debts: {report: overdue, to: [boss], every: day, at: "00:00"}}}
rules:
  confirmed:
    on: sales_order
    when: status == "confirmed"
    say: {to: [boss], title: An order, text: "confirmed {{ number }}", over: "over {{ number }}"}
  failing:
    on: failure
    when: count > 0
    say: {to: [boss], title: A failure, text: "failing {{ words }}", over: "mended {{ words }}"}
  halting:
    on: failure
    when: count > 0
    pause: {flows: [grades], resume: true, why: "failing {{ words }}", to: [boss]}
  looked:
    on: sales_order
    when: status == "confirmed"
    review: {who: [boss], why: "{{ number }}", shows: [amount_with_tax]}
    todo: {to: [salesperson], by: chat, title: "{{ number }}", text: nobody has it to do}
flows:
  products: {object: material, from: crm, pair: number, every: 5m}
  materials: {object: material, from: erp, pair: number, every: 5m}
  customers: {object: customer, from: crm, to: erp, every: 2m}
  only_read: {object: customer, from: crm, every: 2m}
  orders: {object: sales_order, from: crm, to: erp, every: 30, when: 'status == "confirmed"',
            hold: 'status == "in_approval"', review: order_review}
  status: {object: delivery_status, from: hub, to: crm, when: 'flow == "orders"',
            on_conflict: ours}
  promises: {object: availability, from: hub, to: crm, when: available < 0}   # computed, never told
  grades: {object: customer_grade, from: hub, to: crm, when: orders < 0}
"""

MAPPINGS = {
    "crm/customer": """
object: customer
form: account
key: id
number: code
read: {name: name}
""",
    "erp/customer": """
object: customer
form: partner
key: key
number: code
reference: {field: reference, unique: UNIQUE}
write: {code: {from: number, on: create}, name: name}
""",
    "crm/material": """
object: material
form: product
key: id
number: code
read: {name: name}
""",
    "erp/material": """
object: material
form: item
key: key
number: code
read: {name: name, sales_unit: unit}
""",
    "crm/sales_order": """
object: sales_order
form: order
key: id
number: number
read:
  customer: customer
  order_date: date
  status: status
  special_terms: note
  lines:
    each: lines
    key: id
    fields: {material: product, quantity: qty, price_with_tax: price, amount_with_tax: amount}
""",
    "erp/sales_order": """
object: sales_order
form: bill
key: key
number: no
reference: {field: reference, unique: UNIQUE}
until: audited
write:
  NUMBER
  customer: {from: customer, link: customer}
  date: {from: order_date, type: date}
  note: {from: special_terms, empty: clear}
  warehouse: {value: W1, on: create}
  rows:
    each: lines
    key: id
    fields:
      material: {from: material, link: material}
      unit: {from: material, link: material.sales_unit}
      qty: {from: quantity, scale: quantity}
      amount: {from: net_amount, scale: money, tolerance: 0.01}
""",
    "chat/message": """
object: message
form: message
key: id
write: {id: number, to: to, title: title, text: text}
""",
    "chat/todo": """
object: todo
form: task
key: id
write: {id: number, to: who, title: title, text: text}
""",
    "crm/delivery_status": """
object: delivery_status
form: order
key: id
onto: record
write:
  erp_number: target_number
  erp_state: state
  erp_reason: {from: reason, empty: clear}
  erp_who: {from: who, empty: clear}
""",
    "crm/availability": """
object: availability
form: promise
key: id
write: {number: number, available: available}
""",
    "crm/customer_grade": """
object: customer_grade
form: account
key: id
onto: customer
write: {grade: grade}
""",
}


def _texts(nature: Nature) -> Iterator[tuple[str, str]]:
    """Every file of the configuration, by name."""
    yield "config.yaml", CONFIG
    yield from ((f"{name}.secret", secret) for name, secret in SECRETS.items())
    number = "no: {from: number, on: create}" if nature.numbering == "crm" else ""
    for name, text in MAPPINGS.items():
        text = text.replace("UNIQUE", str(nature.unique).lower()).replace("NUMBER", number)
        yield f"mappings/{name}.yaml", text


def _settings(scene: Scene, name: str) -> dict[str, Any]:
    """What a connection of this scene is told beyond the configuration file."""
    told: dict[str, Any] = {"page": scene.page, "longest": LONGEST}
    if name in scene.secrets:
        told["secret"] = SecretStr(scene.secrets[name])
    if name == "crm":
        return {**told, "lookback": scene.lookback}
    search = scene.idempotency != "C"
    return {**told, "batch": scene.batch, "parallel": scene.parallel, "search": search,
            "delay": scene.nature.delay}  # fmt: skip


def _policies(scene: Scene, name: str) -> dict[str, Any]:
    """What a flow of this scene is told beyond the configuration file."""
    told = {"every": scene.every} if scene.every else {}
    if name == "customers":
        return {**told, "compare": scene.compare}
    if name != "orders":
        return told
    names = ("gone", "on_conflict", "until", "on_change", "quiet", "group", "compare", "attempts")
    return {**told, **{name: getattr(scene, name) for name in names}}


@cache
def _assembled(files: tuple[tuple[str, str], ...]) -> tuple[System, Config, Book, Board]:
    """The compiled configuration; its adapters and its store are never used."""
    register()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files:
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        file = ConfigFile(Path(folder) / "config.yaml")
        assembly = Assembly(file, None, lambda *_: _NOTHING)
        return assembly.build(), file.config, assembly.book, assembly.board


_NOTHING: Any = None


def opened(
    scene: Scene,
    store: Store,
    clock: Clock,
    owner: str,
    random: Any,
    make_http: Any,
    without: Collection[str] = (),
    seen: Path | None = None,
    login: str = "",
) -> App:
    """The product as one process starts it: everything of its own but the database.

    `make_http(name, settings)` gives the way to a connection's system; `without` names flows
    that the configuration does not have yet, `seen` is the file beside the store in which starts
    are counted, `login` whoever sits there.
    """
    base, config, book, board = _assembled(tuple(_texts(scene.nature)))
    if not scene.chat:
        book, without = Book(), {*without, "messages_chat", "todos_chat"}
    board = board if scene.review else Board()

    def connected(known: Connection) -> Connection:
        settings = known.settings.model_copy(update=_settings(scene, known.name))
        http: Http = make_http(known.name, settings)
        return Connection(known.name, settings, type(known.adapter)(settings, http, clock))

    connections = {
        name: connected(known)
        for name, known in base.connections.items()
        if scene.chat or name != "chat"
    }
    flows = {
        name: replace(
            flow,
            settings=flow.settings.model_copy(update=_policies(scene, name)),
            review=flow.review if scene.review else "",
            target=connections[flow.target.name] if flow.target else None,
        )
        for name, flow in base.flows.items()
        if name not in without
    }
    feeds = {
        name: Feed(
            connections[feed.connection.name],
            feed.object,
            feed.reader,
            [flows[flow.name] for flow in feed.flows if flow.name in flows],
        )
        for name, feed in base.feeds.items()
        if any(flow.name in flows for flow in feed.flows)
    }
    system = replace(
        base,
        store=store,
        clock=clock,
        connections=connections,
        feeds=feeds,
        flows=flows,
        owner=owner,
        random=random,
        seen=seen,
        watched=frozenset(book.rules),
        stopping=Event(),
    )
    return App(system, config, who=login or owner, book=book, board=board)
