"""Each start of the console is on the record, with who and with the settings that are others than before."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auth.console_start import Start, record_start
from auth.gate import GateContext
from auth.oidc_settings import Provider
from auth.opening import Opening
from auth.roles import Role
from auth.settings import GateSettings, read_settings
from etl_batch.audit.log import AuditLog
from etl_batch.environment import operator
from etl_batch.errors import AuditUnavailable
from tests.helpers.gate import GateHome

PROVIDER = Provider(
    issuer="https://id.example.org",
    client_id="etl",
    client_secret="hush hush",
    roles={Role.ANALYST: frozenset({"b", "a"})},
)


@pytest.fixture
def start(gate_home: GateHome) -> Start:
    return Start(
        home=gate_home.path, address="http://127.0.0.1:8501", settings=GateSettings(), provider=None,
        keys=gate_home.accounts.keys,
    )  # fmt: skip


def log(start: Start) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (start.home / ".secrets" / "etl_audit.log").read_text().splitlines()]


def test_every_start_is_recorded_with_who(start: Start) -> None:
    for _ in range(2):
        record_start(start, {})
    me = operator(None)
    assert [(entry["action"], entry["user"], entry["target"]) for entry in log(start)] == [
        ("console_started", me.name, "http://127.0.0.1:8501")
    ] * 2
    assert log(start)[0]["detail"]["version"]


def test_other_settings_are_recorded_once_before_the_start(start: Start) -> None:
    given = {"ETL_PUBLIC_URL": "https://etl.example.org", "ETL_TRUSTED_PROXIES": "10.0.0.0/8", "ETL_LIMIT_WORKERS": "2"}
    (start.home / ".secrets" / "limits.toml").write_text("queue_length = 7\n")
    other = replace(start, settings=read_settings(given), provider=PROVIDER)
    for _ in range(2):
        record_start(other, {**given, "ETL_INPUT_ROOTS": "/srv/in", "PATH": "/bin", "ETL_LIMIT_:": "1"})
    assert [entry["action"] for entry in log(start)] == ["settings_changed"] * 2 + ["console_started"] * 2
    console, limits = (entry["detail"] for entry in log(start)[:2])
    names = ("public_url", "trusted_proxies", "etl_limit_workers", "etl_input_roots")
    assert {name: console[name] for name in names} == {
        "public_url": "(not set) -> https://etl.example.org",
        "trusted_proxies": "(not set) -> 10.0.0.0/8",
        "etl_limit_workers": "(not set) -> 2",
        "etl_input_roots": "(not set) -> /srv/in",
    }
    assert console["oidc_roles_analyst"] == "(not set) -> a, b"
    assert "path" not in console
    assert limits["queue_length"] == "(not set) -> 7"


def test_of_a_secret_only_that_it_is_another_is_recorded(start: Start) -> None:
    for secret in ("hush hush", "hush hush", "another secret"):
        record_start(replace(start, provider=replace(PROVIDER, client_secret=secret)), {})
    changes = [entry["detail"] for entry in log(start) if entry["action"] == "settings_changed"]
    assert len(changes) == 2
    assert set(changes[1]) - {"os_user"} == {"oidc_client_secret"}
    for file in (start.home / ".secrets").iterdir():
        assert b"hush" not in file.read_bytes(), file


def test_the_console_records_its_start_once_and_before_anybody_gets_in(
    gate_home: GateHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = Opening(GateContext(store=gate_home.accounts.store), gate_home.accounts, gate_home.path)
    seen: list[str] = []

    async def served() -> None:
        async with opening.lifespan(None):
            seen.extend(entry["action"] for entry in gate_home.log())

    asyncio.run(served())
    assert seen == ["console_started"]
    assert [entry["action"] for entry in gate_home.log()] == seen

    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    def ended(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(AuditLog, "record", full)
    monkeypatch.setattr("os._exit", ended)
    with pytest.raises(SystemExit):
        asyncio.run(served())


def test_no_start_no_entry(tmp_path: Path) -> None:
    GateHome(tmp_path / "home")
    assert not (tmp_path / "home" / ".secrets" / "etl_audit.log").exists()
