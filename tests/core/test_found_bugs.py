"""Bugs that the unit tests found. Each test says what should be; each was red when written.

When one is mended, move its test to the file where it belongs.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connector import log, yamlfile
from connector.assemble import Assembly
from connector.contract import Record, parse_rate
from connector.engine import adopting, states
from connector.engine.plan import update as plan_update
from connector.errors import ConfigError, MappingFault, OutcomeUnknown
from connector.mapping.convert import as_date
from connector.mapping.document import Node, canon, digest, like
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.schema import schema
from connector.mapping.values import ValueMap
from connector.mapping.writing import Writer
from connector.messages import Message
from connector.objects import Customer, OrderLine, SalesOrder, content
from connector.settings import ConfigFile
from connector.store import deliveries, feeds, migrate
from connector.store.engine import Store
from connector.yamlfile import YamlFault
from tests.core.wire import StillClock, client, serving
from tests.mapping.build import CHINA, mapping, problems, read, tables, writer, written
from tests.mapping.test_schema import plain, valid
from tests.plan import bill as bills
from tests.store.rows import add, note, noted, one, sending

CANARY = "canary-91c4-secret"

# -- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scalar", ["!!int x", "!!float x", "9" * 5000])
def test_a_scalar_that_cannot_be_is_a_fault_of_its_file(scalar: str) -> None:
    with pytest.raises(YamlFault):
        yamlfile.loads(f"a: {scalar}")


# -- mapping files -----------------------------------------------------------------------------


def test_a_typing_mistake_in_a_template_is_a_problem_at_load() -> None:
    assert problems("write:\n  a: {template: 'CRM {nubmer}'}\n")


def test_a_typing_mistake_in_a_table_s_condition_is_a_problem_at_load() -> None:
    """Otherwise every line is left out, without a word."""
    assert problems("write:\n  t: {each: lines, key: id, when: knid != 'x', fields: {a: note}}\n")


@pytest.mark.parametrize(
    "rule",
    ["{from: number, max_bytes: ten}", "{from: number, cut: x}", "{from: number, tolerance: x}"],
)
def test_a_word_where_a_number_belongs_is_a_problem_and_no_traceback(rule: str) -> None:
    assert problems(f"write:\n  a: {rule}\n")


def test_an_empty_list_of_names_is_a_problem_at_load() -> None:
    assert problems("write:\n  a: {from: []}\n")


@pytest.mark.parametrize("text", ["number:\n", "write:\n  t: {each: lines, key: , fields: {}}\n"])
def test_a_word_without_a_value_is_a_problem_and_not_the_text_none(text: str) -> None:
    assert problems(text)


def test_several_fields_without_a_use_for_them_are_a_problem_at_load() -> None:
    """Reading, only the first of them is taken; writing, too."""
    assert problems("write:\n  a: {from: [number, status]}\n")


@pytest.mark.parametrize("table", ["- a\n- b\n", "a: []\n", "just text\n", "a: {b: c}\n"])
def test_a_value_map_that_is_no_flat_table_is_a_problem_and_no_traceback(
    table: str, tmp_path: Path
) -> None:
    values = tables(tmp_path, odd=table)
    assert problems("write:\n  a: {from: kind, map: odd}\n", values)


def test_a_star_on_the_left_is_never_read_as_a_code() -> None:
    assert ValueMap.of("t", {"a": "A", "*": "other"}).read("other") is None


def test_a_star_on_the_right_is_never_written_as_a_code() -> None:
    assert ValueMap.of("t", {"usable": "K1", "blocked": "*"}).write("blocked") is None


def test_whether_a_table_is_ambiguous_does_not_depend_on_its_order() -> None:
    one, two = ValueMap.of("t", {"a": "o", "*": "o"}), ValueMap.of("t", {"*": "o", "a": "o"})
    assert one.ambiguous == two.ambiguous


@pytest.mark.parametrize("rule", ["on: create", "link: customer", "scale: 2", "empty: clear"])
def test_what_reading_does_not_know_is_marked_by_the_editor_too(rule: str) -> None:
    text = f"read:\n  number: {{from: n, {rule}}}\n"
    assert problems(text)
    assert not valid(plain(text), schema())


def test_a_function_with_its_fields_is_not_marked_by_the_editor() -> None:
    text = "write:\n  a: {call: join, from: [number, status]}\n"
    assert problems(text) == []
    assert valid(plain(text), schema())


# -- expressions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["x == true", "x == 1"])
@pytest.mark.parametrize("operands", [[True, Decimal(1), 1], [1, Decimal(1), True]], ids=str)
def test_a_remembered_result_is_that_of_its_own_operands(source: str, operands: list[Any]) -> None:
    """1, True and Decimal(1) are one key of a dict; the first result answers for all three."""
    shared = Expression(source)
    fresh = [Expression(source)({"x": value}.get) for value in operands]
    assert [shared({"x": value}.get) for value in operands] == fresh


def test_question_marks_in_text_do_not_change_what_missing_means() -> None:
    values = {"b": "x"}.get
    assert Expression('a + 1 == 2 or b == "?"')(values) is None
    assert Expression('a + 1 == 2 or b == "??"')(values) is None


def test_a_field_of_one_s_own_may_have_a_chinese_name() -> None:
    assert Expression('custom.颜色 == "红"').holds({"custom.颜色": "红"}.get)


def test_a_call_of_anything_but_the_four_functions_is_refused_at_load() -> None:
    with pytest.raises(ExpressionFault):
        Expression('name.upper() == "A"')


def test_infinity_is_a_fault_and_no_result() -> None:
    with pytest.raises(ExpressionFault):
        Expression("0 ** (0 - a)")({"a": Decimal(1)}.get)


def test_an_instant_at_midnight_stays_an_instant() -> None:
    instant = datetime(2026, 11, 20, tzinfo=UTC)
    assert type(Expression("a")({"a": instant}.get)) is datetime


# -- reading and writing -------------------------------------------------------------------------


def test_an_instant_west_of_greenwich_is_a_day_in_the_connection_s_zone() -> None:
    assert as_date("2026-11-20T22:00:00-05:00", CHINA) == date(2026, 11, 21)


def test_a_day_without_dashes_is_never_read_as_1970() -> None:
    try:
        assert as_date("20261120", CHINA) == date(2026, 11, 20)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("value", [["2026-11-20"], {}, 10**20], ids=str)
def test_whatever_stands_where_a_date_belongs_is_a_fault_that_names_the_field(value: Any) -> None:
    with pytest.raises(MappingFault):
        read("name: n\ncreated_on: c", {"n": "x", "c": value})


def test_a_row_without_its_key_is_a_fault_of_its_record() -> None:
    rules = "customer: c\norder_date: d\n"
    rules += "lines: {each: r, key: k, fields: {quantity: q, amount_with_tax: a}}"
    with pytest.raises(MappingFault):
        read(rules, {"c": "c", "d": "2026-11-20", "r": [{"q": 1, "a": 1}]}, "sales_order")


def test_a_number_of_one_s_own_is_still_a_number_when_it_is_written() -> None:
    """`custom` comes back from the store as text, so arithmetic on it fails."""
    import json

    stored = json.loads(content(Customer(name="n", custom={"rate": Decimal("0.13")})))
    made = Writer(mapping("write: {a: {expr: custom.rate * 100}}", object="customer"))
    assert made(stored).fields == {"a": 13}


def test_an_instant_written_as_a_date_is_a_date() -> None:
    made = writer("a: {from: since, type: date}", object="delivery_status")
    fields = made(
        {"flow": "f", "record": "r", "state": "s", "since": "2026-11-20T05:00:00Z"}
    ).fields
    assert fields == {"a": date(2026, 11, 20)}


def test_a_date_of_one_s_own_is_a_date_where_the_rule_says_so() -> None:
    """Mended once, broken again: the store gives it back as text."""
    record = {"custom": {"d": "2026-11-20"}}
    assert written("a: {from: custom.d, type: date}", record) == {"a": date(2026, 11, 20)}


def test_a_default_stands_for_an_empty_code_as_it_does_when_reading(tmp_path: Path) -> None:
    values = tables(tmp_path, terms="n30: T30\n")
    rule = "a: {from: payment_terms, map: terms, default: T00}"
    assert written(rule, {}, values) == {"a": "T00"}


# -- documents and money -------------------------------------------------------------------------


def test_zero_has_no_sign() -> None:
    assert digest({"f": {"a": canon(Decimal("-0.00"))}}) == digest({"f": {"a": canon(Decimal(0))}})


@pytest.mark.parametrize("shown", ["NaN", "Infinity", "-inf"])
def test_a_target_that_shows_no_number_does_not_break_the_comparison(shown: str) -> None:
    assert like(Decimal(1), shown) != Decimal(1)


def test_a_discount_that_cannot_be_paid_in_whole_fen_is_refused() -> None:
    line = OrderLine(id="1", quantity=Decimal(1), amount_with_tax=Decimal(100))
    order = SalesOrder(
        customer="c", order_date=date(2026, 1, 1), discount=Decimal("0.005"), lines=(line,)
    )
    with pytest.raises(MappingFault):
        order.settle()


def test_a_discount_on_gifts_alone_is_a_fault_of_its_record_and_no_traceback() -> None:
    rules = "customer: c\norder_date: d\ndiscount: x\n"
    rules += "lines: {each: r, key: k, fields: {quantity: q, amount_with_tax: a}}"
    record = {"c": "c", "d": "2026-11-20", "x": "0.01", "r": [{"k": "1", "q": 1, "a": 0}]}
    with pytest.raises(MappingFault):
        read(rules, record, "sales_order")


# -- plans and adopting --------------------------------------------------------------------------

RULES = bills.RULES.replace("qty: quantity", "qty: {from: quantity, reads_as: FQty}")


@pytest.mark.parametrize("wanted", [{"a": bills.row()}, {}], ids=["unchanged", "vanished"])
def test_a_split_row_is_seen_where_the_quantity_is_shown_under_another_name(wanted: Any) -> None:
    made, document = writer(RULES), bills.bill(wanted)
    known = bills.held(bills.bill(), None)
    rows = [
        {"rid": "r-a", "material": "M1", "FQty": "6", "amount": "60"},
        {"rid": "x", "material": "M1", "FQty": "4", "amount": "40"},
    ]
    theirs = Record("k1", {"note": "n", "rows": rows})
    held = type(known)(known.delivered, known.base, theirs, known.line_keys)
    form = bills.form(document, made)
    plan = plan_update(document, form, held, made)
    assert plan.tables == {}
    assert bool(plan.conflicts) == (wanted == {})
    assert plan.drift == []


def test_a_target_that_shows_round_digits_agrees_only_with_what_rounds_to_them() -> None:
    """19.60 against a shown 20.00: the zeros are digits, too."""
    document = Node({"rate": Decimal("19.60")})
    shown = Record("k", {"FRate": "20.00"})
    assert not adopting.agrees(bills.form(document), document, shown, bills.WRITER)


def test_a_row_added_by_an_unanswered_update_is_found_though_its_line_changed_since() -> None:
    """Else the line gets a second row."""
    sent = bills.form(bills.bill({"a": bills.row(), "b": bills.row("M2", qty=1)}))
    shown = bills.shown(bills.bill({"a": bills.row(), "b": bills.row("M2", qty=1)}))
    now = bills.bill({"a": bills.row(), "b": bills.row("M2", qty=2)})
    keys = adopting.added(now, sent, {"rows": {"a": "r-a"}}, shown, bills.WRITER)
    assert keys["rows"] == {"a": "r-a", "b": "r-b"}


# -- the configuration ---------------------------------------------------------------------------

ERP = """
connections:
  erp: {{adapter: kingdee_galaxy, base_url: 'https://h/k3cloud/', acct_id: a, user: u, {more}}}
