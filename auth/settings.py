"""How the console is reached: set by the environment, read once when it starts."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from etl_batch.errors import ConfigError

PUBLIC_URL = "ETL_PUBLIC_URL"
TRUSTED_PROXIES = "ETL_TRUSTED_PROXIES"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """What the gate must know of the way between it and the browsers."""

    public_url: str | None = None  #: scheme and host, as browsers see them; None: this machine only
    trusted_proxies: tuple[Network, ...] = ()  #: who may say in X-Forwarded-For where a request comes from

    @property
    def is_https(self) -> bool:
        """Whether browsers come over TLS, so that cookies may insist on it."""
        return (self.public_url or "").startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """The host names that the console answers to; others are a trick (DNS rebinding) or a missing setting."""
        return _LOOPBACK | ({urlsplit(self.public_url).hostname or ""} if self.public_url else frozenset())

    def is_own_origin(self, origin: str, host: str) -> bool:
        """Whether a request that a browser says to come from `origin` comes from a page of the console.

        Args:
            origin: the header Origin.
            host: the header Host, which has been found among `hosts`.
        """
        own = {f"http://{host}", f"https://{host}"} if is_loopback(host) or not self.is_https else set()
        return origin in own | ({self.public_url} if self.public_url else set())


def read_settings(environment: Mapping[str, str]) -> GateSettings:
    """The settings of the environment.

    Raises:
        ConfigError: one of them does not mean what it should.
    """
    return GateSettings(
        public_url=_public_url(environment.get(PUBLIC_URL, "").strip()),
        trusted_proxies=tuple(_networks(environment.get(TRUSTED_PROXIES, ""))),
    )


def hostname(host: str) -> str:
    """The name in a Host header, without the port, in lower case; empty where there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine."""
    return hostname(host) in _LOOPBACK


def _public_url(given: str) -> str | None:
    if not given:
        return None
    try:
        parts = urlsplit(given)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ConfigError(f"{PUBLIC_URL} is {given!r}: {error}", mend=_URL_MEND) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ConfigError(f"{PUBLIC_URL} is {given!r}", mend=_URL_MEND)
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{name}{port}"


def _networks(given: str) -> list[Network]:
    try:
        return [ipaddress.ip_network(part.strip()) for part in given.split(",") if part.strip()]
    except ValueError as error:
        raise ConfigError(
            f"{TRUSTED_PROXIES} is {given!r}: {error}", mend="give addresses or networks, as in 127.0.0.1,10.0.0.0/8"
        ) from None


_URL_MEND = "give what browsers show, without a path, as in https://etl.example.org"
