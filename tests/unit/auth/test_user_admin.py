"""Managing users: who may, what ends with it, and the super_admin who remains."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth import links, session_store, signing_in, user_admin
from auth.accounts import Accounts
from auth.roles import Role
from auth.sessions import key_of
from auth.signing_in import Attempt
from etl_batch.__main__ import COMMANDS
from etl_batch.audit.log import AuditLog
from etl_batch.commands.command_table import run_command
from etl_batch.errors import AccountRefused, AuditUnavailable, ConfigError, EtlError, Forbidden, PasswordRefused
from etl_batch.values import Actor
from tests.helpers.chance import examples
from tests.helpers.gate import CHEAP_ROUNDS, OPERATOR, OTHER_PASSWORD, PASSWORD, GateHome

Change = Callable[[Accounts, Actor, str], object]
CHANGES: dict[str, Change] = {
    "create": lambda accounts, actor, name: user_admin.create_user(accounts, actor, f"new {name}", Role.ANALYST),
    "list": lambda accounts, actor, _name: user_admin.list_users(accounts, actor),
    "role": lambda accounts, actor, name: user_admin.change_role(accounts, actor, name, Role.AUDITOR),
    "disable": lambda accounts, actor, name: user_admin.set_disabled(accounts, actor, name, disabled=True),
    "enable": lambda accounts, actor, name: user_admin.set_disabled(accounts, actor, name, disabled=False),
    "no-downloads": lambda accounts, actor, name: user_admin.set_may_download(
        accounts, actor, name, may_download=False
    ),
    "reset": lambda accounts, actor, name: user_admin.reset_user(accounts, actor, name, OTHER_PASSWORD),
    "recovery-codes": user_admin.new_recovery_codes,
    "end-sessions": user_admin.end_sessions,
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, "", "none", "root"])
def test_only_super_admins_may(gate_home: GateHome, change: str, role: str) -> None:
    gate_home.add("target", Role.ANALYST)
    with pytest.raises(Forbidden):
        CHANGES[change](gate_home.accounts, Actor(name="eve", os_user="test", role=role), "target")


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "list"])
@pytest.mark.parametrize("loss", ["demoted", "disabled", "gone"])
def test_whoever_was_a_super_admin_a_moment_ago_may_not(gate_home: GateHome, change: str, loss: str) -> None:
    stale = gate_home.add("eve") if loss != "gone" else Actor(name="eve", os_user="test", role=Role.SUPER_ADMIN)
    gate_home.add("keeper")
    gate_home.add("target", Role.ANALYST)
    if loss == "demoted":
        user_admin.change_role(gate_home.accounts, OPERATOR, "eve", Role.ANALYST)
    if loss == "disabled":
        user_admin.set_disabled(gate_home.accounts, OPERATOR, "eve", disabled=True)
    with pytest.raises(Forbidden):
        CHANGES[change](gate_home.accounts, stale, "target")


@pytest.mark.parametrize("change", ["role", "disable", "reset", "end-sessions"])
def test_changes_end_all_sessions_at_once(gate_home: GateHome, change: str) -> None:
    admin = gate_home.add()
    gate_home.add("target", Role.ANALYST)
    tokens = [gate_home.sign_in("target") for _ in range(3)]
    CHANGES[change](gate_home.accounts, admin, "target")
    store, now = gate_home.accounts.store, gate_home.clock()
    assert [session_store.find(store, key_of(token), now) for token in tokens] == [None] * 3
    assert gate_home.log()[-1]["user"] == "ada"


def test_two_super_admins_who_demote_each_other_200_times(gate_home: GateHome) -> None:
    actors = [gate_home.add("left"), gate_home.add("right")]
    barrier = threading.Barrier(2)
    refused: list[type[EtlError]] = []

    def demote(actor: Actor, other: str) -> None:
        barrier.wait(60)
        try:
            user_admin.change_role(gate_home.accounts, actor, other, Role.ANALYST)
        except EtlError as error:
            refused.append(type(error))

    for number in range(200):
        pair = [threading.Thread(target=demote, args=(actors[one], ["right", "left"][one])) for one in (0, 1)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join(120)
        with gate_home.accounts.store.reading() as tx:
            assert tx.number("count_super_admins") == 1, number
        for name in ("left", "right"):
            user_admin.change_role(gate_home.accounts, OPERATOR, name, Role.SUPER_ADMIN)
    assert len(refused) == 200
    assert set(refused) <= {Forbidden, AccountRefused}


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(["role", "disable", "reset", "promote", "enable", "link"]), st.integers(0, 2)),
        max_size=12,
    )
)
def test_one_super_admin_always_remains(
    gate_home: GateHome, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    monkeypatch.setattr(AuditLog, "record", lambda *_: 0)  # not what is tested here, and it waits for the disk
    accounts = gate_home.accounts
    names = ["one", "two", "three"]
    with accounts.store.reading() as tx:
        is_new = tx.number("count_users") == 0
    if is_new:
        for name in names:
            gate_home.add(name)
    for step, number in steps:
        name = names[number]
        try:
            if step == "promote":
                user_admin.change_role(accounts, OPERATOR, name, Role.SUPER_ADMIN)
            elif step == "link":
                user_admin.reset_user(accounts, OPERATOR, name, may_void=True)
            else:
                CHANGES[step](accounts, OPERATOR, name)
        except AccountRefused:
            pass
        with accounts.store.reading() as tx:
            assert tx.number("count_super_admins") >= 1


def test_a_change_that_cannot_be_written_down_is_not_made(gate_home: GateHome, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = gate_home.add()
    gate_home.add("target", Role.ANALYST)
    token = gate_home.sign_in("target")

    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    monkeypatch.setattr(AuditLog, "record", full)
    for name in ("create", "role", "disable", "reset", "end-sessions"):
        with pytest.raises(AuditUnavailable):
            CHANGES[name](gate_home.accounts, admin, "target")
    assert session_store.find(gate_home.accounts.store, key_of(token), gate_home.clock()) is not None
    assert [user.name for user in user_admin.list_users(gate_home.accounts, admin)] == ["ada", "target"]


def test_names_are_taken_once(gate_home: GateHome) -> None:
    gate_home.add("Zoë")
    with pytest.raises(AccountRefused, match="already"):
        gate_home.add("ZOË")
    with pytest.raises(AccountRefused, match="no user"):
        user_admin.end_sessions(gate_home.accounts, OPERATOR, "nobody")


def choose(home: GateHome, token: str, password: str = PASSWORD, name: str = "") -> None:
    links.accept(home.accounts, token, Attempt(name=name, password=password))


def first_token(home: GateHome) -> str:
    first = links.first_link(home.accounts)
    assert first is not None
    return first.token


def test_a_new_user_chooses_a_password_by_a_link_that_works_once(gate_home: GateHome) -> None:
    admin = gate_home.add()
    made = user_admin.create_user(gate_home.accounts, admin, "bob", Role.ANALYST)
    assert made.token is not None
    assert made.user.state == "invited"
    with pytest.raises(PasswordRefused):
        choose(gate_home, made.token, "short")
    choose(gate_home, made.token)
    gate_home.sign_in("bob")
    with pytest.raises(AccountRefused, match="was used"):
        choose(gate_home, made.token, OTHER_PASSWORD)


def test_links_expire_are_replaced_and_end_with_the_account(gate_home: GateHome) -> None:
    admin = gate_home.add()
    made = user_admin.create_user(gate_home.accounts, admin, "bob", Role.ANALYST)
    newer = user_admin.reset_user(gate_home.accounts, admin, "bob", may_void=True)
    assert newer.is_instead
    assert gate_home.log()[-1]["detail"]["invitation_voided"]
    assert made.token is not None
    assert newer.token is not None
    assert links.invitation(gate_home.accounts, made.token) is None
    user_admin.set_disabled(gate_home.accounts, admin, "bob", disabled=True)
    with pytest.raises(AccountRefused):
        choose(gate_home, newer.token)
    user_admin.set_disabled(gate_home.accounts, admin, "bob", disabled=False)
    gate_home.clock.turn(links.USER_LINK_SECONDS)
    assert links.invitation(gate_home.accounts, newer.token) is None


@pytest.mark.parametrize("password", [None, OTHER_PASSWORD])
def test_an_open_invitation_is_voided_only_by_whoever_knows(gate_home: GateHome, password: str | None) -> None:
    admin = gate_home.add()
    made = user_admin.create_user(gate_home.accounts, admin, "bob", Role.ANALYST)
    assert made.token is not None
    with pytest.raises(AccountRefused, match="open invitation"):
        user_admin.reset_user(gate_home.accounts, admin, "bob", password)
    assert links.invitation(gate_home.accounts, made.token) is not None
    until = user_admin.invited_until(gate_home.accounts, admin, "bob")
    assert until == gate_home.clock() + links.USER_LINK_SECONDS
    assert user_admin.list_users(gate_home.accounts, admin)[1].invited_until == until
    assert user_admin.reset_user(gate_home.accounts, admin, "bob", password, may_void=True).is_instead
    assert links.invitation(gate_home.accounts, made.token) is None


def test_an_invitation_that_was_used_or_has_expired_is_nothing_to_ask_about(gate_home: GateHome) -> None:
    admin = gate_home.add()
    for name in ("used", "expired"):
        made = user_admin.create_user(gate_home.accounts, admin, name, Role.ANALYST)
        if name == "used":
            choose(gate_home, str(made.token))
        else:
            gate_home.clock.turn(links.USER_LINK_SECONDS)
        assert user_admin.invited_until(gate_home.accounts, admin, name) is None
        assert not user_admin.reset_user(gate_home.accounts, admin, name).is_instead


def test_a_script_says_beforehand_that_it_voids_an_invitation(
    gate_home: GateHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = user_admin.create_user(gate_home.accounts, gate_home.add(), "bob", Role.ANALYST)
    command = ["reset", "bob", "--password-stdin", "--home", str(gate_home.path)]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{OTHER_PASSWORD}\n"))
    monkeypatch.setattr("auth.user_commands.calibrated_rounds", lambda _: CHEAP_ROUNDS)
    with pytest.raises(ConfigError, match="--void-invitation"):
        run_command(COMMANDS, ["user", *command])
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{OTHER_PASSWORD}\n"))
    run_command(COMMANDS, ["user", *command, "--void-invitation"])
    assert "The link of their invitation is void." in capsys.readouterr().out
    assert made.token is not None
    assert links.invitation(gate_home.accounts, made.token) is None


@pytest.mark.parametrize(("answer", "is_done"), [("", False), ("n", False), ("Y", True)])
def test_whoever_sits_there_is_asked_before_an_invitation_is_voided(
    gate_home: GateHome, monkeypatch: pytest.MonkeyPatch, answer: str, *, is_done: bool
) -> None:
    made = user_admin.create_user(gate_home.accounts, gate_home.add(), "bob", Role.ANALYST)
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))

    def asks(text: str) -> str:
        asked.append(text)
        return answer

    monkeypatch.setattr("builtins.input", asks)
    monkeypatch.setattr("getpass.getpass", lambda _: OTHER_PASSWORD)
    monkeypatch.setattr("auth.user_commands.calibrated_rounds", lambda _: CHEAP_ROUNDS)
    with contextlib.nullcontext() if is_done else pytest.raises(ConfigError, match="nothing was done"):
        run_command(COMMANDS, ["user", "reset", "bob", "--home", str(gate_home.path)])
    assert "whose link a reset voids. Go on?" in asked[0]
    assert made.token is not None
    assert (links.invitation(gate_home.accounts, made.token) is None) == is_done


def test_a_second_first_link_says_that_it_stands_for_the_first(gate_home: GateHome) -> None:
    first, second = links.first_link(gate_home.accounts), links.first_link(gate_home.accounts)
    assert first is not None
    assert second is not None
    assert (first.is_instead, second.is_instead) == (False, True)
    assert links.invitation(gate_home.accounts, first.token) is None


def test_the_first_link_makes_one_super_admin(gate_home: GateHome) -> None:
    token = first_token(gate_home)
    path = links.keep_first_link(gate_home.accounts, f"http://127.0.0.1:8501/setup?token={token}")
    assert path.stat().st_mode & 0o777 == 0o600
    choose(gate_home, token, name="ada")
    assert not path.exists()
    assert links.first_link(gate_home.accounts) is None
    assert [user.role for user in user_admin.list_users(gate_home.accounts, OPERATOR)] == [Role.SUPER_ADMIN]
    assert [entry["action"] for entry in gate_home.log()] == ["setup", "sign_in"]
    with pytest.raises(AccountRefused):
        choose(gate_home, token, name="eve")


def test_the_first_link_is_worth_nothing_once_there_are_users(gate_home: GateHome) -> None:
    token = first_token(gate_home)
    gate_home.add()
    with pytest.raises(AccountRefused):
        choose(gate_home, token, name="eve")


def test_the_first_link_lives_an_hour(gate_home: GateHome) -> None:
    token = first_token(gate_home)
    gate_home.clock.turn(links.FIRST_LINK_SECONDS)
    with pytest.raises(AccountRefused):
        choose(gate_home, token, name="ada")


def test_a_lost_super_admin_is_recovered(gate_home: GateHome) -> None:
    gate_home.add()
    with pytest.raises(AccountRefused, match="last super_admin"):
        user_admin.reset_user(gate_home.accounts, OPERATOR, "ada")
    user_admin.reset_user(gate_home.accounts, OPERATOR, "ada", OTHER_PASSWORD)
    assert isinstance(
        signing_in.sign_in(gate_home.accounts, Attempt(name="ada", password=PASSWORD)), signing_in.Rejected
    )
    gate_home.sign_in(password=OTHER_PASSWORD)