flows: {{}}
"""


def told(directory: Path, config: str) -> str:
    """What is wrong with a configuration; anything but a ConfigError is a traceback."""
    path = directory / "config.yaml"
    path.write_text(config, encoding="utf-8")
    try:
        Assembly(ConfigFile(path)).build()
    except ConfigError as error:
        return str(error)
    return ""


def erp(directory: Path, more: str) -> str:
    return told(directory, ERP.format(more=more))


def test_a_connection_that_is_refused_as_a_whole_never_shows_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", CANARY)
    said = erp(tmp_path, "auth: password, app_secret: '${env:CANARY}'")
    assert "needs password" in said
    assert CANARY not in said


def test_a_secret_in_digits_is_a_plain_secret_and_is_not_repeated(tmp_path: Path) -> None:
    said = erp(tmp_path, "app_id: i, app_secret: 918273645")
    assert "A secret may not stand in the file" in said
    assert "918273645" not in said


def test_a_secret_that_stands_half_in_the_file_is_a_plain_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", CANARY)
    assert erp(tmp_path, "app_id: i, app_secret: 'my-pass-${env:CANARY}'")


@pytest.mark.parametrize(
    "data", ["密钥".encode("gbk"), "secret".encode("utf-16")], ids=["GBK", "UTF-16"]
)
def test_a_secret_file_in_another_encoding_is_a_problem_and_no_traceback(
    tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "key").write_bytes(data)
    assert erp(tmp_path, "app_id: i, app_secret: '${file:key}'")


def test_a_byte_order_mark_is_no_part_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xef\xbb\xbfsecret-1")
    path = tmp_path / "config.yaml"
    path.write_text(ERP.format(more="app_id: i, app_secret: '${file:key}'"), encoding="utf-8")
    settings: Any = Assembly(ConfigFile(path)).build().connections["erp"].settings
    assert settings.app_secret.get_secret_value() == "secret-1"


MEMORY = """
connections:
  a: {{adapter: memory, world: w, base_url: 'https://h'{more}}}
