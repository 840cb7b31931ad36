"""Who gets in, as whom, and what they may do."""

from __future__ import annotations

from tests.mutants.fault import Fault

_RULES = "tests/unit/auth/test_gate_rules.py"
_SIGNING = "tests/unit/auth/test_signing_in.py"
_PASSWORDS = "tests/unit/auth/test_passwords.py"
_ADMIN = "tests/unit/auth/test_user_admin.py"
_MATRIX = "tests/acceptance/test_door_matrix.py"

FAULTS = (
    Fault("auth.sessions.Session.is_live", "not self.disabled and", "", _RULES),
    Fault("auth.sessions.Session.is_live", "and now - self.created_at < LIFE_SECONDS", "", _RULES),
    Fault("auth.totp.fitting_step", "and step > after", "", "tests/unit/auth/test_totp.py"),
    Fault(
        "auth.throttle.Failures.wait",
        "self.count <= FREE_FAILURES",
        "self.count < FREE_FAILURES",
        "tests/unit/auth/test_throttle.py",
    ),
    Fault("auth.hashing.PasswordHasher.matches", "else self._nobody", "else str(stored)", _PASSWORDS),
    Fault("auth.passwords.check_password", "if _too_easy(text, name):", "if False:", _PASSWORDS),
    Fault("auth.signing_in._admitted", 'or current["disabled"]', "", _SIGNING),
    Fault("auth.gate._is_claim", '.replace(b"_", b"-")', "", _MATRIX),
    Fault("auth.gate.Gate._websocket", "not is_ours or", "", _MATRIX),
    Fault("auth.gate.Gate._by_role", "not may(session.role, needed)", "False", _MATRIX),
    Fault("auth.paths_of_the_gate.own_path", 'or "\\\\" in text', "", _RULES),
    Fault(
        "auth.links.accept", 'tx.change("forget_links", user_id=row["user_id"], now=accounts.clock())', "pass", _ADMIN
    ),
    Fault("etl_batch.permissions.may", "role is None or", "role != ANALYST or", _MATRIX),
)
