"""The audit log: it cannot be written, continued or read."""

from __future__ import annotations

from etl_batch.errors.base import EtlError


class AuditUnavailable(EtlError):
    """The audit log cannot be written, so nothing that it should record is done."""

    code = "E_AUDIT_UNAVAILABLE"
    mend = "make room on the disk of .secrets and its files writable, then start again"


class AuditKeyMissing(AuditUnavailable):
    """A key of the audit log is missing, so that it can neither be continued nor verified."""

    code = "E_AUDIT_KEY_MISSING"
    mend = "put the etl_audit.*key files back from a backup; see SECURITY.md, If a key is lost"


class AuditUnreadable(EtlError):
    """The audit log, a checkpoint or a proof cannot be read, so that nothing can be said about it."""

    code = "E_AUDIT_UNREADABLE"
    mend = "check the file and its permissions, and that it was copied whole"
