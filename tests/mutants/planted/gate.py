"""Where requests come from, how often somebody may guess, and what an open page may send."""

from __future__ import annotations

from tests.mutants.fault import Fault

_RULES = "tests/unit/auth/test_gate_rules.py"
_SIGNING = "tests/unit/auth/test_signing_in.py"
_FLOOD = "tests/acceptance/test_gate_flood.py"
_HEADERS = "tests/acceptance/test_answer_headers.py"
_DEVICES = "tests/unit/auth/test_devices.py"
_MATRIX = "tests/acceptance/test_gate_matrix.py"
_ADDRESSES = "tests/acceptance/test_gate_addresses.py"

FAULTS = (
    Fault("auth.addresses.client_address", 'reversed(forwarded.split(","))', 'forwarded.split(",")', _RULES),
    Fault("auth.gate.Gate._is_unknown_proxy", "is_forwarded and not is_known", "False", _ADDRESSES),
    Fault("auth.gate._is_claim", "or is_hearsay(name)", "", _ADDRESSES),
    Fault("auth.addresses._SITE_BITS", "64", "128", _RULES),
    Fault(
        "auth.signing_in._admitted",
        "throttle_store.forget(tx, _device(accounts, user, attempt) or _account(accounts, attempt))",
        'tx.change("forget_throttles", before=accounts.clock())',
        _SIGNING,
    ),
    Fault(
        "auth.signing_in.sign_in",
        "if refused is not None:",
        "if refused is not None and not accounts.hasher.matches(attempt.password, None):",
        _SIGNING,
    ),
    Fault("auth.routes.SignInPages._sign_in_or_refusal", "self._inside >= _MOST_INSIDE", "False", _FLOOD),
    Fault("auth.routes.SignInPages._sign_in_or_refusal", "limiter=self._glances", "limiter=self._threads", _FLOOD),
    Fault("auth.routes.SignInPages._in_turn", "if waiting.cancelled_caught:", "if False:", _FLOOD),
    Fault("auth.forms.read_form", 'answer.headers["connection"] = "close"', "pass", "tests/unit/auth/test_forms.py"),
    Fault("auth.forms.read_form", "move_on_after(seconds)", "move_on_after(None)", "tests/unit/auth/test_forms.py"),
    Fault("auth.own_server._headers", 'if name != b"server"', "", _HEADERS),
    Fault("auth.answers._bare", '"content-security-policy": BARE_POLICY,', "", _HEADERS),
    Fault("auth.answers.complete", 'is_kept and "no-store" not in kept', "is_kept and not kept", _HEADERS),
    Fault("auth.devices.known_device", "if is_ours and now", "if now", _DEVICES),
    Fault("auth.devices._signature", ":{user['password_hash']}", "", _DEVICES),
    Fault("auth.signing_in._rejected", "if device is None and not wait:", "if not wait:", _DEVICES),
    Fault("auth.websocket.is_heard", "kind in _HEARD and (needed is None", "(needed is None", _MATRIX),
    Fault("auth.websocket.is_heard", "or may(role, needed)", "or True", _MATRIX),
)
