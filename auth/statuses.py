"""Which HTTP status says what an error is: one rule, for all that the gate answers itself."""

from __future__ import annotations

from etl_batch.errors import (
    EtlError,
    Forbidden,
    JobStateRefused,
    NameClaimed,
    NoSuchJob,
    NotFound,
    OutputBusy,
    PresetExists,
    PresetUnknown,
    QueueFull,
    RateLimited,
    Refused,
    SecretsExposed,
    SizeLimit,
    SqlUnavailable,
)

_UNAVAILABLE = 503
#: the first row that an error belongs to holds, so whoever is a kind of another stands above it
_ROWS: tuple[tuple[int, tuple[type[EtlError], ...]], ...] = (
    (403, (Forbidden,)),
    (404, (NotFound, NoSuchJob, PresetUnknown)),
    (409, (JobStateRefused, NameClaimed, OutputBusy, PresetExists)),
    (413, (SizeLimit,)),
    (429, (RateLimited,)),
    # refused for what the console is, not for what was asked
    (_UNAVAILABLE, (QueueFull, SecretsExposed, SqlUnavailable)),
    (400, (Refused,)),
)
_TITLES = {
    400: "The console does not do that",
    403: "You may not do that",
    404: "Nothing here",
    409: "Something else stands in the way",
    413: "That is too large",
    429: "That was too often",
    _UNAVAILABLE: "The console cannot do that now",
}


def status_of(error: EtlError) -> int:
    """Of what was asked: 400 to 429; of the console itself: 503."""
    return next((status for status, kinds in _ROWS if isinstance(error, kinds)), _UNAVAILABLE)


def title_of(status: int) -> str:
    """What the page with that status begins with."""
    return _TITLES[status]
