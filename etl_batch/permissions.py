"""Which role may do what: the one table, asked by every service function."""

from __future__ import annotations

from enum import StrEnum

from etl_batch.errors import Forbidden
from etl_batch.values import Actor

SUPER_ADMIN = "super_admin"
ANALYST = "analyst"
AUDITOR = "auditor"


class Permission(StrEnum):
    """Something that not everybody may do."""

    LAUNCH_JOBS = "launch jobs"  #: preview inputs, check, launch, cancel, resume, run again; upload, save layouts
    SEE_RUNS = "see runs"  #: what a run was of, and what came of it: no options, no paths, no files
    SEE_JOBS = "see jobs"  #: runs, their options, events and numbers; no files
    SEE_REPORTS = "see reports"  #: reports, and the profiles of runs
    SEE_RESULTS = "see results"  #: rows of outputs, and rows that were set aside
    DOWNLOAD_OUTPUTS = "download outputs"  #: and take rows and answers away; a super_admin can take it from a user
    ESTIMATE = "estimate"  #: totals of outputs and inputs
    ASK_OUTPUTS = "ask outputs"  #: ask outputs in SQL
    SEE_SYSTEM = "see the system"  #: CPU, RAM, disk and GPU now
    READ_AUDIT_LOG = "read the audit log"  #: and verify and export it
    MANAGE_USERS = "manage users"


_EVERYTHING = frozenset(Permission)
_OF_ROLE: dict[str, frozenset[Permission]] = {
    SUPER_ADMIN: _EVERYTHING,
    ANALYST: frozenset(
        {
            Permission.SEE_RUNS,
            Permission.SEE_REPORTS,
            Permission.SEE_RESULTS,
            Permission.DOWNLOAD_OUTPUTS,
            Permission.ESTIMATE,
            Permission.ASK_OUTPUTS,
            Permission.SEE_SYSTEM,
        }
    ),
    AUDITOR: frozenset({Permission.READ_AUDIT_LOG, Permission.SEE_RUNS, Permission.SEE_JOBS}),
}


def may(role: str | None, permission: Permission, withheld: tuple[str, ...] = ()) -> bool:
    """Whether a role has a permission.

    Args:
        role: of a signed-in user; None: whoever runs commands on this machine, whom the operating system has let in.
        permission: what is to be done.
        withheld: what was taken from the user, though the role has it.
    """
    return role is None or (permission in _OF_ROLE.get(role, frozenset()) and permission not in withheld)


def permit(actor: Actor, permission: Permission) -> None:
    """Let the actor go on, or not.

    Raises:
        Forbidden: the actor's role does not have the permission, or it was taken from the actor.
    """
    if permission in actor.withheld:
        raise Forbidden(f"the right to {permission} was taken from {actor.name}", mend="ask a super_admin for it")
    if not may(actor.role, permission):
        raise Forbidden(f"the role {actor.role!r} may not {permission}")
