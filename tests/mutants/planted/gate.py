"""Where requests come from, how often somebody may guess, and what an open page may send."""

from __future__ import annotations

from tests.mutants.fault import Fault

_RULES = "tests/unit/auth/test_gate_rules.py"
_ADDRESSES = "tests/acceptance/test_door_addresses.py"

FAULTS = (
    Fault("auth.addresses.client_address", 'reversed(forwarded.split(","))', 'forwarded.split(",")', _RULES),
    Fault("auth.gate.Gate._is_unknown_proxy", "is_forwarded and not is_known", "False", _ADDRESSES),
    Fault("auth.gate._is_claim", "or is_hearsay(name)", "", _ADDRESSES),
)
