"""The table of pages: their files, titles and addresses, and who may open them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etl_batch.permissions import Permission, may

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """One page."""

    file: str  #: in this folder
    title: str
    icon: str  #: as Streamlit names it
    url_path: str  #: its address behind the slash; empty: the start page
    permission: Permission | None = None  #: None: every role
    is_in_menu: bool = True  #: otherwise reached by links only

    @property
    def path(self) -> Path:
        """Its file."""
        return FOLDER / self.file

    def is_for(self, role: str | None) -> bool:
        """Whether a role may open it."""
        return self.permission is None or may(role, self.permission)


ALL_PAGES: tuple[PageEntry, ...] = (
    PageEntry(file="home.py", title="Home", icon=":material/home:", url_path=""),
    PageEntry(
        file="launch.py", title="Launch", icon=":material/rocket_launch:", url_path="launch",
        permission=Permission.LAUNCH_JOBS,
    ),
    PageEntry(
        file="runs.py", title="Runs", icon=":material/list_alt:", url_path="runs",
        permission=Permission.SEE_JOBS,
    ),
    PageEntry(
        file="run.py", title="Run", icon=":material/play_circle:", url_path="run",
        permission=Permission.SEE_RUNS, is_in_menu=False,
    ),
    PageEntry(
        file="outputs.py", title="Outputs", icon=":material/folder_open:", url_path="outputs",
        permission=Permission.LAUNCH_JOBS,
    ),
    PageEntry(
        file="reports.py", title="Reports", icon=":material/summarize:", url_path="reports",
        permission=Permission.SEE_REPORTS,
    ),
    PageEntry(
        file="estimates.py", title="Estimates", icon=":material/functions:", url_path="estimates",
        permission=Permission.ESTIMATE,
    ),
    PageEntry(file="science.py", title="Science", icon=":material/science:", url_path="science"),
    PageEntry(
        file="system.py", title="System", icon=":material/monitor_heart:", url_path="system",
        permission=Permission.SEE_SYSTEM,
    ),
    PageEntry(
        file="audit_log.py", title="Audit log", icon=":material/verified_user:", url_path="audit-log",
        permission=Permission.READ_AUDIT_LOG,
    ),
    PageEntry(
        file="users.py", title="Users", icon=":material/group:", url_path="users",
        permission=Permission.MANAGE_USERS,
    ),
    PageEntry(
        file="account.py", title="Account", icon=":material/account_circle:", url_path="account",
    ),
)  # fmt: skip


def present_pages() -> list[PageEntry]:
    """The pages whose files are there."""
    return [entry for entry in ALL_PAGES if entry.path.is_file()]


def pages_for(role: str | None) -> list[PageEntry]:
    """The pages that a role may open, in the order of the menu."""
    return [entry for entry in present_pages() if entry.is_for(role)]


def permissions_by_path() -> dict[str, Permission | None]:
    """Who may open the page at each address; what the gate enforces besides the pages themselves."""
    return {entry.url_path: entry.permission for entry in ALL_PAGES}
