"""Hygiene: building costs nothing, capabilities are data, secrets stay secret, threads share."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any, NoReturn

import pytest
from pydantic import SecretStr

from connector.contract import Adapter, Capabilities, FormCapabilities, FormField
from connector.errors import AccessDenied
from connector.testing.clock import SkippingClock
from connector.testing.needs import CREATE, READS, UPDATE, needs
from connector.testing.remote import Remote
from connector.testing.suite import Suite

CALLERS = 4
OPERATIONS = frozenset({"create", "update", "cancel", "close"})
SECRET_NAMES = re.compile("password|secret|token|private_key")


class Hygiene(Suite):
    """What is expected of any adapter, whatever it speaks to."""

    def test_building_does_no_input_or_output(self, adapter: Adapter) -> None:
        type(adapter)(adapter.settings, _Silence(), SkippingClock())

    def test_capabilities_are_data_and_stay_as_they_are(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        declared, form = adapter.capabilities, self.form(adapter)
        assert isinstance(declared, Capabilities)
        assert isinstance(form, FormCapabilities)
        adapter.check()
        assert adapter.capabilities == declared == remote.connect().capabilities

    def test_capabilities_make_sense(self, adapter: Adapter) -> None:
        declared = adapter.capabilities
        assert declared.longest_write > 0
        assert declared.visibility_delay >= 0
        for form in (declared.other, *declared.forms.values()):
            assert form.reads in ("changes", "full", "none")
            assert form.status in ("full", "limited", "unsupported")
            assert form.operations <= OPERATIONS
            assert form.batch >= 1
            assert len(set(form.steps)) == len(form.steps)

    def test_check_names_the_tenant_and_always_the_same(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        tenant = adapter.check().tenant
        assert tenant.strip()
        assert adapter.check().tenant == remote.connect().check().tenant == tenant

    def test_describe_names_each_field_once(self, adapter: Adapter) -> None:
        fields = adapter.describe(self.sample.shape.form)
        assert all(isinstance(field, FormField) and field.name for field in fields)
        places = [(field.table, field.name) for field in fields]
        assert len(set(places)) == len(places)

    def test_closing_twice_is_no_mistake(self, remote: Remote) -> None:
        adapter = remote.connect()
        adapter.check()
        adapter.close()
        adapter.close()

    # -- secrets ----------------------------------------------------------------------------

    def test_secrets_are_declared_as_such(self, adapter: Adapter) -> None:
        for name, field in adapter.settings_type.model_fields.items():
            if SECRET_NAMES.search(name) and field.annotation is str:
                pytest.fail(f"the setting {name} is no {SecretStr.__name__}")

    def test_secrets_do_not_show(self, adapter: Adapter) -> None:
        adapter.check()
        shown = [repr(adapter), str(adapter), repr(adapter.settings), str(adapter.settings)]
        shown += [repr(vars(adapter)), repr(adapter.check())]
        for secret in filter(None, adapter.settings.secrets()):
            assert not [text for text in shown if secret in text]

    @needs(Remote.stranger)
    def test_secrets_do_not_show_in_errors(self, remote: Remote) -> None:
        stranger = remote.stranger()
        with pytest.raises(AccessDenied) as caught:
            stranger.check()
        shown = f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
        assert not [s for s in stranger.settings.secrets() if s and s in shown]

    # -- threads ----------------------------------------------------------------------------

    @needs(READS)
    def test_several_threads_read_through_one_adapter(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.some(remote, adapter, 4)
        self.later(remote, adapter)
        shared = remote.connect(parallel=CALLERS)

        def keys(_: int) -> list[str]:
            pages = list(shared.read(self.sample.shape, None))
            return sorted(record.key for page in pages for record in page.records)

        with ThreadPoolExecutor(CALLERS) as pool:
            found = list(pool.map(keys, range(2 * CALLERS)))
        assert found == [sorted(remote.held())] * len(found)

    @needs(CREATE)
    def test_several_threads_create_through_one_adapter(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        shared = remote.connect(parallel=CALLERS)
        writes = [self.new(shared, f"P{place}") for place in range(3 * CALLERS)]
        before = set(remote.held())
        with ThreadPoolExecutor(CALLERS) as pool:
            written = list(pool.map(shared.write, writes))
        held = remote.held()
        assert set(held) - before == {outcome.key for outcome in written}
        for write, outcome in zip(writes, written, strict=True):
            if write.reference is not None:
                assert held[outcome.key][write.reference[0]] == write.reference[1]

    @needs(UPDATE, Remote.add)
    def test_several_threads_change_their_own_records(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        keys, text = [remote.add() for _ in range(2 * CALLERS)], self.sample.text
        shared = remote.connect(parallel=CALLERS)

        def update(key: str) -> None:
            shared.write(self.change(shared, key, fields={text: f"for {key}"}))

        with ThreadPoolExecutor(CALLERS) as pool:
            list(pool.map(update, keys))
        held = remote.held()
        assert {key: held[key][text] for key in keys} == {key: f"for {key}" for key in keys}


class _Silence:
    """An HTTP that must not be used."""

    calls = 0

    def send(self, method: str, path: str, **_: Any) -> NoReturn:
        raise AssertionError(f"{method} {path} while building")

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()

    def now(self) -> datetime:
        return datetime.now(UTC)