flows: {flows}
"""


@pytest.mark.parametrize(
    "more",
    [
        ", timezone: China",
        ", timezone: Mars/Base",
        ", rate: fast",
        ", rate: 5/x",
        ", rate: '5'",
        ", rate: 5/0s",
        ", rate: -5/s",
    ],
)
def test_a_setting_that_cannot_be_is_a_problem_and_no_traceback(tmp_path: Path, more: str) -> None:
    assert told(tmp_path, MEMORY.format(more=more, flows="{}"))


def test_an_address_that_cannot_be_taken_apart_is_a_problem(tmp_path: Path) -> None:
    config = MEMORY.format(more="", flows="{}").replace("https://h", "https://[h")
    assert told(tmp_path, config)


@pytest.mark.parametrize("text", ["5", "5/x", "5/"])
def test_a_rate_that_is_none_raises_what_its_docstring_says(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_rate(text)


def test_a_text_setting_that_looks_like_a_duration_stays_text(tmp_path: Path) -> None:
    config = MEMORY.format(more="", flows="{}").replace("world: w", "world: 1h")
    assert told(tmp_path, config) == ""


def test_a_flow_to_the_hub_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    assert told(tmp_path, MEMORY.format(more="", flows="{f: {object: customer, from: a, to: hub}}"))


# -- logs ----------------------------------------------------------------------------------------


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    import logging

    monkeypatch.setattr(log, "_secrets", [CANARY])
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.configure(json=True, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    log._quiet_until_configured()


@pytest.mark.parametrize(
    "value",
    [ValueError(CANARY), CANARY.encode(), {CANARY}, Path(CANARY), {CANARY: 1}],
    ids=["exception", "bytes", "set", "path", "key of a dict"],
)
def test_a_secret_inside_any_kind_of_value_is_hidden(output: io.StringIO, value: Any) -> None:
    log.get("t").info("x", value=value)
    assert CANARY not in output.getvalue()


def test_a_secret_that_contains_another_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    longer = [f"secret{n:02d}-and-more" for n in range(20)]
    monkeypatch.setattr(log, "_secrets", [])
    log.keep_secret([secret[:8] for secret in longer])
    log.keep_secret(longer)
    assert [log.redact_text(secret) for secret in longer] == [log.HIDDEN] * 20


# -- HTTP ----------------------------------------------------------------------------------------

PEM = Path(__file__).with_name("loopback.pem").as_posix()


def test_a_broken_tls_stream_after_a_write_was_sent_is_unknown() -> None:
    """Unreachable means that nothing was done; then the write is sent a second time."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)

    def wrap(connection: socket.socket) -> socket.socket:
        return context.wrap_socket(connection, server_side=True)

    def garble(connection: socket.socket) -> None:
        bare = socket.socket(fileno=connection.detach())
        bare.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)  # a record that cannot be decrypted
        bare.close()

    with serving(garble, wrap=wrap) as server:
        http = client(server.url, ca_file=PEM)
        with pytest.raises(OutcomeUnknown):
            http.send("POST", "/save", json={}, writes=True)
        assert len(server.requests) == 1


