"""Who may do what: roles, accounts, and the folder of secrets that they rest on."""

from __future__ import annotations

from etl_batch.errors.base import EtlError, Refused


class Forbidden(Refused):
    """The role of the signed-in user does not have this permission."""

    code = "E_FORBIDDEN"
    mend = "ask a super_admin to do it, or for the role"


class SecretsExposed(Refused):
    """Others may read what only the owner of the console may: the keys, the accounts, the audit log."""

    code = "E_SECRETS_EXPOSED"
    mend = "close .secrets to others: chmod 700 on the folder, 600 on its files"
    page_mend = "whoever runs the console closes the folder .secrets and its files to all others"


class SecretsUnusable(EtlError):
    """The folder .secrets cannot be made or used."""

    code = "E_SECRETS"
    mend = "make it a folder of the user who runs the console, on a disk with room"


class AccountsUnusable(EtlError):
    """The store of users and sessions cannot be read or written."""

    code = "E_ACCOUNTS"
    mend = "make room on the disk of .secrets, or put a backup of .secrets/accounts.sqlite3 back"


class AccountRefused(Refused):
    """A change of an account was refused: the name is taken or unknown, or the last super_admin would be gone."""

    code = "E_ACCOUNT"
    mend = "see `python -m etl_batch user list`"
    page_mend = "see the page Users for the names that there are"


class PasswordRefused(Refused):
    """A password is too short, too long, too common or too easy to guess."""

    code = "E_PASSWORD"
    mend = "choose another one: a sentence of four or more unrelated words is good"
