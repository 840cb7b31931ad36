"""No account is made whose name people could take for another's; whoever has one keeps it."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import links, oidc_users, user_admin
from auth.names import checked_name, look_of, name_key
from auth.oidc_settings import Provider
from auth.roles import Role
from auth.signing_in import Attempt
from etl_batch.__main__ import COMMANDS
from etl_batch.commands.command_table import run_command
from etl_batch.errors import AccountRefused
from tests.helpers.gate import CHEAP_ROUNDS, OPERATOR, OTHER_PASSWORD, PASSWORD, GateHome

CYRILLIC_A, GREEK_O, FULL_WIDTH = "\u0430", "\u03bf", "\uff41\uff44\uff41"
MIXED = {
    "a Cyrillic letter": f"{CYRILLIC_A}da",
    "a Greek letter": f"b{GREEK_O}b",
    "two words": "Anna \u0410\u043d\u043d\u0430",
    "a Hebrew point": "ada\u05bc",
    "Hangul and Hiragana": "\ud558\u306a",
    "Latin and Yi": "ada\ua000",
    "Yi and Adlam": "\ua000\U0001e900",
    "two kinds of digits": "\u0967\u09671",
}
UNSEEN = {
    "a selector": "ada\ufe0f",
    "a joiner": "a\u034fda",
    "a filler": "\u3164",
    "a half filler": "ada\uffa0",
    "no width": "a\u200bda",
    "a late selector": "ada\U000e0100",
}
SIGNS = {"a dot behind": "ada.", "dots behind": "ada...", "a full stop of width": "ada\uff0e", "two spaces": "ada  b"}
ALIKE = [
    ("ada", "ADA"),
    ("ada", FULL_WIDTH),
    ("scope", "\u0455\u0441\u043e\u0440\u0435"),
    ("Ella", "EIla"),
    ("user10", "userlO"),
    ("Tom", "Torn"),
    ("wanda", "vvanda"),
    ("strasse", "stra\u00dfe"),
]
PEOPLE = [
    "Zo\u00eb", "O'Brien", "ada@example.org", "\u674e\u96f7", "\u305f\u306a\u304b\u592a\u90ce", "\uae40\uc601\ud76c",
    "\u0410\u043d\u043d\u0430 2", "\u0928\u092e\u0938\u094d\u0924\u0947", "\ua000\ua001",
    "Kamala \u00c5berg-M\u00fcller", "\u0645\u062d\u0645\u062f", "J. R. R. Tolkien", "\u30bf\u30ed\u30fc",
]  # fmt: skip


@pytest.mark.parametrize("name", [*MIXED.values(), *UNSEEN.values(), *SIGNS.values()], ids=[*MIXED, *UNSEEN, *SIGNS])
def test_what_can_be_taken_for_another_is_no_name(name: str) -> None:
    with pytest.raises(AccountRefused):
        checked_name(name)


@pytest.mark.parametrize("name", PEOPLE)
def test_people_of_every_script_have_names(name: str) -> None:
    assert checked_name(name) == unicodedata.normalize("NFC", name)


def test_a_name_is_kept_in_one_form() -> None:
    assert checked_name(FULL_WIDTH) == "ada"
    assert checked_name("\U0001d4ea\U0001d4ed\U0001d4ea") == "ada"
    assert checked_name("\ufb01nn") == "finn"


@given(st.text(max_size=70))
def test_what_passes_is_stable_and_shows_all_of_itself(given_name: str) -> None:
    try:
        name = checked_name(given_name)
    except AccountRefused:
        return
    assert checked_name(name) == name == unicodedata.normalize("NFKC", name)
    assert all(unicodedata.category(one)[0] in "LMNPZ" for one in name)
    assert name_key(given_name) == name_key(name)
    assert look_of(name)


@given(st.text(alphabet="aeimnorvwIl10O\u0430\u03bf\u0455", min_size=1, max_size=8))
def test_look_alikes_look_alike_in_both_directions(name: str) -> None:
    assert look_of(name) == look_of(name.replace("m", "rn")) == look_of(name.replace("w", "vv"))
    assert look_of(name) == look_of(name.replace("a", "\u0430"))
    assert look_of(name) == look_of(name.replace("1", "l")) == look_of(name.replace("0", "O"))


Way = Callable[[GateHome, str], object]


def by_command(home: GateHome, name: str) -> None:
    run_command(COMMANDS, ["user", "create", name, "--role", "analyst", "--password-stdin", "--home", str(home.path)])


def by_provider(home: GateHome, name: str) -> None:
    provider = Provider(
        issuer="https://id.example.org", client_id="c", client_secret="s", roles={Role.ANALYST: frozenset({"all"})}
    )
    claims = {"sub": f"subject of {name}", "groups": ["all"], "preferred_username": name}
    oidc_users.admit(home.accounts, provider, claims, Attempt(name=name, password=""))


def by_setup(home: GateHome, name: str) -> None:
    first = links.first_link(home.accounts)
    assert first is not None
    links.accept(home.accounts, first.token, Attempt(name=name, password=OTHER_PASSWORD))


WAYS: dict[str, Way] = {
    "invitation": lambda home, name: user_admin.create_user(home.accounts, OPERATOR, name, Role.ANALYST),
    "password": lambda home, name: user_admin.create_user(home.accounts, OPERATOR, name, Role.ANALYST, OTHER_PASSWORD),
    "command": by_command,
    "provider": by_provider,
}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auth.user_commands.calibrated_rounds", lambda _: CHEAP_ROUNDS)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{OTHER_PASSWORD}\n"))


def users(home: GateHome) -> list[str]:
    return [user.name for user in user_admin.list_users(home.accounts, OPERATOR)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("known", "new"), ALIKE)
def test_no_way_makes_a_look_alike(gate_home: GateHome, way: str, known: str, new: str) -> None:
    gate_home.add(known)
    with pytest.raises(AccountRefused, match=r"looks like|already"):
        WAYS[way](gate_home, new)
    assert users(gate_home) == [known]


@pytest.mark.parametrize("way", [*WAYS, "setup"])
@pytest.mark.parametrize("name", [MIXED["a Cyrillic letter"], UNSEEN["a selector"], SIGNS["a dot behind"]])
def test_no_way_makes_a_name_of_two_scripts_or_unseen_letters(gate_home: GateHome, way: str, name: str) -> None:
    with pytest.raises(AccountRefused):
        (WAYS | {"setup": by_setup})[way](gate_home, name)
    assert users(gate_home) == []


@pytest.mark.parametrize("way", [*WAYS, "setup"])
def test_every_way_keeps_names_in_one_form(gate_home: GateHome, way: str) -> None:
    (WAYS | {"setup": by_setup})[way](gate_home, FULL_WIDTH)
    assert users(gate_home) == ["ada"]


@pytest.mark.parametrize("name", [f"{CYRILLIC_A}da", "ada\ufe0f", "EIla", FULL_WIDTH])
def test_whoever_has_an_account_keeps_it(gate_home: GateHome, name: str) -> None:
    """Made by the version before, with a name that would be refused today."""
    gate_home.add("Ella")
    accounts = gate_home.accounts
    with accounts.store.writing() as tx:
        made = tx.one(
            "add_user", name=name, name_key=name_key(name), role=Role.ANALYST, password_hash=None,
            subject=f"https://id.example.org subject of {name}", now=0.0,
        )  # fmt: skip
        assert made is not None
        token = links.make_link(tx, made["id"], accounts.clock())
    links.accept(accounts, token, Attempt(name="", password=PASSWORD))
    gate_home.sign_in(name)
    by_provider(gate_home, name)
    user_admin.change_role(accounts, OPERATOR, name, Role.AUDITOR)
    user_admin.reset_user(accounts, OPERATOR, name, OTHER_PASSWORD)
    gate_home.sign_in(name, OTHER_PASSWORD)
    assert set(users(gate_home)) == {"Ella", name}
