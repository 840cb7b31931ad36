"""What is written down: one action of one actor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from etl_batch.light_dataclass import dataclass

Detail = Mapping[str, str | int | bool | None]  #: no floats: they have many spellings


class Outcome(StrEnum):
    """How an action ended."""

    OK = "ok"
    REFUSED = "refused"  #: not allowed, or not sound
    FAILED = "failed"


class Action(StrEnum):
    """Everything that is written down."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SETUP = "setup"  #: the first super_admin was made
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an action, no password
    TOTP_CHANGED = "totp_changed"
    RECOVERY_CODES_MADE = "recovery_codes_made"  #: the older ones are void
    RECOVERY_CODE_USED = "recovery_code_used"
    CONSOLE_STARTED = "console_started"
    SETTINGS_CHANGED = "settings_changed"  #: of the console, or the limits of jobs
    SESSIONS_ENDED = "sessions_ended"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"  #: role, disabled, enabled, reset
    ACCESS_DENIED = "access_denied"
    JOB_CONFIGURED = "job_configured"
    JOB_LAUNCHED = "job_launched"
    JOB_DESCRIBED = "job_described"  #: another name or note
    JOB_STARTED = "job_started"  #: its process runs
    JOB_CANCELLED = "job_cancelled"  #: somebody asked for it
    JOB_RESUMED = "job_resumed"
    SHARE_MADE = "share_made"  #: of a folder of parts, for others to put together
    SHARE_MERGED = "share_merged"  #: with the head of the log of the home that made it
    JOB_FINISHED = "job_finished"  #: done, failed, cancelled or interrupted
    OUTPUT_PUBLISHED = "output_published"
    OUTPUT_RESTORED = "output_restored"  #: an old version took its place again
    OUTPUT_DELETED = "output_deleted"
    OUTPUT_DOWNLOADED = "output_downloaded"
    REPORT_VIEWED = "report_viewed"
    REPORT_DOWNLOADED = "report_downloaded"
    FILE_DOWNLOADED = "file_downloaded"  #: what a page had made of what it shows
    FIRST_ROWS_SEEN = "first_rows_seen"
    JOB_CHECKED = "job_checked"  #: everything but the writing
    ESTIMATED = "estimated"
    QUERY_ASKED = "query_asked"  #: SQL over an output: the statement, its rows, how it ended
    QUESTION_SAVED = "question_saved"  #: a statement under a name
    QUESTION_DELETED = "question_deleted"
    LIVE_TOTAL_SEEN = "live_total_seen"  #: the rows of a sample as they come in
    FILE_UPLOADED = "file_uploaded"
    LAYOUT_SAVED = "layout_saved"
    CONTRACT_SAVED = "contract_saved"
    PRESET_SAVED = "preset_saved"  #: how inputs are read, under a name
    PRESET_DELETED = "preset_deleted"
    FILES_REMOVED = "files_removed"  #: by retention
    LOG_VERIFIED = "log_verified"
    LOG_EXPORTED = "log_exported"
    LOG_REPAIRED = "log_repaired"  #: an unfinished last line was set aside
    LOG_ROTATED = "log_rotated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One action, without the actor and the time. Never a password, a token or the text of a cell."""

    action: Action
    target: str = ""  #: a user, a path, a job, a page
    outcome: Outcome = Outcome.OK
    job: str | None = None
    detail: Detail = field(default_factory=dict)
