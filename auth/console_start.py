"""That the console starts, by whom and with which settings: written down before anybody gets in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from auth.keys import Keys
from auth.oidc_settings import Provider
from auth.settings import GateSettings
from etl_batch.audit.events import Action, Detail, Event
from etl_batch.audit.log import AuditLog
from etl_batch.audit.settings_seen import record_settings
from etl_batch.environment import operator
from etl_batch.jobs.limits import LIMIT_PREFIX, JobLimits
from etl_batch.jobs.limits_in_force import limits_in_force
from etl_batch.version import product_version

NAME = "console"  #: of these settings, in the log
_VARIABLES = ("ETL_INPUT_ROOTS", *(LIMIT_PREFIX + field.name.upper() for field in fields(JobLimits)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What starts."""

    home: Path
    address: str  #: as browsers have it
    settings: GateSettings
    provider: Provider | None
    keys: Keys


def record_start(start: Start, environment: Mapping[str, str] = os.environ) -> None:
    """Write down what is set otherwise than at the last start, then the start.

    Raises:
        ConfigError: a limit is none.
        AuditUnavailable, SecretsExposed: it cannot be written down, so the console must not start.
    """
    who = operator(None)
    record_settings(start.home, who, NAME, settings_of(start, environment))
    limits_in_force(start.home, environment)
    detail: Detail = {"version": product_version(), "pid": os.getpid()}
    event = Event(action=Action.CONSOLE_STARTED, target=start.address, detail=detail)
    AuditLog(start.home).record(who, event)


def settings_of(start: Start, environment: Mapping[str, str]) -> dict[str, str]:
    """All that is set, as texts; of a secret only what shows that it is another."""
    found = {name.lower(): environment[name] for name in _VARIABLES if environment.get(name)}
    if start.settings.public_url:
        found["public_url"] = start.settings.public_url
    if start.settings.trusted_proxies:
        found["trusted_proxies"] = ", ".join(str(proxy) for proxy in start.settings.trusted_proxies)
    return found | (_of_provider(start.provider, start.keys) if start.provider else {})


def _of_provider(provider: Provider, keys: Keys) -> dict[str, str]:
    roles = {f"oidc_roles_{role}": ", ".join(sorted(groups)) for role, groups in provider.roles.items()}
    return {
        "oidc_issuer": provider.issuer, "oidc_client_id": provider.client_id, "oidc_label": provider.label,
        "oidc_name_claim": provider.name_claim, "oidc_role_claim": provider.role_claim,
        "oidc_client_secret": f"(secret {keys.of_setting(provider.client_secret)[:8]})", **roles,
    }  # fmt: skip
