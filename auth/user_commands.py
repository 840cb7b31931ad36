"""`python -m etl_batch user ...`: accounts from the command line, for whoever the operating system has let in."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from auth import user_admin
from auth.accounts import Accounts
from auth.hashing import PasswordHasher, calibrated_rounds
from auth.keys import load_keys
from auth.roles import Role
from auth.store import AccountStore
from auth.users import User
from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_parser import Parser
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder, operator
from etl_batch.errors import ConfigError
from etl_batch.values import Actor

_PROG = "python -m etl_batch user"
_LARGEST_INPUT = 8192  #: characters of a password on standard input
_EPILOG = """\
roles:
  super_admin  everything
  analyst      reports, results, estimates, the machine
  auditor      the audit log, and what jobs were run

A password is asked for, or read from standard input; it is never an argument, where others could read it.
A lost telephone: a recovery code, typed where the one-time code goes, works once. `recovery-codes NAME` makes new ones.
A lost super_admin: `reset NAME` gives another password and takes the second factor away.
"""


def add_parser(add: AddParser) -> None:
    """Add the parser of `user`."""
    shared = Parser(add_help=False)
    shared.add_argument("--home", metavar="DIR", help="the folder with .secrets/ (ETL_HOME, else the project's)")
    shared.add_argument("--actor", metavar="NAME", help="who, for the audit log, beside the OS user (the OS user)")
    shared.add_argument("--json", action="store_true", help="print JSON")
    named = Parser(add_help=False)
    named.add_argument("name", metavar="NAME", help="of the user")
    role = Parser(add_help=False)
    role.add_argument("--role", required=True, choices=[str(choice) for choice in Role], help="what the user may do")
    secret = Parser(add_help=False)
    secret.add_argument("--password-stdin", action="store_true", help="read the password from standard input, one line")

    void = Parser(add_help=False)
    void.add_argument("--void-invitation", action="store_true", help="also where it voids the link of an invitation")

    parser = add(
        description="Make and change the accounts of the dashboard.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(do=run)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for name, parents, text in (
        ("create", [named, role, secret], "make a user"),
        ("list", [], "show all users"),
        ("role", [named, role], "give a user another role; their sessions end"),
        ("disable", [named], "shut a user out; their sessions end"),
        ("enable", [named], "let a user in again"),
        ("no-downloads", [named], "take from an analyst the right to take results away"),
        ("downloads", [named], "give an analyst that right again"),
        ("reset", [named, secret, void], "another password, no second factor; their sessions end"),
        ("recovery-codes", [named], "new recovery codes, shown once; the older ones are void"),
        ("end-sessions", [named], "sign a user out everywhere"),
    ):
        commands.add_parser(name, parents=[*parents, shared], help=text, description=f"{text[0].upper()}{text[1:]}.")


def run(flags: argparse.Namespace) -> None:
    """Run one of the commands.

    Raises:
        EtlError: with what is wrong and what to do.
    """
    store = AccountStore(home_folder(flags.home))
    try:
        keys = load_keys(store)
        accounts = Accounts(store=store, keys=keys, hasher=PasswordHasher(keys, calibrated_rounds(store)))
        answer = _COMMANDS[flags.command](accounts, operator(flags.actor), flags)
    finally:
        store.close()
    print_result(json.dumps(answer.data, ensure_ascii=False) + "\n" if flags.json else answer.text + "\n")


class _Answer:
    def __init__(self, text: str, data: object) -> None:
        self.text = text
        self.data = data


def _create(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    made = user_admin.create_user(accounts, actor, flags.name, Role(flags.role), _password(flags, flags.name))
    return _Answer(f"{made.user.name} is {_article(made.user.role)} now and can sign in.", _as_json(made.user))


def _list(accounts: Accounts, actor: Actor, _flags: argparse.Namespace) -> _Answer:
    users = user_admin.list_users(accounts, actor)
    if not users:
        text = f"There are no users yet. Make the first: {_PROG} create NAME --role super_admin"
        return _Answer(text, [])
    width = max(len(user.name) for user in users)
    lines = [f"{'name':<{width}}  {'role':<11}  {'state':<8}  code  sessions  last signed in"]
    for user in users:
        code = "yes" if user.has_totp else "no"
        account = f"{user.name:<{width}}  {user.role:<11}  {user.state:<8}"
        lines.append(f"{account}  {code:<4}  {user.sessions:>8}  {_time(user.signed_in_at)}")
    return _Answer("\n".join(lines), [_as_json(user) for user in users])


def _role(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    user_admin.change_role(accounts, actor, flags.name, Role(flags.role))
    return _Answer(
        f"{flags.name} is {_article(Role(flags.role))} now; their sessions have ended.", {"role": flags.role}
    )


def _disable(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    user_admin.set_disabled(accounts, actor, flags.name, disabled=True)
    return _Answer(f"{flags.name} cannot sign in any more; their sessions have ended.", {"disabled": True})


def _enable(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    user_admin.set_disabled(accounts, actor, flags.name, disabled=False)
    return _Answer(f"{flags.name} can sign in again.", {"disabled": False})


def _no_downloads(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    user_admin.set_may_download(accounts, actor, flags.name, may_download=False)
    return _Answer(f"{flags.name} sees results, and can take none away any more.", {"may_download": False})


def _downloads(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    user_admin.set_may_download(accounts, actor, flags.name, may_download=True)
    return _Answer(f"{flags.name} can download results again.", {"may_download": True})


def _reset(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    may_void = flags.void_invitation or _may_void(flags, user_admin.invited_until(accounts, actor, flags.name))
    password = _password(flags, flags.name)
    done = user_admin.reset_user(accounts, actor, flags.name, password, may_void=may_void)
    text = f"{done.user.name} has the new password and no second factor; their sessions have ended."
    void = " The link of their invitation is void." if done.is_instead else ""
    return _Answer(text + void, {"name": done.user.name, "invitation_voided": done.is_instead})


def _may_void(flags: argparse.Namespace, until: float | None) -> bool:
    """Ask, where there is somebody to ask; a script says so beforehand."""
    if until is None:
        return False
    about = f"{flags.name} has an open invitation until {_time(until)}, whose link a reset voids"
    if flags.password_stdin or not sys.stdin or not sys.stdin.isatty():
        raise ConfigError(about, mend="pass on the link that they have, or reset with --void-invitation")
    if input(f"{about}. Go on? [y/N] ").strip().casefold() not in {"y", "yes"}:
        raise ConfigError("nothing was done", mend="pass on the link that they have, or answer y")
    return True


def _recovery_codes(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    codes = user_admin.new_recovery_codes(accounts, actor, flags.name)
    text = (
        f"The recovery codes of {flags.name}, shown only now; the older ones are void. Each stands for the "
        "authenticator app once:"
    )
    return _Answer("\n".join([text, *codes]), {"name": flags.name, "recovery_codes": codes})


def _end_sessions(accounts: Accounts, actor: Actor, flags: argparse.Namespace) -> _Answer:
    ended = user_admin.end_sessions(accounts, actor, flags.name)
    return _Answer(f"{ended} session{'' if ended == 1 else 's'} of {flags.name} ended.", {"sessions": ended})


_COMMANDS: dict[str, Callable[[Accounts, Actor, argparse.Namespace], _Answer]] = {
    "create": _create,
    "list": _list,
    "role": _role,
    "disable": _disable,
    "enable": _enable,
    "no-downloads": _no_downloads,
    "downloads": _downloads,
    "reset": _reset,
    "recovery-codes": _recovery_codes,
    "end-sessions": _end_sessions,
}


def _password(flags: argparse.Namespace, name: str) -> str:
    if flags.password_stdin:
        line = sys.stdin.readline(_LARGEST_INPUT) if sys.stdin else ""
        return line.removesuffix("\n").removesuffix("\r")
    if not sys.stdin or not sys.stdin.isatty():
        raise ConfigError("there is no terminal to ask for the password", mend="pipe it in, with --password-stdin")
    first = getpass.getpass(f"Password of {name}: ")
    if getpass.getpass("Again: ") != first:
        raise ConfigError("the two passwords are not the same", mend="start again")
    return first


def _article(role: Role) -> str:
    return f"{'a' if role is Role.SUPER_ADMIN else 'an'} {role}"


def _as_json(user: User) -> dict[str, object]:
    return {
        "name": user.name, "role": user.role, "state": user.state, "totp": user.has_totp,
        "recovery_codes": user.recovery_codes, "sessions": user.sessions, "may_download": user.may_download,
        "created_at": _iso(user.created_at), "signed_in_at": _iso(user.signed_in_at),
    }  # fmt: skip


def _iso(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _time(moment: float | None) -> str:
    return "never" if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
