"""Who gets in, as whom, and what they may do."""

from __future__ import annotations

from tests.mutants.fault import Fault

_STATUSES = "tests/unit/auth/test_statuses.py"
_RULES = "tests/unit/auth/test_gate_rules.py"
_SIGNING = "tests/unit/auth/test_signing_in.py"
_PASSWORDS = "tests/unit/auth/test_passwords.py"
_ADMIN = "tests/unit/auth/test_user_admin.py"
_RECOVERY = "tests/unit/auth/test_recovery_codes.py"
_MEDIA = "tests/unit/auth/test_media.py"
_NAMES = "tests/unit/auth/test_names.py"
_MATRIX = "tests/acceptance/test_gate_matrix.py"
_DOWNLOADS = "tests/unit/auth/test_run_downloads.py"
_TAKEN_AWAY = "test_an_analyst_takes_results_away_until_a_super_admin_takes_the_right"
_PERMISSIONS = "tests/unit/test_permissions.py"

FAULTS = (
    Fault("auth.statuses.status_of", "_UNAVAILABLE)", "400)", _STATUSES),
    Fault("auth.statuses._ROWS", "(403, (Forbidden,)),", "", _STATUSES),
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
    Fault("auth.gate.Gate._by_role", "not may(session.role, needed, session.withheld)", "False", _MATRIX),
    Fault("auth.gate.Gate._by_role", ", session.withheld", "", f"{_DOWNLOADS}::{_TAKEN_AWAY}"),
    Fault("auth.deliveries.Deliveries.download", "run is None and", "False and", f"{_DOWNLOADS}::{_TAKEN_AWAY}"),
    Fault(
        "auth.run_downloads._left_by",
        "may(actor.role, Permission.LAUNCH_JOBS) and ",
        "",
        f"{_DOWNLOADS}::test_what_was_set_aside_names_paths_and_is_for_those_who_launch",
    ),
    Fault("etl_batch.permissions.permit", "if permission in actor.withheld:", "if False:", _PERMISSIONS),
    Fault("etl_batch.permissions.may", " and permission not in withheld", "", _PERMISSIONS),
    Fault("auth.paths_of_the_gate.own_path", 'or "\\\\" in text', "", _RULES),
    Fault(
        "auth.links.accept", 'tx.change("forget_links", user_id=row["user_id"], now=accounts.clock())', "pass", _ADMIN
    ),
    Fault(
        "auth.recovery_store.use",
        'tx.change("use_recovery_code", user_id=user_id, key=key) == 1',
        'tx.number("count_recovery_codes", user_id=user_id) > 0',
        _RECOVERY,
    ),
    Fault(
        "auth/accounts.sql",
        "DELETE FROM recovery_code WHERE user_id = :user_id AND key = :key",
        "UPDATE recovery_code SET key = key WHERE user_id = :user_id AND key = :key",
        _RECOVERY,
    ),
    Fault("auth.recovery_store._key", "keys.of_recovery_code(user_id, code)", "code", _RECOVERY),
    Fault("auth.recovery_store.replace", "forget(tx, user_id)", "pass", _RECOVERY),
    Fault("auth.own_account.turn_totp_off", "recovery_store.forget(tx, session.user_id)", "pass", _RECOVERY),
    Fault("auth.new_users.add_user", 'if look_of(row["name"]) == look:', "if False:", _NAMES),
    Fault("auth.new_users.add_user", "checked_name(new.name)", "new.name", _NAMES),
    Fault("auth.names._is_of_one_script", "is_mixed_script(name) or", "", _NAMES),
    Fault("auth.names.checked_name", "and ord(character) not in _UNSEEN", "", _NAMES),
    Fault(
        "auth.oidc_users._made",
        'add_user(tx, new, accounts.clock(), mend="ask a super_admin to mend it, or change your name there")',
        """tx.one("add_user", name=name, name_key=name.casefold(), role=role, password_hash=None,
        subject=subject, now=0.0)""",
        _NAMES,
    ),
    Fault("auth.user_admin.reset_user", "if is_instead and not may_void:", "if False:", _ADMIN),
    Fault(
        "auth.user_admin.reset_user",
        'tx.change("forget_links", user_id=row["id"], now=accounts.clock())',
        "pass",
        _ADMIN,
    ),
    Fault(
        "auth.console_start.record_start",
        "AuditLog(start.home).record(who, event)",
        "pass",
        "tests/unit/auth/test_console_start.py",
    ),
    Fault("auth.media.MediaGuard._is_own", "return name is not None", "return True", _MEDIA),
    Fault("auth.media.watched", '"" if noticed else name', "name", _MEDIA),
    Fault("auth.media.Makers.name_for", "(file_of(address), session)", "next(iter(self._names), None)", _MEDIA),
    Fault("etl_batch.permissions.may", "role is None or", "role != ANALYST or", _MATRIX),
)
