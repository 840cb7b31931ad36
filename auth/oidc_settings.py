"""The organisation's sign-in provider (OpenID Connect), as `.secrets/oidc.toml` describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from auth.roles import Role
from auth.settings import is_loopback
from etl_batch.errors import ConfigError
from etl_batch.storage.secrets_folder import refuse_exposed, secrets_folder
from etl_batch.text.bounded_documents import toml_of_file

FILE_NAME = "oidc.toml"
_TEXTS = ("issuer", "client_id", "client_secret")
_KNOWN = {*_TEXTS, "label", "name_claim", "role_claim", "roles"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider, and which of its groups have which role."""

    issuer: str
    client_id: str
    client_secret: str
    label: str = "your organisation"  #: on the button
    name_claim: str = "preferred_username"
    role_claim: str = "groups"
    roles: Mapping[Role, frozenset[str]]

    def __repr__(self) -> str:
        return f"Provider(issuer={self.issuer!r})"

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """The mightiest role that one of the user's groups has; None: the user has nothing to do here."""
        given = claims.get(self.role_claim)
        listed = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        groups = {group for group in listed if isinstance(group, str)}
        return next((role for role in Role if groups & self.roles.get(role, frozenset())), None)


def read_provider(home: Path) -> Provider | None:
    """The provider of a home; None: none is configured.

    Raises:
        ConfigError: the file says something that cannot be meant.
        SecretsExposed: others may read it.
    """
    path = secrets_folder(home) / FILE_NAME
    if not path.exists():
        return None
    refuse_exposed(path)
    try:
        with path.open("rb") as file:
            given = toml_of_file(file)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", mend=_MEND) from None
    unknown = sorted(set(given) - _KNOWN)
    missing = [name for name in _TEXTS if not isinstance(given.get(name), str) or not given[name]]
    if unknown or missing:
        raise ConfigError(f"{path}: missing {missing or 'nothing'}, unknown {unknown or 'nothing'}", mend=_MEND)
    issuer = given["issuer"].rstrip("/")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.netloc)):
        raise ConfigError(f"{path}: the issuer {issuer!r} is not reached over https", mend=_MEND)
    optional = {name: given[name] for name in ("label", "name_claim", "role_claim") if isinstance(given.get(name), str)}
    secrets = {"client_id": given["client_id"], "client_secret": given["client_secret"]}
    return Provider(issuer=issuer, roles=_roles(path, given.get("roles")), **secrets, **optional)


def _roles(path: Path, given: object) -> dict[Role, frozenset[str]]:
    known = {str(role) for role in Role}
    if not isinstance(given, dict) or not given or not set(given) <= known:
        raise ConfigError(f"{path}: [roles] must name groups for some of {', '.join(sorted(known))}", mend=_MEND)
    if not all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in given.values()):
        raise ConfigError(f"{path}: each role in [roles] takes a list of groups", mend=_MEND)
    return {Role(role): frozenset(names) for role, names in given.items()}


_MEND = "see the chapter on the organisation's sign-in in docs/manual.md"
