"""The roles of the console. What each may do stands in `etl_batch.permissions`."""

from __future__ import annotations

from enum import StrEnum

from etl_batch import permissions


class Role(StrEnum):
    """A user has one."""

    SUPER_ADMIN = permissions.SUPER_ADMIN
    ANALYST = permissions.ANALYST
    AUDITOR = permissions.AUDITOR
