"""The log: what is written, and what is noticed."""

from __future__ import annotations

from tests.mutants.fault import Fault

_VERIFY = "tests/unit/audit/test_verify.py"
_KEYS = "tests/unit/audit/test_keys.py"
_MERKLE = "tests/unit/audit/test_merkle.py"
_DURABLE = "tests/unit/storage/test_durability.py"
_READS = "tests/unit/audit/test_reads.py"

FAULTS = (
    Fault("etl_batch.audit.reads.record_read", "if not _is_recorded(key):", "if True:", _READS),
    Fault("etl_batch.audit.reads.record_read", "actor.session or (", "(", _READS),
    Fault(
        "etl_batch.audit.reads.record_read",
        "AuditLog(home).record(actor, event)\n            _remember(key)",
        "_remember(key)\n            AuditLog(home).record(actor, event)",
        _READS,
    ),
    Fault(
        "etl_batch.audit.settings_seen.record_settings",
        "_keep(folder, {**seen, name: dict(settings)})",
        "pass",
        "tests/unit/audit/test_settings_seen.py",
    ),
    Fault(
        "pages.estimates.ask",
        "estimate_service(viewer.home).note(viewer.actor, asked, state, found)",
        "pass",
        "tests/unit/pages/test_reads_of_pages.py",
    ),
    Fault(
        "pages.services.estimates.EstimateService.state",
        "note_failed(self.home, actor, asked, (), error)",
        "pass",
        "tests/unit/pages/test_reads_of_pages.py",
    ),
    Fault("etl_batch.audit.line_check.check_lines", "or line[before + 9 : before + 73] != leaf", "", _VERIFY),
    Fault(
        "etl_batch.audit.line_check.check_lines",
        "or line[number + 7 : number + 7 + len(expected)] != expected",
        "",
        _VERIFY,
    ),
    Fault(
        "etl_batch.audit.line_check.check_lines", "line[:at] + line[at + 73 :]", "line[:at] + line[at + 80 :]", _VERIFY
    ),
    Fault("etl_batch.audit.chain.problem", "previous_of(line) != link.leaf.hex().encode() or", "", _VERIFY),
    Fault("etl_batch.audit.chain.line_of", '"prev": link.leaf.hex(),', '"prev": "0" * 64,', _VERIFY),
    Fault(
        "etl_batch.audit.chain._short",
        "<= MOST_CHARACTERS",
        "<= 10 * MOST_CHARACTERS",
        "tests/unit/audit/test_reading.py::test_a_long_text_is_cut_and_says_so",
    ),
    Fault(
        "etl_batch.audit.verify._heads",
        "if not head.is_signed_by(public):\n                raise _Stop(Finding.TAMPERED",
        "if False:\n                raise _Stop(Finding.TAMPERED",
        _VERIFY,
    ),
    Fault("etl_batch.audit.verify.inspect", "_refuse_short(walk, snapshot)", "pass", _VERIFY),
    Fault("etl_batch.audit.merkle.inclusion_ranges", "if index < middle:", "if index <= middle:", _MERKLE),
    Fault("etl_batch.audit.merkle.includes", "return last == 0 and node == root", "return node == root", _MERKLE),
    Fault("etl_batch.audit.merkle.extends", "last == 0 and old_node == old_root and", "last == 0 and", _MERKLE),
    Fault("etl_batch.audit.appender.Appender._locked", "self._keys.still(self.files)", "self._keys", _KEYS),
    Fault("etl_batch.audit.appender.Appender._prepared_keys", "refuse_other_keys(files, loaded.line)", "pass", _KEYS),
    Fault("etl_batch.audit.key_check._is_signing_key", "return key_id(public) in names", "pass", _KEYS),
    Fault("etl_batch.audit.key_check._is_line_key", "reversed(files.segments())", "[files.log]", _KEYS),
    Fault("etl_batch.audit.keys._seen", ", _status(files.signing_key)", ", None", _KEYS),
    Fault("etl_batch.audit.keys._status", ", found.st_ctime_ns", "", _KEYS),
    Fault("etl_batch.audit.keys.LoadedKeys.still", "if _seen(files) == self.seen:", "if False:", _KEYS),
    Fault("etl_batch.audit.keys.LoadedKeys.still", "if (now.line, now.seed_digest) !=", "if False and () !=", _KEYS),
    Fault("etl_batch.audit.verify.inspect", "refuse_missing_keys(files)", "pass", _KEYS),
    Fault("etl_batch.audit.group_sync.GroupSync._sync_alone", "os.fdatasync(written.descriptor)", "pass", _DURABLE),
)
