"""Where requests come from, how often somebody may guess, and what an open page may send."""

from __future__ import annotations

from tests.mutants.fault import Fault

_RULES = "tests/unit/auth/test_gate_rules.py"
_SIGNING = "tests/unit/auth/test_signing_in.py"
_ADDRESSES = "tests/acceptance/test_door_addresses.py"

FAULTS = (
    Fault("auth.addresses.client_address", 'reversed(forwarded.split(","))', 'forwarded.split(",")', _RULES),
    Fault("auth.gate.Gate._is_unknown_proxy", "is_forwarded and not is_known", "False", _ADDRESSES),
    Fault("auth.gate._is_claim", "or is_hearsay(name)", "", _ADDRESSES),
    Fault("auth.addresses._SITE_BITS", "64", "128", _RULES),
    Fault(
        "auth.signing_in._admitted",
        "throttle_store.forget(tx, throttle_store.of_account(accounts.keys, attempt.name))",
        "[throttle_store.forget(tx, key) for key in _counted_under(accounts, attempt)]",
        _SIGNING,
    ),
)
