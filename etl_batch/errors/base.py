"""The roots of all errors, and the exit codes of the commands."""

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
