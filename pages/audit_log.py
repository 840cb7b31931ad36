"""Who did what, and the proof that nobody changed it."""

from auth.guard import later, require
from etl_batch.audit import reading
from etl_batch.audit.findings import CheckedLog
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_shown
from pages.views.audit_log_view import AuditActions, audit_log_view

actor = require(Permission.READ_AUDIT_LOG)
with errors_shown():
    home = home_folder(None)
    exporter = later(Permission.READ_AUDIT_LOG)

    def verify(head: str | None, progress: reading.Progress) -> CheckedLog:
        """Check all of the log."""
        return reading.verify(home, require(Permission.READ_AUDIT_LOG), head, progress)

    audit_log_view(
        AuditActions(
            page=lambda wanted, before: reading.page(home, actor, wanted, before=before),
            latest=lambda: reading.latest_checkpoint(home, actor),
            head=lambda: reading.head(home, actor),
            verify=verify,
            csv=lambda wanted: reading.export_csv(home, exporter(), wanted),
            json_lines=lambda wanted: reading.export_json_lines(home, exporter(), wanted),
        )
    )
