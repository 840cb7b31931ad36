"""Errors by their codes: all that there are, and one that somebody wrote down."""

from __future__ import annotations

from etl_batch.errors.base import EtlError


def every_error() -> list[type[EtlError]]:
    """All error classes that carry a code of their own, in the order of their codes."""

    def descend(kind: type[EtlError]) -> list[type[EtlError]]:
        return [kind, *(below for child in kind.__subclasses__() for below in descend(child))]

    with_own_code = {kind for kind in descend(EtlError) if "code" in vars(kind)}
    return sorted(with_own_code, key=lambda kind: kind.code)


def rebuilt_error(code: str, text: str) -> EtlError:
    """An error made again of its code and its text, which were written down.

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
