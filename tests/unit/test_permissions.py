"""Which role may do what: the whole table, and nothing for a role that nobody knows."""

from __future__ import annotations

import pytest

from etl_batch.errors import Forbidden
from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN, Permission, may, permit
from etl_batch.values import Actor

ANALYSTS = {
    Permission.SEE_RUNS, Permission.SEE_REPORTS, Permission.SEE_RESULTS, Permission.ESTIMATE, Permission.ASK_OUTPUTS,
    Permission.SEE_SYSTEM, Permission.DOWNLOAD_OUTPUTS,
}  # fmt: skip
AUDITORS = {Permission.READ_AUDIT_LOG, Permission.SEE_RUNS, Permission.SEE_JOBS}
TABLE = {SUPER_ADMIN: set(Permission), ANALYST: ANALYSTS, AUDITOR: AUDITORS, "": set(), "Analyst": set(), "root": set()}


@pytest.mark.parametrize("role", TABLE)
def test_the_table(role: str) -> None:
    assert {permission for permission in Permission if may(role, permission)} == TABLE[role]


def test_whom_the_operating_system_let_in_may_do_everything() -> None:
    assert all(may(None, permission) for permission in Permission)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", TABLE)
def test_a_service_lets_nobody_else_go_on(role: str, permission: Permission) -> None:
    actor = Actor(name="ana", os_user="etl", role=role)
    if permission in TABLE[role]:
        permit(actor, permission)
        return
    with pytest.raises(Forbidden) as refused:
        permit(actor, permission)
    assert refused.value.message == f"the role {role!r} may not {permission}"


@pytest.mark.parametrize("role", [SUPER_ADMIN, ANALYST])
def test_what_was_taken_from_a_user_the_role_does_not_give_back(role: str) -> None:
    withheld = (Permission.DOWNLOAD_OUTPUTS,)
    actor = Actor(name="ana", os_user="etl", role=role, withheld=withheld)
    assert {one for one in Permission if may(role, one, withheld)} == TABLE[role] - set(withheld)
    permit(actor, Permission.SEE_RESULTS)
    with pytest.raises(Forbidden, match="was taken from ana"):
        permit(actor, Permission.DOWNLOAD_OUTPUTS)
