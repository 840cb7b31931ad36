"""The reports that jobs left."""

from auth.guard import later, require
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_shown
from pages.services.report_list import ReportPage, find_report, list_reports, report_bytes
from pages.views.report_view import ReportActions, reports_view

actor = require(Permission.SEE_REPORTS)
with errors_shown():
    home = home_folder(None)
    downloader = later(Permission.SEE_REPORTS)

    def list_page(offset: int, limit: int, text: str) -> ReportPage:
        """One page of the list of reports, newest first."""
        return list_reports(home, actor, offset=offset, limit=limit, text=text)

    reports_view(
        ReportActions(
            page=list_page,
            entry=lambda name: find_report(home, actor, name),
            content=lambda name: report_bytes(home, downloader(), name),
        )
    )