# -- the store -----------------------------------------------------------------------------------


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    made = Store(store_url, StillClock())
    migrate.prepare(made)
    yield made
    made.close()


def test_a_claim_that_was_abandoned_is_not_said_to_be_written(store: Store) -> None:
    """Recovery put the row in doubt; its slow holder then comes with an outcome."""
    add(store, sending("a"))
    mine = ("me", 1, "sending")
    with store.transaction() as tx:
        row = one(tx, "a")
        assert deliveries.settle(tx, [states.abandoned(row, 300.0, 100, "", 300.0)], [mine])
    with store.transaction() as tx:
        said = deliveries.settle(tx, [states.in_sync(row, 301.0, delivered="h")], [mine])
        assert (one(tx, "a").state, said) == ("in_doubt", [])


def test_a_reading_is_one_consistent_view(store: Store) -> None:
    with store.reading() as tx:
        before = noted(tx, "a")
        with store.transaction() as other:
            note(store, other, "a", "changed meanwhile")
        assert noted(tx, "a") == before


def test_two_that_take_a_free_lease_at_once_do_not_both_get_it(store: Store) -> None:
    taken: list[int | None] = []

    def second() -> None:
        with store.transaction() as tx:
            taken.append(feeds.take_lease(store, tx, "feed", "b", 60))

    with store.transaction() as tx:
        taken.append(feeds.take_lease(store, tx, "feed", "a", 60))
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)  # it waits for us
    thread.join(30)
    assert taken == [1, None]


def test_nothing_can_be_written_in_a_reading(store: Store) -> None:
    def write() -> None:
        with store.reading() as tx:
            tx.execute(
                text("insert into feeds (connection, object, cursor) values ('notes', 'a', 'b')")
            )

    _fails(write)
    with store.reading() as tx:
        assert noted(tx, "a") == ""


def _fails(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - however the database says no
        assert str(error)


# -- reasons that another version stored -------------------------------------------------------


def test_a_reason_stored_by_another_version_can_still_be_read() -> None:
    assert str(Message("link_missing", {"object": "customer", "key": "k1"})).count("?") == 2
    assert str(Message("no_longer_there", {"a": "b"})) == "no_longer_there {'a': 'b'}"
