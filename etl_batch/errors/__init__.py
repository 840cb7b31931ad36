"""Every error that a user meets: a code, an exit code, what happened, where, what to do.

The class carries what is always true of the error (its code, its meaning, the usual mend);
the instance carries what happened this time. `docs/manual.md` prints one row for each class.
A file for each family of codes; everybody imports them from here.
"""

from __future__ import annotations

from etl_batch.errors.accounts import (
    AccountRefused,
    AccountsUnusable,
    Forbidden,
    PasswordRefused,
    SecretsExposed,
    SecretsUnusable,
)
from etl_batch.errors.audit import AuditKeyMissing, AuditUnavailable, AuditUnreadable
from etl_batch.errors.base import EXIT_CANCELLED, EXIT_DONE, EXIT_FAILED, EXIT_REFUSED, EtlError, Refused
from etl_batch.errors.by_code import every_error, rebuilt_error
from etl_batch.errors.inputs import (
    Ambiguous,
    CsvDelimiter,
    CsvHeaderWidth,
    EmptyInput,
    FormatCorrupt,
    FormatExtension,
    FormatMagic,
    FormatUnsupported,
    InputChanged,
    InputFailed,
    LayoutInvalid,
    LayoutMissing,
    SchemaMismatch,
    SizeLimit,
    TruncatedRecord,
)
from etl_batch.errors.jobs import (
    Cancelled,
    CheckStopped,
    JobStateRefused,
    JobStoreUnavailable,
    NoSuchJob,
    QueueFull,
    RateLimited,
    Withdrawn,
)
from etl_batch.errors.options import ConfigError, DemoDataMissing, NoSuchMeasure, WhereInvalid
from etl_batch.errors.outputs import DiskFull, NameClaimed, OutputBusy, OutputFailed
from etl_batch.errors.paths import (
    HardLink,
    NotFound,
    NotRegular,
    PathCharacters,
    PathEmpty,
    PathNameTooLong,
    PathOutside,
    PathRefused,
    PathSymlink,
    PathTraversal,
    Unreadable,
    UploadRefused,
)
from etl_batch.errors.processes import CpuLimit, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.errors.rows import BadRow, NoGoodRow, RowsDoNotAddUp, SampleTooSmall, TooManyBadRows

__all__ = [
    "EXIT_CANCELLED",
    "EXIT_DONE",
    "EXIT_FAILED",
    "EXIT_REFUSED",
    "AccountRefused",
    "AccountsUnusable",
    "Ambiguous",
    "AuditKeyMissing",
    "AuditUnavailable",
    "AuditUnreadable",
    "BadRow",
    "Cancelled",
    "CheckStopped",
    "ConfigError",
    "CpuLimit",
    "CsvDelimiter",
    "CsvHeaderWidth",
    "DemoDataMissing",
    "DiskFull",
    "EmptyInput",
    "EtlError",
    "Forbidden",
    "FormatCorrupt",
    "FormatExtension",
    "FormatMagic",
    "FormatUnsupported",
    "HardLink",
    "InputChanged",
    "InputFailed",
    "JobStateRefused",
    "JobStoreUnavailable",
    "LayoutInvalid",
    "LayoutMissing",
    "NameClaimed",
    "NoGoodRow",
    "NoSuchJob",
    "NoSuchMeasure",
    "NotFound",
    "NotRegular",
    "OutOfMemory",
    "OutputBusy",
    "OutputFailed",
    "PasswordRefused",
    "PathCharacters",
    "PathEmpty",
    "PathNameTooLong",
    "PathOutside",
    "PathRefused",
    "PathSymlink",
    "PathTraversal",
    "QueueFull",
    "RateLimited",
    "Refused",
    "RowsDoNotAddUp",
    "SampleTooSmall",
    "SchemaMismatch",
    "SecretsExposed",
    "SecretsUnusable",
    "SizeLimit",
    "TimedOut",
    "TooManyBadRows",
    "TruncatedRecord",
    "Unreadable",
    "UploadRefused",
    "WhereInvalid",
    "Withdrawn",
    "WorkerCrashed",
    "every_error",
    "rebuilt_error",
]
